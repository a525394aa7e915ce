// Whether the host can be reached, as far as the socket knows.

import type { RealtimeState } from "../../../shared/realtime";
import { Store } from "./store";

export const connection = new Store<RealtimeState>("stopped");

/** Tries in the background change nothing for the user: "unavailable" stays until it is over. */
export function showConnection(next: RealtimeState): void {
  const shown = connection.get();
  if (next === "connecting" && (shown === "waiting" || shown === "offline")) return;
  connection.set(next);
}

/** Calls when the host can be reached again; returns what ends that. */
export function onReconnect(listener: () => void): () => void {
  let before = connection.get();
  const stop = connection.watch(() => {
    const now = connection.get();
    if (now === "open" && before !== "open") listener();
    before = now;
  });
  addEventListener("online", listener);
  return () => {
    stop();
    removeEventListener("online", listener);
  };
}
