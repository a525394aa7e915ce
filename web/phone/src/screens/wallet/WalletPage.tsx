import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { formatAmount, formatChipTime, formatMonth } from "../../../../shared/i18n";
import type { WalletEntry } from "../../../../shared/types";
import { Cell, CellGroup, Link } from "../../kit/Cells";
import { Empty, ErrorBlock, SkeletonRows, Spinner } from "../../kit/Feedback";
import { Icon, type IconName } from "../../kit/Icon";
import { Page } from "../../kit/Page";
import { go, routes } from "../../nav/routes";
import { useStore } from "../../state/store";
import { loadMoreEntries, loadWallet, walletStore } from "../../state/wallet";
import { t } from "../../texts";

export function WalletPage(): JSX.Element {
  const state = useStore(walletStore, (value) => value);
  const { wallet } = state;
  useEffect(() => void loadWallet(), []);
  if (!wallet) {
    return (
      <Page title={t("wallet")} backTo="/me">
        {state.error ? (
          <ErrorBlock error={state.error} retry={() => void loadWallet()} />
        ) : (
          <SkeletonRows count={6} />
        )}
      </Page>
    );
  }
  return (
    <Page title={t("wallet")} backTo="/me">
      <BalanceCard balance={wallet.balance} held={wallet.held} currency={wallet.currency} />
      <CellGroup>
        <Cell
          icon="lock"
          tint="#1485ee"
          title={t("paymentPin")}
          value={wallet.has_pin ? t("pinSet") : <span class="attention">{t("pinNotSet")}</span>}
          to="/wallet/pin"
          testid="pin-link"
        />
      </CellGroup>
      <Statement entries={state.entries} more={state.cursor !== null} />
    </Page>
  );
}

function BalanceCard({
  balance,
  held,
  currency,
}: {
  balance: number;
  held: number;
  currency: string;
}): JSX.Element {
  const [hidden, setHidden] = useState(false);
  return (
    <section class="balance-card" aria-label={t("balance")}>
      <div class="balance-head">
        <span>{t("balanceIn", { currency })}</span>
        <button
          type="button"
          class="balance-eye"
          aria-pressed={hidden}
          aria-label={t("hideBalance")}
          onClick={() => setHidden(!hidden)}
        >
          <Icon name={hidden ? "eyeOff" : "eye"} size={20} />
        </button>
      </div>
      <bdi class="balance-amount" data-testid="balance">
        {hidden ? "••••" : formatAmount(balance, currency)}
      </bdi>
      {held > 0 && !hidden && (
        <p class="balance-held">{t("heldAmount", { amount: formatAmount(held, currency) })}</p>
      )}
      <div class="balance-actions">
        <button type="button" class="balance-button" onClick={() => go("/wallet/top-up")}>
          {t("topUp")}
        </button>
      </div>
    </section>
  );
}

function Statement({ entries, more }: { entries: WalletEntry[]; more: boolean }): JSX.Element {
  const months = useMemo(() => byMonth(entries), [entries]);
  const loadingMore = useStore(walletStore, (state) => state.loadingMore);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const observer = new IntersectionObserver((seen) => {
      if (seen.some((entry) => entry.isIntersecting)) void loadMoreEntries();
    });
    observer.observe(end.current!);
    return () => observer.disconnect();
  }, []);
  return (
    <section class="statement" aria-label={t("statement")}>
      <h2 class="cells-title">{t("statement")}</h2>
      {entries.length === 0 && <Empty icon="receipt" text={t("noEntries")} />}
      {months.map((month) => (
        <section key={month.name} class="month" aria-label={month.name}>
          <h3 class="month-head">
            <span>{month.name}</span>
            <span class="month-sums">
              {t("monthOut")} <bdi>{formatAmount(month.out, month.currency)}</bdi>
              {"  "}
              {t("monthIn")} <bdi>{formatAmount(month.in, month.currency)}</bdi>
            </span>
          </h3>
          <div class="cells-box">
            {month.entries.map((entry) => (
              <EntryCell key={entry.id} entry={entry} />
            ))}
          </div>
        </section>
      ))}
      <div ref={end} class="statement-end">
        {loadingMore ? (
          <Spinner />
        ) : more ? (
          <button type="button" class="link" onClick={() => void loadMoreEntries()}>
            {t("loadMore")}
          </button>
        ) : null}
      </div>
    </section>
  );
}

function EntryCell({ entry }: { entry: WalletEntry }): JSX.Element {
  return (
    <Link class="cell tall" to={routes.entry(entry.id)} testid="entry">
      <span class={`entry-icon ${entry.amount < 0 ? "out" : "in"}`} aria-hidden="true">
        <Icon name={entryIcon(entry)} size={22} />
      </span>
      <span class="cell-main">
        <span class="cell-title" dir="auto">
          {entryTitle(entry)}
        </span>
        <span class="cell-detail">
          {kindName(entry)} ·{" "}
          <time dateTime={entry.created_at}>{formatChipTime(new Date(entry.created_at))}</time>
        </span>
      </span>
      <EntryAmount entry={entry} />
    </Link>
  );
}

export function EntryAmount({
  entry,
  large,
}: {
  entry: WalletEntry;
  large?: boolean;
}): JSX.Element {
  // The sign says it; the colour only helps.
  return (
    <bdi class={`amount${large ? " large" : ""}${entry.amount > 0 ? " in" : ""}`}>
      {formatAmount(entry.amount, entry.currency, "always")}
    </bdi>
  );
}

export function entryIcon(entry: WalletEntry): IconName {
  if (entry.kind === "top_up" || entry.kind === "withdrawal") return "bank";
  return entry.order_id === null ? "wallet" : "receipt";
}

/** The other side. The host's bank has a name in every language; others have the one they chose. */
export function entryTitle(entry: WalletEntry): string {
  const bank = entry.kind === "top_up" || entry.kind === "withdrawal";
  return bank ? t("sandboxBankName") : entry.title;
}

export function kindName(entry: WalletEntry): string {
  const names: Record<WalletEntry["kind"], string> = {
    payment: t("kindPayment"),
    top_up: t("topUp"),
    withdrawal: t("kindWithdrawal"),
    refund: t("kindRefund"),
    fee: t("kindFee"),
    transfer: t("kindTransfer"),
    reversal: t("kindReversal"),
  };
  return names[entry.kind] ?? entry.kind;
}

interface Month {
  name: string;
  currency: string;
  in: number;
  out: number;
  entries: WalletEntry[];
}

function byMonth(entries: WalletEntry[]): Month[] {
  const months = new Map<string, Month>();
  for (const entry of entries) {
    const name = formatMonth(new Date(entry.created_at));
    const month = months.get(name) ?? {
      name,
      currency: entry.currency,
      in: 0,
      out: 0,
      entries: [],
    };
    month.entries.push(entry);
    if (entry.amount > 0) month.in += entry.amount;
    else month.out -= entry.amount;
    months.set(name, month);
  }
  return [...months.values()];
}
