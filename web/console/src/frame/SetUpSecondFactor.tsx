// The set-up of a second factor, for those who can do nothing before it. Everything else about an
// account's security is in Teahouse itself, under Settings.

import { Button, Form, Input } from "antd";
import { type ReactNode, useState } from "react";

import type { FactorSetUp, Session } from "../../../shared/types";
import { CopyButton, CopyText } from "../kit/CopyText";
import { type Sending, useSending } from "../kit/form";
import { Qr } from "../kit/Qr";
import { Submit } from "../kit/Submit";
import { useTitle } from "./Frame";
import { api } from "./session";
import { t } from "./texts";

type Confirmed = Session & { recovery_codes: string[] };

export function SetUpSecondFactor() {
  useTitle(t("setUp"));
  const [setUp, setSetUp] = useState<FactorSetUp | null>(null);
  const [confirmed, setConfirmed] = useState<Confirmed | null>(null);
  return (
    <section className="start-page">
      <h1>{t("setUp")}</h1>
      {confirmed ? (
        <Codes of={confirmed} />
      ) : setUp ? (
        <Scan setUp={setUp} onConfirmed={setConfirmed} />
      ) : (
        <Proof onProven={setSetUp} />
      )}
      <p className="start-page-foot">
        <Button type="link" onClick={() => void api.logOut()}>
          {t("logOut")}
        </Button>
      </p>
    </section>
  );
}

const needed = () => [{ required: true, message: t("required") }];

interface StepProps<V> {
  sending: Sending<V>;
  lead: string;
  action: string;
  children: ReactNode;
}

function Step<V extends object>({ sending, lead, action, children }: StepProps<V>) {
  return (
    <Form
      form={sending.form}
      layout="vertical"
      requiredMark={false}
      onFinish={sending.send}
      size="large"
    >
      <p className="lead">{lead}</p>
      {children}
      <Submit sending={sending} block>
        {action}
      </Submit>
    </Form>
  );
}

function Proof({ onProven }: { onProven: (setUp: FactorSetUp) => void }) {
  const sending = useSending<{ password: string }>(async (values) =>
    onProven(await api.post<FactorSetUp>("/me/second-factor", values)),
  );
  return (
    <Step sending={sending} lead={t("setUpLead")} action={t("next")}>
      <Form.Item name="password" label={t("password")} rules={needed()}>
        <Input.Password autoComplete="current-password" autoFocus />
      </Form.Item>
    </Step>
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
    <Step sending={sending} lead={t("scanLead")} action={t("turnOn")}>
      <Qr text={setUp.url} label={t("qrCode")} />
      <p>
        {t("orType")} <CopyText text={setUp.secret} what={t("key")} />
      </p>
      <Form.Item name="code" label={t("firstCode")} rules={needed()}>
        <Input autoComplete="one-time-code" inputMode="numeric" autoFocus maxLength={12} />
      </Form.Item>
    </Step>
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
