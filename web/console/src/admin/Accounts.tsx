// Reviewed official accounts, and the mark "verified": an administrator has checked who is behind the account.

import { Button, Popconfirm, Tag } from "antd";
import { useState } from "react";

import { formatNumber } from "../../../shared/i18n";
import type { OfficialAccount } from "../../../shared/types";
import { useAddress } from "../frame/address";
import { SearchField } from "../frame/Filters";
import { notify } from "../frame/Notices";
import { useList } from "../frame/lists";
import { api, queries } from "../frame/session";
import { ListTable } from "../kit/DataTable";
import { Fault } from "../kit/Fault";
import { Named } from "../kit/Marks";
import { Nothing, Panel, Screen } from "../kit/Screen";
import { t } from "./texts";

export default function Accounts() {
  const query = useAddress().get("query");
  const [error, setError] = useState<unknown>(null);
  const list = useList<OfficialAccount>(["accounts"], "/official-accounts", { query });

  async function mark(account: OfficialAccount) {
    const verified = !account.verified;
    setError(null);
    try {
      await api.put<void>(`/admin/official-accounts/${account.id}/verified`, { verified });
      await Promise.all(
        [["accounts"], ["audit"]].map((queryKey) => queries.invalidateQueries({ queryKey })),
      );
      notify(verified ? t("markedVerified") : t("markRemoved"));
    } catch (cause) {
      setError(cause);
    }
  }

  return (
    <Screen title={t("accounts")} lead={t("accountsLead")}>
      <div className="filters">
        <SearchField label={t("search")} hint={t("accountsHint")} />
      </div>
      {error !== null && <Fault error={error} />}
      <Panel flush>
        <ListTable
          name={t("accounts")}
          list={list}
          id={(row) => row.id}
          empty={<Nothing title={query ? t("noAppsFound") : t("noAccounts")} />}
          columns={[
            {
              title: t("name"),
              wide: true,
              cell: (row) => (
                <Named url={row.avatar_url} name={row.name} below={row.description}>
                  <strong dir="auto">{row.name}</strong>{" "}
                  {row.verified && <Tag color="success">{t("verified")}</Tag>}
                </Named>
              ),
            },
            { title: t("handle"), nowrap: true, cell: (row) => `@${row.handle}` },
            {
              title: t("followers"),
              align: "end",
              cell: (row) => formatNumber(row.follower_count),
            },
            {
              title: "",
              nowrap: true,
              cell: (row) => (
                <Popconfirm
                  title={
                    row.verified
                      ? t("unverifyAsk", { name: row.name })
                      : t("verifyAsk", { name: row.name })
                  }
                  description={row.verified ? undefined : t("verifyLead")}
                  okText={row.verified ? t("unverify") : t("verify")}
                  cancelText={t("cancel")}
                  onConfirm={() => mark(row)}
                >
                  <Button size="small">{row.verified ? t("unverify") : t("verify")}</Button>
                </Popconfirm>
              ),
            },
          ]}
        />
      </Panel>
    </Screen>
  );
}
