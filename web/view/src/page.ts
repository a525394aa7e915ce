// One page in its frame: connects the tree, its components, gestures and the port to the shell.

import { Component, componentOf, type PageContext } from "./component";
import type { Stage } from "./canvas/stage";
import type { Canvas } from "./components/canvas";
import { COMPONENTS } from "./components/index";
import type { Finger, WxElement } from "./core/element";
import { animateElements, stopAnimations } from "./core/animation";
import { Elements } from "./core/elements";
import { Events } from "./core/events";
import { Assets, completeFonts } from "./core/style";
import { Tree } from "./core/tree";
import { extras } from "./extras";
import { Gestures } from "./gestures";
import { READY_AT_LATEST_MS } from "./limits";
import type {
  Command,
  FrameEnv,
  FromShell,
  FrameWindow,
  Regions,
  Structure,
  Target,
  ToShell,
  Value,
} from "../../shared/protocol";
import { lookOf } from "../../shared/look";
import { styleElements } from "./motion";
import { answer, type FindElement, found, Observers } from "./query";
import { Snapshots } from "./snapshots";
import { Refresher } from "./refresher";
import { scrollPage, watchScroll } from "./scrolling";
import type { Scripts } from "./wxs/scripts";

type Init = Extract<FromShell, { t: "init" }> & { route?: string };

/** What the page itself hears; the second script is run before. */
type Message = Exclude<FromShell, { t: "extra" }>;

export class Page implements PageContext {
  readonly events = new Events((message) => this.post(message));
  readonly root: WxElement = document.createElement("wx-page");
  private readonly gestures = new Gestures(this.root, this.events, (message) => this.post(message));
  env: FrameEnv = { width: 0, height: 0, theme: "light" };
  config: FrameWindow = {};
  /** The app has coloured the window itself. */
  private painted = false;
  visible = true;
  private readonly regionsAsked: ((regions: Regions | null) => void)[] = [];
  private readonly snapshots = new Snapshots();
  private assets = new Assets("", "");
  private hooks: string[] | null = null;
  private backgroundDue = false;
  private readonly sheets = document.createElement("style");
  private dismiss: (() => void) | null = null;
  private readonly remoteHosts = new Set<string>();
  private readonly elements = new Elements({
    hasWidget: (tag) => COMPONENTS[tag] !== undefined,
    widget: (tag, el) => new COMPONENTS[tag]!(el, this),
    style: (css) => this.style(css),
    awaits: (value) => this.snapshots.awaits(value),
    blockMoves: (el) => this.gestures.block(el),
    changed: (el, fn, now, old) => this.scripts?.changed(el, fn, now, old),
  });
  /** The functions of WXS modules, of a page that has some. */
  private scripts: Scripts | null = null;
  private tree: Tree | null = null;
  private readonly find: FindElement = (target) => this.tree?.find(target);
  private readonly observers = new Observers(this, this.find);
  private readonly refresher: Refresher;
  /** The canvases, once the page draws. */
  private drawing: Stage | null = null;
  private fontsTold = false;

  constructor(readonly post: (message: ToShell) => void) {
    this.refresher = new Refresher({
      shift: (px, eased) => this.shift(px, eased),
      refresh: () => this.post({ t: "pulldown" }),
    });
  }

  receive(message: Message): void {
    switch (message.t) {
      case "init":
        return this.init(message);
      case "render":
        this.tree!.render(message.values);
        this.scripts?.settle();
        this.syncBackground();
        return this.reportReady();
      case "patch":
        this.tree!.patch(message.ops);
        this.scripts?.settle();
        // Once per frame: reading a computed style makes the browser compute all styles.
        if (!this.backgroundDue) requestAnimationFrame(() => this.syncBackground());
        this.backgroundDue = true;
        return;
      case "draw":
        return this.stage?.draw(message.ops);
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
      case "camera":
        document.dispatchEvent(new CustomEvent("wx:camera", { detail: message.picture }));
        return message.picture.close();
      case "regions":
        for (const told of this.regionsAsked.splice(0)) told(message.regions);
    }
  }

  resolve(src: string, path?: string): string {
    return this.assets.resolve(src, path);
  }

  style(css: string): string {
    return this.assets.style(css);
  }

  drawsText(): void {
    if (!this.fontsTold) this.tell("canvasfonts", extras()!.measuredFonts());
    this.fontsTold = true;
  }

