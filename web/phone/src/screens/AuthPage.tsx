import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError } from "../../../shared/api";
import { LOCALES, locale, setLocale, type Locale } from "../../../shared/i18n";
import { Button, errorText } from "../kit/Feedback";
import { Field } from "../kit/Fields";
import { api } from "../services";
import { t } from "../texts";
import { CodeField } from "./security/form";

/** As the host's limit, so that the user is told before sending. */
const PASSWORD_MIN = 8;

export function AuthPage(): JSX.Element {
  const [signingUp, setSigningUp] = useState(location.pathname === "/signup");
  return (
    <main class="auth">
      <div class="auth-box">
        <img src="/favicon.svg" alt="" width={64} height={64} />
        <h1>{signingUp ? t("signUpTitle") : t("logInTitle")}</h1>
        <AuthForm key={String(signingUp)} signingUp={signingUp} />
        <p class="auth-switch">
          {signingUp ? t("haveAccount") : t("noAccount")}{" "}
          <button type="button" class="link" onClick={() => setSigningUp(!signingUp)}>
            {signingUp ? t("logIn") : t("signUp")}
          </button>
        </p>
      </div>
      <LocalePicker />
    </main>
  );
}

interface Wrong {
  handle?: string;
  password?: string;
  name?: string;
}

function AuthForm({ signingUp }: { signingUp: boolean }): JSX.Element {
  const [handle, setHandle] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  // What the host asked for after the password was right.
  const [asked, setAsked] = useState<"" | "code" | "reopen">("");
  const [code, setCode] = useState("");
  const [wrong, setWrong] = useState<Wrong>({});
  const [refusal, setRefusal] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const check = (): Wrong => {
    const found: Wrong = {};
    if (!handle.trim()) found.handle = t("handleMissing");
    if (signingUp && !name.trim()) found.name = t("nameMissing");
    if (!password) found.password = t("passwordMissing");
    else if (signingUp && [...password].length < PASSWORD_MIN) {
      found.password = t("passwordShort", { count: PASSWORD_MIN });
    }
    return found;
  };
  const submit = async () => {
    const found = check();
    setWrong(found);
    setRefusal(null);
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    try {
      if (signingUp) await api.signUp(handle.trim(), password, name.trim());
      else {
        await api.logIn(handle.trim(), password, {
          code: code.trim() || undefined,
          reopen: asked === "reopen" || undefined,
        });
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.slug === "second-factor-needed") setAsked("code");
      if (error.slug === "account-closed") setAsked("reopen");
      const fields: Record<string, keyof Wrong> = {
        handle: "handle",
        password: "password",
        display_name: "name",
      };
      const field = signingUp && error.field !== null ? fields[error.field] : undefined;
      if (error.slug === "second-factor-needed") setRefusal(null);
      else if (field) setWrong({ [field]: errorText(error) });
      else setRefusal(!signingUp && error.status === 401 ? t("logInRefused") : errorText(error));
      setBusy(false);
    }
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {signingUp && (
        <Field
          label={t("displayName")}
          value={name}
          onValue={setName}
          error={wrong.name}
          autocomplete="name"
          maxLength={40}
          name="display_name"
        />
      )}
      <Field
        label={t("handle")}
        value={handle}
        onValue={setHandle}
        error={wrong.handle}
        hint={signingUp ? t("handleHint") : undefined}
        autocomplete="username"
        verbatim
        maxLength={30}
        name="handle"
      />
      <Field
        label={t("password")}
        type="password"
        value={password}
        onValue={setPassword}
        error={wrong.password}
        hint={signingUp ? t("passwordHint", { count: PASSWORD_MIN }) : undefined}
        autocomplete={signingUp ? "new-password" : "current-password"}
        name="password"
      />
      {asked !== "" && (asked === "code" || code !== "") && (
        <CodeField value={code} onValue={setCode} autoFocus />
      )}
      {refusal && (
        <p class="form-error" role="alert">
          {refusal}
        </p>
      )}
      <Button type="submit" busy={busy} class="wide">
        {signingUp ? t("signUp") : asked === "reopen" ? t("reopenAccount") : t("logIn")}
      </Button>
    </form>
  );
}

function LocalePicker(): JSX.Element {
  return (
    <div class="auth-locales" role="group" aria-label={t("language")}>
      {(Object.keys(LOCALES) as Locale[]).map((code) => (
        <button
          type="button"
          key={code}
          lang={code}
          aria-pressed={locale() === code}
          onClick={() => setLocale(code)}
        >
          {LOCALES[code]}
        </button>
      ))}
    </div>
  );
}
