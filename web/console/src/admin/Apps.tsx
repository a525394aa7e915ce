import { Button, Form, Input, Tag } from "antd";
import { useEffect, useState } from "react";

import { useAddress } from "../frame/address";
import { SearchField } from "../frame/Filters";
import { notify } from "../frame/Notices";
import { useList } from "../frame/lists";
import { api, queries } from "../frame/session";
import { CopyText } from "../kit/CopyText";
import { ListTable } from "../kit/DataTable";
import { FormDialog } from "../kit/FormDialog";
import { useSending } from "../kit/form";
import { Named, When } from "../kit/Marks";
import { Nothing, Panel, Screen } from "../kit/Screen";
import type { AdminApp } from "../wire";
import { useTakenDown } from "./data";
import { t } from "./texts";

interface Subject {
  id: string;
  name: string;
  disable: boolean;
}

export default function Apps() {
  const query = useAddress().get("query");
  const [subject, setSubject] = useState<Subject | null>(null);
  const list = useList<AdminApp>(["apps", "all"], "/admin/apps", { query });
  return (
    <Screen title={t("apps")} lead={t("appsLead")}>
      <TakenDownApps onRestore={setSubject} />
      <div className="filters">
        <SearchField label={t("search")} hint={t("searchHint")} />
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
                <Named url={row.icon_url} name={row.name} below={row.description}>
                  <strong dir="auto">{row.name}</strong>
                </Named>
              ),
            },
            { title: t("account"), nowrap: true, cell: (row) => <bdi>{row.account.name}</bdi> },
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
  // While the dialog fades out it still shows its last text.
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
    notify(shown.disable ? t("tookDown") : t("restored"));
  });
  const name = shown?.name ?? "";
  return (
    <FormDialog
      open={subject !== null}
      title={shown?.disable ? t("takeDownTitle", { name }) : t("restoreTitle", { name })}
      action={shown?.disable ? t("takeDown") : t("restore")}
      danger={shown?.disable}
      lead={shown?.disable ? t("takeDownLead") : t("restoreLead")}
      sending={sending}
      onClose={onClose}
    >
      <Form.Item
        name="reason"
        label={t("takeDownReason")}
        rules={[{ required: true, whitespace: true, message: t("required") }]}
      >
        <Input.TextArea maxLength={1000} autoSize={{ minRows: 2, maxRows: 6 }} />
      </Form.Item>
    </FormDialog>
  );
}
