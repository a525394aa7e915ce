// Calls the functions of WXS modules that the app has bound to events and to changes of attributes. They
// run here, without a round trip, and see elements only through what this file gives them.

import type { Shadow, WxElement } from "../core/element";
import { classesIn } from "../core/elements";
import { BUBBLING, type End, type Touches } from "../core/events";
import { above, elementsIn, firstOf } from "../core/virtual";
import { WXS_LOG_LINES as MAX_LOG_LINES, WXS_WAITING as MAX_WAITING } from "../limits";
import { Interpreter, type LogLine, type ModuleCode } from "./interpret";
import type { Structure, Target, ToShell, Value } from "../../../shared/protocol";

/** What the scripts need of their page. */
export interface ScriptsHost {
  readonly root: WxElement;
  post(message: ToShell): void;
  /** Writes into the program's log. */
  log(line: LogLine): void;
  /** A style of the app, translated for the browser. */
  style(css: string): string;
  /** Sends an event of the app's own to the handlers of an element. */
  send(type: string, el: WxElement, detail: unknown): void;
}

/** An element as functions of modules see it. */
type Descriptor = Record<string, unknown>;

interface Change {
  el: WxElement;
  fn: string;
  now: Value;
  old: Value | undefined;
}

export class Scripts {
  private page: (ModuleCode | null)[] = [];
  private components: Structure[] = [];
  private logged = 0;
  private readonly interpreter = new Interpreter((line) => {
    if (this.logged++ < MAX_LOG_LINES) this.host.log(line);
  });
  private readonly descriptors = new WeakMap<WxElement, Descriptor>();
  private changes: Change[] = [];
  private waiting = 0;

  constructor(private readonly host: ScriptsHost) {}

  init(structure: Structure, components: Structure[]): void {
    this.page = structure.modules ?? [];
    this.components = components;
  }

  /** Notes that an attribute was set whose changes a function follows; `settle` calls it. */
  changed(el: WxElement, fn: string, now: Value, old: Value | undefined): void {
    this.changes.push({ el, fn, now, old });
  }

  /** Calls what follows changes, once everything is in the page. */
  settle(): void {
    const changes = this.changes;
    this.changes = [];
    for (const { el, fn, now, old } of changes) {
      if (firstOf(el).isConnected) this.call(el, fn, [now, old, this.owner(el), this.describe(el)]);
    }
  }

  /**
   * Calls the functions that are bound to an event, from the outermost that captures to the innermost and
   * back. Returns where the event ends, or null when it goes on.
   */
  dispatch(type: string, target: WxElement, detail: unknown, touch?: Touches): End | null {
    const path: WxElement[] = [];
    for (let el: WxElement | null = target; el; el = above(el)) {
      if (el.$node) path.push(el);
      if (!BUBBLING.has(type)) break;
    }
    if (!path.some((el) => this.listens(el, type))) return null;
    const run = (el: WxElement, phase: string): boolean => {
      const fn = el.$view?.[`wxs:${phase}:${type}`];
      if (!isFunction(fn)) return false;
      const event = {
        type,
        timeStamp: Math.round(performance.now()),
        target: this.place(path.find((one) => one.$inst!.shadow === el.$inst!.shadow) ?? el),
        currentTarget: this.place(el),
        mark: marks(path, el),
        detail,
        touches: touch?.touches ?? [],
        changedTouches: touch?.changedTouches ?? [],
        instance: this.describe(el),
      };
      return this.call(el, fn, [event, this.owner(el)]) === false || phase.endsWith("catch");
    };
    for (const el of [...path].reverse()) {
      const ends = [run(el, "capture-bind"), run(el, "capture-catch")];
      if (ends.includes(true)) return { el, capturing: true };
    }
    let taken = false;
    for (const el of path) {
      const mutual = isFunction(el.$view?.[`wxs:mut-bind:${type}`]) && !taken;
      if (mutual) taken = true;
      const ends = [
        run(el, "bind"),
        run(el, "catch"),
        mutual && run(el, "mut-bind"),
        el.$node!.on?.[type] === "catch",
      ];
      if (ends.includes(true)) return { el, capturing: false };
    }
    return null;
  }

