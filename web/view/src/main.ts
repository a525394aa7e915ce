// The view script. It runs in a frame with an opaque origin, draws what it receives over one port, and
// reports the user's actions. It fetches nothing and stores nothing.

import "./view.css";
import { Page } from "./page";
import type { FromShell, ToShell } from "./protocol";

function connect(port: MessagePort): void {
  const page = new Page((message: ToShell) => port.postMessage(message));
  port.onmessage = (event: MessageEvent<FromShell>) => {
    try {
      page.receive(event.data);
    } catch (error) {
      // The shell then opens the page again, because a half-patched page would show wrong content.
      port.postMessage({
        t: "failed",
        message: error instanceof Error ? error.message : String(error),
      });
    }
  };
}

addEventListener("message", function first(event: MessageEvent) {
  // Only the document that made this frame may send a port, and only once.
  if (event.source !== parent || (event.data as { t?: unknown })?.t !== "port" || !event.ports[0])
    return;
  removeEventListener("message", first);
  connect(event.ports[0]);
});
