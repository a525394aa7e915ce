// What the forms of this room share: one way to send, one field for codes.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError } from "../../../../shared/api";
import { errorText } from "../../kit/Feedback";
import { Field } from "../../kit/Fields";
import { t } from "../../texts";

export interface Sending {
  busy: boolean;
  /** What was refused, by the name of the field. */
  wrong: Record<string, string | undefined>;
  /** What could not be said at a field. */
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
