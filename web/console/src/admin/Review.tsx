// The review workspace: the request, the code, the findings of the check, earlier decisions;
// and at the bottom, always visible, the decision.

import { ExportOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Tabs, Tag } from "antd";
import { useState } from "react";
import { Link } from "wouter";

import { formatNumber } from "../../../shared/i18n";
import { useAddress } from "../frame/address";
import { api } from "../frame/session";
import { CopyText } from "../kit/CopyText";
import { DataTable } from "../kit/DataTable";
import { Apis, Diagnostics } from "../kit/Findings";
import { bundleSize, Name, StateTag, When } from "../kit/Marks";
import { Facts, Loaded, Nothing, Panel, Screen } from "../kit/Screen";
import { PlaceLink, Source } from "../kit/Source";
import { manifestOf, placeText } from "../kit/tree";
import type { HostUse, SourceText, SubmissionDetail } from "../wire";
import { CheckResult } from "./CheckResult";
import { compare, isSame, isSensitive } from "./compare";
import { Decision } from "./Decision";
import { useSubmission } from "./data";
import { FileChanges } from "./FileChanges";
import { Face } from "./Profiles";
import { SubmissionTag } from "./SubmissionTag";
import { t } from "./texts";

/** A place in the code that the reviewer marked, to go into the reasons. */
export interface Mark {
  file: string;
  line: number;
}

export default function Review({ id }: { id: string }) {
  const submission = useSubmission(id);
  const data = submission.data;
  return (
    <Screen
      title={data ? `${data.app.name} ${data.version.version}` : t("reviews")}
      mark={data && <StateTag state={data.version.state} />}
      trail={[{ to: "/reviews", label: t("reviews") }]}
      actions={
        data?.version.image_hash && (
          <Button
            href={`/a/${data.app_id}?version=${data.version_id}`}
            target="_blank"
            rel="noopener"
            icon={<ExportOutlined aria-hidden />}
          >
            {t("run")}
          </Button>
        )
      }
    >
      <Loaded of={submission} rows={8}>
        {(detail) => <Workspace of={detail} />}
      </Loaded>
    </Screen>
  );
}

function Workspace({ of }: { of: SubmissionDetail }) {
  const address = useAddress();
  const [marks, setMarks] = useState<Mark[]>([]);
  const diagnostics = of.version.diagnostics ?? [];
  const apis = of.version.report?.apis ?? [];
  const toggle = (file: string, line: number) =>
    setMarks((now) => {
      const others = now.filter((mark) => mark.file !== file || mark.line !== line);
      return others.length < now.length ? others : [...now, { file, line }];
    });
  const toLookAt = diagnostics.length + apis.filter((use) => !use.supported).length;
  return (
    <div className="workspace">
      <Tabs
        activeKey={address.get("tab") || "overview"}
        onChange={(tab) => address.set({ tab, file: null, line: null }, "push")}
        items={[
          { key: "overview", label: t("overview"), children: <Overview of={of} /> },
          {
            key: "changes",
            label: (
              <>
                {t("code")}
                {(of.changes?.length ?? 0) > 0 && (
                  <span className="count">{of.changes?.length}</span>
                )}
              </>
            ),
            children: <FileChanges of={of} />,
          },
          {
            key: "files",
            label: t("files"),
            children: (
              <Panel flush>
                <Source
                  base={`/admin/submissions/${of.id}`}
                  files={of.files ?? []}
                  onLine={of.state === "pending" ? toggle : undefined}
                  marks={[...marks, ...diagnostics]}
                />
              </Panel>
            ),
          },
          {
            key: "findings",
            label: (
              <>
                {t("findings")}
                {toLookAt > 0 && <span className="count">{toLookAt}</span>}
              </>
            ),
            children: (
              <>
                <CheckResult of={of} />
                <Panel title={t("diagnostics")} flush>
                  <Diagnostics of={diagnostics} />
                </Panel>
                <Panel title={t("apis")} flush>
                  <Apis of={apis} />
                </Panel>
              </>
            ),
          },
          { key: "history", label: t("history"), children: <History of={of} /> },
        ]}
      />
      <Decision of={of} marks={marks} onClear={() => setMarks([])} />
    </div>
  );
}

