// The page of another server that a <web-view> shows. It is drawn here and not in the page's frame: the
// frame has no network. What a stranger's page is, is written above it, since it may look like anything.

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../kit/Icon";
import type { OpenApp } from "./app";
import type { PageView } from "./pages";
import { t } from "./texts";

interface Told {
  t: "load" | "error" | "call";
  url?: string;
  name?: string;
  args?: Record<string, unknown>;
}

/** What a page may ask for: the routes of its program. */
const ROUTES: Record<string, string | undefined> = {
  navigateTo: "navigate",
  navigateBack: "navigateBack",
  redirectTo: "redirect",
  switchTab: "switchTab",
  reLaunch: "reLaunch",
};

export function WebPage(props: {
  app: OpenApp;
  page: PageView;
  top: number;
  bottom: number;
}): JSX.Element {
  const { app, page, top, bottom } = props;
  const frame = useRef<HTMLIFrameElement>(null);
  const { url, failed } = page.web!;
  const image = app.state.get().image.split("/").pop();

  useEffect(() => {
    const hear = (event: MessageEvent<Told>) => {
      if (event.source !== frame.current?.contentWindow || event.origin !== location.origin) return;
      heard(app, page, event.data);
    };
    addEventListener("message", hear);
    return () => removeEventListener("message", hear);
  }, [page.id, url]);

  return (
    <div class="mp-web" style={{ top, height: `calc(100% - ${top + bottom}px)` }}>
      <p class="mp-web-host" dir="auto">
        {t("webHost", { host: hostOf(url) })}
      </p>
      {failed ? (
        <div class="mp-web-failed" role="alert">
          <Icon name="info" size={40} />
          <p>{t("webRefused", { name: app.info.name })}</p>
        </div>
      ) : (
        <iframe
          key={url}
          ref={frame}
          title={t("webHost", { host: hostOf(url) })}
          // The frame around the page is the host's own document, which lets the page keep its origin.
          sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-modals"
          src={`/web-view/${image}#${encodeURIComponent(url)}`}
        />
      )}
    </div>
  );
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url.slice(0, 100);
}

function heard(app: OpenApp, page: PageView, told: Told): void {
  const web = app.pages.slotOf(page.id)?.page?.web;
  if (!web) return;
  if (told.t === "load") app.pages.webEvent(page.id, "load", { src: web.url });
  if (told.t === "error") {
    app.pages.change(page.id, { web: { ...web, failed: true } });
    app.pages.webEvent(page.id, "error", { url: web.url, fullUrl: told.url ?? "" });
  }
  if (told.t !== "call") return;
  const { name = "", args = {} } = told;
  if (name === "postMessage") return app.pages.keepWebMessage(page.id, args.data);
  if (name === "title") {
    // A page that names itself gives the bar its title, as in the vendor's client.
    const title = String(args.title ?? "").slice(0, 100);
    return title ? app.pages.change(page.id, { title }) : undefined;
  }
  const openType = ROUTES[name];
  // Only the page that is looked at leads anywhere.
  if (!openType || app.pages.top?.id !== page.id) return;
  app.pages.tellWebMessages(page.id);
  app.pages.webEvent(page.id, "navigate", {
    url: String(args.url ?? ""),
    openType,
    delta: Number(args.delta) || 1,
  });
}
