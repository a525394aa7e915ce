import { ExportOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Form, Input, Modal, Tabs, Tag } from "antd";
import { useState } from "react";
import { Link } from "wouter";

import { formatDateTime } from "../../../shared/i18n";
import { useAddress } from "../frame/address";
import { notify } from "../frame/Notices";
import { useWholeList } from "../frame/lists";
import { api } from "../frame/session";
import { CopyText } from "../kit/CopyText";
import { Deaths } from "../kit/Deaths";
import { Fault } from "../kit/Fault";
import { Apis, Diagnostics } from "../kit/Findings";
import { useSending } from "../kit/form";
import { ago, bundleSize, Person, StateTag, When } from "../kit/Marks";
import { Qr } from "../kit/Qr";
import { Facts, Loaded, Panel, Screen } from "../kit/Screen";
import { PlaceLink, Source } from "../kit/Source";
import { StageList } from "../kit/StageList";
import type { DevApp, SourceFile, Version } from "../wire";
import { usePause, useVersion } from "./data";
import { t } from "./texts";

const basePath = (version: Version) => `/dev/apps/${version.app_id}/versions/${version.id}`;

export default function VersionPage({ app, id }: { app: DevApp; id: string }) {
  const version = useVersion(app.id, id);
  return (
    <Screen
      title={version.data ? t("versionTitle", { version: version.data.version }) : t("version")}
      mark={version.data && <StateTag state={version.data.state} />}
      lead={version.data?.notes && <span dir="auto">{version.data.notes}</span>}
      trail={[{ to: `/apps/${app.id}/versions`, label: t("versions") }]}
      actions={version.data && <Actions version={version.data} />}
    >
      <Loaded of={version}>{(data) => <Body version={data} />}</Loaded>
    </Screen>
  );
}

function Body({ version }: { version: Version }) {
  const address = useAddress();
  const files = useWholeList<SourceFile>(["files", version.id], `${basePath(version)}/files`);
  const diagnostics = version.diagnostics ?? [];
  const apis = version.report?.apis ?? [];
  const missing = apis.filter((use) => !use.supported).length;
  const marks = [...diagnostics, ...(version.findings ?? [])];
  const broken = version.state === "failed" || version.outdated;
  return (
    <>
      <StageList state={version.state} />
      <Paused version={version} />
      <News version={version} />
      <Tabs
        activeKey={address.get("tab") || (broken ? "diagnostics" : "overview")}
        onChange={(tab) => address.set({ tab, file: null, line: null }, "push")}
        items={[
          { key: "overview", label: t("overview"), children: <OverviewTab version={version} /> },
          {
            key: "files",
            label: t("files"),
            children: (
              <Panel flush>
                <Loaded of={files} rows={8}>
                  {(list) => <Source base={basePath(version)} files={list} marks={marks} />}
                </Loaded>
              </Panel>
            ),
          },
          {
            key: "diagnostics",
            label: <Counted name={t("diagnostics")} count={diagnostics.length} />,
            children: (
              <Panel flush>
                <Diagnostics of={diagnostics} />
              </Panel>
            ),
          },
          {
            key: "apis",
            label: <Counted name={t("apis")} count={missing} />,
            children: (
              <Panel flush>
                <Apis of={apis} />
              </Panel>
            ),
          },
        ]}
      />
    </>
  );
}

function Counted({ name, count }: { name: string; count: number }) {
  return (
    <>
      {name}
      {count > 0 && <span className="count">{count}</span>}
    </>
  );
}

/** Nobody can open the version, because its sandbox kept ending. */
function Paused({ version }: { version: Version }) {
  const pause = usePause(version.app_id, version.id);
  if (!pause.data) return null;
  return (
    <Alert
      className="fault"
      type="warning"
      showIcon
      title={t("pausedTitle", { until: formatDateTime(new Date(pause.data.until)) })}
      description={
        <>
          <p>{t("pausedLead", { count: pause.data.deaths.length })}</p>
          <Deaths of={pause.data.deaths} />
          <Link href={`/apps/${version.app_id}/logs`}>{t("toLogs")}</Link>
        </>
      }
    />
  );
}

