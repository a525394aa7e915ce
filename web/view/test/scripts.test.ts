// The two scripts as they are built: what is in which, and what a frame does with them.
import { join } from "node:path";
import { build, type Rolldown } from "vite";
import { beforeAll, describe, expect, it } from "vitest";
import { EXTRA_TAGS, structuresNeedExtra } from "../../shared/extra";
import type { FromShell, Node, Structure, ToShell, Value } from "../../shared/protocol";

const root = join(import.meta.dirname, "..");

async function built(mode: string): Promise<Rolldown.OutputChunk> {
  const made = await build({ root, mode, logLevel: "error", build: { write: false } });
  const { output } = (Array.isArray(made) ? made[0] : made) as Rolldown.RolldownOutput;
  return output[0];
}

let first: Rolldown.OutputChunk;
let second: Rolldown.OutputChunk;
beforeAll(async () => {
  first = await built("production");
  second = await built("extra");
});

/** The files of ours that a script has code of. */
const filesOf = ({ modules }: Rolldown.OutputChunk) =>
  Object.entries(modules)
    .filter(([id, { renderedLength }]) => id.startsWith("/") && renderedLength > 0)
    .map(([id]) => id.replace(/^.*\/(src|shared)\//, "$1/").replace(/\.ts$/, ""));

interface View {
  connect(port: {
    onmessage?: (event: { data: FromShell }) => void;
    postMessage(m: ToShell): void;
  }): void;
}

const structureOf = (...kids: Node[]): Structure => ({
  hash: "t",
  fragments: [{ kids, holes: 0 }],
});

/** A frame in which the first script has run. */
function frame() {
  document.body.replaceChildren();
  const view = new Function(`${first.code}; return teahouseView`)() as View;
  const told: ToShell[] = [];
  const port: Parameters<View["connect"]>[0] = { postMessage: (message) => told.push(message) };
  view.connect(port);
  const say = (data: FromShell) => port.onmessage!({ data });
  return {
    told,
    say,
    runSecond: () => new Function("teahouseView", second.code)(view),
    show(structure: Structure, values: Value[] = []) {
      say({
        t: "init",
        structure,
        css: "",
        base: "/images/h",
        env: { width: 375, height: 667, theme: "light" },
      });
      say({ t: "render", values });
    },
  };
}

describe("the first script", () => {
  it("has nothing of the second, and the second nothing of the first but limits", () => {
    const [ones, others] = [filesOf(first), filesOf(second)];
    // Limits are numbers, which each script has where it uses them.
    expect(ones.filter((file) => others.includes(file))).toEqual(["src/limits"]);
    expect(ones).toContain("src/page");
    for (const file of ["src/wxs/interpret", "src/canvas/stage", "src/components/map"])
      expect(others).toContain(file);
  });

  it("draws a page without the second", () => {
    const { show, told } = frame();
    show(structureOf({ tag: "view", id: 0, kids: ["tea"] }, { tag: "map", id: 1 }));
    expect(told.filter(({ t }) => t === "failed")).toEqual([]);
    expect(document.body.textContent).toBe("tea");
  });
});

describe("the second script", () => {
  it("takes from the first all that it uses of it", () => {
    const { runSecond, show, told } = frame();
    runSecond();
    // There is nothing to draw on here; e2e/tests/canvas.spec.ts has that.
    const tags = EXTRA_TAGS.filter((tag) => tag !== "canvas");
    show(structureOf(...tags.map((tag, id) => ({ tag, id }))));
    expect(told.filter(({ t }) => t === "failed")).toEqual([]);
    for (const tag of tags)
      expect(document.querySelector(`wx-${tag}`)?.children.length, tag).toBeGreaterThan(0);
  });

  it("is noticed when the frame refuses it", () => {
    const { say, told } = frame();
    say({ t: "extra", script: "another text" });
    expect(told).toEqual([{ t: "failed", message: "the second script did not run" }]);
  });
});

describe("a page needs the second script", () => {
  const code = { path: "m.wxs", code: [] };
  it.each<[string, boolean, Structure[]]>([
    [
      "with one of its tags, however deep",
      true,
      [structureOf({ tag: "view", id: 0, kids: [{ tag: "Map", id: 1 }] })],
    ],
    [
      "with such a tag in a component",
      true,
      [structureOf(), structureOf({ tag: "canvas", id: 0 })],
    ],
    [
      "with functions of modules that run in the frame",
      true,
      [{ ...structureOf(), modules: [null, code] }],
    ],
    ["not for functions that run on the server", false, [{ ...structureOf(), modules: [null] }]],
    ["not for a component of such a name", false, [structureOf({ tag: "editor", id: 0, comp: 0 })]],
    ["not for others", false, [structureOf("text", { t: 0 }, { tag: "swiper", id: 0 })]],
  ])("%s", (_name, needed, structures) => {
    expect(structuresNeedExtra(structures)).toBe(needed);
  });
});
