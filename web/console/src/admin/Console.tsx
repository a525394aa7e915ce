// The administration: who may enter, its addresses, its navigation.

import {
  AppstoreOutlined,
  AuditOutlined,
  DashboardOutlined,
  FileSearchOutlined,
  IdcardOutlined,
  NotificationOutlined,
  PauseCircleOutlined,
  SafetyCertificateOutlined,
  TeamOutlined,
} from "@ant-design/icons";
import { lazy, useEffect, type ComponentType } from "react";
import { Route, Router, Switch } from "wouter";

import type { User } from "../../../shared/types";
import { NotAdministrator } from "../frame/start-pages";
import { Entrance } from "../frame/Entrance";
import { Frame } from "../frame/Frame";
import { NotFound } from "../frame/NotFound";
import { useList } from "../frame/lists";
import { listenForNews } from "../frame/news";
import type { SubmissionSummary } from "../wire";
import { QUEUE_POLL_MS, useProposals, useQuarantines } from "./data";
import { t } from "./texts";

const Dashboard = lazy(() => import("./Dashboard"));
const Reviews = lazy(() => import("./Reviews"));
const Review = lazy(() => import("./Review"));
const Profiles = lazy(() => import("./Profiles"));
const Apps = lazy(() => import("./Apps"));
const Quarantines = lazy(() => import("./Quarantines"));
const Accounts = lazy(() => import("./Accounts"));
const People = lazy(() => import("./People"));
const Audit = lazy(() => import("./Audit"));
const Ledger = lazy(() => import("./Ledger"));

export function Console() {
  return (
    <Entrance side="admin" refused={(user) => <NotAdministrator user={user} />}>
      {(user) => <Inside user={user} />}
    </Entrance>
  );
}

function Inside({ user }: { user: User }) {
  useEffect(() => listenForNews(() => undefined), []);
  return (
    <Router base="/admin">
      <Frame
        side="admin"
        user={user}
        places={[
          { to: "/", label: t("dashboard"), icon: <DashboardOutlined aria-hidden /> },
          {
            to: "/reviews",
            label: t("reviews"),
            icon: <FileSearchOutlined aria-hidden />,
            deep: true,
            badge: <WaitingCount />,
          },
          {
            to: "/profiles",
            label: t("profiles"),
            icon: <IdcardOutlined aria-hidden />,
            badge: <ProposalCount />,
          },
          { to: "/apps", label: t("apps"), icon: <AppstoreOutlined aria-hidden /> },
          {
            to: "/quarantines",
            label: t("quarantines"),
            icon: <PauseCircleOutlined aria-hidden />,
            badge: <PausedCount />,
          },
          { to: "/accounts", label: t("accounts"), icon: <NotificationOutlined aria-hidden /> },
          { to: "/people", label: t("people"), icon: <TeamOutlined aria-hidden /> },
          { to: "/audit", label: t("audit"), icon: <AuditOutlined aria-hidden /> },
          { to: "/ledger", label: t("ledger"), icon: <SafetyCertificateOutlined aria-hidden /> },
        ]}
      >
        <Switch>
          <Route path="/">{() => <Dashboard />}</Route>
          <Route path="/reviews">{() => <Reviews />}</Route>
          <Route path="/reviews/:id">{(at) => <Review key={at.id} id={at.id} />}</Route>
          <Route path="/profiles">{() => <Profiles />}</Route>
          <Route path="/apps">{() => <Apps />}</Route>
          <Route path="/quarantines">{() => <Quarantines />}</Route>
          <Route path="/accounts">{() => <Accounts />}</Route>
          <Route path="/people">{() => <People />}</Route>
          <Route path="/audit">{() => <Audit />}</Route>
          <Route path="/ledger">{() => <Ledger />}</Route>
          <Route component={NotFound as ComponentType} />
        </Switch>
      </Frame>
    </Router>
  );
}

function WaitingCount() {
  return (
    <CountOf
      list={useList<SubmissionSummary>(
        ["submissions", "list"],
        "/admin/submissions",
        { state: "pending" },
        QUEUE_POLL_MS,
      )}
    />
  );
}

function ProposalCount() {
  return <CountOf list={useProposals()} />;
}

function PausedCount() {
  return <CountOf list={useQuarantines("active")} />;
}

/** The number of waiting items beside an entry of the navigation; nothing for 0. */
function CountOf({ list }: { list: { items: unknown[]; hasNextPage: boolean } }) {
  if (list.items.length === 0) return null;
  return (
    <span className="count" aria-hidden>
      {list.items.length}
      {list.hasNextPage && "+"}
    </span>
  );
}
