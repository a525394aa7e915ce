import { describe, expect, it } from "vitest";
import engine from "./engine.json";
import type { Op, Run, Structure, Value } from "../../shared/protocol";
import type { WxElement } from "../src/core/element";
import { Tree, type TreeHost } from "../src/core/tree";

function page(structure: Structure) {
  const root = document.createElement("wx-page");
  let made = 0;
  const host: TreeHost = {
    element(node, inst) {
      made++;
      const el: WxElement = document.createElement(`wx-${node.tag}`);
      el.$node = node;
      el.$inst = inst;
      for (const [name, value] of node.attrs) el.setAttribute(name, String(value));
      return el;
    },
    attribute: (el, name, value) =>
      value === null ? el.removeAttribute(name) : el.setAttribute(name, String(value)),
  };
  const tree = new Tree(structure, host, root);
  return { root, tree, html: () => root.innerHTML.replaceAll("<!---->", ""), made: () => made };
}

const list: Structure = {
  hash: "list",
  fragments: [
    { holes: 2, kids: ["[", { for: 0, frag: 1 }, "]", { if: 1, frags: [2, 3] }] },
    { holes: 2, kids: [{ tag: "view", id: 0, dyn: [[0, "class"]], kids: [{ t: 1 }] }] },
    { holes: 1, kids: [{ t: 0 }, { for: 0, frag: 1 }].slice(0, 1) as never },
    { holes: 0, kids: [{ tag: "text", id: 0, kids: ["none"] }] },
  ],
};
const row = (name: string): Value[] => [name, name];

