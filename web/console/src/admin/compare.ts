// What a reviewer should look at first: what a version asks for that the released one does not.

import type { Report, SubmissionSummary } from "../wire";

export interface Delta {
  added: string[];
  removed: string[];
}

export type Comparison = Record<"scopes" | "domains" | "pages", Delta> & {
  /** wx functions that the platform lacks and that the released version did not use. */
  unsupported: string[];
};

export function delta(
  before: string[] | null | undefined,
  after: string[] | null | undefined,
): Delta {
  const old = new Set(before ?? []);
  const now = new Set(after ?? []);
  return {
    added: [...now].filter((item) => !old.has(item)),
    removed: [...old].filter((item) => !now.has(item)),
  };
}

export function compare(before: Report | null, after: Report | null): Comparison {
  const missing = (report: Report | null) =>
    (report?.apis ?? []).filter((use) => !use.supported).map((use) => use.name);
  return {
    scopes: delta(before?.scopes, after?.scopes),
    domains: delta(before?.domains, after?.domains),
    pages: delta(before?.pages, after?.pages),
    unsupported: delta(missing(before), missing(after)).added,
  };
}

export function isSame({ scopes, domains, pages, unsupported }: Comparison): boolean {
  const changes = [scopes, domains, pages].flatMap(({ added, removed }) => [...added, ...removed]);
  return changes.length + unsupported.length === 0;
}

/** Permissions that touch money or reach people outside the app: their reasons are read twice. */
const SENSITIVE = new Set([
  "payment",
  "message",
  "follower",
  "profile",
  "user",
  "location",
  "record",
]);

export function isSensitive(scope: string): boolean {
  return SENSITIVE.has(scope);
}

/** What was released at the time of the decision counts, and until then what is released now. */
export function isUpdate(
  of: Pick<SubmissionSummary, "state" | "baseline_id"> & {
    app: Pick<SubmissionSummary["app"], "released_version">;
  },
): boolean {
  return (of.state === "pending" ? of.app.released_version : of.baseline_id) !== null;
}