  hears(type: string, target: WxElement): boolean {
    for (let el: WxElement | null = target; el; el = above(el)) {
      if (this.listens(el, type)) return true;
      if (!BUBBLING.has(type)) break;
    }
    return false;
  }

  private listens(el: WxElement, type: string): boolean {
    return Object.entries(el.$view ?? {}).some(
      ([name, fn]) => name.startsWith("wxs:") && name.endsWith(`:${type}`) && isFunction(fn),
    );
  }

  private call(el: WxElement, fn: string, args: unknown[]): unknown {
    const [module, ...members] = fn.slice(1).split(".");
    const shadow = el.$inst!.shadow;
    const modules = shadow.number < 0 ? this.page : (this.components[shadow.number]?.modules ?? []);
    let found = this.interpreter.module(modules, Number(module));
    for (const name of members) found = (found as Record<string, unknown> | undefined)?.[name];
    return this.interpreter.call(found, undefined, args);
  }

  private place(el: WxElement): Descriptor {
    return { id: el.id, dataset: dataset(el), offsetLeft: el.offsetLeft, offsetTop: el.offsetTop };
  }

  private owner(el: WxElement): Descriptor {
    return this.describe(el.$inst?.shadow.host?.el ?? this.host.root);
  }

  /** The same element is always the same object, so that modules can compare. */
  private describe(el: WxElement): Descriptor {
    let made = this.descriptors.get(el);
    if (!made) {
      made = Object.freeze(this.descriptor(el));
      this.descriptors.set(el, made);
    }
    return made;
  }

  private descriptor(el: WxElement): Descriptor {
    const state = {};
    /** What selectors look into: inside a component, or the shadow around a plain element. */
    const inside = (): Shadow | undefined =>
      (el.$inst && hostShadow(el)) ?? el.$inst?.shadow ?? this.anyShadow();
    const select = (selector: unknown): WxElement[] => {
      const shadow = inside();
      const css = cssOf(String(selector), shadow);
      try {
        const found = el.$marks
          ? [...elementsIn(el)].filter((one) => one.matches(css))
          : el.querySelectorAll<WxElement>(css);
        const virtual = [...(shadow?.virtual ?? [])].filter((one) => one.matches(css));
        return [...found, ...virtual].filter((one) => one.$inst?.shadow === shadow);
      } catch {
        return []; // not a selector
      }
    };
    return {
      selectComponent: (selector: unknown) => {
        const [first] = select(selector);
        return first ? this.describe(first) : undefined;
      },
      selectAllComponents: (selector: unknown) => select(selector).map((one) => this.describe(one)),
      setStyle: (style: unknown) => {
        el.$anim = { ...el.$anim, ...stylesOf(style, (css) => this.host.style(css)) };
        Object.assign(el.style, el.$anim);
      },
      addClass: (name: unknown) => {
        const classes = classesIn(el.$inst?.shadow, String(name)).split(/\s+/).filter(Boolean);
        el.$added = [...(el.$added ?? []), ...classes];
        el.classList.add(...classes);
      },
      removeClass: (name: unknown) => {
        const classes = classesIn(el.$inst?.shadow, String(name)).split(/\s+/).filter(Boolean);
        el.$added = el.$added?.filter((one) => !classes.includes(one));
        el.classList.remove(...classes);
      },
      hasClass: (name: unknown) =>
        classesIn(el.$inst?.shadow, String(name))
          .split(/\s+/)
          .some((one) => one !== "" && el.classList.contains(one)),
      getDataset: () => dataset(el),
      getState: () => state,
      getBoundingClientRect: () => {
        const { left, top, right, bottom, width, height } = el.getBoundingClientRect();
        return { left, top, right, bottom, width, height };
      },
      getComputedStyle: (names: unknown) => {
        const all = getComputedStyle(el);
        const wanted = Array.isArray(names) ? names : [];
        return Object.fromEntries(
          wanted.map((name) => [name, all.getPropertyValue(kebab(String(name)))]),
        );
      },
      callMethod: (name: unknown, detail: unknown) => {
        const host = el === this.host.root ? null : hostShadow(el) ? el : el.$inst?.shadow.host?.el;
        this.host.post({
          t: "method",
          type: String(name),
          detail: plain(detail),
          target: host ? place(host) : undefined,
        });
      },
      triggerEvent: (name: unknown, detail: unknown) => {
        if (el !== this.host.root) this.host.send(String(name), el, plain(detail) ?? {});
      },
      requestAnimationFrame: (fn: unknown) => {
        this.later(fn, (run) => requestAnimationFrame(run));
      },
      setTimeout: (fn: unknown, ms: unknown) =>
        this.later(fn, (run) => setTimeout(run, Number(ms) || 0) as unknown as number),
      clearTimeout: (id: unknown) => clearTimeout(Number(id)),
    };
  }

