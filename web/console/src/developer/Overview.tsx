import { useQuery } from "@tanstack/react-query";
import { Button, Tag } from "antd";
import { Link } from "wouter";

import { CopyText } from "../kit/CopyText";
import { StateTag, When } from "../kit/Marks";
import { Facts, Loaded, Panel, Screen } from "../kit/Screen";
import { StageList } from "../kit/StageList";
import { placeText } from "../kit/tree";
import type { DevApp, Finding, Version } from "../wire";
import { recentVersions } from "./data";
import { nextStep } from "./next";
import { t } from "./texts";
import { UploadCommand } from "./UploadCommand";

export default function Overview({ app }: { app: DevApp }) {
  const versions = useQuery(recentVersions(app.id));
  return (
    <Screen title={app.name} lead={app.description && <span dir="auto">{app.description}</span>}>
      <Loaded of={versions}>
        {(list) => (
          <div className="columns">
            <div>{list[0] ? <Latest app={app} versions={list} /> : <FirstSteps app={app} />}</div>
            <aside>
              <Live app={app} />
              <Panel>
                <Facts
                  of={[
                    [
                      t("account"),
                      <Link key="a" href={`/accounts/${app.account.id}`}>
                        {app.account.name}
                      </Link>,
                    ],
                    [t("appId"), <CopyText key="id" text={app.id} what={t("appIdCopy")} />],
                    [t("created"), <When key="at" at={app.created_at} exact />],
                  ]}
                />
              </Panel>
            </aside>
          </div>
        )}
      </Loaded>
    </Screen>
  );
}

function Latest({ app, versions }: { app: DevApp; versions: Version[] }) {
  const next = nextStep(versions);
  const shown = next && next.kind !== "upload" ? next.version : versions[0]!;
  const to = `/apps/${app.id}/versions/${shown.id}`;
  const words = {
    failed: t("failedLead"),
    submit: t("todoSubmitWhy"),
    rejected: t("todoRejectedWhy"),
    release: t("todoReleaseWhy"),
    upload: "",
  };
  return (
    <>
      <Panel title={t("latest")} actions={<StateTag state={shown.state} />}>
        <StageList state={shown.state} />
        <p>
          <strong dir="auto">{shown.version}</strong>{" "}
          <span className="faint" dir="auto">
            {shown.notes}
          </span>
        </p>
        {next && <p>{words[next.kind]}</p>}
        {shown.state === "rejected" && <Reasons of={shown.findings ?? []} />}
        {shown.state === "approved" && shown.submission?.note && (
          <p>{t("reviewerSays", { note: shown.submission.note })}</p>
        )}
        <div className="buttons">
          <Link href={to} asChild>
            <Button type={next ? "primary" : "default"}>
              {t("nextOpen", { version: shown.version })}
            </Button>
          </Link>
          <Link href={`/apps/${app.id}/versions`} asChild>
            <Button>{t("nextUpload")}</Button>
          </Link>
        </div>
      </Panel>
      <Panel title={t("versions")} flush>
        <ul className="people">
          {versions.slice(0, 5).map((version) => (
            <li key={version.id}>
              <span>
                <Link href={`/apps/${app.id}/versions/${version.id}`}>
                  <bdi>{version.version}</bdi>
                </Link>{" "}
                <span className="faint" dir="auto">
                  {version.notes}
                </span>
              </span>
              <span className="row-end">
                <When at={version.created_at} />
                <StateTag state={version.state} />
              </span>
            </li>
          ))}
        </ul>
      </Panel>
    </>
  );
}

/** Why the reviewer rejected it, where the developer looks first. */
function Reasons({ of }: { of: Finding[] }) {
  return (
    <ol className="reasons">
      {of.map((finding) => (
        <li key={`${finding.file}:${finding.line}:${finding.text}`}>
          {finding.rule && <Tag>{finding.rule}</Tag>} <span dir="auto">{finding.text}</span>{" "}
          {finding.file && <code className="faint">{placeText(finding.file, finding.line)}</code>}
        </li>
      ))}
    </ol>
  );
}

function FirstSteps({ app }: { app: DevApp }) {
  return (
    <Panel title={t("firstSteps")}>
      <p>{t("firstStepsLead")}</p>
      <UploadCommand appId={app.id} />
      <div className="buttons">
        <Link href={`/apps/${app.id}/versions`} asChild>
          <Button type="primary">{t("nextUpload")}</Button>
        </Link>
      </div>
    </Panel>
  );
}

function Live({ app }: { app: DevApp }) {
  const live = app.released_version;
  return (
    <Panel title={t("liveNow")}>
      {live ? (
        <>
          <p className="figure" dir="auto">
            {live.version}
          </p>
          <a href={`/a/${app.id}`} target="_blank" rel="noopener">
            {t("openLive")}
          </a>
        </>
      ) : (
        <p className="faint">{t("liveNothing")}</p>
      )}
    </Panel>
  );
}
