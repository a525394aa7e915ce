// Answers createSelectorQuery and createIntersectionObserver, with sizes and positions from the
// browser. Datasets are only on the server, so each answer names its element.

import { OBSERVERS } from "./limits";
import type { Page } from "./page";
import type { Value } from "./protocol";
import type { WxElement } from "./tree";

interface Fields {
  id?: boolean;
  rect?: boolean;
  size?: boolean;
  scrollOffset?: boolean;
  properties?: string[];
  computedStyle?: string[];
}
interface Query {
  selector?: string;
  viewport?: boolean;
  all?: boolean;
  single?: boolean;
  fields?: Fields;
}

/** Translates a selector of the app for the document: `view` is the element wx-view. */
export function translate(selector: string): string {
  return selector
    .replace(/>>>/g, " ")
    .replace(
      /(\[[^\]]*\])|(^|[\s>+~,(])([a-z][\w-]*)/gi,
      (_, bracket: string, before: string, tag: string) =>
        bracket ?? (/^(odd|even|n)$/.test(tag) ? before + tag : `${before}wx-${tag.toLowerCase()}`),
    );
}

export function select(page: Page, selector: string): WxElement[] {
  try {
    const found = document.querySelectorAll<WxElement>(translate(selector));
    return [...found].filter((el) => el.$node || el === page.root);
  } catch {
    return []; // An invalid selector finds nothing, as in the vendor's app.
  }
}

export function answer(page: Page, args: Record<string, Value>): unknown[] {
  const queries = (args.queries ?? []) as unknown as Query[];
  return queries.map((query) => {
    const fields = query.fields ?? {};
    if (query.viewport || query.selector === undefined) return viewport(fields);
    const found = select(page, query.selector);
    if (query.all) return found.map((el) => describe(el, fields));
    return found[0] ? describe(found[0], fields) : null;
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
  relative?: string;
  margins?: Partial<Record<"top" | "right" | "bottom" | "left", number>>;
  thresholds?: number[];
  all?: boolean;
}

export class Observers {
  private readonly running = new Map<number, IntersectionObserver>();

  constructor(private readonly page: Page) {}

  observe(args: Watch): void {
    if (this.running.size >= OBSERVERS) return;
    this.unobserve(args.observer);
    const { top = 0, right = 0, bottom = 0, left = 0 } = args.margins ?? {};
    const root =
      args.relative && args.relative !== "viewport"
        ? (select(this.page, args.relative)[0] ?? null)
        : null;
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
    const found = select(this.page, args.selector);
    for (const el of args.all ? found : found.slice(0, 1)) observer.observe(el);
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
