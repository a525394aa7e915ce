// One open app as the shell knows it: its session, its pages and what lies over them. Screens read
// it and are told when it changes; they decide nothing.

import { openLayer } from "../nav/layers";
import { api, socketURL } from "../services";
import { Store } from "../state/store";
import { locale } from "../../../shared/i18n";
import { effectiveTheme } from "../../../shared/theme";
import { answer, confirm, type Overlay } from "./calls";
import { opaque } from "./colour";
import { CallFailure, failureOf } from "./failure";
import { loadPage } from "./images";
import { LOG_LINES, NAV_HEIGHT, SILENT_RECONNECT_MS, SLIDE_MS, TAB_HEIGHT } from "./limits";
import { PageFrame } from "./page-frame";
import { Session, type LineState } from "./session";
import { t } from "./texts";
import type {
  AppConfig,
  AppInfo,
  Env,
  FrameEnv,
  FromHost,
  LogLine,
  PageFrameMessage,
  ToHost,
  ToShell,
  UICall,
  Value,
  WindowConfig,
} from "./wire";

/** A frame of the panel. The last one has no page yet: it waits, loaded, for the next. */
export interface Slot {
  key: number;
  frame: PageFrame;
  page: PageView | null;
}

export interface PageView {
  id: number;
  route: string;
  query: string;
  config: WindowConfig;
  hooks: string[] | null;
  title: string;
  foreground: string;
  background: string;
  busy: boolean;
  isTab: boolean;
  /** What the user is asked before Back leaves the page. */
  alert: string | null;
  /** The app took the forward entry out of the menu. */
  shareHidden: boolean;
  ready: boolean;
  motion: "" | "entering" | "leaving";
}

export interface TabState {
  text?: string;
  iconPath?: string;
  selectedIconPath?: string;
  badge?: string;
  dot?: boolean;
}

export interface Notice {
  text: string;
  icon: string;
  image: string;
  mask: boolean;
}

export interface OpenOptions {
  appId: string;
  version: string;
  path?: string;
  scene: number;
  onExit: () => void;
  /** Size of the panel in CSS px. */
  size: () => { width: number; height: number };
}

let slots = 1;

export class OpenApp {
  status: "opening" | "open" | "failed" = "opening";
  line: LineState = "connecting";
  lineLost = false;
  failure: { code: string; message: string } | null = null;
  info: AppInfo;
  config: AppConfig = {};
  image = "";
  development = false;
  slots: Slot[] = [];
  /** Pages from the bottom to the top. */
  stack: PageView[] = [];
  overlays: Overlay[] = [];
  notice: Notice | null = null;
  tabs: TabState[] = [];
  tabBarShown = true;
  tabBarStyle: {
    color?: string;
    selectedColor?: string;
    backgroundColor?: string;
    borderStyle?: string;
  } = {};
  logs: LogLine[] = [];
  showLog = false;

  private session: Session | null = null;
  /** Counts what has changed: pages and sheets are objects with a life of their own. */
  readonly changes = new Store(0);
  private layers: (() => void)[] = [];
  /** A sheet inside a page's frame, such as a picker's: Back closes it first. */
  private inner: { page: PageView; dismiss: () => void; left: () => void } | null = null;
  private noticeTimer: ReturnType<typeof setTimeout> | undefined;
  private lostTimer: ReturnType<typeof setTimeout> | undefined;
  private shown = true;
  private queued = false;
  private stayAwake = false;
  private wakeLock: WakeLockSentinel | null = null;
  /** The host ended the session while the app was out of sight. */
  private asleep = false;

  constructor(readonly options: OpenOptions) {
    this.info = { id: options.appId, name: "" };
    this.spare();
  }

  // --- Life ------------------------------------------------------------------------------------

