// What a developer should do next with an app, judged by its newest versions.

import type { Version, VersionState } from "../wire";

export type Next =
  | { kind: "upload" }
  | { kind: "failed" | "submit" | "rejected" | "release"; version: Version };

const KINDS: Partial<Record<VersionState, "failed" | "submit" | "rejected" | "release">> = {
  failed: "failed",
  ready: "submit",
  rejected: "rejected",
  approved: "release",
};

/**
 * Newest version first. Only the newest counts, and an approved one that was overtaken by uploads
 * but not by a release: it still waits for its release. null when there is nothing to do.
 */
export function nextStep(versions: Version[]): Next | null {
  const newest = versions[0];
  if (!newest) return { kind: "upload" };
  const released = versions.findIndex((version) => version.state === "released");
  const unreleased = released < 0 ? versions : versions.slice(0, released);
  const approved = unreleased.find((version) => version.state === "approved");
  if (approved) return { kind: "release", version: approved };
  const kind = KINDS[newest.state];
  return kind ? { kind, version: newest } : null;
}
