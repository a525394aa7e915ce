import { describe, expect, it } from "vitest";

import { nextStep } from "../src/developer/next";
import { progressOf } from "../src/kit/stages";
import type { Version, VersionState } from "../src/wire";

const version = (label: string, state: VersionState) =>
  ({ id: label, version: label, state }) as Version;

describe("the way of a version", () => {
  it("has one stage that comes next, until it is released", () => {
    const states: VersionState[] = ["failed", "ready", "submitted", "approved", "rejected"];
    for (const state of states) {
      const at = Object.values(progressOf(state)).filter((p) => p === "now" || p === "stuck");
      expect(at, state).toHaveLength(1);
    }
    expect(new Set(Object.values(progressOf("released")))).toEqual(new Set(["done"]));
  });

  it("is stuck where it failed or was rejected", () => {
    expect(progressOf("failed").upload).toBe("stuck");
    expect(progressOf("rejected")).toEqual({
      upload: "done",
      submit: "done",
      approve: "stuck",
      release: "ahead",
    });
  });
});

describe("what to do next with an app", () => {
  it("is to upload when there is nothing", () => {
    expect(nextStep([])).toEqual({ kind: "upload" });
  });

  it("follows the newest version", () => {
    expect(nextStep([version("2", "failed"), version("1", "released")])?.kind).toBe("failed");
    expect(nextStep([version("2", "ready"), version("1", "rejected")])?.kind).toBe("submit");
    expect(nextStep([version("2", "rejected")])?.kind).toBe("rejected");
  });

  it("is to release what is approved, even after another upload", () => {
    const next = nextStep([
      version("3", "ready"),
      version("2", "approved"),
      version("1", "released"),
    ]);
    expect(next).toMatchObject({ kind: "release", version: { version: "2" } });
  });

  it("leaves an approved version alone that a later release has overtaken", () => {
    expect(nextStep([version("2", "released"), version("1", "approved")])).toBeNull();
  });

  it("is to wait while a reviewer reads", () => {
    expect(nextStep([version("2", "submitted")])).toBeNull();
  });
});
