// The tabs of one browser share one log-in: what ends it in one tab ends it in all, at once and also
// without a connection to the host.

const CHANNEL = "teahouse.session";

export interface Tabs {
  /** Tells the other tabs that the log-in is over. */
  signedOut(): void;
}

/** Calls `onSignedOut` when another tab says so. */
export function otherTabs(onSignedOut: () => void): Tabs {
  // Outside of a page, as in tests, there are no other tabs.
  if (typeof window === "undefined" || typeof BroadcastChannel === "undefined")
    return { signedOut: () => {} };
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = (event) => {
    if (event.data === "signed-out") onSignedOut();
  };
  return { signedOut: () => channel.postMessage("signed-out") };
}
