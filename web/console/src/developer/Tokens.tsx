import { PlusOutlined } from "@ant-design/icons";
import { Button, Form, Input, Modal, Select } from "antd";
import { useState } from "react";

import { useList } from "../frame/lists";
import { notify } from "../frame/Notices";
import { api, queries } from "../frame/session";
import { Command } from "../kit/CopyText";
import { ListTable } from "../kit/DataTable";
import { Fault } from "../kit/Fault";
import { FormDialog } from "../kit/FormDialog";
import { useSending } from "../kit/form";
import { When } from "../kit/Marks";
import { Nothing, Panel, Screen } from "../kit/Screen";
import { Secret } from "../kit/Secret";
import type { ApiToken } from "../wire";
import { t } from "./texts";
import { COMMAND_LINE } from "./UploadCommand";

const DAYS = [30, 90, 365];

export default function Tokens() {
  const [modal, modalHolder] = Modal.useModal();
  const [making, setMaking] = useState(false);
  const [token, setToken] = useState<string | null>(null);
  const list = useList<ApiToken>(["tokens"], "/me/api-tokens");
  const revoke = (row: ApiToken) => {
    const answer = modal.confirm({
      title: t("revokeAsk"),
      content: `${row.name}: ${t("revokeLead")}`,
      okText: t("revoke"),
      okButtonProps: { danger: true },
      onOk: async () => {
        try {
          await api.delete(`/me/api-tokens/${row.id}`);
        } catch (error) {
          answer.update({ content: <Fault error={error} /> });
          throw error;
        }
        await queries.invalidateQueries({ queryKey: ["tokens"] });
        notify(t("revoked"));
      },
    });
  };
  return (
    <Screen
      title={t("tokens")}
      lead={t("tokensLead")}
      actions={
        <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setMaking(true)}>
          {t("newToken")}
        </Button>
      }
    >
      {modalHolder}
      <Panel flush>
        <ListTable
          name={t("tokens")}
          list={list}
          id={(row) => row.id}
          empty={<Nothing title={t("noTokens")} lead={t("noTokensLead")} />}
          columns={[
            {
              title: t("tokenName"),
              wide: true,
              cell: (row) => <strong dir="auto">{row.name}</strong>,
            },
            { title: t("token"), nowrap: true, cell: (row) => <code>tea_pat_…{row.hint}</code> },
            { title: t("created"), nowrap: true, cell: (row) => <When at={row.created_at} /> },
            {
              title: t("lastUsed"),
              nowrap: true,
              cell: (row) =>
                row.last_used_at ? (
                  <When at={row.last_used_at} />
                ) : (
                  <span className="faint">{t("never")}</span>
                ),
            },
            { title: t("expires"), nowrap: true, cell: (row) => <When at={row.expires_at} /> },
            {
              title: "",
              nowrap: true,
              cell: (row) => (
                <Button size="small" danger onClick={() => revoke(row)}>
                  {t("revoke")}
                </Button>
              ),
            },
          ]}
        />
      </Panel>
      <NewToken open={making} onClose={() => setMaking(false)} onMade={setToken} />
      <Secret
        title={t("keepToken")}
        of={token === null ? null : [[t("token"), token]]}
        onKept={() => setToken(null)}
      >
        <p>{t("tokenUse")}</p>
        <Command
          text={`${COMMAND_LINE} login --url ${location.origin} --token ${token ?? ""}`}
          what={t("loginCommand")}
        />
      </Secret>
    </Screen>
  );
}

interface NewTokenProps {
  open: boolean;
  onClose: () => void;
  onMade: (token: string) => void;
}

function NewToken({ open, onClose, onMade }: NewTokenProps) {
  const sending = useSending<{ name: string; expires_in_days: number }>(async (values) => {
    const made = await api.post<ApiToken & { token: string }>("/me/api-tokens", values);
    onClose();
    onMade(made.token);
    await queries.invalidateQueries({ queryKey: ["tokens"] });
  });
  return (
    <FormDialog
      open={open}
      title={t("newToken")}
      action={t("createToken")}
      sending={sending}
      initialValues={{ expires_in_days: 90 }}
      onClose={onClose}
    >
      <Form.Item
        name="name"
        label={t("tokenName")}
        rules={[{ required: true, message: t("required") }]}
      >
        <Input maxLength={100} placeholder={t("tokenNameHint")} />
      </Form.Item>
      <Form.Item name="expires_in_days" label={t("expires")} required>
        <Select options={DAYS.map((days) => ({ value: days, label: t("inDays", { days }) }))} />
      </Form.Item>
    </FormDialog>
  );
}
