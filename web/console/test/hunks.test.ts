import { structuredPatch } from "diff";
import { describe, expect, it } from "vitest";

import { rowsOf } from "../src/admin/hunks";

describe("the rows of a comparison", () => {
  it("have the line numbers of both sides and a sign", () => {
    const patch = structuredPatch("", "", "a\nb\nc\n", "a\nB\nc\nd", "", "", { context: 1 });
    const rows = patch.hunks.flatMap(rowsOf).map((row) => [row.before, row.after, row.text]);
    expect(rows).toEqual([
      [1, 1, "  a"],
      [2, null, "− b"],
      [null, 2, "+ B"],
      [3, 3, "  c"],
      [null, 4, "+ d"],
    ]);
  });

  it("of a new file are all added, from line 1", () => {
    const [hunk] = structuredPatch("", "", "", "x\ny\n", "", "").hunks;
    expect(rowsOf(hunk!).map((row) => [row.before, row.after])).toEqual([
      [null, 1],
      [null, 2],
    ]);
  });
});
