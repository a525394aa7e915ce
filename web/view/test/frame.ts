// A page in its frame, for tests: what it is given, what it says, and what a finger does to it.
import { afterEach, beforeEach, vi } from "vitest";
import "../src/extra";
import { Page } from "../src/page";
import type { FrameEnv, FrameWindow, Node, ToShell, Value } from "../../shared/protocol";

export const env = { width: 375, height: 667, theme: "light" as const };

export function open(
  kids: Node[],
  values: Value[] = [],
  fragments: { kids: Node[]; holes: number }[] = [],
  config: FrameWindow = {},
  from: FrameEnv = env,
) {
  const sent: ToShell[] = [];
  const page = new Page((message) => sent.push(message));
  page.receive({
    t: "init",
    css: "",
    base: "/images/h",
    env: from,
    config,
    structure: { hash: "t", fragments: [{ kids, holes: values.length }, ...fragments] },
  });
  page.receive({ t: "render", values });
  const events = () => sent.filter((message) => message.t === "event");
  return {
    page,
    sent,
    events,
    band: () => document.querySelector<HTMLElement>(".wx-pull")!,
    find: (selector: string) => page.root.querySelector<HTMLElement>(selector)!,
  };
}

export function press(el: Element, x = 5, y = 5) {
  el.dispatchEvent(
    new MouseEvent("mousedown", { bubbles: true, clientX: x, clientY: y, button: 0 }),
  );
}
export function release(el: Element, x = 5, y = 5) {
  el.dispatchEvent(new MouseEvent("mouseup", { bubbles: true, clientX: x, clientY: y, button: 0 }));
}
export function tap(el: Element) {
  press(el);
  release(el);
}

/** Each page listens at the document for the life of its frame; in a test file frames share one document. */
export function freshDocuments(): void {
  let restore: (() => void)[] = [];
  beforeEach(() => {
    document.body.replaceChildren();
    document.head.replaceChildren();
    for (const target of [document, window]) {
      const original = target.addEventListener;
      const add = original.bind(target);
      const made: [string, EventListener, unknown][] = [];
      target.addEventListener = ((type: string, listener: EventListener, options?: never) => {
        made.push([type, listener, options]);
        add(type, listener, options);
      }) as never;
      restore.push(() => {
        for (const [type, listener, options] of made)
          target.removeEventListener(type, listener, options as never);
        target.addEventListener = original as never;
      });
    }
    vi.useFakeTimers({ shouldAdvanceTime: false });
  });
  afterEach(() => {
    vi.useRealTimers();
    for (const undo of restore) undo();
    restore = [];
  });
}
