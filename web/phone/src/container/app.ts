// One open app as the shell knows it. The connection to its session, its pages, the bars around them and
// the sheets over them are in files of their own; this file joins them. Every state is a store that screens
// watch; screens decide nothing.

import { api } from "../services";
import { errorText } from "../kit/Feedback";
import { Store } from "../state/store";
import type {
  AppConfig,
  AppInfo,
  FrameEnv,
  FromHost,
  MapSource,
  ToHost,
  UICall,
} from "../../../shared/protocol";
import { Bars } from "./bars";
import { Players } from "./audio";
import { answer } from "./calls";
import { Camera } from "./camera";
import { Device } from "./device";
import { confirm } from "./dialogs";
import { envOf, frameEnvOf, type Size } from "./env";
import { failureOf } from "./failure";
import { mediaURL } from "./images";
import { Line } from "./line";
import { Log } from "./log";
import { Overlays } from "./overlays";
import { Pages } from "./pages";
import { keepFile } from "./phone";
import { Recorder } from "./recorder";
import { ScreenLock } from "./screen-lock";
import { t } from "./texts";

export interface OpenOptions {
  appId: string;
  version: string;
  path?: string;
  scene: number;
  onExit: () => void;
  /** Size of the panel in CSS px. */
  size: () => Size;
}

export interface AppState {
  readonly status: "opening" | "open" | "failed";
  readonly failure: { code: string; message: string } | null;
  readonly info: AppInfo;
  readonly config: AppConfig;
  /** Where the files of the release are. */
  readonly image: string;
  readonly development: boolean;
  readonly map: MapSource | null;
}

export class OpenApp {
  readonly state: Store<AppState>;
  readonly log = new Log();
  readonly overlays = new Overlays();
  readonly bars = new Bars({
    config: () => this.state.get().config,
    theme: () => this.frameEnv().theme,
  });
  readonly pages = new Pages({
    send: (frame) => this.send(frame),
    image: () => this.state.get().image,
    window: () => this.state.get().config.window ?? {},
    env: () => this.frameEnv(),
    navigationBar: (config) => this.bars.navigationBar(config),
    isTab: (route) => this.bars.isTab(route),
    mayLeave: (question) => confirm(this, question, t("leave")),
    exit: () => this.exit(),
    picture: (src) => void this.offerPicture(src),
    camera: (page, { on, target, facing, scan }) => {
      if (on) void this.camera.start(page, { target, facing, scan });
      else this.camera.stop(page);
    },
    crashed: (code, message) => {
      this.line.stop();
      this.fail(code, message);
    },
  });
  readonly screen = new ScreenLock({ visible: () => this.visible });
  readonly line = new Line({
    open: () => this.openFrame(),
    receive: (frame) => this.receive(frame),
    failed: (code, message) => this.fail(code, message),
  });
  private readonly report = (type: string, detail: object) =>
    this.send({ t: "device", type, detail });
  readonly device = new Device(this.report);
  readonly players = new Players(this.report, (src) => mediaURL(this.state.get().image, src));
  readonly recorder = new Recorder(this.report, (file) => keepFile(this, file));
  readonly camera = new Camera({
    allowed: () => this.mayUseCamera(),
    show: (page, picture) => {
      const slot = this.pages.slotOf(page);
      if (slot) slot.frame.camera(picture);
      else picture.close();
    },
    report: (page, target, type, detail) =>
      this.send({ t: "event", page, target, type, detail, ts: Math.round(performance.now()) }),
  });
  private cameraAllowed: Promise<boolean> | null = null;
  private visible = true;
  /** The host ended the session while the app was out of sight. */
  private endedWhileHidden = false;

  constructor(readonly options: OpenOptions) {
    this.state = new Store<AppState>({
      status: "opening",
      failure: null,
      info: { id: options.appId, name: "" },
      config: {},
      image: "",
      development: false,
      map: null,
    });
  }

  private async offerPicture(src: string): Promise<void> {
    const { answer } = await import("./calls");
    // Nobody waits for the answer: whether it was saved is between the user and the browser.
    await answer(this, "saveImageToPhotosAlbum", { filePath: src }).catch(() => {});
  }

  /** Asks the user once, until the program is opened anew. */
  private async mayUseCamera(): Promise<boolean> {
    const { answer } = await import("./calls");
    this.cameraAllowed ??= answer(this, "authorize", { scope: "scope.camera" }).then(
      () => true,
      () => false,
    );
    return this.cameraAllowed;
  }

  private frameEnv(): FrameEnv {
    const { config, map } = this.state.get();
    return frameEnvOf(this.options.size(), config.darkmode === true, map);
  }

  /** The app as the host knows it. */
  get info(): AppInfo {
    return this.state.get().info;
  }

  // --- Life ------------------------------------------------------------------------------------

  start(): void {
    this.line.start();
    // Name and picture for the launch screen; the app itself does not wait for them.
    api.get<AppInfo>(`/apps/${encodeURIComponent(this.options.appId)}`).then(
      (info) => {
        if (this.info.name === "") this.change({ info });
      },
      () => {}, // The opened frame brings them as well.
    );
  }

