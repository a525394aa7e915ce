// The fields by which people know an app or an account. Their lengths are the host's limits.

import { Form, Input } from "antd";

import { t } from "./texts";

export function NameField({ autoFocus }: { autoFocus?: boolean }) {
  return (
    <Form.Item name="name" label={t("name")} rules={[{ required: true, message: t("required") }]}>
      <Input maxLength={40} showCount autoFocus={autoFocus} />
    </Form.Item>
  );
}

export function DescriptionField() {
  return (
    <Form.Item name="description" label={t("description")}>
      <Input.TextArea maxLength={500} showCount autoSize={{ minRows: 2, maxRows: 6 }} />
    </Form.Item>
  );
}

export function WelcomeField() {
  return (
    <Form.Item name="welcome_text" label={t("welcome")} extra={t("welcomeHint")}>
      <Input.TextArea maxLength={600} showCount autoSize={{ minRows: 2, maxRows: 6 }} />
    </Form.Item>
  );
}