  start(): void {
    this.session = new Session({
      url: socketURL("/open"),
      token: (fresh) => api.accessToken(fresh),
      open: () => this.openFrame(),
      onFrame: (frame) => this.receive(frame),
      onState: (state) => this.lineChanged(state),
      onFailure: (code, message) => this.fail(code, message),
    });
    this.session.start();
    // Name and picture for the launch screen; the app itself does not wait for them.
    api.get<AppInfo>(`/apps/${encodeURIComponent(this.options.appId)}`).then(
      (app) => {
        if (this.info.name === "") this.info = app;
        this.changed();
      },
      () => {}, // The opened frame brings them as well.
    );
  }

  stop(): void {
    this.session?.stop();
    this.session = null;
    clearTimeout(this.noticeTimer);
    clearTimeout(this.lostTimer);
    this.dropOverlays();
    this.syncLayers(0);
    for (const slot of this.slots) slot.frame.close();
    void this.keepScreenOn(false);
  }

  /** Starts over, as the menu's "re-enter" and the failure page do. */
  restart(path = this.options.path): void {
    this.stop();
    this.options.path = path;
    this.asleep = false;
    Object.assign(this, {
      status: "opening",
      failure: null,
      stack: [],
      slots: [],
      tabs: [],
      notice: null,
      lineLost: false,
    });
    this.spare();
    this.changed();
    this.start();
  }

  /** `left`: the user went away from the app, rather than from the browser's window. */
  setVisible(visible: boolean, left: boolean): void {
    if (left) {
      this.dropOverlays();
      this.syncLayers(0);
    }
    if (this.shown === visible) return;
    this.shown = visible;
    if (visible && this.asleep) return this.restart(this.place);
    if (visible) this.syncLayers(this.stack.length - 1);
    this.wake(visible && this.stayAwake).catch(() => {}); // It was granted before; an error has no effect.
    this.send({ t: visible ? "show" : "hide" });
    for (const slot of this.slots) slot.frame.visible(visible && slot.page === this.top);
  }

  /** Keeps the screen lit while the app is in sight; fails where the browser cannot. */
  async keepScreenOn(on: boolean): Promise<void> {
    this.stayAwake = on;
    await this.wake(on && this.shown);
  }

  private async wake(on: boolean): Promise<void> {
    const held = this.wakeLock;
    this.wakeLock = null;
    await held?.release();
    if (!on) return;
    if (!navigator.wakeLock) throw new CallFailure("not supported");
    const lock = await navigator.wakeLock.request("screen");
    // The user may have left meanwhile.
    if (this.stayAwake && this.shown) this.wakeLock = lock;
    else await lock.release();
  }

  exit(): void {
    this.dropOverlays();
    this.syncLayers(0);
    this.options.onExit();
  }

  /** Many frames in a row are one rendering. */
  changed(): void {
    if (this.queued) return;
    this.queued = true;
    queueMicrotask(() => {
      this.queued = false;
      this.changes.update((count) => count + 1);
    });
  }

  send(frame: ToHost): void {
    this.session?.send(frame);
  }

  get top(): PageView | null {
    return this.stack.at(-1) ?? null;
  }

  // --- Environment -----------------------------------------------------------------------------

  env(): Env {
    const { width, height } = this.options.size();
    const inset = insets();
    return {
      width: Math.round(width),
      height: Math.round(height),
      pixel_ratio: devicePixelRatio,
      status_bar_height: inset.top,
      safe_area: {
        top: inset.top,
        bottom: Math.round(height) - inset.bottom,
        left: inset.left,
        right: Math.round(width) - inset.right,
      },
      theme: effectiveTheme(),
      language: locale().replace("-", "_"),
      platform: platform(),
      user_agent: navigator.userAgent.slice(0, 300),
      version: "1.0.0",
    };
  }

  private frameEnv(): FrameEnv {
    const { width, height, theme, language } = this.env();
    // An app without looks for the dark is drawn light, as the engine tells it.
    const shown = this.config.darkmode ? theme : "light";
    return { width, height, theme: shown, language, safe_area: insets() };
  }

  resized(): void {
    if (this.status !== "open") return;
    this.send({ t: "env", env: this.env() });
    for (const slot of this.slots) if (slot.page) slot.frame.env(this.frameEnv());
    this.changed();
  }

