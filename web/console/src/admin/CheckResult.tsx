// What a headless run of a submitted version has found.

import { useMutation } from "@tanstack/react-query";
import { Button, Tag } from "antd";

import { api, queries } from "../frame/session";
import { DataTable } from "../kit/DataTable";
import { Fault } from "../kit/Fault";
import { When } from "../kit/Marks";
import { Nothing, Panel } from "../kit/Screen";
import { PlaceLink } from "../kit/Source";
import type { CheckReport, SubmissionDetail } from "../wire";
import { t } from "./texts";

export function CheckResult({ of }: { of: SubmissionDetail }) {
  const again = useMutation({
    mutationFn: () => api.post<void>(`/admin/submissions/${of.id}/check`),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["submissions", "one", of.id] }),
  });
  const check = of.check;
  const report = check?.state === "done" ? (check.report as CheckReport) : null;
  return (
    <Panel
      title={t("checkResult")}
      flush
      actions={
        check?.state !== "waiting" && (
          <Button size="small" loading={again.isPending} onClick={() => again.mutate()}>
            {t("checkVersion")}
          </Button>
        )
      }
    >
      {again.error !== null && <Fault error={again.error} />}
      {!check && <Nothing title={t("notChecked")} />}
      {check?.state === "waiting" && <Nothing title={t("checkWaiting")} />}
      {check?.state === "failed" && (
        <Nothing title={t("checkFailed")} lead={t("checkFailedLead")} />
      )}
      {report && (
        <>
          <p className="note">
            {t("checkCounts", { passed: String(report.passed), failed: String(report.failed) })}{" "}
            <span className="faint">
              <When at={check?.finished_at} />
            </span>
          </p>
          <DataTable
            name={t("checkResult")}
            rows={report.pages}
            id={(page) => `${page.page}?${page.query ?? ""}`}
            columns={[
              {
                title: t("page"),
                wide: true,
                cell: (page) => (
                  <>
                    <code>{page.page}</code>
                    {page.error && (
                      <div className="bad" dir="auto">
                        {page.error.text}
                      </div>
                    )}
                  </>
                ),
              },
              {
                title: t("state"),
                nowrap: true,
                cell: (page) => (
                  <Tag color={page.ok ? "success" : "error"}>
                    {page.ok ? t("pageOk") : t("pageFailed")}
                  </Tag>
                ),
              },
              {
                title: t("fileName"),
                cell: (page) => <PlaceLink file={page.error?.file} line={page.error?.line} />,
              },
            ]}
          />
        </>
      )}
    </Panel>
  );
}
