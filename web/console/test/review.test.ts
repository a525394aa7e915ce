import { describe, expect, it } from "vitest";

import { compare, isSame } from "../src/admin/compare";
import { takenDown } from "../src/admin/takendown";
import { changed } from "../src/frame/address";
import type { AuditEntry, Report } from "../src/wire";

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
      apis: [{ name: "scanCode", supported: false, file: "a.js", line: 1 }],
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

describe("apps that are taken down", () => {
  const entry = (action: string, target: string, at: string): AuditEntry => ({
    id: at,
    at,
    action,
    target,
    actor: "user:u",
    detail: { reason: "why" },
    request_id: "",
    ip: "",
  });

  it("are those whose last entry says so", () => {
    const down = takenDown([
      entry("app.disable", "app:a", "2026-01-01T00:00:00Z"),
      entry("app.enable", "app:a", "2026-01-02T00:00:00Z"),
      entry("app.disable", "app:b", "2026-01-01T00:00:00Z"),
      entry("app.enable", "app:c", "2026-01-01T00:00:00.5Z"),
      entry("app.disable", "app:c", "2026-01-01T00:00:01Z"),
    ]);
    expect(down.map((one) => one.appId)).toEqual(["c", "b"]);
    expect(down[0]).toMatchObject({ by: "u", reason: "why" });
  });
});

describe("filters in the address", () => {
  it("come and go without touching the others", () => {
    const before = new URLSearchParams("a=1&b=2");
    expect(changed(before, { b: "", c: 3 }).toString()).toBe("a=1&c=3");
    expect(before.toString()).toBe("a=1&b=2");
  });
});
