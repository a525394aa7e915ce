import type { ComponentChildren, JSX } from "preact";
import { formatAmount, formatDateTime } from "../../../../shared/i18n";
import type { ID, Order } from "../../../../shared/types";
import { Avatar } from "../../kit/Avatar";
import { copyText } from "../../kit/copy";
import { Empty, ErrorBlock, Spinner } from "../../kit/Feedback";
import { Icon } from "../../kit/Icon";
import { toast } from "../../kit/Overlays";
import { Page } from "../../kit/Page";
import { useLoad } from "../../kit/useLoad";
import { Cell, CellGroup } from "../../kit/Cells";
import { routes } from "../../nav/routes";
import { findEntry, getOrder } from "../../state/wallet";
import { t } from "../../texts";
import { EntryAmount, entryIcon, entryTitle, kindName } from "./WalletPage";

export function EntryPage({ id }: { id: ID }): JSX.Element {
  const found = useLoad(id, async () => {
    const entry = await findEntry(id);
    const order = entry?.order_id ? await getOrder(entry.order_id).catch(() => null) : null;
    return { entry, order };
  });
  const entry = found.value?.entry;
  return (
    <Page title={t("details")} backTo="/wallet">
      {found.error && !found.value ? (
        <ErrorBlock error={found.error} retry={found.reload} />
      ) : !found.value ? (
        <div class="page-wait">
          <Spinner />
        </div>
      ) : !entry ? (
        <Empty icon="receipt" text={t("entryMissing")} />
      ) : (
        <>
          <section class="detail-head">
            <span class={`entry-icon big ${entry.amount < 0 ? "out" : "in"}`} aria-hidden="true">
              <Icon name={entryIcon(entry)} size={28} />
            </span>
            <p dir="auto">{entryTitle(entry)}</p>
            <EntryAmount entry={entry} large />
          </section>
          <dl class="facts">
            <Fact name={t("kind")}>{kindName(entry)}</Fact>
            {found.value.order && <OrderFacts order={found.value.order} />}
            <Fact name={t("time")}>{formatDateTime(new Date(entry.created_at))}</Fact>
            <Fact name={t("balanceAfter")}>
              <bdi>{formatAmount(entry.balance_after, entry.currency)}</bdi>
            </Fact>
            <Fact name={t("entryNumber")} copy={entry.id}>
              {entry.id}
            </Fact>
          </dl>
          {found.value.order && <OrderLinks order={found.value.order} />}
        </>
      )}
    </Page>
  );
}

export function OrderPage({ id }: { id: ID }): JSX.Element {
  const { value: order, error, reload } = useLoad(id, () => getOrder(id));
  return (
    <Page title={t("details")} backTo="/wallet">
      {error && !order ? (
        <ErrorBlock error={error} retry={reload} />
      ) : !order ? (
        <div class="page-wait">
          <Spinner />
        </div>
      ) : (
        <>
          <section class="detail-head">
            <Avatar name={order.payee.name} url={order.payee.avatar_url} size={56} />
            <p dir="auto">{order.payee.name}</p>
            <bdi class="amount large">{formatAmount(order.amount, order.currency)}</bdi>
          </section>
          <dl class="facts">
            <OrderFacts order={order} />
            <Fact name={t("time")}>
              {formatDateTime(new Date(order.paid_at ?? order.created_at))}
            </Fact>
          </dl>
          <OrderLinks order={order} />
        </>
      )}
    </Page>
  );
}

function OrderFacts({ order }: { order: Order }): JSX.Element {
  const states = {
    pending: t("orderPending"),
    paid: t("orderPaid"),
    closed: t("orderClosed"),
    expired: t("orderExpired"),
  };
  return (
    <>
      <Fact name={t("status")}>{states[order.state] ?? order.state}</Fact>
      <Fact name={t("payee")}>
        <span dir="auto">{order.payee.name}</span>
      </Fact>
      <Fact name={t("description")}>
        <span dir="auto">{order.description}</span>
      </Fact>
      <Fact name={t("orderNumber")} copy={order.out_trade_no}>
        {order.out_trade_no}
      </Fact>
    </>
  );
}

function OrderLinks({ order }: { order: Order }): JSX.Element | null {
  if (!order.app_id) return null;
  return (
    <CellGroup>
      <Cell icon="apps" tint="#6467f0" title={t("openMiniProgram")} to={routes.app(order.app_id)} />
    </CellGroup>
  );
}

function Fact({
  name,
  copy,
  children,
}: {
  name: string;
  copy?: string;
  children: ComponentChildren;
}): JSX.Element {
  const take = async () => {
    await copyText(copy!);
    toast(t("copied"), "check");
  };
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>
        {children}
        {copy && (
          <button type="button" class="link copy" onClick={() => void take()}>
            {t("copy")}
          </button>
        )}
      </dd>
    </div>
  );
}
