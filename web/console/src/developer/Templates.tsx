import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Form, Input, Tag } from "antd";
import { useState } from "react";

import { useList } from "../frame/lists";
import { notify } from "../frame/Notices";
import { api, queries } from "../frame/session";
import { CopyText } from "../kit/CopyText";
import { ListTable } from "../kit/DataTable";
import { FormDialog } from "../kit/FormDialog";
import { useSending } from "../kit/form";
import { When } from "../kit/Marks";
import { Nothing, Panel, Screen } from "../kit/Screen";
import type { DevApp, Template } from "../wire";
import { t } from "./texts";

/** The host takes no more fields in one template. */
const MAX_FIELDS = 10;

export default function Templates({ app }: { app: DevApp }) {
  const [making, setMaking] = useState(false);
  const list = useList<Template>(["app", app.id, "templates"], `/dev/apps/${app.id}/templates`);
  const button = (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setMaking(true)}>
      {t("newTemplate")}
    </Button>
  );
  return (
    <Screen title={t("templates")} lead={t("templatesLead")} actions={button}>
      <Panel flush>
        <ListTable
          name={t("templates")}
          list={list}
          id={(row) => row.id}
          empty={<Nothing title={t("noTemplates")} lead={t("noTemplatesLead")} />}
          columns={[
            {
              title: t("title"),
              nowrap: true,
              cell: (row) => <strong dir="auto">{row.title}</strong>,
            },
            {
              title: t("fields"),
              wide: true,
              cell: (row) => (
                <span className="codes">
                  {row.fields.map((field) => (
                    <Tag key={field.key}>
                      <code>{field.key}</code> <bdi>{field.label}</bdi>
                    </Tag>
                  ))}
                </span>
              ),
            },
            {
              title: t("templateIdTitle"),
              cell: (row) => <CopyText text={row.id} what={t("templateId")} short />,
            },
            { title: t("created"), nowrap: true, cell: (row) => <When at={row.created_at} /> },
          ]}
        />
      </Panel>
      <NewTemplate app={app} open={making} onClose={() => setMaking(false)} />
    </Screen>
  );
}

type Values = Pick<Template, "title" | "fields">;

function NewTemplate({ app, open, onClose }: { app: DevApp; open: boolean; onClose: () => void }) {
  const sending = useSending<Values>(async (values) => {
    await api.post<Template>(`/dev/apps/${app.id}/templates`, values);
    await queries.invalidateQueries({ queryKey: ["app", app.id, "templates"] });
    onClose();
    notify(t("templateCreated"));
  });
  const required = { required: true, message: t("required") };
  return (
    <FormDialog
      open={open}
      title={t("newTemplate")}
      action={t("createTemplate")}
      sending={sending}
      initialValues={{ fields: [{ key: "", label: "" }] }}
      onClose={onClose}
    >
      <Form.Item name="title" label={t("title")} rules={[required]}>
        <Input maxLength={30} showCount />
      </Form.Item>
      <Form.List name="fields">
        {(fields, { add, remove }) => (
          <>
            {fields.map(({ key, name }) => (
              <div key={key} className="field-row">
                <Form.Item
                  name={[name, "key"]}
                  label={t("key", { n: name + 1 })}
                  rules={[required, { pattern: /^[a-z][a-z0-9_]*$/, message: t("keyRule") }]}
                >
                  <Input maxLength={32} spellCheck={false} autoCapitalize="none" />
                </Form.Item>
                <Form.Item
                  name={[name, "label"]}
                  label={t("label", { n: name + 1 })}
                  rules={[required]}
                >
                  <Input maxLength={30} />
                </Form.Item>
                <Button
                  type="text"
                  className="beside-fields"
                  disabled={fields.length === 1}
                  aria-label={t("removeField", { n: name + 1 })}
                  icon={<DeleteOutlined />}
                  onClick={() => remove(name)}
                />
              </div>
            ))}
            <Button
              type="dashed"
              block
              icon={<PlusOutlined aria-hidden />}
              disabled={fields.length >= MAX_FIELDS}
              onClick={() => add({ key: "", label: "" })}
            >
              {t("addField")}
            </Button>
          </>
        )}
      </Form.List>
    </FormDialog>
  );
}