  /** Path and query of the page on top: where a new session, or whoever gets a link, begins. */
  get place(): string {
    const { top } = this;
    if (!top) return this.options.path ?? "";
    return top.query ? `${top.route}?${top.query}` : top.route;
  }

  private openFrame(): ToHost {
    const [path = "", search = ""] = this.place.split("?");
    return {
      t: "open",
      app_id: this.options.appId,
      version: this.options.version,
      path: path.replace(/^\//, ""),
      query: Object.fromEntries(new URLSearchParams(search)),
      scene: this.options.scene,
      env: this.env(),
    };
  }

  // --- Frames ----------------------------------------------------------------------------------

  private receive(frame: FromHost): void {
    switch (frame.t) {
      case "opened": {
        const again = this.status === "open";
        if (again) {
          // The old session is gone with its line, and its pages with it.
          this.dropOverlays();
          this.stack = [];
          this.slots = [];
          this.spare();
          this.say(t("restarted"));
        }
        this.status = "open";
        this.info = { ...this.info, ...frame.app };
        this.config = frame.config ?? {};
        this.image = frame.image;
        this.development = frame.development;
        this.tabs = (this.config.tabBar?.list ?? []).map(() => ({}));
        break;
      }
      case "page":
        this.turn(frame);
        break;
      case "patch":
        this.slotOf(frame.page)?.frame.patch(frame.ops);
        return;
      case "ui":
        this.call(frame);
        return;
      case "log":
        this.log(frame);
        break;
      case "error":
        // One of our frames was refused; the app's developer should know.
        this.log({ t: "log", level: "error", text: `${frame.code}: ${frame.message}` });
        break;
      default:
        return;
    }
    this.changed();
  }

  private log(line: LogLine): void {
    this.logs = [...this.logs.slice(1 - LOG_LINES), line];
  }

  private lineChanged(state: LineState): void {
    this.line = state;
    clearTimeout(this.lostTimer);
    this.lineLost = false;
    if (state === "lost") {
      this.lostTimer = setTimeout(() => {
        this.lineLost = true;
        this.changed();
      }, SILENT_RECONNECT_MS);
    }
    this.changed();
  }

  private fail(code: string, message: string): void {
    if (code === "app-idle" && !this.shown) {
      // The app was hidden. It is opened again, at the same page, when it is shown.
      this.asleep = true;
      return;
    }
    this.dropOverlays();
    this.syncLayers(0);
    this.status = "failed";
    this.failure = { code, message };
    this.changed();
  }

  // --- Pages -----------------------------------------------------------------------------------

  slotOf(page: number): Slot | undefined {
    return this.slots.find((slot) => slot.page?.id === page);
  }

  private spare(): void {
    this.slots.push({ key: slots++, frame: new PageFrame(), page: null });
  }

  private turn(frame: PageFrameMessage): void {
    const before = this.top;
    let page = this.slotOf(frame.page)?.page ?? null;
    if (!page) {
      if (!frame.render) return;
      page = this.make(frame, frame.render);
    }
    switch (frame.op) {
      case "push":
        this.stack.push(page);
        break;
      case "replace":
        this.stack.splice(-1, 1, page);
        break;
      case "back": {
        const at = this.stack.indexOf(page);
        if (at >= 0) this.stack.length = at + 1;
        else this.stack.splice(-1, 1, page);
        break;
      }
      default:
        this.stack = [page];
    }
    if (before && before !== page) {
      this.inner?.dismiss();
      if (frame.op === "push") this.move(page, "entering");
      if (frame.op === "back") this.move(before, "leaving");
    }
    this.sweep(new Set(frame.keep ?? this.stack.map((one) => one.id)));
    if (this.shown) this.syncLayers(this.stack.length - 1);
    for (const slot of this.slots)
      if (slot.page) slot.frame.visible(this.shown && slot.page === page);
  }

  private make(frame: PageFrameMessage, render: Value[]): PageView {
    const config = frame.config ?? this.config.window ?? {};
    const page: PageView = {
      id: frame.page,
      route: frame.route,
      query: frame.query ?? "",
      config,
      hooks: frame.hooks === undefined ? null : (frame.hooks ?? []),
      title: config.navigationBarTitleText ?? "",
      foreground: config.navigationBarTextStyle === "white" ? "#ffffff" : "#000000",
      background: opaque(config.navigationBarBackgroundColor) ?? "#000000",
      busy: false,
      isTab: this.config.tabBar?.list.some((tab) => tab.pagePath === frame.route) ?? false,
      alert: null,
      shareHidden: false,
      ready: false,
      motion: "",
    };
    const slot = this.slots.find((one) => one.page === null)!;
    slot.page = page;
    slot.frame.onMessage = (message) => this.heard(page, message);
    loadPage(this.image, frame.route).then(
      ([structure, css]) => {
        slot.frame.show(
          {
            structure,
            css,
            base: this.image,
            route: frame.route,
            env: this.frameEnv(),
            config,
            hooks: page.hooks ?? undefined,
          },
          render,
        );
      },
      (error: unknown) => {
        if (slot.page !== page) return;
        this.session?.stop();
        this.fail(error instanceof Error ? error.message : "page", "");
      },
    );
    return page;
  }

  private move(page: PageView, motion: PageView["motion"]): void {
    page.motion = motion;
    setTimeout(() => {
      page.motion = "";
      this.sweep();
      this.changed();
    }, SLIDE_MS);
  }

  private kept = new Set<number>();

  /** Takes frames away whose pages are gone, once they have slid out. */
  private sweep(keep = this.kept): void {
    this.kept = keep;
    if (this.inner && !keep.has(this.inner.page.id)) this.innerClosed(this.inner.page);
    const gone = this.slots.filter(
      ({ page }) => page && !keep.has(page.id) && page.motion !== "leaving",
    );
    for (const slot of gone) slot.frame.close();
    this.slots = this.slots.filter((slot) => !gone.includes(slot));
    if (!this.slots.some((slot) => slot.page === null)) this.spare();
  }

  back(): void {
    if (this.inner) this.inner.dismiss();
    else if (this.stack.length > 1) void this.leavePage();
    else this.exit();
  }

  /** Back from a page that is not the last, unless its question is answered with no. */
  private async leavePage(): Promise<void> {
    const page = this.top;
    if (page?.alert != null) {
      // The browser's Back has taken the page's entry; while the user decides, it is still there.
      this.syncLayers(this.stack.length - 1);
      if (!(await confirm(this, page.alert, t("leave"))) || this.top !== page) return;
    }
    this.send({ t: "back" });
  }

  home(): void {
    const entry = this.config.entryPagePath ?? this.config.pages?.[0];
    const tab = this.config.tabBar?.list.findIndex((one) => one.pagePath === entry) ?? -1;
    if (tab >= 0) this.send({ t: "tab", index: tab });
    else this.restart("");
  }

  /** A page opened directly shows a house in place of the arrow. */
  get offersHome(): boolean {
    const { top } = this;
    if (this.stack.length !== 1 || !top || top.isTab) return false;
    return top.route !== (this.config.entryPagePath || this.config.pages?.[0]);
  }

  get tabBarVisible(): boolean {
    const { tabBar } = this.config;
    return tabBar != null && !tabBar.custom && this.tabBarShown && this.stack[0]?.isTab === true;
  }

  /** Space that bars take from a page. */
  barsOf(page: PageView): { top: number; bottom: number } {
    const inset = insets();
    const { tabBar } = this.config;
    const bar = page.isTab && tabBar && !tabBar.custom && this.tabBarShown ? TAB_HEIGHT : 0;
    const top = page.config.navigationStyle === "custom" ? 0 : inset.top + NAV_HEIGHT;
    return tabBar?.position === "top"
      ? { top: top + (bar ? TAB_HEIGHT : 0), bottom: 0 }
      : { top, bottom: bar ? bar + inset.bottom : 0 };
  }

  private heard(page: PageView, message: ToShell): void {
    switch (message.t) {
      case "event": {
        const { t: _, ...event } = message;
        return this.send({ t: "event", page: page.id, ...event });
      }
      case "ready":
        page.ready = true;
        this.send({ t: "ready", page: page.id });
        return this.changed();
      case "pulldown":
      case "reachbottom":
        return this.send({ t: message.t, page: page.id });
      case "scroll":
        return this.send({ t: "scroll", page: page.id, top: message.top });
      case "escape":
        return this.exit();
      case "sheet":
        return message.open ? this.innerOpened(page) : this.innerClosed(page);
      case "failed":
        this.session?.stop();
        return this.fail("view", message.message);
    }
  }

  private innerOpened(page: PageView): void {
    this.innerClosed(page);
    if (page !== this.top) return;
    const dismiss = () => this.slotOf(page.id)?.frame.dismiss();
    this.inner = { page, dismiss, left: openLayer(dismiss) };
  }

  private innerClosed(page: PageView): void {
    if (this.inner?.page !== page) return;
    this.inner.left();
    this.inner = null;
  }

  // --- What lies over the pages ------------------------------------------------------------------

  private call(call: UICall): void {
    answer(this, call.name, call.args ?? {}).then(
      (result) => {
        if (call.call !== 0)
          this.send({ t: "reply", call: call.call, ok: true, result: result ?? {} });
      },
      (error: unknown) => {
        if (call.call !== 0)
          this.send({ t: "reply", call: call.call, ok: false, error: failureOf(error) });
      },
    );
  }

  /** Opens a sheet; it closes when it is answered, or with `null` when it has to go. */
  ask<T>(make: (close: (answer: T | null) => void) => Omit<Overlay, "key">): Promise<T | null> {
    return new Promise((resolve) => {
      const close = (answered: T | null) => {
        this.overlays = this.overlays.filter((one) => one !== overlay);
        this.changed();
        resolve(answered);
      };
      const overlay: Overlay = { key: slots++, ...make(close) };
      this.overlays = [...this.overlays, overlay];
      this.changed();
    });
  }

  private dropOverlays(): void {
    if (this.inner) {
      this.inner.dismiss();
      this.innerClosed(this.inner.page);
    }
    for (const overlay of [...this.overlays]) overlay.drop();
  }

  say(text: string, options: Partial<Notice> & { duration?: number | null } = {}): void {
    clearTimeout(this.noticeTimer);
    this.notice = {
      text,
      icon: options.icon ?? "none",
      image: options.image ?? "",
      mask: options.mask ?? false,
    };
    // A loading notice stays until the app takes it away.
    if (options.duration !== null)
      this.noticeTimer = setTimeout(() => this.hush(), options.duration ?? 1500);
    this.changed();
  }

  hush(): void {
    clearTimeout(this.noticeTimer);
    this.notice = null;
    this.changed();
  }

  /** Each page above the first has a history entry, so that Back leaves it. */
  private syncLayers(count: number): void {
    while (this.layers.length > Math.max(0, count)) this.layers.pop()!();
    while (this.layers.length < count) {
      const close = openLayer(() => {
        this.layers = this.layers.filter((one) => one !== close);
        void this.leavePage();
      });
      this.layers.push(close);
    }
  }
}

/** Insets of the device, when the app covers it whole. */
function insets(): { top: number; bottom: number; left: number; right: number } {
  if (innerWidth >= 600) return { top: 0, bottom: 0, left: 0, right: 0 };
  const style = getComputedStyle(document.documentElement);
  const px = (side: string) =>
    Math.round(parseFloat(style.getPropertyValue(`--safe-area-${side}`)) || 0);
  return { top: px("top"), bottom: px("bottom"), left: px("left"), right: px("right") };
}

function platform(): string {
  const agent = navigator.userAgent;
  if (/iPhone|iPad/.test(agent)) return "ios";
  if (/Android/.test(agent)) return "android";
  if (/Windows/.test(agent)) return "windows";
  return /Mac OS/.test(agent) ? "mac" : "linux";
}
