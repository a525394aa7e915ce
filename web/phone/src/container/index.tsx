// The container of a mini program: everything around, over and between its pages. The pages are
// sandboxed frames; nothing they do can draw over what is drawn here.

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { OpenApp } from "./app";
import { Capsule, isDark, NavigationBar, TabBar } from "./Chrome";
import "./container.css";
import { AppContext } from "./context";
import type { Notice } from "./overlays";
import type { PagesState, Slot } from "./pages";
import { Failure, Launch, LogPanel } from "./Screens";
import { onLocaleChange } from "../../../shared/i18n";
import type { AppInfo } from "../../../shared/protocol";
import { onThemeChange } from "../../../shared/theme";
import { AppMark } from "./sheets/AppMark";
import { MenuSheet, type MenuItem } from "./sheets/MenuSheet";
import { t } from "./texts";
import { Avatar } from "../kit/Avatar";
import { copyText } from "../kit/copy";
import { Icon } from "../kit/Icon";
import { go, routes } from "../nav/routes";
import { useStore } from "../state/store";
import { WebPage } from "./WebPage";

/** What the chat app hands to the mini-program container. */
export interface MiniProgramProps {
  appId: string;
  /** "released", or the ID of a development version. */
  version: string;
  /** Page and query to open, e.g. "pages/menu/menu?id=3"; the app's first page when absent. */
  path?: string;
  /** Where the user came from, as one of the vendor's scene numbers. */
  scene: number;
  /** False while the app is kept alive out of sight. */
  visible: boolean;
  /** The user left: the capsule's circle, Esc, or Back on the first page. */
  onExit: () => void;
}

export function MiniProgram(props: MiniProgramProps): JSX.Element {
  const panel = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const held = useRef<OpenApp | null>(null);
  const app = (held.current ??= new OpenApp({
    appId: props.appId,
    version: props.version,
    path: props.path,
    scene: props.scene,
    onExit: () => latest.current.onExit(),
    size: () => {
      const box = panel.current?.getBoundingClientRect();
      return { width: box?.width || innerWidth, height: box?.height || innerHeight };
    },
  }));

  const { status, info, development } = useStore(app.state, (state) => state);
  const pages = useStore(app.pages.state, (state) => state);
  const overlays = useStore(app.overlays.open, (open) => open);
  const lost = useStore(app.line.lost, (value) => value);
  const logShown = useStore(app.log.shown, (value) => value);
  useLayoutEffect(() => {
    app.start();
    return () => app.stop();
  }, []);

  useEffect(() => {
    const apply = () => {
      const here = latest.current.visible;
      app.setVisible(here && document.visibilityState === "visible", !here);
    };
    apply();
    document.addEventListener("visibilitychange", apply);
    return () => document.removeEventListener("visibilitychange", apply);
  }, [props.visible]);

  useEffect(() => {
    const observer = new ResizeObserver(() => app.resized());
    observer.observe(panel.current!);
    const stops = [onThemeChange(() => app.resized()), onLocaleChange(() => app.resized())];
    return () => {
      observer.disconnect();
      for (const stop of stops) stop();
    };
  }, []);

  useEffect(() => {
    if (!props.visible) return;
    const key = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || app.overlays.open.get().length > 0)
        return;
      // Beside a chat, Esc is for the element with the focus; after a page has closed no element has it.
      const at = document.activeElement;
      if (at === document.body || panel.current!.contains(at)) app.exit();
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [props.visible]);

  const { top } = app.pages;
  const waiting = status === "opening" || (status === "open" && !pages.launched);
  const chromeDark = status === "open" && !waiting && isDark(top);
  const bare = status === "open" && top?.config.navigationStyle === "custom";
  const frame = useMemo(() => ({ app, menu: () => toggleMenu(app) }), [app]);
  return (
    <AppContext.Provider value={frame}>
      <div
        class={development ? "mp mp-development" : "mp"}
        ref={panel}
        data-mp-panel
        role="region"
        aria-label={info.name}
      >
        {status !== "failed" && (
          <div class="mp-stage">
            {pages.slots.map((slot) => (
              <PageSlot key={slot.key} app={app} slot={slot} pages={pages} />
            ))}
            <TabBar app={app} />
          </div>
        )}
        {waiting && <Launch app={app} />}
        {status === "failed" && <Failure app={app} />}
        {lost && (
          <div class="mp-line" role="status">
            <span class="mp-spin" />
            {t("reconnecting")}
          </div>
        )}
        {development && status === "open" && !bare && (
          <button
            type="button"
            class="mp-ribbon"
            aria-label={t("development")}
            onClick={() => app.log.show(!logShown)}
            aria-expanded={logShown}
          >
            {t("developmentShort")}
          </button>
        )}
        {logShown && <LogPanel app={app} />}
        <Capsule
          dark={chromeDark}
          // Where the program draws up to the top edge there is no space beside it.
          development={development && bare}
          picture={bare && <Avatar name={info.name} url={info.icon_url} size={16} round />}
          onMenu={frame.menu}
          onHide={() => app.exit()}
        />
        <NoticeBox app={app} />
        {overlays.map((overlay) => (
          <overlay.view key={overlay.key} />
        ))}
      </div>
    </AppContext.Provider>
  );
}

