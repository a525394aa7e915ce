import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError } from "../../../../shared/api";
import { Button, errorText } from "../../kit/Feedback";
import { Field } from "../../kit/Fields";
import { toast } from "../../kit/Overlays";
import { Page } from "../../kit/Page";
import { PinPad } from "../../kit/PinPad";
import { back } from "../../nav/routes";
import { currentUser, session } from "../../state/session";
import { useStore } from "../../state/store";
import { loadWallet, setPin } from "../../state/wallet";
import { api } from "../../services";
import type { User } from "../../../../shared/types";
import { t } from "../../texts";
import { isWeak } from "./weakPin";

type Step = "choose" | "repeat" | "password";

/** A PIN of its own page, because here the PIN is the aim: choose, repeat, confirm by password. */
export function PinPage(): JSX.Element {
  const hasPin = useStore(session, (state) => state.status === "in" && state.user.has_pin);
  const [title] = useState(hasPin ? t("changePin") : t("setPin"));
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
    <Page title={title} backTo="/wallet" fill>
      <div class="pin-page">
        {step === "password" ? (
          <PasswordStep pin={pin} onRefused={refuse} />
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
    </Page>
  );
}

function PasswordStep({
  pin,
  onRefused,
}: {
  pin: string;
  onRefused: (text: string) => void;
}): JSX.Element {
  const [password, setPassword] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    setWrong(null);
    try {
      await setPin(password, pin);
      session.set({ status: "in", user: await api.get<User>("/me") });
      void loadWallet();
      toast(t("pinSaved"), "check");
      back("/wallet");
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
