// The base class of tags with their own behaviour. A plain <view> has no component: most elements
// of a page are plain, and a thousand rows must not need a thousand objects.

import type { Page } from "./page";
import type { Target, Value } from "./protocol";
import type { TextFilter, WxElement } from "./tree";

/** One finger (or the mouse) as components see it. */
export interface Finger {
  x: number;
  y: number;
  /** Movement since it came down. */
  dx: number;
  dy: number;
  /** px per ms over the last moves. */
  vx: number;
  vy: number;
}

export abstract class Component {
  readonly props: Record<string, Value> = {};
  /** Where the children go. */
  slot: HTMLElement;
  gone = false;
  /** True after `created`: then `changed` is called for attributes. */
  live = false;
  /** Changes the text inside, for components that do so. */
  text: TextFilter | null = null;

  constructor(
    readonly el: WxElement,
    readonly page: Page,
  ) {
    this.slot = el;
  }

  /** The first attributes are known, the children are not there yet. */
  created(): void {}
  /** In the document, children included. */
  attached(): void {}
  detached(): void {}
  /** An attribute changed after `created`. */
  changed(_name: string): void {}
  kidsChanged(): void {}

  /** The element was tapped; returns true to stop the tap for outer elements. */
  tapped(_x: number, _y: number): boolean {
    return false;
  }
  /** What a tap on its label does. */
  activate(): void {}

  /** True while the app must not get taps on it. */
  get ignoresTaps(): boolean {
    return false;
  }
  /** True for an element without a value that a label may be for. */
  get labelled(): boolean {
    return false;
  }

  /** The element that has the accessible name of the control. */
  get named(): HTMLElement {
    return this.el;
  }

  /** Called on touchstart; returns true to receive the moves of that finger. */
  grab(_finger: Finger): boolean {
    return false;
  }
  /** Returns true to keep the touch (the browser then does not scroll). */
  drag(_finger: Finger): boolean {
    return false;
  }
  drop(_finger: Finger): void {}

  // --- Form controls -------------------------------------------------------------------------

  /** The app replaces what the user typed. */
  changedByApp?(value: string, cursor?: number): void;

  /** Value for the form, undefined when this is not a control. */
  get value(): Value | undefined {
    return undefined;
  }
  /** Back to the value that the app gave. */
  reset(): void {}

  // --- Reading attributes ---------------------------------------------------------------------

  flag(name: string, otherwise = false): boolean {
    const value = this.props[name];
    return value === undefined || value === null ? otherwise : Boolean(value);
  }
  number(name: string, otherwise: number): number {
    const value = this.props[name];
    if (value === undefined || value === null || value === "") return otherwise;
    const number = typeof value === "string" ? parseFloat(value) : Number(value);
    return Number.isFinite(number) ? number : otherwise;
  }
  string(name: string, otherwise = ""): string {
    const value = this.props[name];
    return value === undefined || value === null ? otherwise : String(value);
  }

  /** The server's name of this element. */
  get target(): Target {
    return [this.el.$inst!.num, this.el.$node!.id];
  }

  emit(type: string, detail: unknown = {}): void {
    this.page.events.send(type, this.el, detail);
  }
}

/** Makes an internal element, with a class name that app selectors rarely match. */
export function part(name: string, ...kids: (Element | string)[]): HTMLElement {
  const el = document.createElement("div");
  el.className = `wx-part wx-${name}`;
  el.append(...kids);
  return el;
}

export type ComponentClass = new (el: WxElement, page: Page) => Component;
