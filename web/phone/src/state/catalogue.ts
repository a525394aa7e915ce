// Official accounts and mini programs as the host lists them, kept for the next visit of a page.

import type { App, Grant, ID, OfficialAccount, Page, PublicUser } from "../../../shared/types";
import { api } from "../services";
import { Store } from "./store";

export const recentApps = new Store<App[] | null>(null);
export const followedAccounts = new Store<OfficialAccount[] | null>(null);

export const findUsers = (query: string, signal: AbortSignal): Promise<Page<PublicUser>> =>
  api.get("/users", { query }, signal);

export const findAccounts = (query: string, signal?: AbortSignal): Promise<Page<OfficialAccount>> =>
  api.get("/official-accounts", { query }, signal);

export const findApps = (query: string, signal?: AbortSignal): Promise<Page<App>> =>
  api.get("/apps", { query }, signal);

export const getUser = (id: ID): Promise<PublicUser> => api.get(`/users/${id}`);
export const getAccount = (id: ID): Promise<OfficialAccount> => api.get(`/official-accounts/${id}`);
export const getGrants = (): Promise<Page<Grant>> => api.get("/me/grants");

export async function loadRecentApps(): Promise<void> {
  const page = await api.get<Page<App>>("/me/apps");
  recentApps.set(page.items);
}

export async function loadFollowed(): Promise<void> {
  const page = await findAccounts("");
  followedAccounts.set(page.items.filter((account) => account.following));
}

/** Follows or leaves an account; the answer names its conversation. */
export async function follow(id: ID): Promise<{ conversation_id: ID }> {
  const answer = await api.put<{ conversation_id: ID }>(`/official-accounts/${id}/follow`);
  void loadFollowed();
  return answer;
}

export async function unfollow(id: ID): Promise<void> {
  await api.delete(`/official-accounts/${id}/follow`);
  void loadFollowed();
}
