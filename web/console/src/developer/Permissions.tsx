import { useQuery } from "@tanstack/react-query";
import { Tag } from "antd";
import { Link } from "wouter";

import { formatNumber, locale } from "../../../shared/i18n";
import { DataTable } from "../kit/DataTable";
import { StateTag } from "../kit/Marks";
import { Loaded, Nothing, Panel, Screen } from "../kit/Screen";
import type { Capability, DevApp, Version } from "../wire";
import { recentVersions, useCapabilities, useVersion } from "./data";
import { t } from "./texts";

export default function Permissions({ app }: { app: DevApp }) {
  const versions = useQuery(recentVersions(app.id));
  const capabilities = useCapabilities();
  return (
    <Screen title={t("permissions")} lead={t("permissionsLead")}>
      <Loaded of={versions} rows={3}>
        {(list) => {
          const newest = list.find((version) => version.state !== "failed");
          const live = app.released_version?.id ?? null;
          if (!newest && !live)
            return (
              <Panel flush>
                <Nothing title={t("noPermissions")} lead={t("noPermissionsLead")} />
              </Panel>
            );
          return (
            <>
              {live && <Live app={app} id={live} capabilities={capabilities.data ?? []} />}
              {newest && newest.id !== live && (
                <Held
                  app={app}
                  version={newest}
                  capabilities={capabilities.data ?? []}
                  lead={t("trialLead")}
                />
              )}
            </>
          );
        }}
      </Loaded>
      <Panel title={t("capabilities")} flush>
        <p className="faint note">{t("capabilitiesLead")}</p>
        <Loaded of={capabilities} rows={6}>
          {(list) => <Capabilities of={list} />}
        </Loaded>
      </Panel>
    </Screen>
  );
}

/** The released version, which may be far behind the newest uploads: it is asked for by its ID. */
function Live({ app, id, capabilities }: { app: DevApp; id: string; capabilities: Capability[] }) {
  const version = useVersion(app.id, id);
  return (
    <Loaded of={version} rows={3}>
      {(data) => (
        <Held app={app} version={data} capabilities={capabilities} lead={t("everybodyLead")} />
      )}
    </Loaded>
  );
}

interface HeldProps {
  app: DevApp;
  version: Version;
  capabilities: Capability[];
  /** Which users these permissions concern. */
  lead: string;
}

function Held({ app, version, capabilities, lead }: HeldProps) {
  const scopes = version.report?.scopes ?? [];
  return (
    <Panel
      title={t("usedBy", { version: version.version })}
      flush
      actions={
        <Link href={`/apps/${app.id}/versions/${version.id}`}>
          <StateTag state={version.state} />
        </Link>
      }
    >
      <p className="faint note">{lead}</p>
      <DataTable
        name={t("usedBy", { version: version.version })}
        rows={scopes}
        id={(scope) => scope}
        empty={<Nothing title={t("noScopes")} />}
        columns={[
          {
            title: t("scope"),
            nowrap: true,
            cell: (scope) => <code className="strong">{scope}</code>,
          },
          {
            title: t("reason"),
            wide: true,
            cell: (scope) => (
              <span dir="auto">{version.submission?.scope_reasons?.[scope] || "–"}</span>
            ),
          },
          {
            title: t("capabilities"),
            wide: true,
            cell: (scope) => (
              <span className="codes">
                {capabilities
                  .filter((capability) => capability.scope === scope)
                  .map(({ name }) => (
                    <Tag key={name}>
                      <code>{name}</code>
                    </Tag>
                  ))}
              </span>
            ),
          },
        ]}
      />
    </Panel>
  );
}

function Capabilities({ of }: { of: Capability[] }) {
  return (
    <DataTable
      name={t("capabilities")}
      rows={of}
      id={({ name }) => name}
      columns={[
        {
          title: t("capability"),
          wide: true,
          cell: ({ name, summary, summary_zh }) => (
            <>
              <code className="strong">{name}</code>
              <div className="faint">{locale() === "zh-CN" ? summary_zh : summary}</div>
            </>
          ),
        },
        { title: t("scope"), cell: ({ scope }) => (scope ? <Tag>{scope}</Tag> : "–") },
        {
          title: t("calledFrom"),
          nowrap: true,
          cell: ({ callers }) =>
            (callers ?? [])
              .map((caller) => (caller === "app_session" ? t("fromApp") : t("fromServer")))
              .join(t("comma")),
        },
        {
          title: t("consent"),
          nowrap: true,
          cell: ({ consent }) => (consent ? t("yes") : t("no")),
        },
        { title: t("perMinute"), align: "end", cell: ({ per_minute }) => formatNumber(per_minute) },
      ]}
    />
  );
}
