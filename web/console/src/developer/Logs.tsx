import { Button, Switch, Tag } from "antd";
import { useState } from "react";
import { Link } from "wouter";

import { formatTime } from "../../../shared/i18n";
import { useAddress } from "../frame/address";
import { FilterButtons } from "../frame/Filters";
import { useList } from "../frame/lists";
import { CopyText } from "../kit/CopyText";
import { ListTable } from "../kit/DataTable";
import { When } from "../kit/Marks";
import { Nothing, Panel, Screen } from "../kit/Screen";
import { placeText } from "../kit/tree";
import type { DevApp, LogLevel, LogLine } from "../wire";
import { t } from "./texts";

const LIVE_MS = 2_000;
const COLOURS: Record<LogLevel, string> = {
  log: "default",
  info: "blue",
  warn: "warning",
  error: "error",
};

export default function Logs({ app }: { app: DevApp }) {
  const address = useAddress();
  const [live, setLive] = useState(true);
  const level = address.get("level");
  const version = address.get("version_id");
  const list = useList<LogLine>(
    ["app", app.id, "logs"],
    `/dev/apps/${app.id}/logs`,
    { level, version_id: version },
    live ? LIVE_MS : undefined,
  );
  return (
    <Screen title={t("logs")} lead={t("logLead")}>
      <div className="filters">
        <FilterButtons
          of="level"
          label={t("level")}
          value={level}
          options={[
            ["", t("all")],
            ...Object.keys(COLOURS).map((of): [string, string] => [of, of]),
          ]}
        />
        <span className="row-end">
          {/* biome-ignore lint/a11y/noLabelWithoutControl: the switch is the control */}
          <label className="switch">
            <Switch size="small" checked={live} onChange={setLive} aria-label={t("live2")} />{" "}
            {t("live2")}
          </label>
          <Button onClick={() => void list.refetch()}>{t("refresh")}</Button>
        </span>
      </div>
      <Panel flush>
        <ListTable
          name={t("logs")}
          list={list}
          id={(row) => row.id}
          empty={
            level ? (
              <Nothing title={t("noLogsLevel")} />
            ) : (
              <Nothing title={t("noLogs")} lead={t("noLogsLead")} />
            )
          }
          detail={(row) => <Line of={row} />}
          columns={[
            {
              title: t("time"),
              nowrap: true,
              cell: (row) => (
                <time dateTime={row.time} title={row.time}>
                  {formatTime(new Date(row.time))}
                </time>
              ),
            },
            {
              title: t("level"),
              nowrap: true,
              cell: (row) => <Tag color={COLOURS[row.level]}>{row.level}</Tag>,
            },
            {
              title: t("message"),
              wide: true,
              cell: (row) => <code className="log-text">{row.text}</code>,
            },
            {
              title: t("place"),
              cell: (row) =>
                row.file && (
                  <Link
                    href={`/apps/${app.id}/versions/${row.version_id}?tab=files&file=${encodeURIComponent(row.file)}&line=${row.line}`}
                  >
                    <code>{placeText(row.file, row.line, row.column)}</code>
                  </Link>
                ),
            },
          ]}
        />
      </Panel>
    </Screen>
  );
}

function Line({ of }: { of: LogLine }) {
  return (
    <div className="log-detail">
      <p>
        <When at={of.time} exact /> · {of.kind} {of.page && <code>{of.page}</code>}{" "}
        {of.api && <code>wx.{of.api}</code>} ·{" "}
        <CopyText text={of.session_id} what={t("session")} short />
      </p>
      <pre>{of.stack ? `${of.text}\n${of.stack}` : of.text}</pre>
    </div>
  );
}
