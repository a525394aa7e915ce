import { Button, Form, Input } from "antd";
import { useEffect } from "react";

import { useAddress } from "../frame/address";
import { useList } from "../frame/lists";
import { CopyText } from "../kit/CopyText";
import { ListTable } from "../kit/DataTable";
import { When } from "../kit/Marks";
import { Facts, Nothing, Panel, Screen } from "../kit/Screen";
import type { AuditEntry } from "../wire";
import { Actor, Target } from "./AuditNames";
import { t } from "./texts";

interface Wanted {
  actor?: string;
  action?: string;
  target?: string;
}

export default function Audit() {
  const address = useAddress();
  const [form] = Form.useForm<Wanted>();
  const wanted = {
    actor: address.get("actor"),
    action: address.get("action"),
    target: address.get("target"),
  };
  const list = useList<AuditEntry>(["audit"], "/admin/audit", wanted);
  const filtered = Object.values(wanted).some(Boolean);
  const { actor, action, target } = wanted;
  useEffect(() => form.setFieldsValue({ actor, action, target }), [form, actor, action, target]);
  const only = (change: Wanted) => address.set({ ...change }, "push");
  return (
    <Screen title={t("audit")} lead={t("auditLead")}>
      <Form
        form={form}
        layout="inline"
        colon={false}
        requiredMark={false}
        className="filters"
        onFinish={(values) =>
          only({
            actor: values.actor?.trim(),
            action: values.action?.trim(),
            target: values.target?.trim(),
          })
        }
      >
        <Form.Item name="actor" label={t("actor")}>
          <Input allowClear placeholder={t("actorHint")} maxLength={100} />
        </Form.Item>
        <Form.Item name="action" label={t("action")}>
          <Input allowClear placeholder={t("actionHint")} maxLength={100} />
        </Form.Item>
        <Form.Item name="target" label={t("target")}>
          <Input allowClear placeholder={t("targetHint")} maxLength={200} />
        </Form.Item>
        <Button htmlType="submit" type="primary">
          {t("filter")}
        </Button>
        {filtered && (
          <Button type="link" onClick={() => only({ actor: "", action: "", target: "" })}>
            {t("clear")}
          </Button>
        )}
      </Form>
      <Panel flush>
        <ListTable
          name={t("audit")}
          list={list}
          id={(row) => row.id}
          empty={<Nothing title={filtered ? t("noEntriesFilter") : t("noEntries")} />}
          detail={(row) => <Entry of={row} only={only} />}
          columns={[
            { title: t("when"), nowrap: true, cell: (row) => <When at={row.at} exact /> },
            { title: t("who"), nowrap: true, cell: (row) => <Actor of={row} /> },
            {
              title: t("deed"),
              nowrap: true,
              cell: (row) => <code className="strong">{row.action}</code>,
            },
            { title: t("target"), nowrap: true, cell: (row) => <Target of={row} /> },
            {
              title: t("detail"),
              wide: true,
              cell: (row) => <code className="clip one faint">{brief(row.detail)}</code>,
            },
          ]}
        />
      </Panel>
    </Screen>
  );
}

/** One line of a detail: what fits into the table. */
function brief(detail: AuditEntry["detail"]): string {
  return Object.entries(detail ?? {})
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" · ");
}

function Entry({ of, only }: { of: AuditEntry; only: (change: Wanted) => void }) {
  const name = (value: string, what: string, change: Wanted) => (
    <>
      <CopyText text={value} what={what} />
      <Button type="link" size="small" onClick={() => only(change)}>
        {t("onlyThis")}
      </Button>
    </>
  );
  return (
    <div className="halves">
      <Facts
        of={[
          [t("actor"), name(of.actor, t("actor"), { actor: of.actor })],
          [t("action"), name(of.action, t("action"), { action: of.action })],
          [t("target"), name(of.target, t("target"), { target: of.target })],
          [t("ip"), of.ip || "–"],
          [
            t("request"),
            of.request_id ? <CopyText key="r" text={of.request_id} what={t("request")} /> : "–",
          ],
          [t("entry"), <CopyText key="e" text={of.id} what={t("entry")} />],
        ]}
      />
      <pre className="json">{JSON.stringify(of.detail, null, 2)}</pre>
    </div>
  );
}
