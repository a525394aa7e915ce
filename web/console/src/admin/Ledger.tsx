import { Alert, Button, Tag } from "antd";

import { formatNumber, locale } from "../../../shared/i18n";
import { DataTable } from "../kit/DataTable";
import { ago } from "../kit/Marks";
import { Loaded, Panel, Screen } from "../kit/Screen";
import type { LedgerCheck, LedgerReport } from "../wire";
import { useLedger } from "./data";
import { laws } from "./laws";
import { t } from "./texts";

export default function Ledger() {
  const ledger = useLedger();
  return (
    <Screen
      title={t("ledger")}
      lead={t("ledgerLead")}
      actions={
        <Button type="primary" loading={ledger.isFetching} onClick={() => void ledger.refetch()}>
          {t("checkAgain")}
        </Button>
      }
    >
      <Loaded of={ledger} rows={10}>
        {(report) => <Checked report={report} />}
      </Loaded>
    </Screen>
  );
}

function Checked({ report }: { report: LedgerReport }) {
  const broken = report.checks.filter((check) => check.broken > 0);
  // Failed checks are first.
  const rows = [...broken, ...report.checks.filter((check) => check.broken === 0)];
  return (
    <>
      <Alert
        className="fault"
        showIcon
        type={report.ok ? "success" : "error"}
        role={report.ok ? "status" : "alert"}
        title={
          report.ok
            ? t("allHold", { count: report.checks.length })
            : t("someBroken", { count: broken.length })
        }
        description={t("took", { ms: report.duration_ms, ago: ago(new Date(report.checked_at)) })}
      />
      <Panel flush>
        <DataTable
          name={t("checks")}
          rows={rows}
          id={(row) => row.name}
          columns={[
            {
              title: t("check"),
              nowrap: true,
              cell: (row) => <code className="strong">{row.name}</code>,
            },
            {
              title: t("law"),
              wide: true,
              cell: (row) => (
                <>
                  {law(row)}
                  {row.first_wrong && (
                    <div className="bad">{t("firstWrong", { what: row.first_wrong })}</div>
                  )}
                </>
              ),
            },
            { title: t("rows"), align: "end", cell: (row) => formatNumber(row.rows) },
            {
              title: t("state"),
              nowrap: true,
              cell: (row) =>
                row.broken > 0 ? (
                  <Tag color="error">
                    {t("broken")}: {formatNumber(row.broken)}
                  </Tag>
                ) : (
                  <Tag color="success">{t("holds")}</Tag>
                ),
            },
          ]}
        />
      </Panel>
    </>
  );
}

/** The host names the laws in English; a law without a translation here is shown in English. */
function law(check: LedgerCheck): string {
  return (locale() === "zh-CN" ? laws[check.name] : undefined) ?? check.law;
}
