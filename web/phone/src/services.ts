// The API client and the websocket to the host, which all screens and the mini-program container share.

import { ApiClient } from "../../shared/api";
import { locale } from "../../shared/i18n";
import { signedIn, signedOut } from "./state/session";

export const api = new ApiClient({
  locale,
  onSession: signedIn,
  onSignedOut: (here) => signedOut(!here),
});

/** A websocket address on this host. */
export function socketURL(path: string): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
}