  private anyShadow(): Shadow | undefined {
    return this.host.root.querySelector<WxElement>("*")?.$inst?.shadow;
  }

  private later(fn: unknown, start: (run: () => void) => number): number | undefined {
    if (this.waiting >= MAX_WAITING) return undefined;
    this.waiting++;
    return start(() => {
      this.waiting--;
      this.interpreter.call(fn, undefined, []);
    });
  }
}

function isFunction(value: unknown): value is string {
  return typeof value === "string" && value.startsWith("@");
}

function place(el: WxElement): Target {
  return [el.$inst!.num, el.$node!.id];
}

/** What a component's tag shows, or null for any other element. */
function hostShadow(el: WxElement): Shadow | null {
  const at = el.$node ? el.$node.comp : -1;
  const hole = at >= 0 ? el.$inst!.holes[at] : undefined;
  return hole !== undefined && "host" in hole && hole.host === true ? hole.shadow : null;
}

function dataset(el: WxElement): Record<string, Value> {
  return named(el, "data:");
}

/** The marks of all that an event passes in the shadow of a handler; an inner one replaces an outer one. */
function marks(path: WxElement[], at: WxElement): Record<string, Value> {
  const shadow = path.filter((el) => el.$inst!.shadow === at.$inst!.shadow);
  return Object.assign({}, ...shadow.reverse().map((el) => named(el, "mark:")));
}

/** What functions read of an element, by a prefix of its names. */
function named(el: WxElement, prefix: string): Record<string, Value> {
  const found: Record<string, Value> = {};
  for (const [name, value] of Object.entries(el.$view ?? {}))
    if (name.startsWith(prefix)) found[name.slice(prefix.length)] = value;
  return found;
}

/** A selector of the app for the elements of one shadow: tags and classes have other names there. */
function cssOf(selector: string, shadow: Shadow | undefined): string {
  const named = selector.replace(/(^|[\s>,+~])([a-z][\w-]*)/gi, "$1wx-$2");
  if (!shadow || shadow.number < 0) return named;
  return named.replace(/\.([\w-]+)/g, `.c${shadow.number}--$1`);
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The styles of setStyle, which takes an object or a text, by their names in scripts. */
function stylesOf(style: unknown, rewrite: (css: string) => string): Record<string, string> {
  const probe = document.createElement("div");
  if (typeof style === "string") {
    probe.style.cssText = rewrite(style);
  } else if (style !== null && typeof style === "object") {
    for (const [name, value] of Object.entries(style))
      probe.style.setProperty(kebab(name), rewrite(String(value)));
  }
  const found: Record<string, string> = {};
  for (const name of Array.from(probe.style))
    found[name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())] =
      probe.style.getPropertyValue(name);
  return found;
}

/** A value as it can be sent; undefined when it cannot. */
function plain(value: unknown): Value | undefined {
  try {
    const text = JSON.stringify(value);
    return text === undefined ? undefined : (JSON.parse(text) as Value);
  } catch {
    return undefined; // it contains itself
  }
}
