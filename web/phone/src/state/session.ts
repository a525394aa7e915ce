// Who is logged in on this browser.

import type { User } from "../../../shared/types";
import { Store } from "./store";

export type SessionState =
  | { status: "unknown" }
  /** The host could not be asked; `cached` screens may still be shown. */
  | { status: "unreachable" }
  /** `ended`: not by the user in this tab, who should read why. */
  | { status: "out"; ended?: boolean }
  /** `mustSetUp`: nothing is open to the user but the set-up of a second factor. */
  | { status: "in"; user: User; mustSetUp: boolean };

export const session = new Store<SessionState>({ status: "unknown" });

export function signedIn(user: User, mustSetUp: boolean): void {
  session.set({ status: "in", user, mustSetUp });
}

export function signedOut(ended = false): void {
  session.set({ status: "out", ended });
}

export function currentUser(): User | null {
  const state = session.get();
  return state.status === "in" ? state.user : null;
}
