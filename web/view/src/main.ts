// The view script. It runs in a frame with an opaque origin, draws what it is told over one port,
// and reports what the user does. It fetches nothing and stores nothing.

import "./view.css";
import { Page } from "./page";
import type { FromShell, ToShell } from "./protocol";

function connect(port: MessagePort): void {
  const page = new Page((message: ToShell) => port.postMessage(message));
  port.onmessage = (event: MessageEvent<FromShell>) => {
    try {
      page.receive(event.data);
    } catch (error) {
      // The shell then opens the page anew: a half-patched page would lie to the user.
      port.postMessage({
        t: "failed",
        message: error instanceof Error ? error.message : String(error),
      });
    }
  };
}

addEventListener("message", function first(event: MessageEvent) {
  // Only the document that made this frame may speak to it, and only once.
  if (event.source !== parent || (event.data as { t?: unknown })?.t !== "port" || !event.ports[0])
    return;
  removeEventListener("message", first);
  connect(event.ports[0]);
});
