// The payment sheet. The host draws it and the host asks: the app only named an order, and what is
// shown here is what the server says about that order.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../../../../shared/api";
import { formatAmount } from "../../../../shared/i18n";
import type { Order, Wallet } from "../../../../shared/types";
import { uuid } from "../../../../shared/uuid";
import { Icon } from "../../kit/Icon";
import { PinPad } from "../../kit/PinPad";
import { api } from "../../services";
import { ORDER_POLL_MS, ORDER_POLLS } from "../limits";
import { t } from "../texts";
import { Sheet } from "./Sheet";

type Step =
  | { at: "pin"; error: string }
  | { at: "paying" }
  /** The answer got lost: only the order knows. */
  | { at: "unknown"; polls: number }
  | { at: "blocked"; reason: string }
  | { at: "paid" };

interface Props {
  order: Order;
  /** "paid", "cancel", or what went wrong. */
  onAnswer: (outcome: string) => void;
}

export function PaySheet({ order, onAnswer }: Props): JSX.Element {
  const [step, setStep] = useState<Step>({ at: "pin", error: "" });
  const [wallet, setWallet] = useState<Wallet | null>(null);
  const [pin, setPin] = useState("");
  const [failures, setFailures] = useState(0);
  // One key for one attempt: whatever is repeated after a lost answer is the same payment.
  const key = useRef(uuid());
  const amount = formatAmount(order.amount, order.currency);

  useEffect(() => {
    let gone = false;
    api.get<Wallet>("/wallet").then(
      (loaded) => {
        if (gone) return;
        setWallet(loaded);
        if (!loaded.has_pin) setStep({ at: "blocked", reason: t("noPIN") });
        else if (loaded.currency === order.currency && loaded.balance < order.amount)
          setStep({ at: "blocked", reason: t("lowBalance") });
      },
      () => {}, // The balance is a courtesy; the payment itself is judged by the server.
    );
    return () => void (gone = true);
  }, []);

  useEffect(() => {
    if (step.at !== "unknown" || step.polls >= ORDER_POLLS) return;
    const timer = setTimeout(() => {
      api.get<Order>(`/orders/${order.id}`).then(
        (now) => {
          if (now.state === "paid") setStep({ at: "paid" });
          else if (now.state !== "pending") setStep({ at: "blocked", reason: t("orderClosed") });
          else setStep({ at: "unknown", polls: step.polls + 1 });
        },
        () => setStep({ at: "unknown", polls: step.polls + 1 }),
      );
    }, ORDER_POLL_MS);
    return () => clearTimeout(timer);
  }, [step]);

  const submit = async (typed: string) => {
    setStep({ at: "paying" });
    try {
      await api.post(`/orders/${order.id}/pay`, { pin: typed }, { idempotencyKey: key.current });
      setStep({ at: "paid" });
    } catch (error) {
      setPin("");
      setFailures((count) => count + 1);
      const next = outcome(error);
      // A refusal is an answer, so the next try is another attempt. Without one the key stays.
      if (next.at !== "unknown") key.current = uuid();
      setStep(next);
    }
  };

  const answers: Record<Step["at"], string> = {
    pin: "cancel",
    paying: "",
    unknown: "unknown result",
    blocked: step.at === "blocked" ? step.reason : "",
    paid: "paid",
  };
  const close = () => onAnswer(answers[step.at] || "cancel");
  return (
    <Sheet kind="half" label={t("pay")} onClose={close} locked={step.at === "paying"}>
      <div class="mp-pay-head">
        <button
          type="button"
          class="mp-x"
          aria-label={t("close")}
          disabled={step.at === "paying"}
          onClick={close}
        >
          <Icon name="close" size={22} />
        </button>
        <strong>{t("pay")}</strong>
      </div>
      <p class="mp-payee" dir="auto">
        {order.payee?.name}
      </p>
      <p class="mp-amount">
        <bdi>{amount}</bdi>
      </p>
      {order.description && (
        <p class="mp-quiet mp-description" dir="auto">
          {order.description}
        </p>
      )}
      {(step.at === "pin" || step.at === "paying") && (
        <>
          <div class="mp-method">
            <span>{t("method")}</span>
            <span>
              {wallet
                ? t("balanceOf", { amount: formatAmount(wallet.balance, wallet.currency) })
                : t("balance")}
            </span>
          </div>
          <p
            class={step.at === "pin" && step.error ? "mp-pay-note mp-bad" : "mp-pay-note"}
            role="status"
          >
            {step.at === "paying" ? (
              <>
                <span class="mp-spin" />
                {t("paying")}
              </>
            ) : (
              step.error || t("enterPIN")
            )}
          </p>
          <PinPad
            label={t("enterPIN")}
            value={pin}
            onValue={setPin}
            onComplete={(typed) => void submit(typed)}
            disabled={step.at === "paying"}
            shake={failures}
          />
        </>
      )}
      {step.at === "unknown" && (
        <div class="mp-pay-state" role="alert">
          <strong>{t("unknownTitle")}</strong>
          <p>{t(step.polls >= ORDER_POLLS ? "unknownStill" : "unknownText")}</p>
          {step.polls >= ORDER_POLLS ? (
            <button
              type="button"
              class="mp-button mp-green"
              onClick={() => setStep({ at: "unknown", polls: 0 })}
            >
              {t("checkAgain")}
            </button>
          ) : (
            <span class="mp-spin" role="progressbar" aria-label={t("loading")} />
          )}
        </div>
      )}
      {step.at === "blocked" && (
        <div class="mp-pay-state" role="alert">
          <p>{step.reason}</p>
          <button type="button" class="mp-button mp-grey" autofocus onClick={close}>
            {t("close")}
          </button>
        </div>
      )}
      {step.at === "paid" && (
        <div class="mp-pay-state" role="status">
          <span class="mp-tick">
            <Icon name="check" size={40} />
          </span>
          <strong>{t("paid")}</strong>
          <button type="button" class="mp-button mp-green" autofocus onClick={close}>
            {t("done")}
          </button>
        </div>
      )}
    </Sheet>
  );
}

/** What a failed payment means for the user. */
function outcome(error: unknown): Step {
  if (!(error instanceof ApiError) || error.isNetwork || error.status >= 500)
    return { at: "unknown", polls: 0 };
  const data = { ...error.problem, ...(error.problem.data as object | undefined) } as Record<
    string,
    unknown
  >;
  switch (error.slug) {
    case "wrong-pin": {
      const left = data.tries_left;
      return {
        at: "pin",
        error: typeof left === "number" ? t("wrongPIN", { count: left }) : t("wrongPINPlain"),
      };
    }
    case "bad-pin":
      return { at: "pin", error: t("wrongPINPlain") };
    case "pin-locked": {
      const seconds = error.retryAfter;
      return {
        at: "blocked",
        reason: seconds ? t("locked", { minutes: Math.ceil(seconds / 60) }) : t("lockedPlain"),
      };
    }
    case "pin-not-set":
      return { at: "blocked", reason: t("noPIN") };
    case "insufficient-funds":
      return { at: "blocked", reason: t("lowBalance") };
    case "order-paid":
      return { at: "paid" };
    case "order-closed":
    case "order-expired":
      return { at: "blocked", reason: t("orderClosed") };
    default:
      return { at: "blocked", reason: error.message };
  }
}
