// The container of a mini program: everything around, over and between its pages. The pages are
// sandboxed frames; nothing they do can draw over what is drawn here.

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { OpenApp, type Slot } from "./app";
import { Capsule, isDark, NavigationBar, TabBar } from "./Chrome";
import "./container.css";
import { AppContext } from "./context";
import { Failure, Launch, LogPanel } from "./Screens";
import { onLocaleChange } from "../../../shared/i18n";
import { onThemeChange } from "../../../shared/theme";
import { AppMark } from "./sheets/AppMark";
import { MenuSheet, type MenuItem } from "./sheets/MenuSheet";
import { t } from "./texts";
import { Avatar } from "../kit/Avatar";
import { copyText } from "../kit/copy";
import { Icon } from "../kit/Icon";
import { go, routes } from "../nav/routes";
import { useStore } from "../state/store";

/** What the chat app hands to the mini-program container. */
export interface MiniProgramProps {
  appId: string;
  /** "released", or the ID of a development version. */
  version: string;
  /** Page and query to open, e.g. "pages/menu/menu?id=3"; the app's first page when absent. */
  path?: string;
  /** Where the user came from, in the scene numbers that mini programs know. */
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

  useStore(app.changes, (count) => count);
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
      if (event.key !== "Escape" || event.defaultPrevented || app.overlays.length > 0) return;
      // Beside a chat, Esc belongs to whatever has the focus; nobody has it after a page has left.
      const at = document.activeElement;
      if (at === document.body || panel.current!.contains(at)) app.exit();
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [props.visible]);

  const { top } = app;
  const waiting =
    app.status === "opening" || (app.status === "open" && !app.stack.some((page) => page.ready));
  const chromeDark = app.status === "open" && !waiting && isDark(top);
  const bare = app.status === "open" && top?.config.navigationStyle === "custom";
  const frame = useMemo(() => ({ app, menu: () => toggleMenu(app) }), [app]);
  return (
    <AppContext.Provider value={frame}>
      <div class="mp" ref={panel} data-mp-panel role="region" aria-label={app.info.name}>
        {app.status !== "failed" && (
          <div class="mp-stage">
            {app.slots.map((slot) => (
              <PageSlot key={slot.key} app={app} slot={slot} />
            ))}
            <TabBar app={app} />
          </div>
        )}
        {waiting && <Launch app={app} />}
        {app.status === "failed" && <Failure app={app} />}
        {app.lineLost && (
          <div class="mp-line" role="status">
            <span class="mp-spin" />
            {t("reconnecting")}
          </div>
        )}
        {app.development && app.status === "open" && (
          <button
            type="button"
            class="mp-ribbon"
            onClick={() => {
              app.showLog = !app.showLog;
              app.changed();
            }}
            aria-expanded={app.showLog}
          >
            {t("development")}
          </button>
        )}
        {app.showLog && <LogPanel app={app} />}
        <Capsule
          dark={chromeDark}
          picture={bare && <Avatar name={app.info.name} url={app.info.icon_url} size={16} round />}
          onMenu={frame.menu}
          onHide={() => app.exit()}
        />
        <div class={app.notice?.mask ? "mp-notice mp-notice-mask" : "mp-notice"} role="status">
          {app.notice && <NoticeBox app={app} />}
        </div>
        {app.overlays.map((overlay) => (
          <overlay.view key={overlay.key} />
        ))}
      </div>
    </AppContext.Provider>
  );
}

function NoticeBox({ app }: { app: OpenApp }): JSX.Element {
  const { text, icon, image } = app.notice!;
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
      <AppMark app={app.info} size={14} class="mp-on-dark" />
    </div>
  );
}

/** One frame. It is never moved in the document: a frame that moves loads again. */
function PageSlot({ app, slot }: { app: OpenApp; slot: Slot }): JSX.Element {
  const { page } = slot;
  const depth = page ? app.stack.indexOf(page) : -1;
  const onTop = page !== null && page === app.top;
  // The page below stays in sight while another slides over it or away from it.
  const moving = app.slots.some((other) => other.page?.motion);
  const below = page !== null && moving && depth >= 0 && depth >= app.stack.length - 2;
  const shown = page !== null && (onTop || below || page.motion !== "");
  const bars = page ? app.barsOf(page) : { top: 0, bottom: 0 };
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
    </div>
  );
}

/** Opens the menu of the capsule; the capsule lies over the menu too, and closes it there. */
function toggleMenu(app: OpenApp): void {
  const open = app.overlays.find((overlay) => overlay.isMenu);
  if (open) return open.drop();
  const page = app.top;
  void app.ask<null>((close) => {
    const shares =
      page !== null &&
      !page.shareHidden &&
      (page.hooks === null || page.hooks.includes("onShareAppMessage"));
    const first: MenuItem[] = [
      {
        icon: "send",
        label: t("forward"),
        off: shares ? undefined : t("forwardOff"),
        run: () => page && app.send({ t: "share", page: page.id }),
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
            app.say(t("copied"), { icon: "success" }),
          );
        },
      },
    ];
    const second: MenuItem[] = [
      { icon: "apps", label: t("reenter"), run: () => app.restart() },
      // Where what was allowed is taken back.
      { icon: "lock", label: t("permissions"), run: () => go("/settings/permissions") },
    ];
    if (page?.config.enablePullDownRefresh) {
      // A button that does the same as pulling down.
      second.push({
        icon: "down",
        label: t("refresh"),
        run: () => app.slotOf(page.id)?.frame.command("startPullDownRefresh", {}),
      });
    }
    if (app.development) {
      second.push({
        icon: "code",
        label: t("log"),
        run: () => {
          app.showLog = true;
          app.changed();
        },
      });
    }
    return {
      isMenu: true,
      drop: () => close(null),
      view: () => <MenuSheet app={app.info} rows={[first, second]} onClose={() => close(null)} />,
    };
  });
}
