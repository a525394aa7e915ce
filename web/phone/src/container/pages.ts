// The pages of an open app: which are open, in which frames, and how one replaces another.

import { openLayer } from "../nav/layers";
import { Store } from "../state/store";
import type {
  FrameEnv,
  PageFrameMessage,
  Target,
  ToHost,
  ToShell,
  Value,
  WindowConfig,
} from "../../../shared/protocol";
import { barText, type NavigationBarState } from "./bars";
import { opaque } from "./colour";
import { loadPage } from "./images";
import { MAX_FONTS, SLIDE_MS, WEB_MESSAGE_CHARS, WEB_MESSAGES } from "./limits";
import { PageFrame } from "./page-frame";

export type CameraMessage = Extract<ToShell, { t: "camera" }>;

export interface WebPageState {
  readonly url: string;
  readonly target: Target;
  /** It is not among the servers that the version declares. */
  readonly failed: boolean;
  /** What it has posted to its program; that hears of it when the page is left or shared. */
  readonly messages: readonly unknown[];
}

export interface PageView extends NavigationBarState {
  readonly id: number;
  readonly route: string;
  readonly query: string;
  config: WindowConfig;
  /** The colours of the bar by the configuration. */
  given: { foreground: string; background: string };
  /** What the page listens to; null when the host does not say. */
  readonly hooks: string[] | null;
  readonly isTab: boolean;
  /** What the user is asked before Back leaves the page. */
  alert: string | null;
  /** The app took the forward entry out of the menu. */
  shareHidden: boolean;
  ready: boolean;
  /** The page of another server that its <web-view> shows. */
  web: WebPageState | null;
  /** Its view has failed: it never showed anything, or shows what is old. */
  frozen: "" | "blank" | "old";
  motion: "" | "entering" | "leaving";
}

/** A frame of the panel. The last one has no page yet: it waits, loaded, for the next. */
export interface Slot {
  readonly key: number;
  readonly frame: PageFrame;
  readonly page: PageView | null;
}

export interface PagesState {
  readonly slots: readonly Slot[];
  /** Pages from the bottom to the top, by their numbers. */
  readonly stack: readonly number[];
  /** A page has been drawn. From then on no launch screen is shown, whatever page follows. */
  readonly launched: boolean;
}

/** What the pages need of their app. */
export interface PagesContext {
  send(frame: ToHost): void;
  image(): string;
  /** The window of pages that have no configuration of their own. */
  window(): WindowConfig;
  env(): FrameEnv;
  navigationBar(config: WindowConfig): NavigationBarState;
  isTab(route: string): boolean;
  /** Asks the user whether to leave a page, in the app's words. */
  mayLeave(question: string): Promise<boolean>;
  exit(): void;
  /** Offers the user what can be done with a picture. */
  picture(src: string): void;
  camera(page: number, request: CameraMessage): void;
  crashed(code: string, message: string): void;
}

let keys = 1;
const spare = (): Slot => ({ key: keys++, frame: new PageFrame(), page: null });

export class Pages {
  readonly state = new Store<PagesState>({ slots: [spare()], stack: [], launched: false });
  private visible = true;
  /** Each page above the first has a history entry, so that Back leaves it. */
  private layers: (() => void)[] = [];
  /** A sheet inside a page's frame, such as a picker's: Back closes it first. */
  private inner: { page: number; dismiss: () => void; left: () => void } | null = null;
  private kept: ReadonlySet<number> = new Set();
  /** Fonts that the app has loaded for all its pages. */
  private fonts: Record<string, unknown>[] = [];

  constructor(private readonly context: PagesContext) {}

  get stack(): PageView[] {
    return this.state.get().stack.flatMap((id) => this.slotOf(id)?.page ?? []);
  }

  get top(): PageView | null {
    const { stack } = this.state.get();
    return stack.length > 0 ? (this.slotOf(stack.at(-1)!)?.page ?? null) : null;
  }

  slotOf(page: number): Slot | undefined {
    return this.state.get().slots.find((slot) => slot.page?.id === page);
  }

  change(page: number, change: Partial<PageView>): void {
    this.state.update((state) => ({
      ...state,
      slots: state.slots.map((slot) =>
        slot.page?.id === page ? { ...slot, page: { ...slot.page, ...change } } : slot,
      ),
    }));
  }

  /** A font for the pages that are open and for those that come. */
  useFont(font: Record<string, unknown>): void {
    const top = this.top?.id;
    for (const { frame, page } of this.state.get().slots)
      if (page && page.id !== top) frame.command("loadFontFace", font);
    this.fonts = [...this.fonts.filter(({ family }) => family !== font.family), font].slice(
      -MAX_FONTS,
    );
  }

  /** The session has ended, and its pages with it. */
  reset(): void {
    this.fonts = [];
    this.dismissInner();
    for (const { frame } of this.state.get().slots) frame.close();
    this.state.set({ slots: [spare()], stack: [], launched: false });
  }