/** What the state means for the developer, above everything else. */
function News({ version }: { version: Version }) {
  const { submission, findings } = version;
  if (version.outdated) {
    return (
      <Alert
        className="fault"
        type="error"
        showIcon
        title={t("outdatedTitle")}
        description={t("outdatedLead")}
      />
    );
  }
  switch (version.state) {
    case "failed":
      return (
        <Alert
          className="fault"
          type="error"
          showIcon
          title={t("failedTitle")}
          description={t("failedLead")}
        />
      );
    case "submitted":
      return (
        <Alert
          className="fault"
          type="info"
          showIcon
          title={t("waitingTitle")}
          description={t("waitingLead", {
            ago: submission ? ago(new Date(submission.submitted_at)) : "",
          })}
        />
      );
    case "approved":
      return (
        <Alert
          className="fault"
          type="success"
          showIcon
          title={t("approvedTitle")}
          description={
            submission?.note ? t("reviewerSays", { note: submission.note }) : t("approvedLead")
          }
        />
      );
    case "rejected":
      return (
        <Alert
          className="fault"
          type="error"
          showIcon
          title={t("rejectedTitle")}
          description={
            <ol className="reasons">
              {(findings ?? []).map((finding, index) => (
                <li key={index}>
                  {finding.rule && <Tag>{finding.rule}</Tag>}
                  <span dir="auto">{finding.text}</span>{" "}
                  {finding.file && <PlaceLink file={finding.file} line={finding.line} />}
                </li>
              ))}
            </ol>
          }
        />
      );
    default:
      return null;
  }
}

function OverviewTab({ version }: { version: Version }) {
  const report = version.report;
  const missing = report?.apis?.filter((use) => !use.supported) ?? [];
  return (
    <div className="columns">
      <div>
        {report && (
          <Panel title={t("report")}>
            <Facts
              of={[
                [t("name"), report.app_name || "–"],
                [t("pages"), <Codes key="p" of={report.pages} empty={t("none")} />],
                [t("scopes"), <Codes key="s" of={report.scopes} empty={t("noScopes")} />],
                [t("domains"), <Codes key="d" of={report.domains} empty={t("noDomains")} />],
                [
                  t("collections"),
                  <Codes
                    key="c"
                    of={Object.entries(report.collections ?? {}).map((each) => each.join(": "))}
                    empty={t("none")}
                  />,
                ],
                [t("functions"), <Codes key="f" of={report.functions ?? []} empty={t("none")} />],
                [
                  t("unsupportedApis"),
                  <Codes
                    key="a"
                    of={missing.map((use) => `wx.${use.name}`)}
                    empty={t("none")}
                    warn
                  />,
                ],
              ]}
            />
          </Panel>
        )}
        <Panel>
          <Facts
            of={[
              [t("versionId"), <CopyText key="id" text={version.id} what={t("versionId")} />],
              [t("size"), bundleSize(version)],
              [t("uploaded"), <When key="at" at={version.created_at} exact />],
              [t("by"), <Person key="by" id={version.created_by} />],
              [
                t("checksum"),
                <CopyText key="sum" text={version.bundle_sha256} what={t("checksum")} short />,
              ],
            ]}
          />
        </Panel>
      </div>
      <aside>{version.image_hash && <TryIt version={version} />}</aside>
    </div>
  );
}

function Codes({
  of,
  empty,
  warn,
}: {
  of: string[] | null | undefined;
  empty: string;
  warn?: boolean;
}) {
  if (!of?.length) return <span className="faint">{empty}</span>;
  return (
    <span className="codes">
      {of.map((code) => (
        <Tag key={code} color={warn ? "error" : undefined}>
          <code>{code}</code>
        </Tag>
      ))}
    </span>
  );
}

const PHONE = "popup,width=390,height=844";

function TryIt({ version }: { version: Version }) {
  const path = `/a/${version.app_id}?version=${version.id}`;
  return (
    <Panel title={t("tryIt")}>
      <p className="faint">{t("tryLead")}</p>
      <Qr text={location.origin + path} label={t("qr")} />
      <div className="buttons stacked">
        <Button
          type="primary"
          href={path}
          target="_blank"
          rel="noopener"
          icon={<ExportOutlined aria-hidden />}
        >
          {t("openDevelopment")}
        </Button>
        <Button onClick={() => window.open(path, `teahouse-${version.id}`, PHONE)}>
          {t("phoneWindow")}
        </Button>
      </div>
    </Panel>
  );
}

