import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { App } from "../../../shared/types";
import { Avatar } from "../kit/Avatar";
import { Cell, CellGroup, Link } from "../kit/Cells";
import { Empty, ErrorBlock, More, SkeletonRows } from "../kit/Feedback";
import { SearchField } from "../kit/Fields";
import { Page } from "../kit/Page";
import { useSettled } from "../kit/useLoad";
import { usePages } from "../kit/usePages";
import { useLocation } from "wouter";
import { routes, SCENE } from "../nav/routes";
import { findApps, loadRecentApps, recentApps } from "../state/catalogue";
import { useStore } from "../state/store";
import { t } from "../texts";

export function DiscoverTab(): JSX.Element {
  const [query, setQuery] = useState("");
  const settled = useSettled(query.trim());
  const found = usePages(settled, (cursor, signal) => findApps(settled, cursor, signal));
  return (
    <Page
      title={t("discover")}
      backTo={null}
      top={<SearchField value={query} onValue={setQuery} label={t("searchApps")} />}
    >
      {settled === "" && <RecentApps />}
      {found.error && !found.items ? (
        <ErrorBlock error={found.error} retry={found.reload} />
      ) : !found.items ? (
        <SkeletonRows count={6} />
      ) : found.items.length === 0 ? (
        <Empty icon="apps" text={settled ? t("nothingFound", { query: settled }) : t("noApps")} />
      ) : (
        <CellGroup title={t("miniPrograms")}>
          {found.items.map((app) => (
            <AppCell key={app.id} app={app} scene={settled ? SCENE.search : undefined} />
          ))}
        </CellGroup>
      )}
      <More of={found} />
      {settled === "" && (
        <CellGroup>
          <Cell icon="official" tint="#10aeff" title={t("officialAccounts")} to="/accounts" />
        </CellGroup>
      )}
    </Page>
  );
}

export function AppCell({ app, scene }: { app: App; scene?: number }): JSX.Element {
  return (
    <Link class="cell app-cell" to={routes.app(app.id, { scene })} testid="app">
      <Avatar name={app.name} url={app.icon_url} size={48} round />
      <span class="cell-main">
        <span class="cell-title" dir="auto">
          {app.name}
        </span>
        {app.description && (
          <span class="cell-detail" dir="auto">
            {app.description}
          </span>
        )}
        <span class="cell-detail faint" dir="auto">
          {app.account.name}
        </span>
      </span>
      <span class="open-pill" aria-hidden="true">
        {t("open")}
      </span>
    </Link>
  );
}

function RecentApps(): JSX.Element | null {
  const apps = useStore(recentApps, (value) => value);
  const [path] = useLocation();
  // Asked again whenever a page closes over this one: it may have been a mini program.
  useEffect(() => {
    if (path === "/discover") void loadRecentApps();
  }, [path]);
  if (!apps || apps.length === 0) return null;
  return (
    <section class="cells" aria-label={t("recentApps")}>
      <h2 class="cells-title">{t("recentApps")}</h2>
      <div class="cells-box app-row">
        {apps.slice(0, 8).map((app) => (
          <Link
            key={app.id}
            class="app-tile"
            to={routes.app(app.id, { scene: SCENE.recent })}
            testid="recent-app"
          >
            <Avatar name={app.name} url={app.icon_url} size={52} round />
            <span dir="auto">{app.name}</span>
          </Link>
        ))}
      </div>
    </section>
  );
}
