import { PlusOutlined } from "@ant-design/icons";
import { Button, Form, Tag } from "antd";
import { Link } from "wouter";

import { formatNumber } from "../../../shared/i18n";
import { api, queries } from "../frame/session";
import { notify } from "../frame/Notices";
import { CopyText } from "../kit/CopyText";
import { DataTable } from "../kit/DataTable";
import { useSending } from "../kit/form";
import { When } from "../kit/Marks";
import { Facts, Loaded, Nothing, Panel, Screen } from "../kit/Screen";
import { Submit } from "../kit/Submit";
import type { MemberAccount } from "../wire";
import { useAccount, useApps } from "./data";
import { Members } from "./People";
import { PictureField } from "./PictureField";
import { DescriptionField, NameField, WelcomeField } from "./ProfileFields";
import { ProfileState } from "./ProfileState";
import { t } from "./texts";

export default function AccountPage({ id }: { id: string }) {
  const account = useAccount(id);
  const apps = useApps();
  const own = apps.data?.filter((app) => app.account.id === id) ?? [];
  return (
    <Screen
      title={account.data?.name ?? t("account")}
      trail={[{ to: "/", label: t("home") }]}
      actions={
        account.data && (
          <Link href={`/accounts/${id}/apps/new`} asChild>
            <Button type="primary" icon={<PlusOutlined aria-hidden />}>
              {t("newApp")}
            </Button>
          </Link>
        )
      }
    >
      <Loaded of={account}>
        {(data) => (
          <div className="columns">
            <div>
              <Panel title={t("apps")} flush>
                <DataTable
                  name={t("apps")}
                  rows={own}
                  id={(app) => app.id}
                  empty={<Nothing title={t("noApps")} />}
                  columns={[
                    {
                      title: t("name"),
                      wide: true,
                      cell: (app) => (
                        <Link href={`/apps/${app.id}`}>
                          <bdi>{app.name}</bdi>
                        </Link>
                      ),
                    },
                    {
                      title: t("appId"),
                      cell: (app) => <CopyText text={app.id} what={t("appIdCopy")} />,
                    },
                    {
                      title: t("state"),
                      nowrap: true,
                      cell: (app) =>
                        app.disabled ? (
                          <Tag color="error">{t("takenDown")}</Tag>
                        ) : app.released_version ? (
                          <Tag color="success">
                            {t("live", { version: app.released_version.version })}
                          </Tag>
                        ) : (
                          <Tag>{t("notLive")}</Tag>
                        ),
                    },
                  ]}
                />
              </Panel>
              <Profile account={data} />
            </div>
            <aside>
              <Panel>
                <Facts
                  of={[
                    [t("handle"), `@${data.handle}`],
                    [t("kind"), data.kind === "service" ? t("service") : t("subscription")],
                    [
                      t("accountId"),
                      <CopyText key="id" text={data.id} what={t("accountId")} short />,
                    ],
                    [t("created"), <When key="at" at={data.created_at} exact />],
                    [t("followersTitle"), formatNumber(data.follower_count)],
                  ]}
                />
              </Panel>
              <Members account={data} />
            </aside>
          </div>
        )}
      </Loaded>
    </Screen>
  );
}

type Profiled = Pick<MemberAccount, "name" | "description" | "welcome_text">;

function Profile({ account }: { account: MemberAccount }) {
  const keep = (changed: MemberAccount) => {
    queries.setQueryData(["accounts", account.id], changed);
    void queries.invalidateQueries({ queryKey: ["accounts"], exact: true });
    notify(t("saved"));
  };
  const sending = useSending<Profiled>(async (values) => {
    keep(await api.patch<MemberAccount>(`/dev/accounts/${account.id}`, values));
  });
  return (
    <Panel title={t("profile")}>
      <ProfileState
        reviewed={account.reviewed}
        change={account.profile_change}
        accountId={account.id}
      />
      <PictureField
        name={account.name}
        url={account.avatar_url}
        onPicture={async (url) =>
          keep(await api.patch<MemberAccount>(`/dev/accounts/${account.id}`, { avatar_url: url }))
        }
      />
      <Form form={sending.form} layout="vertical" onFinish={sending.send} initialValues={account}>
        <NameField />
        <DescriptionField />
        <WelcomeField />
        <Submit sending={sending}>{t("save")}</Submit>
      </Form>
    </Panel>
  );
}
