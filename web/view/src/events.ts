// Sends events to the app. The browser names no handler: it sends the type and the element, and
// only if that element or one around it listens to that type.

import type { Page } from "./page";
import type { TouchPoint } from "./protocol";
import type { WxElement } from "./tree";

/** Types that bubble; all others are for the element itself. */
const BUBBLING = new Set([
  "tap",
  "longpress",
  "longtap",
  "touchstart",
  "touchmove",
  "touchend",
  "touchcancel",
  "touchforcechange",
  "transitionend",
  "animationstart",
  "animationiteration",
  "animationend",
]);

/** Types that the host handles, so they are sent even if no handler is bound. */
const ALWAYS = new Set(["navigate", "opentype", "intersection"]);

/** Frequent events that are sent without offsets, because apps do not read them there. */
const WITHOUT_OFFSETS = new Set(["touchmove", "scroll", "intersection", "changing", "transition"]);

export interface Touches {
  touches: TouchPoint[];
  changedTouches: TouchPoint[];
}

export class Events {
  constructor(private readonly page: Page) {}

  /** The element of the structure that contains a node of the document. */
  owner(node: EventTarget | null): WxElement | null {
    let el = node instanceof Element ? (node as WxElement) : null;
    while (el && !el.$node) el = el.parentElement;
    return el;
  }

  bound(type: string, from: WxElement | null): WxElement[] {
    const found: WxElement[] = [];
    for (let el = from; el; el = el.parentElement) {
      if (el.$node?.on?.[type] !== undefined) found.push(el);
      if (!BUBBLING.has(type) && el.$node) break;
    }
    return found;
  }

  /** Sends an event if an element listens to it; returns whether it was sent. */
  send(type: string, from: Element | null, detail: unknown, touch?: Touches): boolean {
    const target = this.owner(from);
    if (!target) return false;
    const bound = this.bound(type, target);
    if (bound.length === 0 && !ALWAYS.has(type)) return false;
    const offsets: [number, number, number, number][] | undefined = WITHOUT_OFFSETS.has(type)
      ? undefined
      : [target, ...bound.filter((el) => el !== target)].map((el) => [
          el.$inst!.num,
          el.$node!.id,
          el.offsetLeft,
          el.offsetTop,
        ]);
    this.page.post({
      t: "event",
      type,
      target: [target.$inst!.num, target.$node!.id],
      detail,
      touches: touch?.touches,
      changedTouches: touch?.changedTouches,
      offsets,
      ts: Math.round(performance.now()),
    });
    return true;
  }
}
