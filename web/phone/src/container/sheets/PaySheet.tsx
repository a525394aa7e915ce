// The payment sheet. The shell draws it. The app has only named an order; everything shown here
// comes from the host. If a PIN or money is missing, the user gets it here too, and the payment goes on.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../../../../shared/api";
import { formatAmount } from "../../../../shared/i18n";
import type { Order, Wallet } from "../../../../shared/types";
import { uuid } from "../../../../shared/uuid";
import { errorText } from "../../kit/Feedback";
import { Icon } from "../../kit/Icon";
import { PinPad } from "../../kit/PinPad";
import { PinSetup } from "../../screens/wallet/PinSetup";
import { TopUpForm } from "../../screens/wallet/TopUpForm";
import { go, routes } from "../../nav/routes";
import { api } from "../../services";
import { useStore } from "../../state/store";
import { loadWallet, walletStore } from "../../state/wallet";
import { ORDER_POLL_MS, ORDER_POLLS } from "../limits";
import { t } from "../texts";
import { Sheet } from "./Sheet";

type Step =
  | { at: "pin"; note: string; bad?: boolean }
  | { at: "paying" }
  /** The answer was lost: the state of the order tells the result. */
  | { at: "unknown"; polls: number }
  /** Something is missing that the user can get here. */
  | { at: "no-pin" }
  | { at: "short" }
  | { at: "locked"; reason: string }
  | { at: "set-pin" }
  | { at: "top-up" }
  /** Nothing more can be done. */
  | { at: "over"; reason: string; answer: string }
  | { at: "paid" };

/** What the wallet lacks for the order. If the wallet could not be loaded, the server decides. */
function lacks(wallet: Wallet | null, order: Order): "no-pin" | "short" | null {
  if (!wallet) return null;
  if (!wallet.has_pin) return "no-pin";
  return missing(wallet, order) > 0 ? "short" : null;
}

function missing(wallet: Wallet | null, order: Order): number {
  if (wallet?.currency !== order.currency) return 0;
  return Math.max(0, order.amount - (wallet.balance - wallet.held));
}

interface Props {
  order: Order;
  /** What the app is told if the sheet has to go now: "paid", or the reason. */
  standing: { outcome: string };
  onAnswer: (outcome: string) => void;
}

