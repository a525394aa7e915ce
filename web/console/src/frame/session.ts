// Who is logged in on this page, and the client that speaks for them. The phone side and both
// consoles share one refresh cookie, so a person logs in once.

import { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";

import { ApiClient, ApiError } from "../../../shared/api";
import { locale } from "../../../shared/i18n";
import type { User } from "../../../shared/types";

/** Answers younger than this are shown again without a request; after a change they are loaded at once. */
const FRESH_MS = 2_000;
const RETRIES = 2;

export type SessionState =
  | { status: "restoring" }
  | { status: "unreachable"; error: ApiError }
  | { status: "out" }
  /** `mustSetUp`: nothing is open to the user but the set-up of a second factor. */
  | { status: "in"; user: User; mustSetUp: boolean };

let state: SessionState = { status: "restoring" };
const listeners = new Set<() => void>();

function enter(next: SessionState): void {
  state = next;
  for (const listener of [...listeners]) listener();
}

export const api = new ApiClient({
  locale,
  onSession: (user, mustSetUp) => enter({ status: "in", user, mustSetUp }),
  onSignedOut: () => {
    queries.clear();
    enter({ status: "out" });
  },
});

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      // A refusal does not change when the request is repeated; only failures are tried again.
      retry: (failures, error) =>
        failures < RETRIES &&
        error instanceof ApiError &&
        (error.isNetwork || error.status === 503),
    },
  },
});

export async function restoreSession(): Promise<void> {
  enter({ status: "restoring" });
  try {
    if ((await api.restore()) === null) enter({ status: "out" });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    enter({ status: "unreachable", error });
  }
}

/** Takes the developer's role; the renewed token carries it. */
export async function becomeDeveloper(): Promise<void> {
  await api.post("/me/roles/developer");
  await api.refresh();
}

export function useSession(): SessionState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}
