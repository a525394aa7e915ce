import { describe, expect, it } from "vitest";

import { compare, isSame, isUpdate } from "../src/admin/compare";
import { changed } from "../src/frame/address";
import { ago } from "../src/kit/Marks";
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

describe("what kind of submission it is", () => {
  const now = { id: "v2", version: "2.0.0" } as never;
  it("is a first release also after it was released", () => {
    const decided = {
      state: "approved",
      baseline_id: null,
      app: { released_version: now },
    } as const;
    expect(isUpdate(decided)).toBe(false);
    expect(isUpdate({ ...decided, baseline_id: "v1" })).toBe(true);
  });

  it("follows what is released now while it waits", () => {
    const waiting = { state: "pending", baseline_id: null } as const;
    expect(isUpdate({ ...waiting, app: { released_version: now } })).toBe(true);
    expect(isUpdate({ ...waiting, app: { released_version: null } })).toBe(false);
  });
});

describe("times", () => {
  const at = (seconds: number) => ago(new Date(1e12 + seconds * 1000), new Date(1e12));
  it("say that what has just been was, and that what is about to come is not past", () => {
    expect(at(-20)).toBe("just now");
    expect(at(20)).toBe("now");
    expect(at(-61)).toBe("1 minute ago");
  });
});

describe("filters in the address", () => {
  it("come and go without touching the others", () => {
    const before = new URLSearchParams("a=1&b=2");
    expect(changed(before, { b: "", c: 3 }).toString()).toBe("a=1&c=3");
    expect(before.toString()).toBe("a=1&b=2");
  });
});
