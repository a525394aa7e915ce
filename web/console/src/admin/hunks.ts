// A hunk of a comparison as rows of a table.

import type { StructuredPatchHunk } from "diff";

export interface DiffRow {
  key: string;
  kind: "same" | "added" | "removed";
  before: number | null;
  after: number | null;
  /** With the sign in front, so that it can be read without colours. */
  text: string;
}

/** The rows of a hunk, each with the numbers that its line has on either side. */
export function rowsOf(hunk: StructuredPatchHunk): DiffRow[] {
  let before = hunk.oldStart;
  let after = hunk.newStart;
  return hunk.lines.flatMap((line): DiffRow[] => {
    const text = line.slice(1);
    switch (line[0]) {
      case "+":
        return [
          { key: `+${after}`, kind: "added", before: null, after: after++, text: `+ ${text}` },
        ];
      case "-":
        return [
          { key: `-${before}`, kind: "removed", before: before++, after: null, text: `− ${text}` },
        ];
      case " ":
        return [
          { key: `=${after}`, kind: "same", before: before++, after: after++, text: `  ${text}` },
        ];
      default:
        return []; // that the file does not end in a line break
    }
  });
}
