import { Form, Input, Radio } from "antd";
import { useLocation } from "wouter";

import { api, queries } from "../frame/session";
import { notify } from "../frame/Notices";
import { useSending } from "../kit/form";
import { Panel, Screen } from "../kit/Screen";
import { Submit } from "../kit/Submit";
import type { MemberAccount } from "../wire";
import { DescriptionField, NameField, WelcomeField } from "./ProfileFields";
import { t } from "./texts";

type Values = Pick<MemberAccount, "handle" | "name" | "kind" | "description" | "welcome_text">;

export default function NewAccount() {
  const [, go] = useLocation();
  const sending = useSending<Values>(async (values) => {
    const account = await api.post<MemberAccount>("/dev/accounts", values);
    await queries.invalidateQueries({ queryKey: ["accounts"] });
    notify(t("accountCreated"));
    go(`/accounts/${account.id}`);
  });
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
          <Form.Item
            name="handle"
            label={t("handle")}
            extra={t("handleHint")}
            rules={[{ required: true, message: t("required") }]}
          >
            <Input
              prefix="@"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              maxLength={64}
            />
          </Form.Item>
          <NameField />
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
          <DescriptionField />
          <WelcomeField />
          <Submit sending={sending}>{t("createAccount")}</Submit>
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
