// Answers createSelectorQuery and createIntersectionObserver, with sizes and positions from the
// browser. Datasets are only on the server, so each answer names its element.

import { translate } from "./core/selector";
import { OBSERVERS } from "./limits";
import type { PageContext } from "./component";
import type { Value } from "../../shared/protocol";
import type { WxElement } from "./core/element";

interface Fields {
  id?: boolean;
  rect?: boolean;
  size?: boolean;
  scrollOffset?: boolean;
  properties?: string[];
  computedStyle?: string[];
}
type Target = [number, number];
/** Finds an element by its place in the page. */
export type FindElement = (target: Target) => WxElement | null | undefined;

interface Query {
  selector?: string;
  /** The elements, where the server knows them: it alone knows the shadow that a selector is for. */
  targets?: Target[];
  viewport?: boolean;
  all?: boolean;
  single?: boolean;
  fields?: Fields;
}

export function select(page: PageContext, selector: string): WxElement[] {
  try {
    const found = document.querySelectorAll<WxElement>(translate(selector));
    return [...found].filter((el) => el.$node || el === page.root);
  } catch {
    return []; // An invalid selector finds nothing, as in the vendor's app.
  }
}

export function found(page: PageContext, query: Query, find: FindElement): WxElement[] {
  if (!query.targets) return select(page, query.selector ?? "");
  return query.targets.map(find).filter((el): el is WxElement => !!el);
}

export function answer(
  page: PageContext,
  args: Record<string, Value>,
  find: FindElement,
): unknown[] {
  const queries = (args.queries ?? []) as unknown as Query[];
  return queries.map((query) => {
    const fields = query.fields ?? {};
    if (query.viewport || query.selector === undefined) return viewport(fields);
    const elements = found(page, query, find);
    if (query.all) return elements.map((el) => describe(el, fields));
    return elements[0] ? describe(elements[0], fields) : null;
  });
}

function viewport(fields: Fields): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  if (fields.id) out.id = "";
  if (fields.rect) Object.assign(out, { left: 0, top: 0, right: 0, bottom: 0 });
  if (fields.size) Object.assign(out, { width: innerWidth, height: innerHeight });
  if (fields.scrollOffset) Object.assign(out, scrollOf(document.scrollingElement!));
  return out;
}

function describe(el: WxElement, fields: Fields): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  if (el.$node) out.target = [el.$inst!.num, el.$node.id];
  if (fields.id) out.id = el.id;
  const { left, top, right, bottom, width, height } = el.getBoundingClientRect();
  if (fields.rect) Object.assign(out, { left, top, right, bottom });
  if (fields.size) Object.assign(out, { width, height });
  if (fields.scrollOffset)
    Object.assign(out, scrollOf(el.tagName === "WX-PAGE" ? document.scrollingElement! : el));
  for (const name of fields.properties ?? [])
    out[name] = el.$comp?.value ?? el.$comp?.props[name] ?? el.getAttribute(name);
  if (fields.computedStyle?.length) {
    const style = getComputedStyle(el);
    for (const name of fields.computedStyle) {
      out[name] = style.getPropertyValue(name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`));
    }
  }
  return out;
}

function scrollOf(el: Element): Record<string, number> {
  return {
    scrollLeft: el.scrollLeft,
    scrollTop: el.scrollTop,
    scrollWidth: el.scrollWidth,
    scrollHeight: el.scrollHeight,
  };
}

interface Watch {
  observer: number;
  selector: string;
  targets?: Target[];
  relative?: string;
  /** Where the server found what `relative` names. */
  root?: Target[];
  margins?: Partial<Record<"top" | "right" | "bottom" | "left", number>>;
  thresholds?: number[];
  all?: boolean;
}

export class Observers {
  private readonly running = new Map<number, IntersectionObserver>();

  constructor(
    private readonly page: PageContext,
    private readonly find: FindElement,
  ) {}

  observe(args: Watch): void {
    if (this.running.size >= OBSERVERS) return;
    this.unobserve(args.observer);
    const { top = 0, right = 0, bottom = 0, left = 0 } = args.margins ?? {};
    const { relative = "viewport", root: places } = args;
    const root =
      relative === "viewport"
        ? null
        : (found(this.page, { selector: relative, targets: places }, this.find)[0] ?? null);
    const observer = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          this.page.events.send("intersection", entry.target, {
            observer: args.observer,
            intersectionRatio: entry.intersectionRatio,
            intersectionRect: plain(entry.intersectionRect),
            boundingClientRect: plain(entry.boundingClientRect),
            relativeRect: plain(entry.rootBounds),
            time: Math.round(entry.time),
          });
        }
      },
      // A document inside an iframe accepts margins only with itself as the root.
      {
        root: root ?? document,
        rootMargin: `${top}px ${right}px ${bottom}px ${left}px`,
        threshold: args.thresholds ?? [0],
      },
    );
    const elements = found(this.page, args, this.find);
    for (const el of args.all ? elements : elements.slice(0, 1)) observer.observe(el);
    this.running.set(args.observer, observer);
  }

  unobserve(id: number): void {
    this.running.get(id)?.disconnect();
    this.running.delete(id);
  }
}

function plain(rect: DOMRectReadOnly | null): Record<string, number> | null {
  if (!rect) return null;
  const { left, top, right, bottom, width, height } = rect;
  return { left, top, right, bottom, width, height };
}
