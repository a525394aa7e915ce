import { describe, expect, it } from "vitest";

import { compare, isSame } from "../src/admin/compare";
import { changed } from "../src/frame/address";
import type { Report } from "../src/wire";

const report = (change: Partial<Report>): Report => ({
  app_name: "a",
  pages: ["p"],
  scopes: ["login"],
  domains: null,
  hosts: null,
  apis: null,
  ...change,
});

describe("what a reviewer sees first", () => {
  it("is what the released version did not ask for", () => {
    const after = report({
      scopes: ["login", "payment"],
      domains: ["x.example"],
      apis: [{ name: "scanCode", supported: false, column: 1, file: "a.js", line: 1 }],
    });
    const found = compare(report({ pages: ["p", "q"] }), after);
    expect(found.scopes).toEqual({ added: ["payment"], removed: [] });
    expect(found.domains.added).toEqual(["x.example"]);
    expect(found.pages.removed).toEqual(["q"]);
    expect(found.unsupported).toEqual(["scanCode"]);
    expect(isSame(found)).toBe(false);
  });

  it("is nothing when nothing changed, and everything at a first release", () => {
    expect(isSame(compare(report({}), report({})))).toBe(true);
    expect(compare(null, report({})).scopes.added).toEqual(["login"]);
  });
});

describe("filters in the address", () => {
  it("come and go without touching the others", () => {
    const before = new URLSearchParams("a=1&b=2");
    expect(changed(before, { b: "", c: 3 }).toString()).toBe("a=1&c=3");
    expect(before.toString()).toBe("a=1&b=2");
  });
});