function Overview({ of }: { of: SubmissionDetail }) {
  return (
    <div className="columns">
      <div>
        <Panel title={t("notes")}>
          {of.notes ? (
            <p className="said" dir="auto">
              {of.notes}
            </p>
          ) : (
            <p className="faint">{t("noNotes")}</p>
          )}
        </Panel>
        <Requested of={of} />
        <Changes of={of} />
        <Panel title={t("domains")}>
          {of.version.report?.domains?.length ? (
            <span className="codes">
              {of.version.report.domains.map((domain) => (
                <Tag key={domain}>
                  <code>{domain}</code>
                </Tag>
              ))}
            </span>
          ) : (
            <p className="faint">{t("noDomains")}</p>
          )}
        </Panel>
        {of.version.report?.collections && (
          <Panel title={t("collections")}>
            <span className="codes">
              {Object.entries(of.version.report.collections).map(([name, right]) => (
                <Tag key={name}>
                  <code>{`${name}: ${right}`}</code>
                </Tag>
              ))}
            </span>
          </Panel>
        )}
        {of.version.report?.functions && (
          <Panel title={t("functions")}>
            <span className="codes">
              {of.version.report.functions.map((name) => (
                <Tag key={name}>
                  <code>{name}</code>
                </Tag>
              ))}
            </span>
          </Panel>
        )}
        <Hosts of={of.version.report?.hosts ?? []} />
        <Manifest of={of} />
      </div>
      <aside>
        <Panel title={t("facts")}>
          <Face title={t("asSubmitted")} of={shownApp(of)} />
          <Face title={t("account")} of={shownAccount(of)} />
          <Facts
            of={[
              [t("kind"), of.baseline ? `${t("update")} (${of.baseline.version})` : t("first")],
              [t("submittedBy"), <Name key="by" of={of.submitter} />],
              [t("submittedAt"), <When key="at" at={of.submitted_at} exact />],
              [t("size"), bundleSize(of.version)],
              [t("appId"), <CopyText key="app" text={of.app_id} what={t("appId")} />],
              [
                t("submissionId"),
                <CopyText key="id" text={of.id} what={t("submissionId")} short />,
              ],
            ]}
          />
        </Panel>
        <Developer of={of} />
        <Panel title={t("pages")}>
          <ul className="plain">
            {(of.version.report?.pages ?? []).map((page) => (
              <li key={page}>
                <code>{page}</code>
              </li>
            ))}
          </ul>
        </Panel>
      </aside>
    </div>
  );
}

function Requested({ of }: { of: SubmissionDetail }) {
  const scopes = of.version.report?.scopes ?? [];
  const held = new Set(of.baseline?.report?.scopes ?? []);
  const sensitiveFirst = [...scopes].sort(
    (a, b) => Number(isSensitive(b)) - Number(isSensitive(a)),
  );
  return (
    <Panel title={t("requested")} flush>
      <DataTable
        name={t("requested")}
        rows={sensitiveFirst}
        id={(scope) => scope}
        empty={<Nothing title={t("noPermissions")} />}
        columns={[
          {
            title: t("permission"),
            nowrap: true,
            cell: (scope) => (
              <>
                <code className="strong">{scope}</code>{" "}
                {isSensitive(scope) && <Tag color="warning">{t("sensitive")}</Tag>}
                {of.baseline && !held.has(scope) && <Tag color="processing">{t("isNew")}</Tag>}
              </>
            ),
          },
          {
            title: t("reason"),
            wide: true,
            cell: (scope) =>
              of.scope_reasons?.[scope] ? (
                <span dir="auto">{of.scope_reasons[scope]}</span>
              ) : (
                <span className="bad">{t("noReason")}</span>
              ),
          },
        ]}
      />
    </Panel>
  );
}

function Changes({ of }: { of: SubmissionDetail }) {
  if (!of.baseline || of.baseline.id === of.version_id) return null;
  const found = compare(of.baseline.report, of.version.report);
  const lines: [string, string[], "+" | "−"][] = [
    [t("scopesAdded"), found.scopes.added, "+"],
    [t("scopesRemoved"), found.scopes.removed, "−"],
    [t("domainsAdded"), found.domains.added, "+"],
    [t("domainsRemoved"), found.domains.removed, "−"],
    [t("pagesAdded"), found.pages.added, "+"],
    [t("pagesRemoved"), found.pages.removed, "−"],
    [t("unsupportedAdded"), found.unsupported.map((name) => `wx.${name}`), "+"],
  ];
  return (
    <Panel title={t("changes", { version: of.baseline.version })}>
      {isSame(found) ? (
        <p className="faint">{t("noChanges")}</p>
      ) : (
        <Facts
          of={lines
            .filter(([, items]) => items.length > 0)
            .map(([name, items, sign]) => [
              name,
              <span key={name} className="codes">
                {items.map((item) => (
                  <Tag key={item} color={sign === "+" ? "success" : "default"}>
                    {sign} <code>{item}</code>
                  </Tag>
                ))}
              </span>,
            ])}
        />
      )}
    </Panel>
  );
}

