// The view script. It runs in a frame with an opaque origin, draws what it receives over one port, and
// reports the user's actions. It fetches nothing and stores nothing. The frame's document starts it.

import "./view.css";
import { extras } from "./extras";
import { Page } from "./page";
import type { FromShell, ToShell } from "../../shared/protocol";

// What the second script takes from this one. Its build reads these lines: a name that is missing here
// stops it.
export { Component, part } from "./component";
export { elementsOf } from "./components/rich-nodes";
export { classesIn } from "./core/elements";
export { BUBBLING } from "./core/events";
export { above, elementsIn, firstOf } from "./core/virtual";
export { addExtras } from "./extras";
export { reducedMotion } from "./motion";
export { texts } from "./texts";

export function connect(port: MessagePort): void {
  const page = new Page((message: ToShell) => port.postMessage(message));
  port.onmessage = ({ data }: MessageEvent<FromShell>) => {
    try {
      if (data.t === "extra") run(data.script);
      else page.receive(data);
    } catch (error) {
      // The shell then opens the page again, because a half-patched page would show wrong content.
      port.postMessage({
        t: "failed",
        message: error instanceof Error ? error.message : String(error),
      });
    }
  };
}

/** Runs the second script. The policy of the frame refuses any other text. */
function run(text: string): void {
  const script = document.createElement("script");
  script.textContent = text;
  document.head.append(script);
  if (!extras()) throw new Error("the second script did not run");
}