export function PaySheet({ order, standing, onAnswer }: Props): JSX.Element {
  const [step, setStep] = useState<Step>({ at: "pin", note: "" });
  const wallet = useStore(walletStore, (state) => state.wallet);
  const [pin, setPin] = useState("");
  const [failures, setFailures] = useState(0);
  // One key for one attempt: a retry after a lost answer is the same payment.
  const key = useRef(uuid());
  const gone = useRef(false);

  /** Back to the payment, or to what it still lacks. */
  const proceed = (note = "") => {
    const lack = lacks(walletStore.get().wallet, order);
    setStep(lack === null ? { at: "pin", note } : { at: lack });
  };
  useEffect(() => {
    void loadWallet().then(() => {
      if (!gone.current) proceed();
    });
    return () => void (gone.current = true);
  }, []);

  useEffect(() => {
    if (step.at !== "unknown" || step.polls >= ORDER_POLLS) return;
    const timer = setTimeout(() => {
      api.get<Order>(`/orders/${order.id}`).then(
        (now) => {
          if (now.state === "paid") setStep({ at: "paid" });
          else if (now.state !== "pending") setStep(orderOver());
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
      const next = afterRefusal(error);
      // After a refusal the next try is another payment, with a new key. Without an answer the key stays.
      if (next.at !== "unknown") key.current = uuid();
      if (next.at === "short" || next.at === "no-pin") await loadWallet();
      setStep(next);
    }
  };

  const answers: Partial<Record<Step["at"], string>> = {
    paying: "unknown result",
    unknown: "unknown result",
    over: step.at === "over" ? step.answer : "",
    paid: "paid",
  };
  standing.outcome = answers[step.at] || "cancel";
  const end = () => onAnswer(standing.outcome);
  // From the steps for a PIN or money, Back leads to the payment and does not close it.
  const aside = step.at === "set-pin" || step.at === "top-up";
  const close = () => (aside ? proceed() : end());
  return (
    <Sheet kind="half" label={t("pay")} onClose={close} locked={step.at === "paying"}>
      <div class="mp-pay-head">
        <button
          type="button"
          class="mp-x"
          aria-label={aside ? t("backToPayment") : t("close")}
          disabled={step.at === "paying"}
          onClick={close}
        >
          <Icon name={aside ? "back" : "close"} size={22} />
        </button>
        <strong>{step.at === "top-up" ? t("topUp") : step.at === "set-pin" ? "" : t("pay")}</strong>
      </div>
      {!aside && <OrderHead order={order} />}
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
            class={step.at === "pin" && step.bad ? "mp-pay-note mp-bad" : "mp-pay-note"}
            role="status"
          >
            {step.at === "paying" ? (
              <>
                <span class="mp-spin" />
                {t("paying")}
              </>
            ) : (
              step.note || t("enterPIN")
            )}
          </p>
          <PinPad
            label={t("enterPIN")}
            value={pin}
            onValue={setPin}
            onComplete={(typed) => void submit(typed)}
            disabled={step.at === "paying"}
            shake={failures}
            below={
              step.at === "pin" && (
                <button type="button" class="link" onClick={() => setStep({ at: "set-pin" })}>
                  {t("forgotPIN")}
                </button>
              )
            }
          />
        </>
      )}
      {step.at === "unknown" && (
        <div class="mp-pay-state" role="alert">
          <strong>{t("unknownTitle")}</strong>
          <p>{t(step.polls >= ORDER_POLLS ? "unknownStill" : "unknownText")}</p>
          {step.polls >= ORDER_POLLS ? (
            <>
              <button
                type="button"
                class="mp-button mp-green"
                onClick={() => setStep({ at: "unknown", polls: 0 })}
              >
                {t("checkAgain")}
              </button>
              <button
                type="button"
                class="mp-button mp-grey"
                onClick={() => {
                  end();
                  go(routes.order(order.id));
                }}
              >
                {t("openOrder")}
              </button>
            </>
          ) : (
            <span class="mp-spin" role="progressbar" aria-label={t("loading")} />
          )}
        </div>
      )}
      {step.at === "no-pin" && (
        <Cure text={t("noPIN")} action={t("setPIN")} onAction={() => setStep({ at: "set-pin" })} />
      )}
      {step.at === "short" && (
        <Cure
          text={t("lowBalance", {
            balance: formatAmount(wallet ? wallet.balance - wallet.held : 0, order.currency),
          })}
          action={t("topUp")}
          onAction={() => setStep({ at: "top-up" })}
        />
      )}
      {step.at === "locked" && (
        <Cure
          text={step.reason}
          action={t("resetPIN")}
          onAction={() => setStep({ at: "set-pin" })}
        />
      )}
      {step.at === "set-pin" && <PinSetup onDone={() => proceed(t("pinSaved"))} />}
      {step.at === "top-up" && (
        <TopUpForm
          missing={missing(wallet, order)}
          onDone={() => proceed()}
          onSettled={() => proceed(t("toppedUp"))}
        />
      )}
      {step.at === "over" && (
        <div class="mp-pay-state" role="alert">
          <p>{step.reason}</p>
          <button type="button" class="mp-button mp-grey" autofocus onClick={end}>
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
          <button type="button" class="mp-button mp-green" autofocus onClick={end}>
            {t("done")}
          </button>
        </div>
      )}
    </Sheet>
  );
}

function OrderHead({ order }: { order: Order }): JSX.Element {
  return (
    <>
      <p class="mp-payee" dir="auto">
        {order.payee?.name}
      </p>
      <p class="mp-amount">
        <bdi>{formatAmount(order.amount, order.currency)}</bdi>
      </p>
      {order.description && (
        <p class="mp-quiet mp-description" dir="auto">
          {order.description}
        </p>
      )}
    </>
  );
}

interface CureProps {
  text: string;
  action: string;
  onAction: () => void;
}

/** What is missing, and the button that gets it. */
function Cure({ text, action, onAction }: CureProps): JSX.Element {
  return (
    <div class="mp-pay-state" role="alert">
      <p>{text}</p>
      <button type="button" class="mp-button mp-green" autofocus onClick={onAction}>
        {action}
      </button>
    </div>
  );
}

const orderOver = (): Step => ({ at: "over", reason: t("orderClosed"), answer: "order closed" });

/** What a refused payment means for the user. */
function afterRefusal(error: unknown): Step {
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
        bad: true,
        note: typeof left === "number" ? t("wrongPIN", { count: left }) : t("wrongPINPlain"),
      };
    }
    case "bad-pin":
      return { at: "pin", bad: true, note: t("wrongPINPlain") };
    case "pin-locked": {
      const seconds = error.retryAfter;
      return {
        at: "locked",
        reason: seconds ? t("locked", { minutes: Math.ceil(seconds / 60) }) : t("lockedPlain"),
      };
    }
    case "pin-not-set":
      return { at: "no-pin" };
    case "insufficient-funds":
      return { at: "short" };
    case "order-paid":
      return { at: "paid" };
    case "order-closed":
    case "order-expired":
      return orderOver();
    default:
      return { at: "over", reason: errorText(error), answer: error.slug };
  }
}
