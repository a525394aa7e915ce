// Invitations of the user: to work on an account, or to test a mini program.

import type { App, ID, Invitation, Page } from "../../../shared/types";
import { ApiError } from "../../../shared/api";
import { api } from "../services";
import { onNews } from "./chats";
import { Store } from "./store";

/** Apps that one tests. */
export type Tested = Pick<App, "id" | "name" | "icon_url">;

/** Open invitations; null before the host has answered. */
export const invitations = new Store<Invitation[] | null>(null);

export async function loadInvitations(): Promise<void> {
  try {
    invitations.set((await api.get<Page<Invitation>>("/me/invitations")).items);
  } catch (error) {
    // The page loads them again and shows the error; until then the menu has no number.
    if (!(error instanceof ApiError)) throw error;
  }
}

export const getTested = async (): Promise<Tested[]> =>
  (await api.get<Page<Tested>>("/me/testing")).items;

export const answer = (id: ID, how: "accept" | "decline"): Promise<void> =>
  api.post<void>(`/me/invitations/${id}/${how}`);

export const stopTesting = (id: ID): Promise<void> => api.delete<void>(`/me/testing/${id}`);

onNews((event) => {
  if (event.type === "ready" || event.type === "gap" || event.type === "invitation")
    void loadInvitations();
});
