import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../../../../shared/api";
import { formatAmount, parseAmount, plainAmount } from "../../../../shared/i18n";
import type { TopUp } from "../../../../shared/types";
import { uuid } from "../../../../shared/uuid";
import { Button, Spinner, errorText } from "../../kit/Feedback";
import { Icon } from "../../kit/Icon";
import { useStore } from "../../state/store";
import { getTopUp, loadWallet, startTopUp, walletStore } from "../../state/wallet";
import { t } from "../../texts";

/** Amounts one tap away, in whole units of the currency. */
const QUICK = ["50", "100", "200", "500"];
const POLL_MS = 800;
/** After this the page stops asking; the statement shows the money when it comes. */
const POLL_ROUNDS = 40;

interface Props {
  /** What is missing for a payment, in minor units: the amount to begin with. */
  missing?: number;
  /** The bank has answered, and the user has seen it. */
  onDone: () => void;
  /** Called as soon as the money is there, when something waits for it. */
  onSettled?: () => void;
}

/** Money from the bank: the amount, then the bank's answer. */
export function TopUpForm({ missing, onDone, onSettled }: Props): JSX.Element {
  const wallet = useStore(walletStore, (state) => state.wallet);
  const [typed, setTyped] = useState(() =>
    missing === undefined ? "" : plainAmount(missing, wallet?.currency ?? "CNY"),
  );
  const [topUp, setTopUp] = useState<TopUp | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  // One key per intent: a repeated tap or a retry after a lost answer is the same top-up.
  const key = useRef(uuid());
  useEffect(() => {
    if (!wallet) void loadWallet();
  }, []);

  const currency = wallet?.currency ?? "CNY";
  const amount = parseAmount(typed, currency);
  const change = (text: string) => {
    // Characters that cannot belong to an amount are left out: a second point, a third decimal, a letter.
    const clean = text.replace(/^[.,]/, "0.").replace(/^0+(?=\d)/, "");
    if (clean !== "" && parseAmount(clean, currency) === null) return;
    key.current = uuid();
    setRefusal(null);
    setTyped(clean);
  };
  const submit = async () => {
    if (!amount) {
      setRefusal(t("amountMissing"));
      return;
    }
    setBusy(true);
    setRefusal(null);
    try {
      setTopUp(await startTopUp(amount, currency, key.current));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setRefusal(errorText(error));
    } finally {
      setBusy(false);
    }
  };
  if (topUp) {
    return (
      <TopUpResult
        topUp={topUp}
        onDone={onDone}
        onSettled={onSettled}
        onAgain={() => {
          // A refused top-up is over; another try is another top-up.
          key.current = uuid();
          setTopUp(null);
        }}
      />
    );
  }
  return (
    <form
      class="amount-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div class="amount-card">
        <p class="bank-line">
          <Icon name="bank" size={20} />
          {t("sandboxBank")}
        </p>
        <label class="amount-label" for="top-up-amount">
          {t("amount")}
        </label>
        <div class="amount-field">
          <span aria-hidden="true">{currencySign(currency)}</span>
          <input
            id="top-up-amount"
            inputMode="decimal"
            autocomplete="off"
            value={typed}
            aria-invalid={refusal ? "true" : undefined}
            aria-describedby={refusal ? "top-up-error" : undefined}
            onInput={(event) => {
              const input = event.currentTarget;
              change(input.value);
              // A refused key changes no state, so the field must be put back by hand.
              if (parseAmount(input.value, currency) === null && input.value !== "")
                input.value = typed;
            }}
            data-testid="top-up-amount"
          />
        </div>
        <div class="quick" role="group" aria-label={t("quickAmounts")}>
          {QUICK.map((quick) => (
            <button
              type="button"
              key={quick}
              aria-pressed={typed === quick}
              onClick={() => change(quick)}
            >
              {formatAmount(parseAmount(quick, currency) ?? 0, currency).replace(/[.,]00$/, "")}
            </button>
          ))}
        </div>
        {refusal && (
          <p class="field-error" id="top-up-error" role="alert">
            {refusal}
          </p>
        )}
      </div>
      <Button type="submit" class="wide" busy={busy} disabled={!amount}>
        {t("topUp")}
      </Button>
      <p class="cells-note">{t("sandboxNote")}</p>
    </form>
  );
}

function currencySign(currency: string): string {
  return formatAmount(0, currency).replace(/[\d.,\s]/g, "");
}

/** "late": the bank has not said, and the page has stopped asking. */
type Outcome = "waiting" | "done" | "failed" | "late";

const OUTCOMES: Record<TopUp["state"], Outcome> = {
  pending: "waiting",
  settled: "done",
  refused: "failed",
};

interface ResultProps {
  topUp: TopUp;
  onDone: () => void;
  onSettled?: () => void;
  onAgain: () => void;
}

function TopUpResult({ topUp, onDone, onSettled, onAgain }: ResultProps): JSX.Element {
  const [outcome, setOutcome] = useState<Outcome>(OUTCOMES[topUp.state]);
  useEffect(() => {
    if (OUTCOMES[topUp.state] !== "waiting") return;
    let rounds = 0;
    let timer: ReturnType<typeof setTimeout>;
    const ask = async () => {
      let next: Outcome = "waiting";
      try {
        next = OUTCOMES[(await getTopUp(topUp.id)).state];
      } catch (error) {
        // A lost answer says nothing about the money: ask again.
        if (!(error instanceof ApiError)) throw error;
      }
      if (next === "waiting" && ++rounds >= POLL_ROUNDS) next = "late";
      setOutcome(next);
      if (next === "waiting") timer = setTimeout(() => void ask(), POLL_MS);
    };
    timer = setTimeout(() => void ask(), POLL_MS);
    return () => clearTimeout(timer);
  }, [topUp.id]);
  useEffect(() => {
    if (outcome === "waiting") return;
    void loadWallet().then(() => outcome === "done" && onSettled?.());
  }, [outcome]);

  const text = {
    waiting: t("topUpWaiting"),
    done: t("topUpDone"),
    failed: t("topUpFailed"),
    late: t("topUpLate"),
  }[outcome];
  return (
    <div class="result" role="status" data-testid="top-up-result" data-outcome={outcome}>
      <span class={`result-mark ${outcome}`}>
        {outcome === "waiting" ? (
          <Spinner />
        ) : (
          <Icon
            name={outcome === "done" ? "check" : outcome === "failed" ? "close" : "info"}
            size={40}
          />
        )}
      </span>
      <p class="result-text">{text}</p>
      <bdi class="result-amount">{formatAmount(topUp.amount, topUp.currency)}</bdi>
      {outcome !== "waiting" && <Button onClick={onDone}>{t("done")}</Button>}
      {outcome === "failed" && (
        <Button kind="plain" onClick={onAgain}>
          {t("tryAgain")}
        </Button>
      )}
    </div>
  );
}
