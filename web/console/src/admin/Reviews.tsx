import { Tag } from "antd";
import { Link } from "wouter";

import { useAddress } from "../frame/address";
import { FilterButtons } from "../frame/Filters";
import { useList } from "../frame/lists";
import { ListTable } from "../kit/DataTable";
import { Name, Named, When } from "../kit/Marks";
import { Nothing, Panel, Screen } from "../kit/Screen";
import type { Submission, SubmissionSummary } from "../wire";
import { isSensitive, isUpdate } from "./compare";
import { QUEUE_POLL_MS } from "./data";
import { SubmissionTag, submissionStates } from "./SubmissionTag";
import { t } from "./texts";

type Shown = Submission["state"] | "all";

export default function Reviews() {
  const shown = (useAddress().get("state") || "pending") as Shown;
  const list = useList<SubmissionSummary>(
    ["submissions", "list"],
    "/admin/submissions",
    { state: shown === "all" ? undefined : shown },
    QUEUE_POLL_MS,
  );
  return (
    <Screen title={t("reviews")} lead={t("queueLead")}>
      <div className="filters">
        <FilterButtons
          of="state"
          label={t("state")}
          value={shown}
          options={[...Object.entries(submissionStates()), ["all", t("all")]]}
        />
      </div>
      <Panel flush>
        <ListTable
          name={t("submissions")}
          list={list}
          id={(row) => row.id}
          empty={
            shown === "pending" ? (
              <Nothing title={t("noneWaiting")} lead={t("noneWaitingLead")} />
            ) : (
              <Nothing title={t("noneHere")} />
            )
          }
          columns={[
            {
              title: t("app"),
              wide: true,
              cell: (row) => (
                <Named url={row.app.icon_url} name={row.app.name} below={row.app.account.name}>
                  <Link href={`/reviews/${row.id}`} className="strong">
                    <bdi>{row.app.name}</bdi>
                  </Link>
                </Named>
              ),
            },
            { title: t("version"), nowrap: true, cell: (row) => <bdi>{row.version.version}</bdi> },
            {
              title: t("kind"),
              nowrap: true,
              cell: (row) =>
                isUpdate(row) ? t("update") : <Tag color="warning">{t("first")}</Tag>,
            },
            {
              title: t("permissions"),
              wide: true,
              cell: (row) => <Scopes of={row.version.report?.scopes ?? []} />,
            },
            {
              title: t("submittedBy"),
              nowrap: true,
              cell: (row) => <Name of={row.submitter} />,
            },
            {
              title: shown === "pending" ? t("age") : t("submittedAt"),
              nowrap: true,
              cell: (row) => (
                <span className={row.state === "pending" ? ageClass(row.submitted_at) : undefined}>
                  <When at={row.submitted_at} />
                </span>
              ),
            },
            { title: t("state"), nowrap: true, cell: (row) => <SubmissionTag state={row.state} /> },
          ]}
        />
      </Panel>
    </Screen>
  );
}

function Scopes({ of }: { of: string[] }) {
  return (
    <span className="codes">
      {of.map((scope) => (
        <Tag key={scope} color={isSensitive(scope) ? "warning" : undefined}>
          {scope}
        </Tag>
      ))}
    </span>
  );
}

const DAY_MS = 86_400_000;

function ageClass(submittedAt: string): string {
  const days = (Date.now() - Date.parse(submittedAt)) / DAY_MS;
  return days > 3 ? "bad strong" : days > 1 ? "amber strong" : "";
}
