import { Tag } from "antd";

import { formatAmount } from "../../../shared/i18n";
import type { Order } from "../../../shared/types";
import { useAddress } from "../frame/address";
import { FilterButtons } from "../frame/Filters";
import { useList } from "../frame/lists";
import { CopyText } from "../kit/CopyText";
import { ListTable } from "../kit/DataTable";
import { When } from "../kit/Marks";
import { Nothing, Panel, Screen } from "../kit/Screen";
import type { DevApp } from "../wire";
import { t } from "./texts";

const COLOURS: Record<Order["state"], string> = {
  pending: "processing",
  paid: "success",
  closed: "default",
  expired: "default",
};

export default function Orders({ app }: { app: DevApp }) {
  const state = useAddress().get("state");
  const list = useList<Order>(["app", app.id, "orders"], `/dev/apps/${app.id}/orders`, { state });
  const names: Record<Order["state"], string> = {
    pending: t("orderPending"),
    paid: t("orderPaid"),
    closed: t("orderClosed"),
    expired: t("orderExpired"),
  };
  return (
    <Screen title={t("orders")}>
      <div className="filters">
        <FilterButtons
          of="state"
          label={t("state")}
          value={state}
          options={[["", t("all")], ...Object.entries(names)]}
        />
      </div>
      <Panel flush>
        <ListTable
          name={t("orders")}
          list={list}
          id={(row) => row.id}
          empty={
            state ? (
              <Nothing title={t("noOrdersFiltered")} />
            ) : (
              <Nothing title={t("noOrders")} lead={t("noOrdersLead")} />
            )
          }
          columns={[
            {
              title: t("order"),
              wide: true,
              cell: (row) => <span dir="auto">{row.description}</span>,
            },
            {
              title: t("amount"),
              align: "end",
              nowrap: true,
              cell: (row) => <bdi className="amount">{formatAmount(row.amount, row.currency)}</bdi>,
            },
            {
              title: t("state"),
              nowrap: true,
              cell: (row) => <Tag color={COLOURS[row.state]}>{names[row.state]}</Tag>,
            },
            {
              title: t("tradeNo"),
              cell: (row) => <CopyText text={row.out_trade_no} what={t("tradeNoCopy")} short />,
            },
            {
              title: t("orderId"),
              cell: (row) => <CopyText text={row.id} what={t("orderId")} short />,
            },
            { title: t("created"), nowrap: true, cell: (row) => <When at={row.created_at} /> },
            { title: t("paid"), nowrap: true, cell: (row) => <When at={row.paid_at} /> },
          ]}
        />
      </Panel>
    </Screen>
  );
}
