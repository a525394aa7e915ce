import { describe, expect, it } from "vitest";
import type { Node, Op, Structure, Value } from "../../shared/protocol";
import type { Instance, WxElement } from "../src/core/element";
import { Elements } from "../src/core/elements";
import { Tree } from "../src/core/tree";
import { above } from "../src/core/virtual";

const structure = (...fragments: { holes: number; kids: Node[] }[]): Structure => ({
  hash: "x",
  fragments,
});

function page(main: Structure, components: Structure[], values: Value[]) {
  const root = document.createElement("wx-page");
  const elements = new Elements({
    hasWidget: (tag) => tag === "loading",
    widget: () => {
      throw new Error("no element here has a widget");
    },
    style: (css) => css,
    awaits: () => false,
    blockMoves: () => {},
  });
  const tree = new Tree(main, elements, root, components);
  tree.render(values);
  const html = () => root.innerHTML.replaceAll("<!---->", "").replaceAll(' wx-component=""', "");
  return { tree, root, html };
}

/** <c-card my-class="red">{{text}}<wx-view slot="foot">bye</wx-view></c-card> */
const user = structure(
  { holes: 1, kids: [{ tag: "c-card", id: 0, attrs: { class: "mine" }, comp: 0, frag: 1 }] },
  {
    holes: 1,
    kids: [{ t: 0 }, { tag: "view", id: 0, attrs: { slot: "foot", class: "f" }, kids: ["bye"] }],
  },
);

/** A component with a slot, and with one at its end that comes and goes. */
const card = structure(
  {
    holes: 3,
    kids: [
      {
        tag: "view",
        id: 0,
        attrs: { class: "head my-class" },
        kids: [{ t: 0 }, { tag: "slot", id: 1, slot: 1 }],
      },
      { if: 2, frags: [1] },
    ],
  },
  { holes: 1, kids: ["[", { tag: "slot", id: 0, slot: 0 }, "]"] },
);

const value = (flags: number, foot: Value): Value[] => [
  [0, flags, ["A", "", foot], ["hi"], { "my-class": "red big" }],
];

