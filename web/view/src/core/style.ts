// Styles of the app as the browser draws them like the vendor's client.

import { translate } from "./css";

/**
 * What the compiler of style sheets (runtime/wxss) writes into url("…"): before a path from the root of the
 * app, and before the address of another host's file, which is escaped already.
 */
const ASSET = "\0a";
const REMOTE = "\0r";

/** Families that every browser has, and keywords such as inherit. */
const GENERIC =
  /(?:^|,)\s*(?:serif|sans-serif|monospace|cursive|fantasy|system-ui|math|ui-[a-z-]+|inherit|initial|unset|revert|revert-layer)\s*(?:,|$)/i;

/**
 * A family without a generic one ends in the platform's sans-serif, as in the vendor's client. A browser
 * would take its standard font, which has serifs.
 */
function completeFont(style: CSSStyleDeclaration): void {
  const { fontFamily } = style;
  if (fontFamily === "" || GENERIC.test(fontFamily)) return;
  const priority = style.getPropertyPriority("font-family");
  style.setProperty("font-family", `${fontFamily}, system-ui, sans-serif`, priority);
}

export function completeFonts(rules: CSSRuleList): void {
  for (const rule of rules) {
    if (rule instanceof CSSStyleRule) completeFont(rule.style);
    if ("cssRules" in rule) completeFonts(rule.cssRules as CSSRuleList);
  }
}

/** Sets a style that the app has written for one element. */
export function setStyle(el: HTMLElement, css: string): void {
  el.style.cssText = css;
  if (css.includes("font")) completeFont(el.style);
}

/** What the host keeps for an app, as the app names it. */
const KEPT = /^wxfile:\/\/(?:tmp|store)_([0-9a-f]{32})(?:\.\w{1,10})?$/;
/** The same in the cloud of the app. */
const CLOUD = /^cloud:\/\/ta[0-9a-f]{16}\.([0-9a-f]{32})\//;

/** Finds the address of an asset: "/a.png" from the app's root, "a.png" from the page's folder. */
export class Assets {
  constructor(
    private readonly base: string,
    private readonly route: string,
    /** What is shown for an address that the page itself has made, if it is one. */
    private readonly own: (src: string) => string | undefined = () => undefined,
  ) {}

  /** Finds the address of a picture; a relative one starts at the path, or at the page. */
  resolve(src: string, path = this.route): string {
    if (src === "" || /^(data:|blob:|#)/i.test(src) || src.startsWith(this.base + "/")) return src;
    if (/^(https?:)?\/\//i.test(src)) return this.remote(src);
    const made = this.own(src);
    if (made !== undefined) return made;
    const [, kept] = KEPT.exec(src) ?? [];
    if (kept) return `/app-files/${kept}`;
    const [, cloud] = CLOUD.exec(src) ?? [];
    if (cloud) return `/cloud-files/${cloud}`;
    // Any other scheme is not a picture.
    if (/^[a-z][a-z0-9+.-]*:/i.test(src)) return "";
    const from = src.startsWith("/") ? [] : path.split("/").slice(0, -1);
    for (const segment of src.split("/")) {
      if (segment === "..") from.pop();
      else if (segment !== "" && segment !== ".") from.push(segment);
    }
    return `${this.base}/${from.join("/")}`;
  }

  /** What another host has comes through this one, which looks at it first. */
  private remote(src: string): string {
    const url = src.startsWith("//") ? `https:${src}` : src;
    if (!URL.canParse(url)) return "";
    const { origin, href } = new URL(url);
    if (origin === location.origin) return url;
    // As the browser would write it: the host reads it with another parser.
    return this.proxy + encodeURIComponent(href);
  }

  private get proxy(): string {
    return `${this.base.replace("/images/", "/remote/")}?url=`;
  }

  /** A style sheet. It is compiled: only where the app's files are is not known before. */
  sheet(css: string): string {
    return css.split(REMOTE).join(this.proxy).split(ASSET).join(`${this.base}/`);
  }

  /** Lengths, addresses and safe areas inside a style attribute. */
  style(css: string): string {
    return translate(css, (src) => this.resolve(src));
  }
}
