// The base class of tags with their own behaviour. A plain <view> has no component: most elements
// of a page are plain, and a thousand rows must not need a thousand objects.

import { classesIn } from "./core/elements";
import type { Finger, TextFilter, Widget, WxElement } from "./core/element";
import type { Events } from "./core/events";
import type { FrameEnv, FrameWindow, Regions, Target, ToShell, Value } from "../../shared/protocol";

/** What a page gives its components. */
export interface PageContext {
  /** The element around everything on the page. */
  readonly root: WxElement;
  readonly env: FrameEnv;
  readonly config: FrameWindow;
  /** False while the page or its app is out of sight. */
  readonly visible: boolean;
  readonly events: Events;
  /** The address of an asset that the app names; relative ones start at the path, or at the page. */
  resolve(src: string, path?: string): string;
  /** A style of the app, translated for the browser. */
  style(css: string): string;
  /** Whether a picture is on another host, where this frame may not fetch it. The app's log says why. */
  remote(src: string): boolean;
  /** The page has a canvas: the logic layer measures text for it, and is told how wide letters are. */
  drawsText(): void;
  post(message: ToShell): void;
  /** Colours the window behind the page. */
  paint(look: Record<string, Value | undefined>): void;
  /** Scrolls the whole page. */
  scroll(args: Record<string, Value>): void;
  /** The regions of China, which the shell brings; null when it cannot. */
  regions(): Promise<Regions | null>;
  /** A sheet passes its close function when it opens, and null after it has closed. */
  sheet(dismiss: (() => void) | null): void;
}

export abstract class Component implements Widget {
  readonly props: Record<string, Value> = {};
  slot: HTMLElement;
  gone = false;
  live = false;
  text: TextFilter | null = null;

  constructor(
    readonly el: WxElement,
    readonly page: PageContext,
  ) {
    this.slot = el;
  }

  /** The address of an asset; relative ones start at the component whose markup this is in. */
  protected address(src: string): string {
    return this.page.resolve(src, this.el.$inst?.shadow.path);
  }

  created(): void {}
  attached(): void {}
  detached(): void {}
  changed(_name: string): void {}
  kidsChanged(): void {}

  tapped(_x: number, _y: number): boolean {
    return false;
  }
  /** A finger has rested on it, or on something in it. */
  held?(): void;
  /** What else the app is told of a tap. */
  tapDetail?(x: number, y: number): object;
  /** What a tap on its label does. */
  activate(): void {}

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

  grab(_finger: Finger): boolean {
    return false;
  }
  drag(_finger: Finger): boolean {
    return false;
  }
  drop(_finger: Finger): void {}

  /** Calls `shown` whenever the element gets a size: what is out of sight cannot be measured or scrolled. */
  protected whenShown(shown: () => void): void {
    let before = 0;
    const observer = new ResizeObserver(([entry]) => {
      if (this.gone) return observer.disconnect();
      const { width, height } = entry!.contentRect;
      if (before === 0 && width + height > 0) shown();
      before = width + height;
    });
    observer.observe(this.el);
  }

  /** Does what a context of the program asks of this element, and answers with an object. */
  perform(method: string, _args: Value[]): unknown {
    throw new Error(`this element has no ${method}`);
  }

  // --- Form controls -------------------------------------------------------------------------

  changedByApp?(value: string, cursor?: number): void;

  get value(): Value | undefined {
    return undefined;
  }
  /** Back to the value that the app gave. */
  reset(): void {}

  // --- Reading attributes ---------------------------------------------------------------------

  flag(name: string, otherwise = false): boolean {
    const value = this.props[name];
    if (value === undefined || value === null) return otherwise;
    // In markup an attribute without a value is true; an empty text that the app computes is not.
    if (value === "") return this.el.$node?.attrs.some(([own]) => own === name) ?? false;
    return Boolean(value);
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
  /** The classes that an attribute names, as the component around has them. */
  classes(name: string): string {
    return classesIn(this.el.$inst?.shadow, this.string(name));
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

/** The component behind an element of the page. */
export function componentOf<T extends Component = Component>(
  el: WxElement | null | undefined,
): T | undefined {
  return el?.$comp as T | undefined;
}

export type ComponentClass = new (el: WxElement, page: PageContext) => Component;