describe("components", () => {
  it("draws the shadow in the tag, with what is between the tags in its slots", () => {
    const { html, tree } = page(user, [card], value(2, [0, ["foot"]]));
    expect(html()).toBe(
      '<wx-c-card class="mine" wx-host="c0" wx-class="mine"><wx-view class="c0--head red big">Ahi</wx-view>' +
        '[<wx-view class="f">bye</wx-view>]</wx-c-card>',
    );
    // The slot goes and comes again: what it showed waits for it.
    tree.patch([[1, 2, null]]);
    expect(html()).toBe(
      '<wx-c-card class="mine" wx-host="c0" wx-class="mine"><wx-view class="c0--head red big">Ahi</wx-view></wx-c-card>',
    );
    tree.patch([
      [3, 0, "ho"],
      [1, 2, [0, ["foot"]]],
    ]);
    expect(html()).toContain('Aho</wx-view>[<wx-view class="f">bye</wx-view>]');
    // The slot takes another name.
    tree.patch([[4, 0, "none"]]);
    expect(html()).toContain("Aho</wx-view>[]");
  });

  it("puts everything into the first slot without names, and gives classes of the page to a shared one", () => {
    const { html, tree } = page(user, [card], value(8, null));
    expect(html()).toBe(
      '<wx-c-card class="mine" wx-host="c0" wx-class="mine"><wx-view class="head c0--head red big">Ahi<wx-view class="f">bye</wx-view>' +
        "</wx-view></wx-c-card>",
    );
    tree.patch([[0, 0, { "my-class": "blue" }]]);
    expect(html()).toContain('class="head c0--head blue"');
  });

  it("makes the content of dynamic slots anew, with what asks for the slot's name", () => {
    const rows = structure(
      { holes: 1, kids: [{ for: 0, frag: 1 }] },
      {
        holes: 1,
        kids: [{ tag: "view", id: 0, kids: [{ tag: "slot", id: 1, slot: 0 }] }],
      },
    );
    const row = (name: string, text: string): Value => [[name, [text]]];
    const { html, tree } = page(
      user,
      [rows],
      [[0, 4, [[row("", "one"), row("foot", "")]], null, null]],
    );
    expect(html()).toBe(
      '<wx-c-card class="mine" wx-host="c0" wx-class="mine"><wx-view>one</wx-view>' +
        '<wx-view><wx-view class="f">bye</wx-view></wx-view></wx-c-card>',
    );
    tree.patch([
      [
        1,
        0,
        [
          [1, 1],
          [-1, 1],
        ],
        [row("", "two") as Value[]],
      ],
    ]);
    expect(html()).toBe(
      '<wx-c-card class="mine" wx-host="c0" wx-class="mine"><wx-view><wx-view class="f">bye</wx-view></wx-view>' +
        "<wx-view>two</wx-view></wx-c-card>",
    );
  });

  it("draws a tag that stands for no component as an element, and none for a virtual host", () => {
    const plain = page(user, [], [[-1, 0, null, ["hi"], null]]);
    expect(plain.html()).toBe(
      '<wx-c-card class="mine">hi<wx-view class="f">bye</wx-view></wx-c-card>',
    );
    const virtual = page(user, [structure({ holes: 0, kids: ["x"] })], [[0, 1, [], null, null]]);
    expect(virtual.html()).toBe("x");
  });

  it("finds elements of all shadows by instance and number", () => {
    const { tree } = page(user, [card], value(2, null));
    expect(tree.find([1, 0])?.className).toBe("c0--head red big");
    expect(tree.find([0, 0])?.tagName.toLowerCase()).toBe("wx-c-card");
  });

  it("gives a component with the name of an element nothing of the element's looks", () => {
    const named = structure(
      { holes: 1, kids: [{ tag: "loading", id: 0, comp: 0, frag: 1 }] },
      { holes: 0, kids: [] },
    );
    const { html } = page(named, [structure({ holes: 0, kids: ["x"] })], [[0, 0, [], [], null]]);
    expect(html()).toBe('<wx-own-loading wx-host="c0">x</wx-own-loading>');
  });

  it("lets selectors see neighbours and parents of what a virtual host shows", () => {
    const row = structure(
      { holes: 1, kids: [{ for: 0, frag: 1 }] },
      { holes: 1, kids: [{ tag: "c-card", id: 0, comp: 0, frag: 2 }] },
      { holes: 0, kids: [] },
    );
    const button = structure({
      holes: 0,
      kids: [{ tag: "view", id: 0, attrs: { class: "button" } }],
    });
    const { root } = page(row, [button], [[1, 2, 3].map(() => [[0, 9, [], [], null]])]);
    expect(root.querySelectorAll("wx-page > .button").length).toBe(3);
    expect([...root.children].map((el) => el.matches(".button:last-child"))).toEqual([
      false,
      false,
      true,
    ]);
    expect(root.querySelectorAll(".button + .button").length).toBe(2);
  });

  // Rows of <c-outer>, which has a slot, a slot that comes and goes, and a slot inside a <c-inner> of its
  // own; between its tags is another <c-inner> with something that comes and goes.
  const main = structure(
    { holes: 1, kids: [{ for: 0, frag: 1 }] },
    {
      holes: 2,
      kids: [
        { tag: "c-outer", id: 0, comp: 0, frag: 2 },
        { if: 1, frags: [3] },
      ],
    },
    {
      holes: 2,
      kids: [
        "a",
        { tag: "c-inner", id: 0, comp: 0, frag: 4 },
        { if: 1, frags: [3] },
        { tag: "view", id: 1, attrs: { slot: "foot" }, kids: ["f"] },
      ],
    },
    { holes: 0, kids: [{ tag: "view", id: 0, kids: ["t"] }] },
    { holes: 1, kids: ["i", { if: 0, frags: [3] }] },
  );
  const outer = structure(
    {
      holes: 3,
      kids: [
        { tag: "slot", id: 0, slot: 0 },
        { if: 1, frags: [1] },
        { tag: "c-inner", id: 1, comp: 2, frag: 2 },
      ],
    },
    { holes: 1, kids: ["[", { tag: "slot", id: 0, slot: 0 }, "]"] },
    { holes: 1, kids: [{ tag: "slot", id: 0, slot: 0 }] },
  );
  const inner = structure(
    { holes: 2, kids: ["(", { if: 0, frags: [1] }, { tag: "slot", id: 0, slot: 1 }, ")"] },
    { holes: 0, kids: [{ tag: "view", id: 0, kids: ["x"] }] },
  );

  it("shows of virtual hosts what it shows of others, through random edits", () => {
    let state = 7;
    const random = (below: number) => (state = (state * 1103515245 + 12345) % 2147483648) % below;
    const innerOf = (flags: number, content: Value[]): Value => [
      1,
      flags,
      [null, ""],
      content,
      null,
    ];
    const rowOf = (flags: number): Value[] => [
      [0, flags + 2, ["", null, innerOf(flags, ["third"])], [innerOf(flags, [null]), null], null],
      null,
    ];
    const start = (flags: number) => page(main, [outer, inner], [[rowOf(flags), rowOf(flags)]]);
    const real = start(0);
    const virtual = start(1);
    /** The values of a fragment that a condition shows. */
    const valuesOf = (shadow: number, frag: number): Value[] =>
      shadow === 0 && frag === 1 ? ["foot"] : [];
    type Inner = { instances: Map<number, Instance> };
    const compare = (step: string) => {
      const plain = real.html().replace(/<[/]?wx-c-[^>]*>/g, "");
      expect(virtual.html(), step).toBe(plain);
      const path = (el: WxElement, up: (el: WxElement) => WxElement | null): string => {
        const names: string[] = [];
        for (let at: WxElement | null = el; at; at = up(at)) names.push(at.tagName);
        return names.join(" ");
      };
      const elements = [...real.root.querySelectorAll<WxElement>("*")].filter(
        (el) => !el.tagName.startsWith("WX-C-"),
      );
      for (const [i, el] of [...virtual.root.querySelectorAll<WxElement>("*")].entries())
        expect(path(el, above), `${step}, element ${i}`).toBe(
          path(elements[i]!, (at) => at.parentElement),
        );
    };
    compare("at first");
    for (let step = 0; step < 400; step++) {
      const all = [...(real.tree as unknown as Inner).instances.values()];
      const inst = all[random(all.length)]!;
      const structs = inst.holes.flatMap((hole, at) => ("kids" in hole ? [{ hole, at }] : []));
      const slots = inst.holes.flatMap((hole, at) => ("shown" in hole ? [at] : []));
      let op: (flags: number) => Op;
      if (structs.length > 0 && random(5) > 0) {
        const { hole, at } = structs[random(structs.length)]!;
        if (hole.kid.kind === "for") {
          const order = hole.kids.map((_, i) => i).filter(() => random(4) > 0);
          for (let i = order.length - 1; i > 0; i--) {
            const j = random(i + 1);
            if (random(2) > 0) [order[i], order[j]] = [order[j]!, order[i]!];
          }
          const fresh = order.length < 4 ? 1 : 0;
          const runs: [number, number][] = order.map((i) => [i, 1]);
          if (fresh) runs.splice(random(runs.length + 1), 0, [-1, 1]);
          op = (flags) => [inst.num, at, runs, fresh ? [rowOf(flags)] : []];
        } else {
          const frag = (hole.kid as { frags: number[] }).frags[0]!;
          const shown = hole.kids.length > 0;
          op = () => [inst.num, at, shown ? null : [0, valuesOf(inst.shadow.number, frag)]];
        }
      } else if (slots.length > 0) {
        const at = slots[random(slots.length)]!;
        const name = ["", "foot", "third"][random(3)]!;
        op = () => [inst.num, at, name];
      } else continue;
      real.tree.patch([op(0)]);
      virtual.tree.patch([op(1)]);
      compare(`step ${step}: ${JSON.stringify(op(1))}`);
    }
  });
});