  /** What the platform wants to know, and no handler of the app. */
  private tell(type: string, detail: object): void {
    this.post({ t: "event", type, target: [0, 0], detail, ts: 0 });
  }

  sheet(dismiss: (() => void) | null): void {
    this.dismiss = dismiss;
    this.post({ t: "sheet", open: dismiss !== null });
  }

  regions(): Promise<Regions | null> {
    return new Promise((told) => {
      this.regionsAsked.push(told);
      this.post({ t: "regions" });
    });
  }

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
      this.tell("remotepicture", { host: url.host });
    }
    return true;
  }

  private init(message: Init): void {
    this.assets = new Assets(message.base, message.route ?? "", (src) => this.snapshots.get(src));
    this.config = message.config ?? {};
    this.hooks = message.hooks ?? null;
    document.head.append(this.sheets);
    this.sheets.textContent = this.assets.sheet(message.css);
    if (this.sheets.sheet) completeFonts(this.sheets.sheet.cssRules);
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
    watchScroll(this, this.hooks);
    this.scripts = this.scriptsOf(message.structure, message.components ?? []);
    this.events.functions = this.scripts;
    this.tree = new Tree(message.structure, this.elements, this.root, message.components);
  }

  // --- What the second script has ----------------------------------------------------------------

  private scriptsOf(structure: Structure, components: Structure[]): Scripts | null {
    const Made = extras()?.Scripts;
    if (!Made) return null;
    const scripts = new Made({
      root: this.root,
      post: (message) => this.post(message),
      log: (line) => this.tell("wxslog", line),
      style: (css) => this.style(css),
      send: (type, el, detail) => this.events.send(type, el, detail),
    });
    scripts.init(structure, components);
    return scripts;
  }

  private get stage(): Stage | null {
    const Made = extras()?.Stage;
    if (!Made) return null;
    this.drawing ??= new Made({
      element: (inst, id) => surfaceOf(this.tree?.find([inst, id])),
      named: (id) => {
        const all = [...this.root.querySelectorAll<WxElement>("wx-canvas")];
        const found = (name: string) => all.find((el) => el.getAttribute(name) === id);
        return surfaceOf(found("canvas-id") ?? found("id"));
      },
      address: (src) => {
        const address = this.resolve(src);
        return address && !this.remote(address) ? address : null;
      },
      snapshot: (name, url) => {
        this.snapshots.keep(name, url);
        this.elements.drawn();
      },
      loaded: (detail) => this.tell("canvasimage", detail),
      drawn: (batches) => this.tell("drawn", { batches }),
    });
    return this.drawing;
  }

  // --- Environment -----------------------------------------------------------------------------

  private setEnv(env: FrameEnv): void {
    const turned = env.theme !== this.env.theme;
    this.env = env;
    if (turned && !this.painted) this.dressWindow();
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

  /** The window behind the page, as the configuration has it in this theme. */
  private dressWindow(): void {
    const { backgroundColor, backgroundTextStyle } = lookOf(this.config, this.env.theme);
    this.paintWindow(backgroundColor);
    this.lighten(backgroundTextStyle === "light");
  }

  private measure(): void {
    const width = innerWidth || this.env.width;
    document.documentElement.style.setProperty("--rpx", `${width / 750}px`);
  }

  /** The page's colour fills the frame below the end of its content. */
  private syncBackground(): void {
    this.backgroundDue = false;
    const color = getComputedStyle(this.root).backgroundColor;
    const own = color && color !== "rgba(0, 0, 0, 0)" && color !== "transparent";
    const { backgroundColorContent: content = "" } = lookOf(this.config, this.env.theme);
    document.documentElement.style.backgroundColor = own ? color : String(content);
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

  // --- Pull to refresh --------------------------------------------------------------------------

  private offerRefresh(): void {
    const refresher = this.refresher;
    this.dressWindow();
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
    // The band is as high as the space above the page: a page without a colour would show it.
    this.refresher.band.style.transition = eased ? "height .3s" : "none";
    this.refresher.band.style.height = `${px}px`;
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
      case "getSelectedTextRange":
        return this.post({ t: "reply", call, ...selected() });
      case "loadFontFace":
        return void this.loadFont(call, args);
      case "styleElements":
        styleElements(found(this, args, this.find), args as never, (css) => this.style(css));
        break;
      case "setBackgroundColor":
      case "setBackgroundTextStyle":
        this.paint(args);
        break;
      case "animate": {
        const targets = (args.targets ?? []) as Target[];
        const elements = targets.map(this.find).filter((el) => !!el);
        const source = this.find(((args.source ?? []) as Target[])[0] ?? [-1, -1]);
        const ms = animateElements(elements, args, source ?? null, (css) => this.style(css));
        if (call !== 0) setTimeout(() => this.post({ t: "reply", call, ok: true, result: {} }), ms);
        return;
      }
      case "clearAnimation":
        for (const at of (args.targets ?? []) as Target[]) stopAnimations(this.find(at));
        break;
      case "selectorQuery":
        return this.post({ t: "reply", call, ok: true, result: answer(this, args, this.find) });
      case "canvasGetImageData":
      case "canvasToTempFilePath":
        return void this.readCanvas(call, name, args);
      case "elementContext":
        return void this.perform(call, args);
      case "pageScrollTo":
        scrollPage(this, args);
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

  /** A font for this page and its canvases. The host has looked at it, or it is inside its address. */
  private async loadFont(call: number, args: Record<string, Value>): Promise<void> {
    const reply = (outcome: { ok: true; result: object } | { ok: false; error: string }) =>
      this.post({ t: "reply", call, ...outcome });
    const source = this.resolve(String(args.source));
    if (source === "") return reply({ ok: false, error: "the source is not an address" });
    const { style, weight } = (args.desc ?? {}) as { style?: string; weight?: string };
    try {
      const address = `url("${source.replace(/["\\\r\n]/g, encodeURIComponent)}")`;
      const font = new FontFace(String(args.family), address, {
        style: style ?? "normal",
        weight: weight ?? "normal",
      });
      document.fonts.add(await font.load());
      reply({ ok: true, result: {} });
    } catch {
      reply({ ok: false, error: "the font cannot be loaded" });
    }
  }

  private async readCanvas(call: number, name: string, args: Record<string, Value>): Promise<void> {
    const { stage } = this;
    await stage?.settled();
    try {
      const surface = stage?.surface(Number(args.surface));
      if (!surface) throw new Error("there is no such canvas");
      const result =
        name === "canvasGetImageData"
          ? { data: extras()!.pointsOf(surface, args) }
          : { blob: await extras()!.pictureOf(surface, args) };
      this.post({ t: "reply", call, ok: true, result });
    } catch (error) {
      this.post({ t: "reply", call, ok: false, error: String(error) });
    }
  }

  /** What a context of the program asks of its element. */
  private async perform(call: number, args: Record<string, Value>): Promise<void> {
    try {
      const { target, tag, id, method } = args;
      const all = [...this.root.querySelectorAll<WxElement>(`wx-${String(tag)}`)];
      const el = target
        ? this.tree?.find(target as [number, number])
        : all.find((one) => !id || one.id === id);
      if (!el?.$comp || el.$node?.tag !== tag)
        throw new Error(
          `there is no <${String(tag)}${id ? ` id="${String(id)}"` : ""}> on the page`,
        );
      const result = (await el.$comp.perform(String(method), args.args as Value[])) ?? {};
      this.post({ t: "reply", call, ok: true, result });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.post({ t: "reply", call, ok: false, error: reason });
    }
  }

  paint(look: Record<string, Value | undefined>): void {
    const color = look.backgroundColorTop ?? look.backgroundColor;
    if (color == null && look.textStyle == null) return;
    this.painted = true;
    this.paintWindow(color);
    if (look.textStyle != null) this.lighten(look.textStyle === "light");
  }

  scroll(args: Record<string, Value>): void {
    scrollPage(this, args);
  }

  /** The colour of the window behind the page: a page that is pulled down shows it. */
  private paintWindow(color: unknown): void {
    if (typeof color !== "string") return;
    // White is the compiler's default, not the app's choice.
    const chosen = this.env.theme === "dark" && color === "#ffffff" ? "" : color;
    this.refresher.band.style.backgroundColor = chosen;
  }
}

/** What is selected in the field that has the cursor. */
function selected(): { ok: true; result: object } | { ok: false; error: string } {
  const field = document.activeElement;
  if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) {
    // A field for numbers does not tell.
    const { selectionStart: start, selectionEnd: end } = field;
    if (start !== null && end !== null) return { ok: true, result: { start, end } };
  }
  return { ok: false, error: "no input has the cursor" };
}

function surfaceOf(el: WxElement | null | undefined): HTMLCanvasElement | null {
  return el?.$node?.tag === "canvas" ? (componentOf<Canvas>(el)?.surface ?? null) : null;
}
