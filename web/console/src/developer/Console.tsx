// The developer console: who may enter, its addresses, its navigation.

import { AppstoreOutlined, KeyOutlined } from "@ant-design/icons";
import { App as AntApp } from "antd";
import { lazy, useEffect, type ComponentType } from "react";
import { Route, Router, Switch } from "wouter";

import type { User } from "../../../shared/types";
import { BecomeDeveloper, LogIn, SetUpDoor, Unreachable } from "../frame/entrance";
import { Frame, Waiting } from "../frame/Frame";
import { NotFound } from "../frame/NotFound";
import { listenForNews } from "../frame/news";
import { queries, useSession } from "../frame/session";
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
  const session = useSession();
  switch (session.status) {
    case "restoring":
      return <Waiting />;
    case "unreachable":
      return (
        <Frame side="developer">
          <Unreachable error={session.error} />
        </Frame>
      );
    case "out":
      return (
        <Frame side="developer">
          <LogIn />
        </Frame>
      );
    case "in":
      if (session.mustSetUp) {
        return (
          <Frame side="developer" user={session.user}>
            <SetUpDoor />
          </Frame>
        );
      }
      return session.user.roles.includes("developer") ? (
        <Inside user={session.user} />
      ) : (
        <Frame side="developer" user={session.user}>
          <BecomeDeveloper />
        </Frame>
      );
  }
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

/** Tells of versions whose state changed while one works on something else. */
function useVersionNews(): void {
  const { message } = AntApp.useApp();
  useEffect(
    () =>
      listenForNews(({ app_id, version_id, state }) => {
        if (state !== "approved" && state !== "rejected" && state !== "released") return;
        const known = queries.getQueryData<Version>(["app", app_id, "versions", version_id]);
        // One's own deed has its own answer; the page of the version shows the news by itself.
        if (known?.state === state) return;
        void message.info(
          t("changedState", {
            version: known?.version ?? "",
            state: stateName(state as VersionState),
          }),
        );
      }),
    [message],
  );
}
