// The stages of a version from upload to release, as both consoles show them.

import type { VersionState } from "../wire";

export const STAGES = ["upload", "submit", "approve", "release"] as const;
export type Stage = (typeof STAGES)[number];
export type Progress = "done" | "now" | "stuck" | "ahead";

/** How many stages a version has passed, and whether the next one failed. */
const POSITIONS: Record<VersionState, { behind: number; stuck?: boolean }> = {
  failed: { behind: 0, stuck: true },
  ready: { behind: 1 },
  submitted: { behind: 2 },
  rejected: { behind: 2, stuck: true },
  approved: { behind: 3 },
  released: { behind: 4 },
  retired: { behind: 4 },
};

export function progressOf(state: VersionState): Record<Stage, Progress> {
  const { behind, stuck } = POSITIONS[state];
  const of = (index: number): Progress => {
    if (index < behind) return "done";
    if (index > behind) return "ahead";
    return stuck ? "stuck" : "now";
  };
  return { upload: of(0), submit: of(1), approve: of(2), release: of(3) };
}
