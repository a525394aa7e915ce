import { Button, Form, Input } from "antd";
import { useState } from "react";

import { ApiError } from "../../../shared/api";
import { Fault } from "../kit/Fault";
import { useTitle } from "./Frame";
import { api } from "./session";
import { t } from "./texts";

interface Credentials {
  handle: string;
  password: string;
  code?: string;
}

export default function LogIn() {
  useTitle(t("logIn"));
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [asksCode, setAsksCode] = useState(false);
  async function submit({ handle, password, code }: Credentials) {
    setBusy(true);
    setError(null);
    try {
      await api.logIn(handle.trim(), password, { code: code?.trim() || undefined });
    } catch (cause) {
      const asks = cause instanceof ApiError && cause.slug === "second-factor-needed";
      if (asks) setAsksCode(true);
      setError(asks ? null : cause);
    } finally {
      setBusy(false);
    }
  }
  const rules = [{ required: true, message: t("required") }];
  return (
    <section className="start-page">
      <h1>{t("logIn")}</h1>
      <p className="lead">{t("logInLead")}</p>
      <Form layout="vertical" requiredMark={false} onFinish={submit} size="large">
        <Form.Item name="handle" label={t("handle")} rules={rules}>
          <Input autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus />
        </Form.Item>
        <Form.Item name="password" label={t("password")} rules={rules}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        {asksCode && (
          <Form.Item name="code" label={t("code")} extra={t("codeHint")} rules={rules}>
            <Input autoComplete="one-time-code" autoCapitalize="none" autoFocus maxLength={24} />
          </Form.Item>
        )}
        {error !== null && <Fault error={error} />}
        <Button type="primary" htmlType="submit" block loading={busy}>
          {t("logIn")}
        </Button>
      </Form>
      <p className="start-page-foot">
        {t("noAccount")} <a href="/">{t("signUp")}</a>
      </p>
    </section>
  );
}
