// The administration: who may enter, its addresses, its navigation.

import {
  AppstoreOutlined,
  AuditOutlined,
  DashboardOutlined,
  FileSearchOutlined,
  IdcardOutlined,
  SafetyCertificateOutlined,
  TeamOutlined,
} from "@ant-design/icons";
import { lazy, useEffect, type ComponentType } from "react";
import { Route, Router, Switch } from "wouter";

import type { User } from "../../../shared/types";
import { LogIn, NotAdministrator, SetUpDoor, Unreachable } from "../frame/entrance";
import { Frame, Waiting } from "../frame/Frame";
import { NotFound } from "../frame/NotFound";
import { useList } from "../frame/lists";
import { listenForNews } from "../frame/news";
import { useSession } from "../frame/session";
import type { SubmissionSummary } from "../wire";
import { QUEUE_POLL_MS, useProposals } from "./data";
import { t } from "./texts";

const Dashboard = lazy(() => import("./Dashboard"));
const Reviews = lazy(() => import("./Reviews"));
const Review = lazy(() => import("./Review"));
const Profiles = lazy(() => import("./Profiles"));
const Apps = lazy(() => import("./Apps"));
const People = lazy(() => import("./People"));
const Audit = lazy(() => import("./Audit"));
const Ledger = lazy(() => import("./Ledger"));

export function Console() {
  const session = useSession();
  switch (session.status) {
    case "restoring":
      return <Waiting />;
    case "unreachable":
      return (
        <Frame side="admin">
          <Unreachable error={session.error} />
        </Frame>
      );
    case "out":
      return (
        <Frame side="admin">
          <LogIn />
        </Frame>
      );
    case "in":
      if (session.mustSetUp) {
        return (
          <Frame side="admin" user={session.user}>
            <SetUpDoor />
          </Frame>
        );
      }
      return session.user.roles.includes("admin") ? (
        <Inside user={session.user} />
      ) : (
        <Frame side="admin" user={session.user}>
          <NotAdministrator user={session.user} />
        </Frame>
      );
  }
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
  const waiting = useList<SubmissionSummary>(
    ["submissions", "list"],
    "/admin/submissions",
    { state: "pending" },
    QUEUE_POLL_MS,
  );
  if (waiting.items.length === 0) return null;
  return (
    <span className="count" aria-hidden>
      {waiting.items.length}
      {waiting.hasNextPage && "+"}
    </span>
  );
}

function ProposalCount() {
  const waiting = useProposals();
  if (waiting.items.length === 0) return null;
  return (
    <span className="count" aria-hidden>
      {waiting.items.length}
      {waiting.hasNextPage && "+"}
    </span>
  );
}