function Actions({ version }: { version: Version }) {
  const [modal, modalHolder] = Modal.useModal();
  const client = useQueryClient();
  const [submitting, setSubmitting] = useState(false);
  const keep = async (changed: Version) => {
    client.setQueryData(["app", version.app_id, "versions", version.id], changed);
    await client.invalidateQueries({ queryKey: ["app", version.app_id] });
  };
  const ask = (what: "withdraw" | "release", title: string, lead: string, done: string) => {
    const answer = modal.confirm({
      title,
      content: lead,
      okText: what === "withdraw" ? t("withdraw") : t("release"),
      okButtonProps: { danger: what === "withdraw" },
      onOk: async () => {
        try {
          await keep(await api.post<Version>(`${basePath(version)}/${what}`));
          notify(done);
        } catch (error) {
          answer.update({ content: <Fault error={error} /> });
          throw error;
        }
      },
    });
  };
  const release = () =>
    ask("release", t("releaseAsk", { version: version.version }), t("releaseLead"), t("released"));
  return (
    <>
      {modalHolder}
      {(version.state === "ready" || version.state === "rejected") && (
        <Button type="primary" onClick={() => setSubmitting(true)}>
          {version.state === "ready" ? t("submit") : t("submitAgain")}
        </Button>
      )}
      {version.state === "submitted" && (
        <Button
          onClick={() => ask("withdraw", t("withdrawAsk"), t("withdrawLead"), t("withdrawn"))}
        >
          {t("withdraw")}
        </Button>
      )}
      {version.state === "approved" && (
        <Button type="primary" onClick={release}>
          {t("release")}
        </Button>
      )}
      {version.state === "retired" && <Button onClick={release}>{t("releaseAgain")}</Button>}
      <Submit
        version={version}
        open={submitting}
        onClose={() => setSubmitting(false)}
        onDone={keep}
      />
    </>
  );
}

interface SubmitProps {
  version: Version;
  open: boolean;
  onClose: () => void;
  onDone: (changed: Version) => Promise<void>;
}

type Reasons = Record<string, string>;

function Submit({ version, open, onClose, onDone }: SubmitProps) {
  const scopes = version.report?.scopes ?? [];
  const sending = useSending<Reasons>(async (values) => {
    const { notes = "", ...reasons } = values;
    const changed = await api.post<Version>(`${basePath(version)}/submit`, {
      notes,
      scope_reasons: Object.fromEntries(
        scopes.map((scope) => [scope, reasons[`scope-${scope}`]?.trim() ?? ""]),
      ),
    });
    await onDone(changed);
    onClose();
    notify(t("submitted"));
  });
  const before = version.submission;
  const initial: Reasons = { notes: before?.notes ?? "" };
  // Nobody should have to type the same reasons twice.
  for (const scope of scopes) initial[`scope-${scope}`] = before?.scope_reasons?.[scope] ?? "";
  return (
    <Modal
      open={open}
      title={t("submit")}
      okText={t("submitDo")}
      cancelText={t("cancel")}
      confirmLoading={sending.busy}
      onOk={() => sending.form.submit()}
      onCancel={onClose}
      destroyOnHidden
    >
      <p className="faint">{t("submitLead")}</p>
      <Form form={sending.form} layout="vertical" onFinish={sending.send} initialValues={initial}>
        {scopes.map((scope) => (
          <Form.Item
            key={scope}
            name={`scope-${scope}`}
            label={t("reasonFor", { scope })}
            rules={[{ required: true, whitespace: true, message: t("required") }]}
          >
            <Input maxLength={500} placeholder={t("reasonHint")} />
          </Form.Item>
        ))}
        <Form.Item name="notes" label={t("reviewerNotes")}>
          <Input.TextArea
            maxLength={4000}
            placeholder={t("reviewerNotesHint")}
            autoSize={{ minRows: 3, maxRows: 8 }}
          />
        </Form.Item>
      </Form>
      {sending.error !== null && <Fault error={sending.error} />}
    </Modal>
  );
}