  stop(): void {
    this.line.stop();
    this.overlays.hush();
    this.device.stop();
    this.players.stop();
    this.recorder.stop();
    this.camera.stop();
    this.cameraAllowed = null;
    this.leave();
    this.pages.close();
    void this.screen.keepOn(false);
  }

  /** Starts over, as the menu's "re-enter" and the failure page do. */
  restart(path = this.options.path): void {
    this.stop();
    this.options.path = path;
    this.endedWhileHidden = false;
    this.pages.reset();
    this.change({ status: "opening", failure: null });
    this.start();
  }

  /** Deletes what the app keeps for its user, when they are sure, and starts it over. */
  async clearStorage(): Promise<void> {
    const { appId } = this.options;
    const question = t("clearQuestion", { name: this.info.name });
    if (!(await confirm(this, question, t("clearData")))) return;
    this.stop();
    this.pages.reset();
    this.change({ status: "opening", failure: null });
    let failure = "";
    try {
      await api.delete(`/me/apps/${encodeURIComponent(appId)}/storage`);
    } catch (error) {
      failure = errorText(error);
    }
    this.restart("");
    this.overlays.say(failure || t("dataCleared"), failure ? {} : { icon: "success" });
  }

  /** `left`: the user went away from the app, rather than from the browser's window. */
  setVisible(visible: boolean, left: boolean): void {
    if (left) this.leave();
    if (this.visible === visible) return;
    this.visible = visible;
    if (visible && this.endedWhileHidden) return this.restart(this.place);
    this.screen.visibleChanged();
    this.device.visible = visible;
    if (!visible) this.players.hide();
    this.send({ t: visible ? "show" : "hide" });
    this.pages.setVisible(visible);
  }

  exit(): void {
    this.leave();
    this.options.onExit();
  }

  send(frame: ToHost): void {
    this.line.send(frame);
  }

  resized(): void {
    if (this.state.get().status !== "open") return;
    this.send({ t: "env", env: envOf(this.options.size()) });
    this.pages.envChanged();
    // The space that the bars take depends on the size too.
    this.change({});
  }

  private change(change: Partial<AppState>): void {
    this.state.update((state) => ({ ...state, ...change }));
  }

  /** Nothing of the app stays over it, and Back no longer belongs to it. */
  private leave(): void {
    this.pages.leaveHistory();
    this.overlays.drop();
  }

  private fail(code: string, message: string): void {
    if (code === "app-idle" && !this.visible) {
      // The app was hidden. It is opened again, at the same page, when it is shown.
      this.endedWhileHidden = true;
      return;
    }
    this.leave();
    this.change({ status: "failed", failure: { code, message } });
  }

  // --- Places ------------------------------------------------------------------------------------

  /** Path and query of the page on top: a new session, or the receiver of a link, begins there. */
  get place(): string {
    const { top } = this.pages;
    if (!top) return this.options.path ?? "";
    return top.query ? `${top.route}?${top.query}` : top.route;
  }

  /** The page that the app begins with. */
  private get entry(): string | undefined {
    const { config } = this.state.get();
    return config.entryPagePath || config.pages?.[0];
  }

  /** A page opened directly has a home button in place of the back arrow. */
  get offersHome(): boolean {
    const { stack, top } = this.pages;
    return stack.length === 1 && top !== null && !top.isTab && top.route !== this.entry;
  }

  home(): void {
    const tabs = this.state.get().config.tabBar?.list ?? [];
    const index = tabs.findIndex((tab) => tab.pagePath === this.entry);
    if (index >= 0) this.send({ t: "tab", index });
    else this.restart("");
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
      env: envOf(this.options.size()),
    };
  }

  // --- What the host says --------------------------------------------------------------------------

  private receive(frame: FromHost): void {
    switch (frame.t) {
      case "opened":
        return this.opened(frame);
      case "page":
        return this.pages.turn(frame);
      case "patch":
        return this.pages.slotOf(frame.page)?.frame.patch(frame.ops);
      case "frozen":
        return this.pages.change(frame.page, { frozen: frame.blank ? "blank" : "old" });
      case "draw":
        return this.pages.slotOf(frame.page)?.frame.draw(frame.ops);
      case "ui":
        return this.call(frame);
      case "log":
        return this.log.add(frame);
      case "error":
        // One of our frames was refused; the app's developer should know.
        return this.log.add({ t: "log", level: "error", text: `${frame.code}: ${frame.message}` });
    }
  }

  private opened(frame: Extract<FromHost, { t: "opened" }>): void {
    if (this.state.get().status === "open") {
      // The old session ended with its connection, and its pages ended with it.
      this.pages.reset();
      this.overlays.drop();
      this.overlays.say(t("restarted"));
    }
    this.change({
      status: "open",
      info: { ...this.info, ...frame.app },
      config: frame.config ?? {},
      image: frame.image,
      development: frame.development,
      map: frame.map ?? null,
    });
    this.bars.reset();
  }

  private call(call: UICall): void {
    const reply = (outcome: object) => {
      if (call.call !== 0) this.send({ t: "reply", call: call.call, ...outcome });
    };
    answer(this, call.name, call.args ?? {}).then(
      (result) => reply({ ok: true, result: result ?? {} }),
      (error: unknown) => reply({ ok: false, error: failureOf(error) }),
    );
  }
}
