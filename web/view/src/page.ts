// One page in its frame: connects the tree, its components, gestures and the port to the shell.

import { animate, restyle } from "./animation";
import type { CompiledElement } from "./compile";
import { Component, type Finger } from "./component";
import { COMPONENTS } from "./components";
import { Events } from "./events";
import { Gestures } from "./gestures";
import { PULL_BAND_PX, READY_AT_LATEST_MS, SCROLL_REPORT_MS } from "./limits";
import type { Command, Env, FromShell, ToShell, Value, WindowConfig } from "./protocol";
import { answer, Observers, select } from "./query";
import { Refresher } from "./refresher";
import { Assets } from "./style";
import { Tree, type Instance, type TreeHost, type WxElement } from "./tree";

type Init = Extract<FromShell, { t: "init" }> & { route?: string };

/** Tags without their own role, which get the role of a button when they can be pressed. */
const PRESSABLE_ROLE = new Set([
  "view",
  "text",
  "image",
  "cover-view",
  "cover-image",
  "icon",
  "span",
]);

export class Page implements TreeHost {
  readonly events = new Events(this);
  readonly gestures = new Gestures(this);
  readonly root: WxElement = document.createElement("wx-page");
  env: Env = { width: 0, height: 0, theme: "light" };
  config: WindowConfig = {};
  visible = true;
  private assets = new Assets("", "");
  private hooks: string[] | null = null;
  private backgroundDue = false;
  private readonly sheets = document.createElement("style");
  private css = "";
  private dismiss: (() => void) | null = null;
  private readonly remoteHosts = new Set<string>();
  private tree: Tree | null = null;
  private readonly observers = new Observers(this);
  private readonly refresher: Refresher;

  constructor(readonly post: (message: ToShell) => void) {
    this.refresher = new Refresher({
      shift: (px, eased) => this.shift(px, eased),
      refresh: () => this.post({ t: "pulldown" }),
    });
  }

  receive(message: FromShell): void {
    switch (message.t) {
      case "init":
        return this.init(message);
      case "render":
        this.tree!.render(message.values);
        this.syncBackground();
        return this.reportReady();
      case "patch":
        this.tree!.patch(message.ops);
        // Once per frame: reading a computed style makes the browser compute all styles.
        if (!this.backgroundDue) requestAnimationFrame(() => this.syncBackground());
        this.backgroundDue = true;
        return;
      case "env":
        return this.setEnv(message.env);
      case "visible":
        this.visible = message.visible;
        document.dispatchEvent(new Event("wx:visible"));
        return;
      case "command":
        return this.command(message.call, message.name, message.args);
      case "dismiss":
        return this.dismiss?.();
    }
  }

  resolve(src: string): string {
    return this.assets.resolve(src);
  }

  style(css: string): string {
    return this.assets.style(css);
  }

  /** A sheet passes its close function when it opens, and null after it has closed. */
  sheet(dismiss: (() => void) | null): void {
    this.dismiss = dismiss;
    this.post({ t: "sheet", open: dismiss !== null });
  }

  /** Whether a picture is on another host, where this frame may not fetch it. The app's log says why. */
  remote(src: string): boolean {
    let url: URL;
    try {
      url = new URL(src, location.href);
    } catch {
      return false;
    }
    if (!/^https?:$/.test(url.protocol) || url.origin === location.origin) return false;
    if (!this.remoteHosts.has(url.host)) {
      this.remoteHosts.add(url.host);
      const detail = { host: url.host };
      this.post({ t: "event", type: "remotepicture", target: [0, 0], detail, ts: 0 });
    }
    return true;
  }

  private init(message: Init): void {
    this.assets = new Assets(message.base, message.route ?? "");
    this.config = message.config ?? {};
    this.hooks = message.hooks ?? null;
    document.head.append(this.sheets);
    this.css = message.css;
    this.setEnv(message.env);
    addEventListener("resize", () => this.measure());
    document.documentElement.classList.toggle("wx-v2", this.config.style === "v2");
    // The browser itself fetches or refuses pictures of style sheets.
    document.addEventListener("securitypolicyviolation", (event) => {
      if (event.effectiveDirective === "img-src") this.remote(event.blockedURI);
    });
    if (this.config.disableScroll) document.documentElement.classList.add("wx-still");
    this.root.setAttribute("role", "main");
    document.body.append(this.root);
    if (this.config.enablePullDownRefresh) this.offerRefresh();
    this.gestures.listen();
    this.watchScroll();
    this.tree = new Tree(message.structure, this, this.root);
  }

  // --- Elements --------------------------------------------------------------------------------

  element(node: CompiledElement, inst: Instance): WxElement {
    const Class = COMPONENTS[node.tag];
    let el: WxElement;
    if (Class) {
      el = document.createElement(`wx-${node.tag}`);
    } else {
      node.prototype ??= this.prototypeOf(node);
      el = node.prototype.cloneNode(false) as WxElement;
    }
    el.$inst = inst;
    el.$node = node;
    if (Class) {
      el.$comp = new Class(el, this);
      for (const [name, value] of node.attrs) this.attribute(el, name, value);
      if (node.tappable) pressable(el, node.tag);
    } else if (node.attrs.some(([name]) => name === "animation")) {
      for (const [name, value] of node.attrs) if (name === "animation") animate(el, value);
    }
    const move = node.on?.touchmove;
    if (move === "catch" || move === "capture-catch") this.gestures.block(el);
    return el;
  }

