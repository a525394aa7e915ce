// Setting up, replacing and turning off the second factor, and its recovery codes.

import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { renderSVG } from "uqr";
import type { FactorSetUp, Security, Session } from "../../../../shared/types";
import { Button, ErrorBlock, SkeletonRows } from "../../kit/Feedback";
import { Field } from "../../kit/Fields";
import { toast } from "../../kit/Overlays";
import { Page } from "../../kit/Page";
import { useLoad } from "../../kit/useLoad";
import { api } from "../../services";
import { t } from "../../texts";
import { FormError, Proof, useSending } from "./form";

export function FactorPage(): JSX.Element {
  const { value, error, reload } = useLoad("security", (signal) =>
    api.get<Security>("/me/security", undefined, signal),
  );
  const [doing, setDoing] = useState<"" | "set" | "codes" | "remove">("");
  const done = () => {
    setDoing("");
    reload();
  };
  return (
    <Page title={t("secondFactor")} backTo="/settings/security">
      {error && !value ? (
        <ErrorBlock error={error} retry={reload} />
      ) : !value ? (
        <SkeletonRows count={3} />
      ) : !value.second_factor || doing === "set" ? (
        <SetUp replaces={value.second_factor} onDone={done} />
      ) : doing === "codes" ? (
        <NewCodes onDone={done} />
      ) : doing === "remove" ? (
        <Remove onDone={done} />
      ) : (
        <section class="plain-form factor-state">
          <p>{t("factorOn")}</p>
          <p class={value.recovery_codes < 3 ? "form-error" : "field-hint"}>
            {t("codesLeft", { count: value.recovery_codes })}
          </p>
          <Button class="wide" onClick={() => setDoing("codes")}>
            {t("newCodes")}
          </Button>
          <Button kind="plain" class="wide" onClick={() => setDoing("set")}>
            {t("replaceFactor")}
          </Button>
          {value.second_factor_required ? (
            <p class="field-hint">{t("factorRequired")}</p>
          ) : (
            <Button kind="danger" class="wide" onClick={() => setDoing("remove")}>
              {t("removeFactor")}
            </Button>
          )}
        </section>
      )}
    </Page>
  );
}

/** The page for a person who must set up a second factor before anything else. */
export function SetUpSecondFactor(): JSX.Element {
  return (
    <main class="auth">
      <div class="auth-box">
        <img src="/favicon.svg" alt="" width={64} height={64} />
        <h1>{t("factorNeeded")}</h1>
        <p class="start-page-lead">{t("factorNeededText")}</p>
        <SetUp replaces={false} onDone={() => undefined} />
        <p class="auth-switch">
          <button type="button" class="link" onClick={() => void api.logOut()}>
            {t("logOut")}
          </button>
        </p>
      </div>
    </main>
  );
}

type Confirmed = Session & { recovery_codes: string[] };

/** Password, then the QR code and the first code, then the recovery codes. */
function SetUp({ replaces, onDone }: { replaces: boolean; onDone: () => void }): JSX.Element {
  const [setUp, setSetUp] = useState<FactorSetUp | null>(null);
  const [confirmed, setConfirmed] = useState<Confirmed | null>(null);
  if (confirmed) {
    return (
      <Codes
        codes={confirmed.recovery_codes}
        onKept={() => {
          // Only now: the new session may take this screen away.
          api.adopt(confirmed);
          toast(t("factorSet"), "check");
          onDone();
        }}
      />
    );
  }
  if (setUp) return <Scan setUp={setUp} onConfirmed={setConfirmed} />;
  return (
    <Proof
      lead={t("factorLead")}
      action={t("continue")}
      code={replaces}
      send={async (proof) => setSetUp(await api.post<FactorSetUp>("/me/second-factor", proof))}
    />
  );
}

interface ScanProps {
  setUp: FactorSetUp;
  onConfirmed: (answer: Confirmed) => void;
}

function Scan({ setUp, onConfirmed }: ScanProps): JSX.Element {
  const [code, setCode] = useState("");
  const form = useSending(["code"]);
  const picture = useMemo(
    () => `data:image/svg+xml,${encodeURIComponent(renderSVG(setUp.url, { border: 2 }))}`,
    [setUp.url],
  );
  const copy = () => {
    void navigator.clipboard.writeText(setUp.secret).then(() => toast(t("copied"), "check"));
  };
  return (
    <form
      class="plain-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        form.send(async () =>
          onConfirmed(await api.post<Confirmed>("/me/second-factor/confirm", { code })),
        );
      }}
    >
      <p>{t("scanLead")}</p>
      <img class="factor-qr" src={picture} alt={t("qrCode")} width={200} height={200} />
      <p class="field-hint">{t("scanOrType")}</p>
      <p class="factor-secret">
        <code>{setUp.secret.replace(/(.{4})/g, "$1 ").trim()}</code>
        <button type="button" class="link" onClick={copy}>
          {t("copy")}
        </button>
        <a class="link" href={setUp.url}>
          {t("openAuthenticator")}
        </a>
      </p>
      <Field
        label={t("firstCode")}
        value={code}
        onValue={setCode}
        error={form.wrong.code}
        autocomplete="one-time-code"
        verbatim
        maxLength={12}
        name="code"
      />
      <FormError text={form.refusal} />
      <Button type="submit" class="wide" busy={form.busy} disabled={!code.trim()}>
        {t("turnOn")}
      </Button>
    </form>
  );
}

function Codes({ codes, onKept }: { codes: string[]; onKept: () => void }): JSX.Element {
  const copy = () => {
    void navigator.clipboard.writeText(codes.join("\n")).then(() => toast(t("copied"), "check"));
  };
  return (
    <section class="plain-form">
      <h2 class="factor-title">{t("recoveryCodes")}</h2>
      <p>{t("recoveryLead")}</p>
      <ul class="factor-codes" data-testid="recovery-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <Button kind="plain" class="wide" onClick={copy}>
        {t("copy")}
      </Button>
      <Button class="wide" onClick={onKept}>
        {t("codesKept")}
      </Button>
    </section>
  );
}

function NewCodes({ onDone }: { onDone: () => void }): JSX.Element {
  const [codes, setCodes] = useState<string[] | null>(null);
  if (codes) return <Codes codes={codes} onKept={onDone} />;
  return (
    <Proof
      lead={t("newCodesLead")}
      action={t("newCodes")}
      code
      send={async (proof) => {
        const made = await api.post<{ recovery_codes: string[] }>("/me/recovery-codes", proof);
        setCodes(made.recovery_codes);
      }}
    />
  );
}

function Remove({ onDone }: { onDone: () => void }): JSX.Element {
  return (
    <Proof
      lead={t("removeLead")}
      action={t("removeFactor")}
      code
      danger
      send={async (proof) => {
        await api.post("/me/second-factor/remove", proof);
        toast(t("factorRemoved"), "check");
        onDone();
      }}
    />
  );
}
