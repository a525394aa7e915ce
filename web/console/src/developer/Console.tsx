// The developer console: who may enter, its addresses, its navigation.

import { AppstoreOutlined, KeyOutlined } from "@ant-design/icons";
import { lazy, useEffect, type ComponentType } from "react";
import { Route, Router, Switch } from "wouter";

import type { User } from "../../../shared/types";
import { BecomeDeveloper } from "../frame/start-pages";
import { Entrance } from "../frame/Entrance";
import { Frame } from "../frame/Frame";
import { NotFound } from "../frame/NotFound";
import { listenForNews } from "../frame/news";
import { notify } from "../frame/Notices";
import { queries } from "../frame/session";
import { stateName } from "../kit/states";
import type { Version, VersionState } from "../wire";
import { t } from "./texts";

const Home = lazy(() => import("./Home"));
const NewAccount = lazy(() => import("./NewAccount"));
const AccountPage = lazy(() => import("./AccountPage"));
const NewApp = lazy(() => import("./NewApp"));
const Tokens = lazy(() => import("./Tokens"));
const AppPages = lazy(() => import("./AppPages"));

export function Console() {
  return (
    <Entrance side="developer" refused={() => <BecomeDeveloper />}>
      {(user) => <Inside user={user} />}
    </Entrance>
  );
}

function Inside({ user }: { user: User }) {
  useVersionNews();
  return (
    <Router base="/developer">
      <Frame
        side="developer"
        user={user}
        places={[
          { to: "/", label: t("home"), icon: <AppstoreOutlined aria-hidden /> },
          { to: "/tokens", label: t("tokens"), icon: <KeyOutlined aria-hidden /> },
        ]}
      >
        <Switch>
          <Route path="/">{() => <Home />}</Route>
          <Route path="/accounts/new">{() => <NewAccount />}</Route>
          <Route path="/accounts/:accountId">
            {(at) => <AccountPage key={at.accountId} id={at.accountId} />}
          </Route>
          <Route path="/accounts/:accountId/apps/new">
            {(at) => <NewApp accountId={at.accountId} />}
          </Route>
          <Route path="/tokens">{() => <Tokens />}</Route>
          <Route path="/apps/:appId/*?">
            {(at) => <AppPages key={at.appId} appId={at.appId} />}
          </Route>
          <Route component={NotFound as ComponentType} />
        </Switch>
      </Frame>
    </Router>
  );
}

/** Notices about versions whose state changed while the developer works on something else. */
function useVersionNews(): void {
  useEffect(
    () =>
      listenForNews(({ app_id, version_id, state }) => {
        if (state !== "approved" && state !== "rejected" && state !== "released") return;
        const known = queries.getQueryData<Version>(["app", app_id, "versions", version_id]);
        // No notice for what the developer did here: that has its own answer, and the page of the version shows it.
        if (known?.state === state) return;
        notify(
          t("changedState", {
            version: known?.version ?? "",
            state: stateName(state as VersionState),
          }),
          "news",
        );
      }),
    [],
  );
}
