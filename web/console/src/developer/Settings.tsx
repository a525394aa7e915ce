import { useMutation } from "@tanstack/react-query";
import { Button, Form, Input, Modal } from "antd";
import { useState } from "react";

import { api, queries } from "../frame/session";
import { notify } from "../frame/Notices";
import { Fault } from "../kit/Fault";
import { useSending } from "../kit/form";
import { Panel, Screen } from "../kit/Screen";
import { Secret } from "../kit/Secret";
import { Submit } from "../kit/Submit";
import type { DevApp } from "../wire";
import { PictureField } from "./PictureField";
import { DescriptionField, NameField } from "./ProfileFields";
import { ProfileState } from "./ProfileState";
import { t } from "./texts";

export default function Settings({ app }: { app: DevApp }) {
  const keep = (changed: DevApp) => {
    queries.setQueryData(["app", app.id], changed);
    void queries.invalidateQueries({ queryKey: ["apps"] });
    notify(t("saved"));
  };
  const sending = useSending<Pick<DevApp, "name" | "description">>(async (values) => {
    keep(await api.patch<DevApp>(`/dev/apps/${app.id}`, values));
  });
  return (
    <Screen title={t("settings")} narrow>
      <Panel title={t("profile")}>
        <ProfileState reviewed={app.reviewed} change={app.profile_change} />
        <PictureField
          name={app.name}
          url={app.icon_url}
          onPicture={async (icon_url) =>
            keep(await api.patch<DevApp>(`/dev/apps/${app.id}`, { icon_url }))
          }
        />
        <Form
          form={sending.form}
          layout="vertical"
          onFinish={sending.send}
          initialValues={{ name: app.name, description: app.description }}
        >
          <NameField />
          <DescriptionField />
          <Submit sending={sending}>{t("save")}</Submit>
        </Form>
      </Panel>
      <Rotation app={app} />
      <TestSecret app={app} />
    </Screen>
  );
}

function Rotation({ app }: { app: DevApp }) {
  const [asking, setAsking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const sending = useSending<{ confirm: string }>(async () => {
    const made = await api.post<{ secret: string }>(`/dev/apps/${app.id}/secret`);
    setAsking(false);
    setSecret(made.secret);
    await queries.invalidateQueries({ queryKey: ["app", app.id], exact: true });
  });
  const typed = Form.useWatch("confirm", sending.form);
  return (
    <Panel title={t("secretTitle")}>
      <p>{t("secretLead", { hint: `…${app.secret_hint}` })}</p>
      <Button danger onClick={() => setAsking(true)}>
        {t("newSecret")}
      </Button>
      <Modal
        open={asking}
        title={t("newSecret")}
        okText={t("replaceSecret")}
        cancelText={t("cancel")}
        okButtonProps={{ danger: true, disabled: typed?.trim() !== app.id }}
        confirmLoading={sending.busy}
        onOk={() => sending.form.submit()}
        onCancel={() => setAsking(false)}
        destroyOnHidden
      >
        <p>{t("newSecretLead")}</p>
        <p>
          <code>{app.id}</code>
        </p>
        <Form form={sending.form} layout="vertical" preserve={false} onFinish={sending.send}>
          <Form.Item name="confirm" label={t("typeAppId")} required>
            <Input autoComplete="off" spellCheck={false} />
          </Form.Item>
        </Form>
        {sending.error !== null && <Fault error={sending.error} />}
      </Modal>
      <Secret
        title={t("keepSecret")}
        of={
          secret === null
            ? null
            : [
                [t("appId"), app.id],
                [t("appSecret"), secret],
              ]
        }
        onKept={() => setSecret(null)}
      />
    </Panel>
  );
}

/** A second secret, whose tokens reach only members and testers. */
function TestSecret({ app }: { app: DevApp }) {
  const [secret, setSecret] = useState<string | null>(null);
  const making = useMutation({
    mutationFn: () => api.post<{ secret: string }>(`/dev/apps/${app.id}/test-secret`),
    onSuccess: (made) => {
      setSecret(made.secret);
      return queries.invalidateQueries({ queryKey: ["app", app.id], exact: true });
    },
  });
  return (
    <Panel title={t("testSecret")}>
      <p>{t("testSecretLead")}</p>
      {app.test_secret_hint && (
        <p className="faint">{t("testSecretHint", { hint: `…${app.test_secret_hint}` })}</p>
      )}
      <Button loading={making.isPending} onClick={() => making.mutate()}>
        {app.test_secret_hint ? t("replaceTestSecret") : t("makeTestSecret")}
      </Button>
      {making.error !== null && <Fault error={making.error} />}
      <Secret
        title={t("keepTestSecret")}
        of={
          secret === null
            ? null
            : [
                [t("appId"), app.id],
                [t("testSecret"), secret],
              ]
        }
        onKept={() => setSecret(null)}
      />
    </Panel>
  );
}
