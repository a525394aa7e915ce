import { App as AntApp, Button, Form, Input, Modal, Tag } from "antd";
import { useEffect, useState } from "react";

import { useAddress } from "../frame/address";
import { useList } from "../frame/lists";
import { api, queries } from "../frame/session";
import { CopyText } from "../kit/CopyText";
import { ListTable } from "../kit/DataTable";
import { Fault } from "../kit/Fault";
import { useSending } from "../kit/form";
import { Icon, When } from "../kit/Marks";
import { Nothing, Panel, Screen } from "../kit/Screen";
import type { AdminApp } from "../wire";
import { useTakenDown } from "./data";
import { t } from "./texts";

interface Subject {
  id: string;
  name: string;
  disable: boolean;
}

/** Typing waits this long before it asks. */
const SEARCH_AFTER_MS = 250;

export default function Apps() {
  const address = useAddress();
  const query = address.get("query");
  const [typed, setTyped] = useState(query);
  const [subject, setSubject] = useState<Subject | null>(null);
  const list = useList<AdminApp>(["apps", "all"], "/admin/apps", { query });
  const { set } = address;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `set` is made anew at each render and does the same
  useEffect(() => {
    if (typed === query) return;
    const timer = setTimeout(() => set({ query: typed.trim() }), SEARCH_AFTER_MS);
    return () => clearTimeout(timer);
  }, [typed, query]);
  return (
    <Screen title={t("apps")} lead={t("appsLead")}>
      <TakenDownApps onRestore={setSubject} />
      <div className="filters">
        <Input.Search
          allowClear
          className="search"
          aria-label={t("search")}
          placeholder={t("searchHint")}
          value={typed}
          maxLength={64}
          onChange={(event) => setTyped(event.target.value)}
          onSearch={(value) => set({ query: value.trim() })}
        />
      </div>
      <Panel flush>
        <ListTable
          name={t("apps")}
          list={list}
          id={(row) => row.id}
          empty={<Nothing title={query ? t("noAppsFound") : t("noApps")} />}
          columns={[
            {
              title: t("name"),
              wide: true,
              cell: (row) => (
                <span className="with-icon">
                  <Icon url={row.icon_url} name={row.name} size={28} />
                  <span>
                    <strong dir="auto">{row.name}</strong>
                    <div className="faint" dir="auto">
                      {row.description}
                    </div>
                  </span>
                </span>
              ),
            },
            { title: t("account"), cell: (row) => <bdi>{row.account.name}</bdi> },
            {
              title: t("live"),
              nowrap: true,
              cell: (row) =>
                row.disabled ? (
                  <Tag color="error">{t("takenDown")}</Tag>
                ) : row.released_version ? (
                  <Tag color="success">{row.released_version.version}</Tag>
                ) : (
                  "–"
                ),
            },
            { title: t("appId"), cell: (row) => <CopyText text={row.id} what={t("appId")} /> },
            {
              title: "",
              nowrap: true,
              cell: (row) => (
                <Button
                  size="small"
                  danger={!row.disabled}
                  onClick={() => setSubject({ id: row.id, name: row.name, disable: !row.disabled })}
                >
                  {row.disabled ? t("restore") : t("takeDown")}
                </Button>
              ),
            },
          ]}
        />
      </Panel>
      <Switching subject={subject} onClose={() => setSubject(null)} />
    </Screen>
  );
}

function TakenDownApps({ onRestore }: { onRestore: (subject: Subject) => void }) {
  const down = useTakenDown();
  if (down.items.length === 0) return null;
  return (
    <Panel title={t("takenDown")} flush>
      <ListTable
        name={t("takenDown")}
        list={down}
        id={(row) => row.id}
        columns={[
          { title: t("name"), nowrap: true, cell: (row) => <strong dir="auto">{row.name}</strong> },
          {
            title: t("takeDownReason"),
            wide: true,
            cell: (row) => <span dir="auto">{row.disabled_reason}</span>,
          },
          {
            title: t("who"),
            nowrap: true,
            cell: (row) => <bdi title={row.disabled_by}>{row.disabled_by_name || "–"}</bdi>,
          },
          { title: t("when"), nowrap: true, cell: (row) => <When at={row.disabled_at} /> },
          { title: t("appId"), cell: (row) => <CopyText text={row.id} what={t("appId")} /> },
          {
            title: "",
            nowrap: true,
            cell: (row) => (
              <Button
                size="small"
                onClick={() => onRestore({ id: row.id, name: row.name, disable: false })}
              >
                {t("restore")}
              </Button>
            ),
          },
        ]}
      />
    </Panel>
  );
}

function Switching({ subject, onClose }: { subject: Subject | null; onClose: () => void }) {
  const { message } = AntApp.useApp();
  // The dialog fades out with the words that it had.
  const [shown, setShown] = useState(subject);
  useEffect(() => {
    if (subject) setShown(subject);
  }, [subject]);
  const sending = useSending<{ reason: string }>(async ({ reason }) => {
    if (!shown) return;
    await api.put(`/admin/apps/${shown.id}/disabled`, {
      disabled: shown.disable,
      reason: reason.trim(),
    });
    await Promise.all(
      [["takendown"], ["apps"], ["audit"]].map((queryKey) =>
        queries.invalidateQueries({ queryKey }),
      ),
    );
    onClose();
    void message.success(shown.disable ? t("tookDown") : t("restored"));
  });
  const name = shown?.name ?? "";
  return (
    <Modal
      open={subject !== null}
      title={shown?.disable ? t("takeDownTitle", { name }) : t("restoreTitle", { name })}
      okText={shown?.disable ? t("takeDown") : t("restore")}
      cancelText={t("cancel")}
      okButtonProps={{ danger: shown?.disable }}
      confirmLoading={sending.busy}
      onOk={() => sending.form.submit()}
      onCancel={onClose}
      destroyOnHidden
    >
      <p>{shown?.disable ? t("takeDownLead") : t("restoreLead")}</p>
      <Form form={sending.form} layout="vertical" preserve={false} onFinish={sending.send}>
        <Form.Item
          name="reason"
          label={t("takeDownReason")}
          rules={[{ required: true, whitespace: true, message: t("required") }]}
        >
          <Input.TextArea maxLength={1000} autoSize={{ minRows: 2, maxRows: 6 }} />
        </Form.Item>
      </Form>
      {sending.error !== null && <Fault error={sending.error} />}
    </Modal>
  );
}
