import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError } from "../../../../shared/api";
import type { User } from "../../../../shared/types";
import { Button, errorText } from "../../kit/Feedback";
import { Field } from "../../kit/Fields";
import { PinPad } from "../../kit/PinPad";
import { api } from "../../services";
import { currentUser, session } from "../../state/session";
import { loadWallet, setPin } from "../../state/wallet";
import { t } from "../../texts";
import { isWeak } from "./weakPin";

type Step = "choose" | "repeat" | "password";

/** Chooses a payment PIN: choose, repeat, confirm by password. A forgotten one is replaced the same way. */
export function PinSetup({ onDone }: { onDone: () => void }): JSX.Element {
  const [step, setStep] = useState<Step>("choose");
  const [pin, setPinDigits] = useState("");
  const [repeated, setRepeated] = useState("");
  const [failures, setFailures] = useState(0);
  const [hint, setHint] = useState<string | null>(null);

  const refuse = (text: string) => {
    setHint(text);
    setFailures((count) => count + 1);
    setPinDigits("");
    setRepeated("");
    setStep("choose");
  };
  const chosen = (value: string) => {
    setPinDigits(value);
    if (isWeak(value)) {
      refuse(t("pinWeak"));
      return;
    }
    setHint(null);
    setStep("repeat");
  };
  const again = (value: string) => {
    if (value === pin) setStep("password");
    else refuse(t("pinDiffers"));
  };
  return (
    <div class="pin-page">
      {step === "password" ? (
        <PasswordStep pin={pin} onRefused={refuse} onDone={onDone} />
      ) : (
        <>
          <h2>{step === "choose" ? t("pinChoose") : t("pinRepeat")}</h2>
          <p class="cell-detail">{t("pinPurpose")}</p>
          {hint && (
            <p class="field-error" role="alert">
              {hint}
            </p>
          )}
          {step === "choose" ? (
            <PinPad
              key="choose"
              label={t("pinChoose")}
              value={pin}
              onValue={setPinDigits}
              onComplete={chosen}
              shake={failures}
            />
          ) : (
            <PinPad
              key="repeat"
              label={t("pinRepeat")}
              value={repeated}
              onValue={setRepeated}
              onComplete={again}
            />
          )}
        </>
      )}
    </div>
  );
}

function PasswordStep({
  pin,
  onRefused,
  onDone,
}: {
  pin: string;
  onRefused: (text: string) => void;
  onDone: () => void;
}): JSX.Element {
  const [password, setPassword] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    setWrong(null);
    try {
      await setPin(password, pin);
      session.set({ status: "in", user: await api.get<User>("/me"), mustSetUp: false });
      await loadWallet();
      onDone();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setBusy(false);
      if (error.slug.includes("pin")) onRefused(errorText(error));
      else setWrong(errorText(error));
    }
  };
  return (
    <form
      class="pin-password"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <h2>{t("confirmItIsYou")}</h2>
      <p class="cell-detail">{t("confirmItIsYouText")}</p>
      <input type="text" autocomplete="username" value={currentUser()?.handle} hidden readOnly />
      <Field
        label={t("password")}
        type="password"
        value={password}
        onValue={setPassword}
        error={wrong}
        autocomplete="current-password"
        autoFocus
      />
      <Button type="submit" class="wide" busy={busy} disabled={!password}>
        {t("save")}
      </Button>
    </form>
  );
}
