import { App, Button, Form, Input, Radio } from "antd";
import { useLocation } from "wouter";

import { api, queries } from "../frame/session";
import { Fault } from "../kit/Fault";
import { useSending } from "../kit/form";
import { Panel, Screen } from "../kit/Screen";
import type { MemberAccount } from "../wire";
import { t } from "./texts";

type Values = Pick<MemberAccount, "handle" | "name" | "kind" | "description" | "welcome_text">;

export default function NewAccount() {
  const [, go] = useLocation();
  const { message } = App.useApp();
  const sending = useSending<Values>(async (values) => {
    const account = await api.post<MemberAccount>("/dev/accounts", values);
    await queries.invalidateQueries({ queryKey: ["accounts"] });
    void message.success(t("accountCreated"));
    go(`/accounts/${account.id}`);
  });
  const required = [{ required: true, message: t("required") }];
  return (
    <Screen
      title={t("newAccount")}
      lead={t("noAccountsLead")}
      trail={[{ to: "/", label: t("home") }]}
      narrow
    >
      <Panel>
        <Form
          form={sending.form}
          layout="vertical"
          onFinish={sending.send}
          initialValues={{ kind: "service" }}
        >
          <Form.Item name="handle" label={t("handle")} extra={t("handleHint")} rules={required}>
            <Input
              prefix="@"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              maxLength={64}
            />
          </Form.Item>
          <Form.Item name="name" label={t("name")} rules={required}>
            <Input maxLength={40} showCount />
          </Form.Item>
          <Form.Item name="kind" label={t("kind")} required>
            <Radio.Group
              className="choices"
              options={[
                { value: "service", label: <Choice name={t("service")} hint={t("serviceHint")} /> },
                {
                  value: "subscription",
                  label: <Choice name={t("subscription")} hint={t("subscriptionHint")} />,
                },
              ]}
            />
          </Form.Item>
          <Form.Item name="description" label={t("description")}>
            <Input.TextArea maxLength={500} showCount autoSize={{ minRows: 2, maxRows: 6 }} />
          </Form.Item>
          <Form.Item name="welcome_text" label={t("welcome")} extra={t("welcomeHint")}>
            <Input.TextArea maxLength={600} showCount autoSize={{ minRows: 2, maxRows: 6 }} />
          </Form.Item>
          {sending.error !== null && <Fault error={sending.error} />}
          <Button type="primary" htmlType="submit" loading={sending.busy}>
            {t("createAccount")}
          </Button>
        </Form>
      </Panel>
    </Screen>
  );
}

function Choice({ name, hint }: { name: string; hint: string }) {
  return (
    <span>
      {name} <span className="faint">{hint}</span>
    </span>
  );
}
