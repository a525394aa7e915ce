// What the forms of this folder share: how they send, a field for codes, and the proof that the owner asks.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError } from "../../../../shared/api";
import { Button, errorText } from "../../kit/Feedback";
import { Field } from "../../kit/Fields";
import { t } from "../../texts";

export interface Sending {
  busy: boolean;
  /** What was refused, by the name of the field. */
  wrong: Record<string, string | undefined>;
  /** An error that belongs to no field. */
  refusal: string | null;
  send: (act: () => Promise<void>) => void;
}

/** Sends once at a time; a refusal goes to its field when the form has it. */
export function useSending(fields: string[]): Sending {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<Sending["wrong"]>({});
  const [refusal, setRefusal] = useState<string | null>(null);
  const run = async (act: () => Promise<void>) => {
    setBusy(true);
    setWrong({});
    setRefusal(null);
    try {
      await act();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // The host knows a password by one name; a form may have two of them.
      const field = error.slug === "bad-password" ? "new_password" : error.field;
      const known = field !== null && [...fields, "password"].includes(field);
      if (known) setWrong({ [field]: errorText(error) });
      else setRefusal(errorText(error));
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    wrong,
    refusal,
    send: (act) => {
      if (!busy) void run(act);
    },
  };
}

export function FormError({ text }: { text: string | null }): JSX.Element | null {
  if (text === null) return null;
  return (
    <p class="form-error" role="alert">
      {text}
    </p>
  );
}

interface CodeFieldProps {
  value: string;
  onValue: (value: string) => void;
  error?: string;
  autoFocus?: boolean;
}

/** The code of an authenticator, or a recovery code. */
export function CodeField(props: CodeFieldProps): JSX.Element {
  return (
    <Field
      label={t("code")}
      hint={t("codeHint")}
      value={props.value}
      onValue={props.onValue}
      error={props.error}
      autocomplete="one-time-code"
      autoFocus={props.autoFocus}
      verbatim
      maxLength={24}
      name="code"
    />
  );
}

interface ProofProps {
  lead?: string;
  action: string;
  /** Whether a code of the present second factor is asked for too. */
  code: boolean;
  danger?: boolean;
  send: (proof: { password: string; code?: string }) => Promise<void>;
}

/** The password and a code prove that the owner asks, and not another person with the owner's phone. */
export function Proof(props: ProofProps): JSX.Element {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const form = useSending(["password", "code"]);
  return (
    <form
      class="plain-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        form.send(() => props.send({ password, code: code || undefined }));
      }}
    >
      {props.lead && <p class="factor-lead">{props.lead}</p>}
      <Field
        label={t("password")}
        type="password"
        value={password}
        onValue={setPassword}
        error={form.wrong.password}
        autocomplete="current-password"
        name="password"
      />
      {props.code && <CodeField value={code} onValue={setCode} error={form.wrong.code} />}
      <FormError text={form.refusal} />
      <Button
        type="submit"
        kind={props.danger ? "danger" : "primary"}
        class="wide"
        busy={form.busy}
        disabled={!password || (props.code && !code.trim())}
      >
        {props.action}
      </Button>
    </form>
  );
}