  private prototypeOf(node: CompiledElement): WxElement {
    const el: WxElement = document.createElement(`wx-${node.tag}`);
    for (const [name, value] of node.attrs)
      if (name !== "animation") this.attribute(el, name, value);
    if (node.tappable) pressable(el, node.tag);
    return el;
  }

  attribute(el: WxElement, name: string, value: Value): void {
    switch (name) {
      case "class":
        el.className = value === null ? "" : String(value);
        if (el.$hover) el.classList.add(...el.$hover);
        break;
      case "style":
        el.style.cssText = value === null ? "" : this.assets.style(String(value));
        if (el.$anim) restyle(el);
        break;
      case "id":
        el.id = value === null ? "" : String(value);
        break;
      case "animation":
        animate(el, value);
        return;
      default:
        reflect(el, name, value);
    }
    const comp = el.$comp;
    if (!comp) return;
    comp.props[name] =
      value === "" && FLAGS.has(name) && !comp.live && isStatic(el, name) ? true : value;
    if (comp.live) comp.changed(name);
  }

  // --- Environment -----------------------------------------------------------------------------

  private setEnv(env: Env): void {
    if (env.theme !== this.env.theme || !this.sheets.textContent)
      this.sheets.textContent = this.assets.sheet(this.css, env.theme);
    this.env = env;
    const html = document.documentElement;
    html.dataset.theme = env.theme;
    html.style.colorScheme = env.theme;
    if (env.language) html.lang = env.language.replace("_", "-");
    for (const side of ["top", "bottom", "left", "right"] as const) {
      html.style.setProperty(`--safe-${side}`, `${env.safe_area?.[side] ?? 0}px`);
    }
    this.measure();
    this.syncBackground();
  }

  private measure(): void {
    const width = innerWidth || this.env.width;
    document.documentElement.style.setProperty("--rpx", `${width / 750}px`);
  }

  /** The page's colour fills the frame below the end of its content. */
  private syncBackground(): void {
    this.backgroundDue = false;
    const color = getComputedStyle(this.root).backgroundColor;
    const html = document.documentElement;
    if (color && color !== "rgba(0, 0, 0, 0)" && color !== "transparent")
      html.style.backgroundColor = color;
    else html.style.backgroundColor = this.window;
  }

  /** The colour behind pages without a colour. White is the compiler's default, not the app's choice. */
  private get window(): string {
    const { backgroundColor = "" } = this.config;
    return this.env.theme === "dark" && backgroundColor === "#ffffff" ? "" : backgroundColor;
  }

  private reportReady(): void {
    let told = false;
    const tell = () => {
      if (told) return;
      told = true;
      this.post({ t: "ready" });
    };
    // After the frame in which the content was drawn. A hidden frame gets no such call.
    requestAnimationFrame(() => requestAnimationFrame(tell));
    setTimeout(tell, READY_AT_LATEST_MS);
  }

  // --- Scrolling -------------------------------------------------------------------------------

  private watchScroll(): void {
    const scroller = document.scrollingElement ?? document.documentElement;
    const listens = this.hooks?.includes("onPageScroll") ?? null;
    let waiting = false;
    let reported = 0;
    let armedHeight = -1;
    const report = () => {
      waiting = false;
      reported = performance.now();
      this.post({ t: "scroll", top: Math.round(scroller.scrollTop) });
    };
    addEventListener(
      "scroll",
      () => {
        if (listens !== false && !waiting) {
          waiting = true;
          const pause = listens ? 0 : SCROLL_REPORT_MS - (performance.now() - reported);
          if (pause > 0) setTimeout(report, pause);
          else requestAnimationFrame(report);
        }
        const { scrollTop, scrollHeight, clientHeight } = scroller;
        const distance = this.config.onReachBottomDistance ?? 50;
        const near = scrollHeight - scrollTop - clientHeight <= distance;
        // Once per height: the event is sent again only after the page has grown.
        if (near && armedHeight !== scrollHeight) {
          armedHeight = scrollHeight;
          this.post({ t: "reachbottom" });
        } else if (!near) {
          armedHeight = -1;
        }
      },
      { passive: true },
    );
  }

  private offerRefresh(): void {
    const refresher = this.refresher;
    document.documentElement.classList.add("wx-refreshable");
    this.lighten(this.config.backgroundTextStyle === "light");
    document.body.prepend(refresher.band);
    this.root.$comp = new (class extends Component {
      override grab() {
        return true;
      }
      override drag(finger: Finger) {
        return refresher.drag(
          finger.dy,
          finger.dx,
          (document.scrollingElement?.scrollTop ?? 0) <= 0,
        );
      }
      override drop(finger: Finger) {
        refresher.drop(finger.dy);
      }
    })(this.root, this);
  }