function Manifest({ of }: { of: SubmissionDetail }) {
  const base = `/admin/submissions/${of.id}`;
  const path = manifestOf(of.files ?? []) ?? "app.json";
  const file = useQuery({
    queryKey: ["source", base, path],
    queryFn: ({ signal }) => api.get<SourceText>(`${base}/file`, { path }, signal),
    staleTime: Infinity,
  });
  return (
    <Panel title={t("manifest")} actions={<PlaceLink file={path} />}>
      <Loaded of={file}>{(data) => <pre className="json">{data.text}</pre>}</Loaded>
    </Panel>
  );
}

/** The profile that was submitted; for old submissions the current one. */
function shownApp(of: SubmissionDetail) {
  const { name, description, icon_url } = of.app;
  return of.profiles?.app ?? { name, description, picture_url: icon_url };
}

function shownAccount(of: SubmissionDetail) {
  const { name, avatar_url } = of.developer;
  return of.profiles?.account ?? { name, description: "", picture_url: avatar_url };
}

/** Servers that the code names. Those that it may not or cannot reach come first. */
function Hosts({ of }: { of: HostUse[] }) {
  const rank = (host: HostUse) => Number(host.declared) + Number(!host.private);
  return (
    <Panel title={t("hosts")} flush>
      <DataTable
        name={t("hosts")}
        rows={[...of].sort((a, b) => rank(a) - rank(b))}
        id={(host) => host.url}
        empty={<Nothing title={t("noHosts")} />}
        columns={[
          {
            title: t("host"),
            wide: true,
            cell: (host) => (
              <>
                <code>{host.url}</code>{" "}
                {!host.declared && <Tag color="error">{t("notDeclared")}</Tag>}
                {host.private && <Tag color="warning">{t("privateHost")}</Tag>}
              </>
            ),
          },
          { title: t("place"), cell: (host) => <PlaceLink file={host.file} line={host.line} /> },
        ]}
      />
    </Panel>
  );
}

function Developer({ of }: { of: SubmissionDetail }) {
  const { developer } = of;
  return (
    <Panel title={t("developer")}>
      <Facts
        of={[
          [
            t("account"),
            <span key="account">
              <bdi>{developer.name}</bdi> <span className="faint">@{developer.handle}</span>{" "}
              {developer.verified && <Tag color="success">{t("verified")}</Tag>}
              {!developer.reviewed && <Tag color="warning">{t("neverReviewed")}</Tag>}
            </span>,
          ],
          [t("since"), <When key="since" at={developer.created_at} exact />],
          [t("followers"), formatNumber(developer.follower_count)],
          [t("apps"), formatNumber(developer.app_count)],
          [
            t("members"),
            <span key="members" className="codes">
              {(developer.members ?? []).map((member) => (
                <bdi key={member.user_id} title={`@${member.handle}`}>
                  {member.display_name || member.handle}
                </bdi>
              ))}
            </span>,
          ],
        ]}
      />
    </Panel>
  );
}

function History({ of }: { of: SubmissionDetail }) {
  return (
    <Panel flush>
      <DataTable
        name={t("history")}
        rows={of.history ?? []}
        id={(row) => row.id}
        empty={<Nothing title={t("noHistory")} />}
        columns={[
          {
            title: t("version"),
            nowrap: true,
            cell: (row) => (
              <Link href={`/reviews/${row.id}`}>
                <bdi>{row.version.version}</bdi>
              </Link>
            ),
          },
          { title: t("state"), nowrap: true, cell: (row) => <SubmissionTag state={row.state} /> },
          {
            title: t("reasons"),
            wide: true,
            cell: (row) => (
              <>
                {row.note && <div dir="auto">{row.note}</div>}
                <ul className="plain">
                  {(row.reasons ?? []).map((reason) => (
                    <li key={`${reason.file}:${reason.line}:${reason.text}`}>
                      {reason.rule && <Tag>{reason.rule}</Tag>}{" "}
                      <span dir="auto">{reason.text}</span>{" "}
                      {reason.file && (
                        <code className="faint">{placeText(reason.file, reason.line)}</code>
                      )}
                    </li>
                  ))}
                </ul>
              </>
            ),
          },
          { title: t("submittedAt"), nowrap: true, cell: (row) => <When at={row.submitted_at} /> },
          {
            title: t("decision"),
            nowrap: true,
            cell: (row) =>
              row.decided_at ? (
                <>
                  {row.decider && <Name of={row.decider} />} · <When at={row.decided_at} />
                </>
              ) : (
                "–"
              ),
          },
        ]}
      />
    </Panel>
  );
}