  close(): void {
    this.leaveHistory();
    for (const { frame } of this.state.get().slots) frame.close();
  }

  // --- Sight ---------------------------------------------------------------------------------------

  /** The app comes into sight, or goes out of it. */
  setVisible(visible: boolean): void {
    this.visible = visible;
    if (visible) this.enterHistory();
    this.tellFrames();
  }

  /** The user is elsewhere: the pages' entries are taken out of the browser's history. */
  leaveHistory(): void {
    this.dismissInner();
    this.syncLayers(0);
  }

  envChanged(): void {
    for (const { frame, page } of this.state.get().slots) {
      if (!page) continue;
      frame.env(this.context.env());
      const { foreground, background } = this.context.navigationBar(page.config);
      const own =
        page.foreground !== page.given.foreground || page.background !== page.given.background;
      const given = { foreground, background };
      // A bar that the app has coloured itself stays as it is.
      this.change(page.id, own ? { given } : { given, ...given });
    }
  }

  private tellFrames(): void {
    const top = this.top?.id;
    for (const { frame, page } of this.state.get().slots)
      if (page) frame.visible(this.visible && page.id === top);
  }

  // --- From page to page -----------------------------------------------------------------------------

  turn(frame: PageFrameMessage): void {
    const before = this.top?.id;
    const id = frame.page;
    if (!this.slotOf(id)) {
      if (!frame.render) return;
      this.make(frame, frame.render);
    }
    this.state.update((state) => ({ ...state, stack: turned(state.stack, frame) }));
    if (before !== undefined && before !== id) {
      this.inner?.dismiss();
      if (frame.op === "push") this.move(id, "entering");
      if (frame.op === "back") this.move(before, "leaving");
    }
    this.sweep(new Set(frame.keep ?? this.state.get().stack));
    if (this.visible) this.enterHistory();
    this.tellFrames();
  }

  private make(message: PageFrameMessage, render: Value[]): void {
    const { context } = this;
    const config = message.config ?? context.window();
    const bar = context.navigationBar(config);
    const hooks = message.hooks === undefined ? null : (message.hooks ?? []);
    const page: PageView = {
      id: message.page,
      route: message.route,
      query: message.query ?? "",
      config,
      hooks,
      given: { foreground: bar.foreground, background: bar.background },
      ...bar,
      isTab: context.isTab(message.route),
      alert: null,
      shareHidden: false,
      ready: false,
      web: null,
      frozen: "",
      motion: "",
    };
    const { frame, key } = this.state.get().slots.find((slot) => slot.page === null)!;
    frame.onMessage = (told) => this.heard(page.id, told);
    frame.onUnreachable = () => context.crashed("network", "");
    this.state.update((state) => ({
      ...state,
      slots: state.slots.map((slot) => (slot.key === key ? { ...slot, page } : slot)),
    }));
    const base = context.image();
    loadPage(base, page.route).then(
      (files) => {
        const env = context.env();
        const init = {
          ...files,
          base,
          route: page.route,
          env,
          config,
          hooks: hooks ?? undefined,
        };
        frame.show(init, render);
        for (const font of this.fonts) frame.command("loadFontFace", font);
      },
      (error: unknown) => {
        if (this.slotOf(page.id)?.frame !== frame) return;
        context.crashed(error instanceof Error ? error.message : "page", "");
      },
    );
  }

  private move(page: number, motion: PageView["motion"]): void {
    this.change(page, { motion });
    setTimeout(() => {
      this.change(page, { motion: "" });
      this.sweep();
    }, SLIDE_MS);
  }

  /** Takes frames away whose pages are gone, once they have slid out. */
  private sweep(keep = this.kept): void {
    this.kept = keep;
    if (this.inner && !keep.has(this.inner.page)) this.innerClosed(this.inner.page);
    const { slots } = this.state.get();
    const gone = slots.filter(
      ({ page }) => page && !keep.has(page.id) && page.motion !== "leaving",
    );
    for (const { frame } of gone) frame.close();
    const left = slots.filter((slot) => !gone.includes(slot));
    const waiting = left.some((slot) => slot.page === null);
    this.state.update((state) => ({ ...state, slots: waiting ? left : [...left, spare()] }));
  }

  back(): void {
    if (this.inner) this.inner.dismiss();
    else if (this.state.get().stack.length > 1) void this.leave();
    else this.context.exit();
  }

  /** Back from a page that is not the last, unless its question is answered with no. */
  private async leave(): Promise<void> {
    const page = this.top;
    if (page?.alert != null) {
      // The browser's Back has taken the page's entry; while the user decides, it is still there.
      this.enterHistory();
      if (!(await this.context.mayLeave(page.alert)) || this.top?.id !== page.id) return;
    }
    if (page) this.tellWebMessages(page.id);
    this.context.send({ t: "back" });
  }