  private lighten(light: boolean): void {
    this.refresher.band.classList.toggle("wx-light", light);
  }

  private shift(px: number, eased: boolean): void {
    // The band fills the space above the page, because it would be visible through a page without a
    // colour.
    this.refresher.band.style.height = `${Math.max(px, PULL_BAND_PX)}px`;
    // Not a transform: it would move fixed elements with the page.
    this.root.style.transition = eased ? "top .3s" : "none";
    this.root.style.position = "relative";
    this.root.style.top = `${px}px`;
    if (px === 0 && eased) {
      setTimeout(() => {
        if (this.root.style.top === "0px") this.root.style.position = this.root.style.top = "";
      }, 320);
    }
  }

  // --- Commands --------------------------------------------------------------------------------

  private command(call: number, name: Command, args: Record<string, Value>): void {
    switch (name) {
      case "hideKeyboard": {
        const at = document.activeElement;
        if (at instanceof HTMLElement && at.classList.contains("wx-field")) at.blur();
        break;
      }
      case "setBackgroundColor":
        this.setBackground(args);
        break;
      case "setBackgroundTextStyle":
        this.lighten(args.textStyle === "light");
        break;
      case "selectorQuery":
        return this.post({ t: "reply", call, ok: true, result: answer(this, args) });
      case "pageScrollTo":
        this.scrollTo(args);
        break;
      case "startPullDownRefresh":
        if (this.config.enablePullDownRefresh) {
          scrollTo({ top: 0 });
          this.refresher.start();
        }
        this.post({ t: "pulldown" });
        break;
      case "stopPullDownRefresh":
        this.refresher.stop();
        break;
      case "observeIntersection":
        this.observers.observe(args as never);
        break;
      case "unobserveIntersection":
        this.observers.unobserve(Number(args.observer));
        break;
      case "setInputValue": {
        const el = this.tree?.find(args.target as [number, number]);
        el?.$comp?.changedByApp?.(String(args.value ?? ""), args.cursor as number | undefined);
        break;
      }
      default:
        // Does not compile when a command has no case.
        name satisfies never;
    }
    if (call !== 0) this.post({ t: "reply", call, ok: true, result: {} });
  }

  /** The colour of the window: behind a page without a colour, and above a page that is pulled down. */
  private setBackground(args: Record<string, Value>): void {
    if (typeof args.backgroundColor === "string")
      this.config.backgroundColor = args.backgroundColor;
    const above = args.backgroundColorTop ?? args.backgroundColor;
    if (typeof above === "string") this.refresher.band.style.backgroundColor = above;
    this.syncBackground();
  }

  private scrollTo(args: Record<string, Value>): void {
    let top = Number(args.scrollTop ?? 0);
    if (typeof args.selector === "string") {
      const el = select(this, args.selector)[0];
      if (!el) return;
      top = el.getBoundingClientRect().top + scrollY + Number(args.offsetTop ?? 0);
    }
    const still = Number(args.duration ?? 300) === 0 || reducedMotion();
    scrollTo({ top, behavior: still ? "instant" : "smooth" });
  }
}

export function reducedMotion(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function pressable(el: WxElement, tag: string): void {
  if (!el.hasAttribute("tabindex")) el.tabIndex = 0;
  if (PRESSABLE_ROLE.has(tag) && !el.hasAttribute("role")) el.setAttribute("role", "button");
}

/** Attributes that mean true when they have no value. */
const FLAGS = new Set([
  "disabled",
  "checked",
  "plain",
  "loading",
  "password",
  "focus",
  "auto-focus",
  "auto-height",
  "autoplay",
  "circular",
  "vertical",
  "indicator-dots",
  "scroll-x",
  "scroll-y",
  "scroll-with-animation",
  "enable-flex",
  "selectable",
  "user-select",
  "decode",
  "show-info",
  "active",
  "show-value",
  "lazy-load",
  "controls",
  "refresher-enabled",
  "refresher-triggered",
  "inertia",
  "out-of-bounds",
  "hidden",
]);

function isStatic(el: WxElement, name: string): boolean {
  return el.$node?.attrs.some(([attr]) => attr === name) ?? false;
}

/** Sets an attribute for the app's selectors, except attributes that could run code or load an address. */
function reflect(el: WxElement, name: string, value: Value): void {
  if (name === "hidden") {
    const hidden = value === "" ? isStaticFlag(el, name) : Boolean(value);
    el.toggleAttribute("hidden", hidden);
    return;
  }
  if (/^on|^is$|^slot$/i.test(name) || !/^[a-z_][\w:.-]*$/i.test(name)) return;
  if (value === null || value === false || typeof value === "object") el.removeAttribute(name);
  else el.setAttribute(name, value === true ? "" : String(value).slice(0, 2000));
}

function isStaticFlag(el: WxElement, name: string): boolean {
  // A prototype is built only from static attributes and has no node yet.
  return el.$node ? isStatic(el, name) : true;
}
