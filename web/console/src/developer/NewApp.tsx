import { Form } from "antd";
import { useState } from "react";
import { useLocation } from "wouter";

import { api, queries } from "../frame/session";
import { useSending } from "../kit/form";
import { Loaded, Panel, Screen } from "../kit/Screen";
import { Secret } from "../kit/Secret";
import { Submit } from "../kit/Submit";
import type { DevApp } from "../wire";
import { useAccount } from "./data";
import { DescriptionField, NameField } from "./ProfileFields";
import { t } from "./texts";

interface Created {
  app: DevApp;
  secret: string;
}

export default function NewApp({ accountId }: { accountId: string }) {
  const account = useAccount(accountId);
  const [, go] = useLocation();
  const [created, setCreated] = useState<Created | null>(null);
  const sending = useSending<{ name: string; description?: string }>(async (values) => {
    setCreated(await api.post<Created>(`/dev/accounts/${accountId}/apps`, values));
    await queries.invalidateQueries({ queryKey: ["apps"] });
  });
  return (
    <Screen
      title={t("newApp")}
      lead={account.data && t("newAppLead", { name: account.data.name })}
      trail={[
        { to: "/", label: t("home") },
        { to: `/accounts/${accountId}`, label: account.data?.name ?? t("account") },
      ]}
      narrow
    >
      <Loaded of={account}>
        {() => (
          <Panel>
            <Form form={sending.form} layout="vertical" onFinish={sending.send}>
              <NameField autoFocus />
              <DescriptionField />
              <Submit sending={sending}>{t("createApp")}</Submit>
            </Form>
          </Panel>
        )}
      </Loaded>
      <Secret
        title={t("keepSecret")}
        of={
          created && [
            [t("appId"), created.app.id],
            [t("appSecret"), created.secret],
          ]
        }
        onKept={() => created && go(`/apps/${created.app.id}`)}
      >
        <p className="faint">{t("secretUse")}</p>
      </Secret>
    </Screen>
  );
}