  private enterHistory(): void {
    this.syncLayers(this.state.get().stack.length - 1);
  }

  private syncLayers(count: number): void {
    while (this.layers.length > Math.max(0, count)) this.layers.pop()!();
    while (this.layers.length < count) {
      const close = openLayer(() => {
        this.layers = this.layers.filter((one) => one !== close);
        void this.leave();
      });
      this.layers.push(close);
    }
  }

  // --- What a page says ------------------------------------------------------------------------------

  private heard(page: number, message: ToShell): void {
    const { context } = this;
    switch (message.t) {
      case "event": {
        const { t: _, ...event } = message;
        return context.send({ t: "event", page, ...event });
      }
      case "method": {
        const { t: _, ...method } = message;
        return context.send({ t: "method", page, ...method });
      }
      case "ready":
        this.change(page, { ready: true });
        this.state.update((state) => ({ ...state, launched: true }));
        return context.send({ t: "ready", page });
      case "pulldown":
      case "reachbottom":
        return context.send({ t: message.t, page });
      case "scroll":
        return context.send({ t: "scroll", page, top: message.top });
      case "escape":
        return context.exit();
      case "bar":
        return this.drawBar(page, message);
      case "regions":
        return void this.bringRegions(page);
      case "picture":
        return context.picture(message.src);
      case "camera":
        return context.camera(page, message);
      case "webview":
        return this.showWeb(page, message.target, message.src);
      case "sheet":
        return message.open ? this.innerOpened(page) : this.innerClosed(page);
      case "failed":
        return context.crashed("view", message.message);
    }
  }

  /** The names are 30 KB, so that they come when a picker first asks. */
  private async bringRegions(page: number): Promise<void> {
    const found = await import("./regions").catch(() => null);
    this.slotOf(page)?.frame.regions(found?.REGIONS ?? null);
  }

  /** What the element navigation-bar sets; an attribute that is not there changes nothing. */
  private drawBar(page: number, bar: Extract<ToShell, { t: "bar" }>): void {
    const view = this.slotOf(page)?.page;
    if (!view) return;
    const { foreground, background } = view;
    this.change(page, {
      title: bar.title ?? view.title,
      foreground: bar.front === undefined ? foreground : barText(bar.front),
      background: opaque(bar.background) ?? background,
      busy: bar.loading ?? view.busy,
    });
  }

  // --- Pages of other servers ------------------------------------------------------------------------

  private showWeb(page: number, target: Target, url: string | null): void {
    const before = this.slotOf(page)?.page?.web;
    if (before?.target.join() === target.join() || url !== null) this.tellWebMessages(page);
    if (url !== null) this.change(page, { web: { url, target, failed: false, messages: [] } });
    else if (before?.target.join() === target.join()) this.change(page, { web: null });
  }

  /** An event of the <web-view>. */
  webEvent(page: number, type: string, detail: object): void {
    const web = this.slotOf(page)?.page?.web;
    if (web)
      this.context.send({
        t: "event",
        page,
        type,
        target: web.target,
        detail,
        ts: Math.round(performance.now()),
      });
  }

  keepWebMessage(page: number, data: unknown): void {
    const web = this.slotOf(page)?.page?.web;
    if (!web || web.messages.length >= WEB_MESSAGES) return;
    if (JSON.stringify(data ?? null).length > WEB_MESSAGE_CHARS) return;
    this.change(page, { web: { ...web, messages: [...web.messages, data] } });
  }

  /** Tells the program what its web page has posted, at the moments at which the vendor's client does. */
  tellWebMessages(page: number): void {
    const web = this.slotOf(page)?.page?.web;
    if (!web || web.messages.length === 0) return;
    this.webEvent(page, "message", { data: web.messages });
    this.change(page, { web: { ...web, messages: [] } });
  }

  private innerOpened(page: number): void {
    if (this.inner) this.innerClosed(this.inner.page);
    if (page !== this.top?.id) return;
    const dismiss = () => this.slotOf(page)?.frame.dismiss();
    this.inner = { page, dismiss, left: openLayer(dismiss) };
  }

  private innerClosed(page: number): void {
    if (this.inner?.page !== page) return;
    this.inner.left();
    this.inner = null;
  }

  private dismissInner(): void {
    if (!this.inner) return;
    this.inner.dismiss();
    this.innerClosed(this.inner.page);
  }
}

/** The stack after a page came or went. */
function turned(stack: readonly number[], { op, page }: PageFrameMessage): readonly number[] {
  switch (op) {
    case "push":
      return [...stack, page];
    case "replace":
      return [...stack.slice(0, -1), page];
    case "back": {
      const at = stack.indexOf(page);
      return at >= 0 ? stack.slice(0, at + 1) : [...stack.slice(0, -1), page];
    }
    default:
      return [page];
  }
}
