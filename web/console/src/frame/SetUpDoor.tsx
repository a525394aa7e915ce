// The set-up of a second factor, for those who can do nothing before it. Everything else about an
// account's security is in Teahouse itself, under Settings.

import { Button, Form, Input } from "antd";
import { useState } from "react";

import type { FactorSetUp, Session } from "../../../shared/types";
import { CopyButton, CopyText } from "../kit/CopyText";
import { Fault } from "../kit/Fault";
import { useSending } from "../kit/form";
import { Qr } from "../kit/Qr";
import { useTitle } from "./Frame";
import { api } from "./session";
import { t } from "./texts";

type Confirmed = Session & { recovery_codes: string[] };

export function SetUpDoor() {
  useTitle(t("setUp"));
  const [setUp, setSetUp] = useState<FactorSetUp | null>(null);
  const [confirmed, setConfirmed] = useState<Confirmed | null>(null);
  return (
    <section className="door">
      <h1>{t("setUp")}</h1>
      {confirmed ? (
        <Codes of={confirmed} />
      ) : setUp ? (
        <Scan setUp={setUp} onConfirmed={setConfirmed} />
      ) : (
        <Proof onProven={setSetUp} />
      )}
      <p className="door-foot">
        <Button type="link" onClick={() => void api.logOut()}>
          {t("logOut")}
        </Button>
      </p>
    </section>
  );
}

const needed = () => [{ required: true, message: t("required") }];

function Proof({ onProven }: { onProven: (setUp: FactorSetUp) => void }) {
  const sending = useSending<{ password: string }>(async (values) =>
    onProven(await api.post<FactorSetUp>("/me/second-factor", values)),
  );
  return (
    <Form
      form={sending.form}
      layout="vertical"
      requiredMark={false}
      onFinish={sending.send}
      size="large"
    >
      <p className="lead">{t("setUpLead")}</p>
      <Form.Item name="password" label={t("password")} rules={needed()}>
        <Input.Password autoComplete="current-password" autoFocus />
      </Form.Item>
      {sending.error !== null && <Fault error={sending.error} />}
      <Button type="primary" htmlType="submit" block loading={sending.busy}>
        {t("next")}
      </Button>
    </Form>
  );
}

interface ScanProps {
  setUp: FactorSetUp;
  onConfirmed: (answer: Confirmed) => void;
}

function Scan({ setUp, onConfirmed }: ScanProps) {
  const sending = useSending<{ code: string }>(async (values) =>
    onConfirmed(await api.post<Confirmed>("/me/second-factor/confirm", values)),
  );
  return (
    <Form
      form={sending.form}
      layout="vertical"
      requiredMark={false}
      onFinish={sending.send}
      size="large"
    >
      <p className="lead">{t("scanLead")}</p>
      <Qr text={setUp.url} label={t("qrCode")} />
      <p>
        {t("orType")} <CopyText text={setUp.secret} what={t("key")} />
      </p>
      <Form.Item name="code" label={t("firstCode")} rules={needed()}>
        <Input autoComplete="one-time-code" inputMode="numeric" autoFocus maxLength={12} />
      </Form.Item>
      {sending.error !== null && <Fault error={sending.error} />}
      <Button type="primary" htmlType="submit" block loading={sending.busy}>
        {t("turnOn")}
      </Button>
    </Form>
  );
}

function Codes({ of }: { of: Confirmed }) {
  return (
    <>
      <p className="lead">{t("recoveryLead")}</p>
      <ul className="recovery-codes">
        {of.recovery_codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <p>
        <CopyButton text={of.recovery_codes.join("\n")} what={t("recoveryCodes")} labelled />
      </p>
      <Button type="primary" size="large" block onClick={() => api.adopt(of)}>
        {t("codesKept")}
      </Button>
    </>
  );
}