describe("the tree", () => {
  it("renders fragments in document order", () => {
    const { tree, html } = page(list);
    tree.render([
      [row("a"), row("b")],
      [0, ["yes"]],
    ]);
    expect(html()).toBe('[<wx-view class="a">a</wx-view><wx-view class="b">b</wx-view>]yes');
  });

  it("numbers instances depth first, in hole order, and never twice", () => {
    const { tree, html } = page(list);
    tree.render([
      [row("a"), row("b")],
      [1, []],
    ]); // rows 1 and 2, branch 3
    tree.patch([[2, 1, "B"]]);
    expect(html()).toContain('<wx-view class="b">B</wx-view>');
    tree.patch([
      [
        0,
        0,
        [
          [1, 1],
          [-1, 1],
        ],
        [row("c")],
      ],
    ]); // row 1 leaves, the new one is 4
    tree.patch([
      [4, 1, "C"],
      [0, 1, [0, ["x"]]],
      [5, 0, "y"],
    ]);
    expect(html()).toBe('[<wx-view class="b">B</wx-view><wx-view class="c">C</wx-view>]y');
    expect(() => tree.patch([[1, 1, "gone"]])).toThrow(/does not exist/);
  });

  it("removes a branch with null and shows another", () => {
    const { tree, html } = page(list);
    tree.render([[], [1, []]]);
    tree.patch([[0, 1, null]]);
    expect(html()).toBe("[]");
    tree.patch([[0, 1, [1, []]]]);
    expect(html()).toBe("[]<wx-text>none</wx-text>");
  });

  it("keeps the elements of rows that stay and does not move those in order", () => {
    const { root, tree } = page(list);
    tree.render([["a", "b", "c", "d"].map(row), null]);
    const before = [...root.children];
    let moves = 0;
    const insert = root.insertBefore.bind(root);
    root.insertBefore = ((...args: Parameters<typeof insert>) => {
      moves++;
      return insert(...args);
    }) as typeof insert;
    tree.patch([
      [
        0,
        0,
        [
          [3, 1],
          [0, 3],
        ],
        [],
      ],
    ]);
    expect([...root.children]).toEqual([before[3], before[0], before[1], before[2]]);
    expect(moves).toBeLessThanOrEqual(2);
  });

  it("places rows whose template begins with a condition", () => {
    const nested: Structure = {
      hash: "n",
      fragments: [
        { holes: 1, kids: [{ for: 0, frag: 1 }] },
        {
          holes: 2,
          kids: [
            { if: 0, frags: [2] },
            { if: 1, frags: [2] },
          ],
        },
        { holes: 1, kids: [{ t: 0 }] },
      ],
    };
    const { tree, html } = page(nested);
    tree.render([
      [
        [[0, ["1"]], null],
        [null, [0, ["2"]]],
        [null, null],
      ],
    ]);
    expect(html()).toBe("12");
    tree.patch([
      [
        0,
        0,
        [
          [2, 1],
          [-1, 1],
          [1, 1],
          [0, 1],
        ],
        [
          [
            [0, ["n"]],
            [0, ["m"]],
          ],
        ],
      ],
    ]);
    expect(html()).toBe("nm21");
  });

  it("uses templates by number", () => {
    const { tree, html } = page({
      hash: "u",
      fragments: [
        { holes: 1, kids: [{ use: 0 }] },
        { holes: 1, kids: ["a:", { t: 0 }] },
        { holes: 0, kids: ["b"] },
      ],
    });
    tree.render([[1, ["x"]]]);
    expect(html()).toBe("a:x");
    tree.patch([[0, 0, [2, []]]]);
    expect(html()).toBe("b");
    tree.patch([[0, 0, null]]);
    expect(html()).toBe("");
  });

  it("makes only elements with our prefix from any tag in a bundle", () => {
    const { root, tree } = page({
      hash: "t",
      fragments: [
        {
          holes: 0,
          kids: [
            { tag: "script", id: 0 },
            { tag: "x onload=1", id: 1 },
            { tag: "IFRAME", id: 2 },
          ],
        },
      ],
    });
    tree.render([]);
    expect([...root.children].map((el) => el.localName)).toEqual([
      "wx-script",
      "wx-unknown",
      "wx-iframe",
    ]);
  });

  it("follows the engine on the server through random edits", () => {
    const runs = engine as unknown as {
      structure: Structure;
      steps: { values?: Value[]; ops?: Op[]; tree: string }[];
    }[];
    const print = (node: Node): string => {
      if (node.nodeType === 3) return node.nodeValue!;
      if (!(node instanceof HTMLElement)) return "";
      const name = [node.localName.slice(3), node.getAttribute("class")].filter(Boolean).join(" ");
      return `<${name}>${[...node.childNodes].map(print).join("")}</>`;
    };
    for (const { structure, steps } of runs) {
      const { root, tree } = page(structure);
      for (const { values, ops, tree: expected } of steps) {
        if (values) tree.render(values);
        else tree.patch(ops!);
        expect([...root.childNodes].map(print).join("")).toBe(expected);
      }
    }
  });

  it("agrees with a plain model over random edits of nested lists", () => {
    const nested: Structure = {
      hash: "m",
      fragments: [
        { holes: 1, kids: [{ for: 0, frag: 1 }] },
        {
          holes: 2,
          kids: [
            { tag: "view", id: 0, kids: [{ t: 0 }, ":"] },
            { for: 1, frag: 2 },
          ],
        },
        { holes: 1, kids: [{ t: 0 }, ","] },
      ],
    };
    interface Inner {
      num: number;
      text: string;
    }
    interface Outer {
      num: number;
      text: string;
      rows: Inner[];
    }
    let state = 42;
    const random = (below: number) => (state = (state * 1103515245 + 12345) % 2147483648) % below;
    let next = 1;
    let label = 0;
    const inner = (): Inner => ({ num: next++, text: `i${label++}` });
    const outer = (): Outer => {
      const made: Outer = { num: next++, text: `o${label++}`, rows: [] };
      for (let i = random(3); i > 0; i--) made.rows.push(inner());
      return made;
    };
    const values = (o: Outer): Value[] => [o.text, o.rows.map((r) => [r.text])];
    function shuffle<T>(old: T[], make: () => T): [Run[], T[], T[]] {
      const order = old.map((_, i) => i).filter(() => random(4) > 0);
      for (let i = order.length - 1; i > 0; i--) {
        if (random(3) > 0) continue;
        const j = random(i + 1);
        [order[i], order[j]] = [order[j]!, order[i]!];
      }
      const runs: Run[] = [];
      const now: T[] = [];
      const added: T[] = [];
      for (const i of order) {
        if (random(3) === 0) {
          added.push(make());
          now.push(added.at(-1)!);
          runs.push([-1, 1]);
        }
        const last = runs.at(-1);
        if (last && last[0] >= 0 && last[0] + last[1] === i) last[1]++;
        else runs.push([i, 1]);
        now.push(old[i]!);
      }
      if (random(2) === 0) {
        added.push(make());
        now.push(added.at(-1)!);
        runs.push([-1, 1]);
      }
      return [runs, now, added];
    }
    let model = [outer(), outer(), outer()];
    const { tree, html } = page(nested);
    tree.render([model.map(values)]);
    for (let turn = 0; turn < 400; turn++) {
      const ops: Op[] = [];
      const pick = model[random(Math.max(1, model.length))];
      if (pick && random(2) === 0) {
        const [runs, now, added] = shuffle(pick.rows, inner);
        pick.rows = now;
        ops.push([pick.num, 1, runs, added.map((r) => [r.text])]);
      } else if (model.length < 40) {
        const [runs, now, added] = shuffle(model, outer);
        model = now;
        ops.push([0, 0, runs, added.map(values)]);
      } else {
        model = model.slice(0, 5);
        ops.push([0, 0, [[0, 5]], []]);
      }
      const some = model[random(Math.max(1, model.length))];
      if (some) {
        some.text = `t${label++}`;
        ops.push([some.num, 0, some.text]);
      }
      tree.patch(ops);
      const expected = model
        .map((o) => `<wx-view>${o.text}:</wx-view>${o.rows.map((r) => `${r.text},`).join("")}`)
        .join("");
      expect(html()).toBe(expected);
    }
    expect(tree.size).toBe(1 + model.length + model.reduce((sum, o) => sum + o.rows.length, 0));
  });
});