function NoticeBox({ app }: { app: OpenApp }): JSX.Element {
  const notice = useStore(app.overlays.notice, (value) => value);
  return (
    <div class={notice?.mask ? "mp-notice mp-notice-mask" : "mp-notice"} role="status">
      {notice && <NoticeText notice={notice} info={app.info} />}
    </div>
  );
}

function NoticeText({ notice, info }: { notice: Notice; info: AppInfo }): JSX.Element {
  const { text, icon, image } = notice;
  const plain = icon === "none" && image === "";
  return (
    <div class={plain ? "mp-toast" : "mp-toast mp-toast-icon"}>
      {image !== "" ? (
        <img src={image} alt="" width={40} height={40} />
      ) : icon === "loading" ? (
        <span class="mp-spin mp-spin-big" />
      ) : icon === "error" ? (
        <Icon name="info" size={40} />
      ) : (
        icon === "success" && <Icon name="check" size={40} />
      )}
      {text && (
        <span class="mp-toast-text" dir="auto">
          {text}
        </span>
      )}
      <AppMark app={info} size={14} class="mp-on-dark" />
    </div>
  );
}

/** One frame. It is never moved in the document: a frame that moves loads again. */
function PageSlot(props: { app: OpenApp; slot: Slot; pages: PagesState }): JSX.Element {
  const { app, slot } = props;
  const { slots, stack } = props.pages;
  const { page } = slot;
  useStore(app.bars.tabBar, (bar) => bar.shown); // decides how much space a page has
  const depth = page ? stack.indexOf(page.id) : -1;
  const onTop = page !== null && page.id === stack.at(-1);
  // The page below stays in sight while another slides over it or away from it.
  const moving = slots.some((other) => other.page?.motion);
  const below = page !== null && moving && depth >= 0 && depth >= stack.length - 2;
  const shown = page !== null && (onTop || below || page.motion !== "");
  const bars = page ? app.bars.roomOf(page) : { top: 0, bottom: 0 };
  const leaving = page?.motion === "leaving";
  return (
    <div
      class={`mp-page${page?.motion ? ` mp-${page.motion}` : ""}`}
      style={{
        visibility: shown ? "visible" : "hidden",
        zIndex: page ? (leaving ? 90 : page.isTab ? 1 : depth + 10) : 0,
      }}
      inert={!onTop}
    >
      {page && <NavigationBar app={app} page={page} />}
      <iframe
        title={page?.title || app.info.name}
        sandbox="allow-scripts"
        referrerpolicy="no-referrer"
        src="/view/frame.html"
        style={{ top: bars.top, height: `calc(100% - ${bars.top + bars.bottom}px)` }}
        onLoad={(event) => slot.frame.loaded(event.currentTarget)}
      />
      {page?.web && <WebPage app={app} page={page} top={bars.top} bottom={bars.bottom} />}
      {page?.frozen === "blank" && (
        <div class="mp-frozen mp-blank" style={{ top: bars.top, bottom: bars.bottom }} role="alert">
          <Icon name="info" size={40} />
          <p>{t("pageBlank", { name: app.info.name })}</p>
        </div>
      )}
      {page?.frozen === "old" && (
        <p class="mp-frozen" style={{ bottom: bars.bottom }} role="alert">
          {t("pageFrozen", { name: app.info.name })}
        </p>
      )}
    </div>
  );
}

/** Opens the menu of the capsule; the capsule lies over the menu too, and closes it there. */
function toggleMenu(app: OpenApp): void {
  const open = app.overlays.open.get().find((overlay) => overlay.isMenu);
  if (open) return open.drop();
  const page = app.pages.top;
  void app.overlays.ask<null>((close) => {
    const shares =
      page !== null &&
      !page.shareHidden &&
      (page.hooks === null || page.hooks.includes("onShareAppMessage"));
    const first: MenuItem[] = [
      {
        icon: "send",
        label: t("forward"),
        off: shares ? undefined : t("forwardOff"),
        run: () => {
          if (!page) return;
          app.pages.tellWebMessages(page.id);
          app.send({ t: "share", page: page.id });
        },
      },
      {
        icon: "receipt",
        label: t("copyLink"),
        run: () => {
          const { version } = app.options;
          const link = routes.app(app.info.id, {
            path: app.place,
            version: version === "released" ? undefined : version,
          });
          void copyText(new URL(link, location.origin).href).then(() =>
            app.overlays.say(t("copied"), { icon: "success" }),
          );
        },
      },
    ];
    const second: MenuItem[] = [
      { icon: "apps", label: t("reenter"), run: () => app.restart() },
      // The page on which the user takes permissions back.
      { icon: "lock", label: t("permissions"), run: () => go("/settings/permissions") },
      { icon: "trash", label: t("clearData"), run: () => void app.clearStorage() },
    ];
    if (page?.config.enablePullDownRefresh) {
      // A button that does the same as pulling down.
      second.push({
        icon: "down",
        label: t("refresh"),
        run: () => app.pages.slotOf(page.id)?.frame.command("startPullDownRefresh", {}),
      });
    }
    if (app.state.get().development) {
      second.push({
        icon: "code",
        label: t("log"),
        run: () => app.log.show(true),
      });
    }
    return {
      isMenu: true,
      drop: () => close(null),
      view: () => <MenuSheet app={app.info} rows={[first, second]} onClose={() => close(null)} />,
    };
  });
}
