// The pages of one app: its name on top, a row of links to its pages, the open page below.

import { Alert } from "antd";
import { lazy, Suspense } from "react";
import { Route, Switch } from "wouter";

import { PlaceLinks, Waiting } from "../frame/Frame";
import { NotFound } from "../frame/NotFound";
import { CopyText } from "../kit/CopyText";
import { Fault } from "../kit/Fault";
import { Icon } from "../kit/Marks";
import { Loaded, Screen } from "../kit/Screen";
import type { DevApp } from "../wire";
import { useApp } from "./data";
import { t } from "./texts";

const Overview = lazy(() => import("./Overview"));
const Versions = lazy(() => import("./Versions"));
const VersionPage = lazy(() => import("./VersionPage"));
const Permissions = lazy(() => import("./Permissions"));
const Templates = lazy(() => import("./Templates"));
const WebhookPage = lazy(() => import("./WebhookPage"));
const Orders = lazy(() => import("./Orders"));
const Logs = lazy(() => import("./Logs"));
const Testers = lazy(() => import("./People"));
const Settings = lazy(() => import("./Settings"));

export default function AppPages({ appId }: { appId: string }) {
  const app = useApp(appId);
  if (app.error && !app.data) {
    return (
      <Screen title={t("app")} trail={[{ to: "/", label: t("home") }]}>
        <Fault error={app.error} retry={() => void app.refetch()} />
      </Screen>
    );
  }
  return <Loaded of={app}>{(data) => <Pages app={data} />}</Loaded>;
}

function Pages({ app }: { app: DevApp }) {
  const base = `/apps/${app.id}`;
  return (
    <>
      <div className="app-bar">
        <Icon url={app.icon_url} name={app.name} size={36} />
        <div className="app-name">
          <strong dir="auto">{app.name}</strong>
          <CopyText text={app.id} what={t("appIdCopy")} />
        </div>
        <nav aria-label={t("app")} className="app-nav">
          <PlaceLinks
            places={[
              { to: base, label: t("overview") },
              { to: `${base}/versions`, label: t("versions"), deep: true },
              { to: `${base}/permissions`, label: t("permissions") },
              { to: `${base}/templates`, label: t("templates") },
              { to: `${base}/webhook`, label: t("webhook") },
              { to: `${base}/orders`, label: t("orders") },
              { to: `${base}/logs`, label: t("logs") },
              { to: `${base}/testers`, label: t("testers") },
              { to: `${base}/settings`, label: t("settings") },
            ]}
          />
        </nav>
      </div>
      {app.disabled && <Alert className="fault" type="error" showIcon title={t("disabledNote")} />}
      <Suspense fallback={<Waiting />}>
        <Switch>
          <Route path="/apps/:appId">{() => <Overview app={app} />}</Route>
          <Route path="/apps/:appId/versions">{() => <Versions app={app} />}</Route>
          <Route path="/apps/:appId/versions/:id">
            {(at) => <VersionPage key={at.id} app={app} id={at.id} />}
          </Route>
          <Route path="/apps/:appId/permissions">{() => <Permissions app={app} />}</Route>
          <Route path="/apps/:appId/templates">{() => <Templates app={app} />}</Route>
          <Route path="/apps/:appId/webhook">{() => <WebhookPage app={app} />}</Route>
          <Route path="/apps/:appId/orders">{() => <Orders app={app} />}</Route>
          <Route path="/apps/:appId/logs">{() => <Logs app={app} />}</Route>
          <Route path="/apps/:appId/testers">{() => <Testers app={app} />}</Route>
          <Route path="/apps/:appId/settings">{() => <Settings app={app} />}</Route>
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </Suspense>
    </>
  );
}
