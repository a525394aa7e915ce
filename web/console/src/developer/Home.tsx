import { PlusOutlined, RightOutlined } from "@ant-design/icons";
import { useQueries } from "@tanstack/react-query";
import { Button, Tag } from "antd";
import { Link } from "wouter";

import { CopyText } from "../kit/CopyText";
import { Icon } from "../kit/Marks";
import { Loaded, Nothing, Panel, Screen } from "../kit/Screen";
import type { DevApp, MemberAccount } from "../wire";
import { recentVersions, useAccounts, useApps } from "./data";
import { nextStep, type Next } from "./next";
import { t } from "./texts";

export default function Home() {
  const accounts = useAccounts();
  const apps = useApps();
  const founded = accounts.data?.[0];
  return (
    <Screen title={t("home")}>
      <ToDo accounts={accounts.data} apps={apps.data} />
      <Panel
        title={t("apps")}
        flush
        actions={
          founded && (
            <Link href={`/accounts/${founded.id}/apps/new`} className="action-link">
              <PlusOutlined aria-hidden /> {t("newApp")}
            </Link>
          )
        }
      >
        <Loaded of={apps} rows={2}>
          {(list) =>
            list.length === 0 ? (
              <Nothing title={t("noApps")} lead={t("noAppsLead")} />
            ) : (
              <ul className="cards">
                {list.map((app) => (
                  <AppCard key={app.id} app={app} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </Panel>
      <Panel
        title={t("accounts")}
        flush
        actions={
          <Link href="/accounts/new" className="action-link">
            <PlusOutlined aria-hidden /> {t("newAccount")}
          </Link>
        }
      >
        <Loaded of={accounts} rows={2}>
          {(list) =>
            list.length === 0 ? (
              <Nothing
                title={t("noAccounts")}
                lead={t("noAccountsLead")}
                action={
                  <Link href="/accounts/new" asChild>
                    <Button type="primary">{t("createAccount")}</Button>
                  </Link>
                }
              />
            ) : (
              <ul className="cards">
                {list.map((account) => (
                  <AccountCard key={account.id} account={account} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </Panel>
    </Screen>
  );
}

function AppCard({ app }: { app: DevApp }) {
  return (
    <li className="card">
      <Icon url={app.icon_url} name={app.name} size={48} />
      <div className="card-text">
        <Link href={`/apps/${app.id}`} className="card-link">
          <bdi>{app.name}</bdi>
        </Link>
        <span className="faint" dir="auto">
          {app.account.name}
        </span>
        <CopyText text={app.id} what={t("appIdCopy")} />
        <span>
          {app.disabled ? (
            <Tag color="error">{t("takenDown")}</Tag>
          ) : app.released_version ? (
            <Tag color="success">{t("live", { version: app.released_version.version })}</Tag>
          ) : (
            <Tag>{t("notLive")}</Tag>
          )}
        </span>
      </div>
    </li>
  );
}

function AccountCard({ account }: { account: MemberAccount }) {
  return (
    <li className="card">
      <Icon url={account.avatar_url} name={account.name} size={48} />
      <div className="card-text">
        <Link href={`/accounts/${account.id}`} className="card-link">
          <bdi>{account.name}</bdi>
        </Link>
        <bdi className="faint">@{account.handle}</bdi>
        <span className="faint">
          {account.kind === "service" ? t("service") : t("subscription")} ·{" "}
          {t("followers", { count: account.follower_count })}
        </span>
      </div>
    </li>
  );
}

interface Deed {
  to: string;
  what: string;
  why: string;
}

function ToDo({ accounts, apps }: { accounts?: MemberAccount[]; apps?: DevApp[] }) {
  const versions = useQueries({ queries: (apps ?? []).map((app) => recentVersions(app.id)) });
  if (!accounts || !apps || versions.some((answer) => answer.isPending)) return null;
  const deeds: Deed[] = [];
  if (accounts.length === 0) {
    deeds.push({ to: "/accounts/new", what: t("todoAccount"), why: t("todoAccountWhy") });
  }
  for (const account of accounts) {
    if (apps.some((app) => app.account.id === account.id)) continue;
    const to = `/accounts/${account.id}/apps/new`;
    deeds.push({ to, what: t("todoApp", { name: account.name }), why: t("todoAppWhy") });
  }
  apps.forEach((app, index) => {
    const next = nextStep(versions[index]?.data ?? []);
    if (next && versions[index]?.data) deeds.push(deedOf(app, next));
  });
  return (
    <Panel title={t("toDo")} flush>
      {deeds.length === 0 ? (
        <p className="quiet">{t("nothingToDo")}</p>
      ) : (
        <ul className="todo">
          {deeds.map((deed) => (
            <li key={deed.what}>
              <Link href={deed.to}>
                <span>
                  <strong dir="auto">{deed.what}</strong>
                  <span className="faint">{deed.why}</span>
                </span>
                <RightOutlined aria-hidden />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function deedOf(app: DevApp, next: Next): Deed {
  const { name, id } = app;
  if (next.kind === "upload") {
    return { to: `/apps/${id}/versions`, what: t("todoUpload", { name }), why: t("todoUploadWhy") };
  }
  const { version } = next.version;
  const to = `/apps/${id}/versions/${next.version.id}`;
  switch (next.kind) {
    case "failed":
      return { to, what: t("todoFailed", { name, version }), why: t("todoFailedWhy") };
    case "submit":
      return { to, what: t("todoSubmit", { name, version }), why: t("todoSubmitWhy") };
    case "rejected":
      return { to, what: t("todoRejected", { name, version }), why: t("todoRejectedWhy") };
    case "release":
      return { to, what: t("todoRelease", { name, version }), why: t("todoReleaseWhy") };
  }
}
