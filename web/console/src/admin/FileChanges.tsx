// What differs between the release and a submission: the files, and of each the lines.

import { useQuery } from "@tanstack/react-query";
import { Tag } from "antd";
import { structuredPatch } from "diff";
import { useMemo } from "react";
import { Link } from "wouter";

import { useAddress } from "../frame/address";
import { api } from "../frame/session";
import { DataTable } from "../kit/DataTable";
import { bytes } from "../kit/Marks";
import { Loaded, Nothing, Panel } from "../kit/Screen";
import { PlaceLink } from "../kit/Source";
import type { FileChange, SourceText, SubmissionDetail } from "../wire";
import { rowsOf } from "./hunks";
import { t } from "./texts";

const COLOURS = { added: "success", changed: "processing", deleted: "error" } as const;

/** Lines around a change that are shown with it. */
const CONTEXT = 4;
/** A comparison that takes longer is ended: an author can write a file that is slow to compare. */
const COMPARE_MS = 2_000;

export function FileChanges({ of }: { of: SubmissionDetail }) {
  const address = useAddress();
  const changes = of.changes ?? [];
  const names = { added: t("fileAdded"), changed: t("fileChanged"), deleted: t("fileDeleted") };
  const open = changes.find((change) => change.path === address.get("changed"));
  return (
    <>
      <Panel
        title={
          of.baseline ? t("filesChanged", { version: of.baseline.version }) : t("filesChangedFirst")
        }
        flush
      >
        <DataTable
          name={t("fileChanges")}
          rows={changes}
          id={(change) => change.path}
          empty={<Nothing title={t("noFilesChanged")} />}
          columns={[
            {
              title: t("fileName"),
              wide: true,
              cell: (change) => (
                <Link
                  href={address.link({ tab: "changes", changed: change.path })}
                  aria-current={change === open ? "true" : undefined}
                >
                  <code>{change.path}</code>
                </Link>
              ),
            },
            {
              title: t("kind"),
              nowrap: true,
              cell: (change) => <Tag color={COLOURS[change.kind]}>{names[change.kind]}</Tag>,
            },
            {
              title: t("size"),
              nowrap: true,
              cell: (change) =>
                change.kind === "changed"
                  ? `${bytes(change.before)} → ${bytes(change.after)}`
                  : bytes(change.before + change.after),
            },
          ]}
        />
      </Panel>
      {open && <Difference key={open.path} of={of} change={open} />}
    </>
  );
}

function Difference({ of, change }: { of: SubmissionDetail; change: FileChange }) {
  const base = `/admin/submissions/${of.id}`;
  const side = (path: string, wanted: boolean) => ({
    queryKey: ["source", base, path, change.path],
    queryFn: async ({ signal }: { signal: AbortSignal }) =>
      wanted
        ? api.get<SourceText>(`${base}/${path}`, { path: change.path }, signal)
        : { path: change.path, size: 0, text: "", truncated: false },
    staleTime: Infinity,
  });
  const before = useQuery(side("base-file", change.kind !== "added"));
  const after = useQuery(side("file", change.kind !== "deleted"));
  return (
    <Panel
      title={change.path}
      flush
      actions={change.kind !== "deleted" && <PlaceLink file={change.path} />}
    >
      <Loaded of={before}>
        {(old) => <Loaded of={after}>{(now) => <Hunks before={old} after={now} />}</Loaded>}
      </Loaded>
    </Panel>
  );
}

function Hunks({ before, after }: { before: SourceText; after: SourceText }) {
  const patch = useMemo(
    () =>
      before.text === null || after.text === null
        ? null
        : structuredPatch("", "", before.text, after.text, "", "", {
            context: CONTEXT,
            timeout: COMPARE_MS,
          }),
    [before, after],
  );
  if (before.text === null || after.text === null) return <Nothing title={t("notText")} />;
  if (!patch) return <Nothing title={t("tooDifferent")} />;
  return (
    <div className="table-frame" role="region" aria-label={after.path} tabIndex={0}>
      {(before.truncated || after.truncated) && <p className="note">{t("diffTruncated")}</p>}
      <table className="diff" dir="ltr">
        <thead className="unseen">
          <tr>
            <th scope="col">{t("lineBefore")}</th>
            <th scope="col">{t("lineAfter")}</th>
            <th scope="col">{t("lineText")}</th>
          </tr>
        </thead>
        {patch.hunks.map((hunk) => (
          <tbody key={`${hunk.oldStart}:${hunk.newStart}`}>
            <tr className="diff-gap">
              <td colSpan={3}>
                <code>{`@@ −${hunk.oldStart} +${hunk.newStart} @@`}</code>
              </td>
            </tr>
            {rowsOf(hunk).map((row) => (
              <tr key={row.key} className={`diff-${row.kind}`}>
                <td>{row.before}</td>
                <td>{row.after}</td>
                <td>
                  <code>{row.text}</code>
                </td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}
