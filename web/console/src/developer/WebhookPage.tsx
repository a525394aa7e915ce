import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Form, Input, Tag } from "antd";
import { useState } from "react";

import { ApiError } from "../../../shared/api";
import { formatNumber } from "../../../shared/i18n";
import { useList } from "../frame/lists";
import { notify } from "../frame/Notices";
import { api, queries } from "../frame/session";
import { CopyText } from "../kit/CopyText";
import { DataTable, ListTable } from "../kit/DataTable";
import { Fault } from "../kit/Fault";
import { useSending } from "../kit/form";
import { ago, When } from "../kit/Marks";
import { Loaded, Nothing, Panel, Screen } from "../kit/Screen";
import { Secret } from "../kit/Secret";
import type { Delivery, DevApp, Webhook } from "../wire";
import { t } from "./texts";

/** Deliveries that wait for their next try change by themselves. */
const POLL_MS = 10_000;

export default function WebhookPage({ app }: { app: DevApp }) {
  const webhook = useQuery({
    queryKey: ["app", app.id, "webhook"],
    queryFn: ({ signal }) =>
      api.get<Webhook>(`/dev/apps/${app.id}/webhook`, undefined, signal).catch((error: unknown) => {
        // An app starts without one: that is a state of the page, not an error.
        if (error instanceof ApiError && error.status === 404) return { url: "" };
        throw error;
      }),
  });
  return (
    <Screen title={t("webhook")} lead={t("webhookLead")}>
      <Panel>
        <Loaded of={webhook} rows={2}>
          {(data) => <Endpoint app={app} webhook={data} />}
        </Loaded>
      </Panel>
      <Deliveries app={app} />
    </Screen>
  );
}

function Endpoint({ app, webhook }: { app: DevApp; webhook: Webhook }) {
  const [secret, setSecret] = useState<string | null>(null);
  const sending = useSending<{ url: string }>(async ({ url }) => {
    const { secret: made, ...changed } = await api.put<Webhook>(`/dev/apps/${app.id}/webhook`, {
      url: url.trim(),
    });
    // The secret stays out of the cache: it is shown now and never again.
    queries.setQueryData(["app", app.id, "webhook"], changed);
    if (made) setSecret(made);
    else notify(t("saved"));
  });
  return (
    <>
      {webhook.disabled_reason && (
        <Alert
          className="fault"
          type="error"
          showIcon
          title={t("webhookDisabled")}
          description={webhook.disabled_reason}
        />
      )}
      <Form
        form={sending.form}
        layout="vertical"
        onFinish={sending.send}
        initialValues={{ url: webhook.url }}
      >
        <div className="upload-row">
          <Form.Item
            name="url"
            label={t("url")}
            className="grow"
            extra={webhook.url ? t("webhookNewSecret") : undefined}
            rules={[{ required: true, message: t("required") }]}
          >
            <Input
              type="url"
              dir="ltr"
              maxLength={2048}
              placeholder="https://example.com/webhooks"
            />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={sending.busy} className="beside-fields">
            {t("save")}
          </Button>
        </div>
        {sending.error !== null && <Fault error={sending.error} />}
      </Form>
      <Secret
        title={t("keepWebhookSecret")}
        of={secret === null ? null : [[t("webhookSecret"), secret]]}
        onKept={() => setSecret(null)}
      >
        <p className="faint">{t("webhookSecretUse")}</p>
      </Secret>
    </>
  );
}

const COLOURS = { pending: "processing", delivered: "success", failed: "error" } as const;

function Deliveries({ app }: { app: DevApp }) {
  const key = ["app", app.id, "deliveries"];
  const list = useList<Delivery>(key, `/dev/apps/${app.id}/deliveries`, {}, POLL_MS);
  const [error, setError] = useState<unknown>(null);
  const names = {
    pending: t("deliveryPending"),
    delivered: t("deliveryDelivered"),
    failed: t("deliveryFailed"),
  };
  async function resend(delivery: Delivery) {
    setError(null);
    try {
      await api.post(`/dev/apps/${app.id}/deliveries/${delivery.id}/resend`);
      notify(t("resent"));
      await queries.invalidateQueries({ queryKey: key });
    } catch (cause) {
      setError(cause);
    }
  }
  return (
    <Panel title={t("deliveries")} flush>
      {error !== null && <Fault error={error} />}
      <ListTable
        name={t("deliveries")}
        list={list}
        id={(row) => row.id}
        empty={<Nothing title={t("noDeliveries")} lead={t("noDeliveriesLead")} />}
        detail={(row) => <Attempts of={row} />}
        columns={[
          {
            title: t("event"),
            cell: (row) => (
              <>
                <code className="strong">{row.type}</code>
                <div>
                  <CopyText text={row.event_id} what={t("eventId")} short />
                </div>
              </>
            ),
          },
          {
            title: t("state"),
            nowrap: true,
            cell: (row) => (
              <>
                <Tag color={COLOURS[row.state]}>{names[row.state]}</Tag>
                {row.next_at && (
                  <div className="faint">{t("nextTry", { when: ago(new Date(row.next_at)) })}</div>
                )}
              </>
            ),
          },
          { title: t("attempts"), align: "end", cell: (row) => formatNumber(row.attempts) },
          { title: t("answer"), wide: true, cell: (row) => <Answer of={row} /> },
          { title: t("at"), nowrap: true, cell: (row) => <When at={row.created_at} /> },
          {
            title: "",
            nowrap: true,
            cell: (row) => (
              <Button size="small" onClick={() => void resend(row)}>
                {t("resend")}
              </Button>
            ),
          },
        ]}
      />
    </Panel>
  );
}

function Answer({ of }: { of: Delivery }) {
  const last = of.log?.at(-1);
  if (!last) return <span className="faint">{t("noAttempts")}</span>;
  if (last.error)
    return (
      <span className="bad" dir="auto">
        {last.error}
      </span>
    );
  return <code className="clip one">{`${last.status ?? ""} ${last.response_start ?? ""}`}</code>;
}

function Attempts({ of }: { of: Delivery }) {
  return (
    <DataTable
      name={`${t("attempts")} ${of.event_id}`}
      rows={of.log ?? []}
      id={(row) => row.number}
      empty={<p className="quiet">{t("noAttempts")}</p>}
      columns={[
        { title: t("attempt"), align: "end", cell: (row) => formatNumber(row.number) },
        { title: t("at"), nowrap: true, cell: (row) => <When at={row.attempted_at} exact /> },
        { title: t("url"), cell: (row) => <code>{row.url}</code> },
        {
          title: t("took"),
          align: "end",
          nowrap: true,
          cell: (row) => `${formatNumber(row.duration_ms)} ms`,
        },
        {
          title: t("answer"),
          wide: true,
          cell: (row) =>
            row.error ? (
              <span className="bad">{row.error}</span>
            ) : (
              <code>{`${row.status ?? ""} ${row.response_start ?? ""}`}</code>
            ),
        },
      ]}
    />
  );
}
