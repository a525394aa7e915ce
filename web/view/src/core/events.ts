// Sends events to the app. The browser names no handler: it sends the type and the element, and
// only if that element or one around it listens to that type.

import type { CanvasTouch, TouchPoint, ToShell } from "../../../shared/protocol";
import type { WxElement } from "./element";
import { above, holds } from "./virtual";

/** Types that bubble; all others are for the element itself. */
export const BUBBLING = new Set([
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

/** The element where an event ends; capturing: on the way to its target. */
export interface End {
  el: WxElement;
  capturing: boolean;
}

/** Functions of WXS modules that handle events here. */
export interface Functions {
  /** Calls them, and returns where the event ends, or null when it goes on. */
  dispatch(type: string, target: WxElement, detail: unknown, touch?: Touches): End | null;
  /** Whether an event of the element would call any. */
  hears(type: string, target: WxElement): boolean;
}

export class Events {
  functions: Functions | null = null;

  constructor(private readonly post: (message: ToShell) => void) {}

  /** Whether anything of the app listens to an event of the element. */
  heard(type: string, from: WxElement): boolean {
    return this.bound(type, from).length > 0 || (this.functions?.hears(type, from) ?? false);
  }

  /** The element of the structure that contains a node of the document. */
  owner(node: EventTarget | null): WxElement | null {
    let el = node instanceof Element ? (node as WxElement) : null;
    while (el && !el.$node) el = el.parentElement;
    return el;
  }

  bound(type: string, from: WxElement | null): WxElement[] {
    const found: WxElement[] = [];
    for (let el = from; el; el = above(el)) {
      if (el.$node?.on?.[type] !== undefined && !handledHere(el, type)) found.push(el);
      if (!BUBBLING.has(type) && el.$node) break;
    }
    return found;
  }

  /** Sends an event if an element listens to it; returns whether it was sent. */
  send(type: string, from: Element | null, detail: unknown, touch?: Touches): boolean {
    const target = this.owner(from);
    if (!target) return false;
    const end = this.functions?.dispatch(type, target, detail, touch) ?? null;
    const bound = this.bound(type, target).filter((el) => !end || reaches(end, el, type));
    if (bound.length === 0 && !ALWAYS.has(type)) return false;
    const offsets: [number, number, number, number][] | undefined = WITHOUT_OFFSETS.has(type)
      ? undefined
      : [target, ...bound.filter((el) => el !== target)].map((el) => [
          el.$inst!.num,
          el.$node!.id,
          el.offsetLeft,
          el.offsetTop,
        ]);
    const fingers = touch && target.$node!.tag === "canvas" ? onCanvas(target, touch) : touch;
    this.post({
      t: "event",
      type,
      target: [target.$inst!.num, target.$node!.id],
      detail,
      touches: fingers?.touches,
      changedTouches: fingers?.changedTouches,
      offsets,
      end: end ? [end.el.$inst!.num, end.el.$node!.id, end.capturing ? 1 : 0] : undefined,
      ts: Math.round(performance.now()),
    });
    return true;
  }
}

/** Whether an event that ends somewhere comes to the handlers of an element before. */
function reaches(end: End, el: WxElement, type: string): boolean {
  const captures = el.$node!.on?.[type]?.startsWith("capture-") ?? false;
  return end.capturing ? captures && holds(el, end.el) : captures || holds(end.el, el);
}

/** Whether the handler of an event, which is computed, is a function of a module now and no method. */
function handledHere(el: WxElement, type: string): boolean {
  const { $view: view, $node: node } = el;
  if (!view) return false;
  return node!.dyn.some(([, name]) => {
    const fn = view[name];
    const ours = name.startsWith("wxs:") && name.endsWith(`:${type}`);
    return ours && typeof fn === "string" && fn.startsWith("@");
  });
}

/** Fingers on a canvas have their places on it and no others: chart libraries tell the vendor's client by that. */
function onCanvas(el: WxElement, { touches, changedTouches }: Touches) {
  const box = el.getBoundingClientRect();
  const placed = ({ identifier, clientX, clientY }: TouchPoint): CanvasTouch => ({
    identifier,
    x: clientX - box.left,
    y: clientY - box.top,
  });
  return { touches: touches.map(placed), changedTouches: changedTouches.map(placed) };
}
