import { expect, test } from "vitest";
import "../src/extra";
import { WXS_LOG_LINES } from "../src/limits";
import { Page } from "../src/page";
import type { ModuleCode } from "../src/wxs/interpret";
import type { Code, Structure, ToShell, Value } from "../../shared/protocol";

// Made by the compiler from:
//   move: function (e, owner) {
//     var state = owner.getState(); state.moves = (state.moves || 0) + 1;
//     owner.selectComponent('#box').setStyle({left: e.touches[0].pageX + 'px', '-webkit-transition': 'none'});
//     e.instance.addClass('dragged');
//     owner.callMethod('moved', {n: state.moves, id: e.currentTarget.dataset.id});
//     return false;
//   },
//   changed: function (now, old, owner, instance) {
//     instance.setStyle('width: ' + now.w + 'px');
//     owner.callMethod('changed', [now, old, instance.getDataset()]);
//   },
//   endless: function () { for (;;) ; },
//   broken: function (e) { return e.missing.name; }
//
// <view bindtap="outer"><view id="box" class="{{c}}" data-id="{{id}}" bindtouchmove="{{m.move}}"
//   bindtap="{{m.move}}" prop="{{v}}" change:prop="{{m.changed}}"/></view>
// <view id="bad" bindtap="{{on ? m.endless : m.broken}}"/>
// <view id="plain" bindtap="{{on ? m.endless : 'tapped'}}"/>
const structure: Structure = {
  hash: "174900c35bc68d36e4640dcd52ac7538",
  fragments: [
    {
      kids: [
        {
          tag: "view",
          id: 0,
          on: { tap: "bind" },
          kids: [
            {
              tag: "view",
              id: 1,
              attrs: {
                id: "box",
                "wxs:bind:touchmove": "@0.move",
                "wxs:bind:tap": "@0.move",
                "change:prop": "@0.changed",
              },
              dyn: [
                [0, "class"],
                [1, "data:id"],
                [2, "prop"],
              ],
            },
          ],
        },
        {
          tag: "view",
          id: 2,
          attrs: { id: "bad" },
          dyn: [[3, "wxs:bind:tap"]],
          on: { tap: "bind" },
        },
        {
          tag: "view",
          id: 3,
          attrs: { id: "plain" },
          dyn: [[4, "wxs:bind:tap"]],
          on: { tap: "bind" },
        },
      ],
      holes: 5,
    },
  ],
  modules: [
    {
      path: "p.wxml#m",
      code: [
        "f",
        2,
        3,
        -1,
        [],
        [
          ["e", 2, ["=", "", ["l", 0, 2], 0]],
          [
            "e",
            3,
            [
              "=",
              "",
              [".", ["l", 0, 0], "exports"],
              [
                "o",
                [
                  ":",
                  "move",
                  [
                    "f",
                    2,
                    3,
                    -1,
                    [],
                    [
                      ["e", 5, ["=", "", ["l", 0, 2], ["c", [".", ["l", 0, 1], "getState"]]]],
                      [
                        "e",
                        6,
                        [
                          "=",
                          "",
                          [".", ["l", 0, 2], "moves"],
                          ["b", "+", ["b", "||", [".", ["l", 0, 2], "moves"], 0], 1],
                        ],
                      ],
                      [
                        "e",
                        7,
                        [
                          "c",
                          [".", ["c", [".", ["l", 0, 1], "selectComponent"], "#box"], "setStyle"],
                          [
                            "o",
                            [
                              ":",
                              "left",
                              [
                                "b",
                                "+",
                                [".", [".", [".", ["l", 0, 0], "touches"], 0], "pageX"],
                                "px",
                              ],
                            ],
                            [":", "-webkit-transition", "none"],
                          ],
                        ],
                      ],
                      ["e", 8, ["c", [".", [".", ["l", 0, 0], "instance"], "addClass"], "dragged"]],
                      [
                        "e",
                        9,
                        [
                          "c",
                          [".", ["l", 0, 1], "callMethod"],
                          "moved",
                          [
                            "o",
                            [":", "n", [".", ["l", 0, 2], "moves"]],
                            [
                              ":",
                              "id",
                              [".", [".", [".", ["l", 0, 0], "currentTarget"], "dataset"], "id"],
                            ],
                          ],
                        ],
                      ],
                      ["R", 10, false],
                    ],
                  ],
                ],
                [
                  ":",
                  "changed",
                  [
                    "f",
                    4,
                    4,
                    -1,
                    [],
                    [
                      [
                        "e",
                        13,
                        [
                          "c",
                          [".", ["l", 0, 3], "setStyle"],
                          ["b", "+", ["b", "+", "width: ", [".", ["l", 0, 0], "w"]], "px"],
                        ],
                      ],
                      [
                        "e",
                        14,
                        [
                          "c",
                          [".", ["l", 0, 2], "callMethod"],
                          "changed",
                          ["a", ["l", 0, 0], ["l", 0, 1], ["c", [".", ["l", 0, 3], "getDataset"]]],
                        ],
                      ],
                    ],
                  ],
                ],
                [":", "endless", ["f", 0, 0, -1, [], [["F", 16, null, null, null, null]]]],
                [
                  ":",
                  "broken",
                  ["f", 1, 1, -1, [], [["R", 17, [".", [".", ["l", 0, 0], "missing"], "name"]]]],
                ],
              ],
            ],
          ],
        ],
      ],
    },
  ],
};

function open(values: Value[]) {
  document.body.replaceChildren();
  const sent: ToShell[] = [];
  const page = new Page((message) => sent.push(message));
  page.receive({
    t: "init",
    structure,
    css: "",
    base: "",
    env: { width: 375, height: 700, theme: "light" },
  });
  page.receive({ t: "render", values });
  const at = (id: string) => document.getElementById(id)!;
  const fire = (type: string, id: string, pageX = 0) => {
    const finger = { identifier: 0, clientX: pageX, clientY: 0, pageX, pageY: 0 };
    return page.events.send(type, at(id), {}, { touches: [finger], changedTouches: [finger] });
  };
  const of = (t: string) => sent.filter((message) => message.t === t);
  return { page, sent, at, fire, of };
}

const values: Value[] = ["box", 7, { w: 40 }, "@0.broken", "tapped"];

test("a function handles an event here, and false ends it", () => {
  const { at, fire, of } = open(values);
  expect(fire("touchmove", "box", 33)).toBe(false);
  expect(at("box").style.left).toBe("33px");
  expect(at("box").classList.contains("dragged")).toBe(true);
  fire("tap", "box", 44); // the tap of the element around it is not sent
  expect(at("box").style.left).toBe("44px");
  expect(of("event")).toEqual([]);
  expect(of("method").filter((m) => "type" in m && m.type === "moved")).toEqual([
    { t: "method", type: "moved", detail: { n: 1, id: 7 }, target: undefined },
    { t: "method", type: "moved", detail: { n: 2, id: 7 }, target: undefined },
  ]);
});

test("classes and styles of functions stay when the app's own change", () => {
  const { page, at, fire } = open(values);
  fire("touchmove", "box", 5);
  page.receive({ t: "patch", ops: [[0, 0, "other"]] });
  expect(at("box").className).toBe("other dragged");
  expect(at("box").style.left).toBe("5px");
});

test("a function follows an attribute, from its first value on", () => {
  const { page, at, of } = open(values);
  expect(at("box").style.width).toBe("40px");
  page.receive({ t: "patch", ops: [[0, 2, { w: 50 }]] });
  expect(at("box").style.width).toBe("50px");
  expect(of("method").map((m) => ("detail" in m ? m.detail : null))).toEqual([
    [{ w: 40 }, null, { id: 7 }],
    [{ w: 50 }, { w: 40 }, { id: 7 }],
  ]);
});

test("a handler that is computed is a function or a method", () => {
  const { page, fire, of } = open(values);
  expect(fire("tap", "plain")).toBe(true);
  expect(of("event").length).toBe(1);
  page.receive({ t: "patch", ops: [[0, 4, "@0.move"]] });
  expect(fire("tap", "plain")).toBe(false);
  expect(of("event").length).toBe(1);
});

test("errors and endless loops end the call alone", () => {
  const { page, fire, of } = open(values);
  fire("tap", "bad");
  page.receive({ t: "patch", ops: [[0, 3, "@0.endless"]] });
  fire("tap", "bad");
  fire("tap", "box", 1);
  expect(of("method").length).toBe(2);
});

// Made by hand, as the compiler would from: end: function () { return false; },
// note: function (e, owner) { owner.callMethod('note', [e.mark, e.target.id, e.currentTarget.id]); },
// say: function (e) { console.warn('at', e.mark, e.detail); }
const exported = (fields: Code[]): ModuleCode => ({
  path: "pages/a/a.wxs",
  code: ["f", 2, 2, -1, [], [["e", 1, ["=", "", [".", ["l", 0, 0], "exports"], ["o", ...fields]]]]],
});
const event = (name: string, ...members: string[]): Code =>
  members.reduce<Code>((from, member) => [".", from, member], [".", ["l", 0, 0], name]);
const handlers = exported([
  [":", "end", ["f", 0, 0, -1, [], [["R", 1, false]]]],
  [
    ":",
    "note",
    [
      "f",
      2,
      2,
      -1,
      [],
      [
        [
          "e",
          2,
          [
            "c",
            [".", ["l", 0, 1], "callMethod"],
            "note",
            ["a", event("mark"), event("target", "id"), event("currentTarget", "id")],
          ],
        ],
      ],
    ],
  ],
  [
    ":",
    "say",
    [
      "f",
      1,
      1,
      -1,
      [],
      [["e", 3, ["c", [".", ["g", "console"], "warn"], "at", event("mark"), event("detail")]]],
    ],
  ],
]);

/** Three views inside each other; each has attributes and handlers of its own. */
function nested(layers: { attrs: Record<string, string>; on?: Record<string, string> }[]) {
  document.body.replaceChildren();
  const sent: ToShell[] = [];
  const page = new Page((message) => sent.push(message));
  const kids = layers.reduceRight<unknown[]>(
    (inside, { attrs, on }, id) => [
      { tag: "view", id, attrs: { id: `v${id}`, ...attrs }, on, kids: inside },
    ],
    [],
  );
  const structure = { hash: "x", fragments: [{ kids, holes: 0 }], modules: [handlers] };
  const env = { width: 375, height: 700, theme: "light" as const };
  page.receive({ t: "init", structure: structure as unknown as Structure, css: "", base: "", env });
  page.receive({ t: "render", values: [] });
  const tap = () => page.events.send("tap", document.getElementById("v2"), { x: 1 });
  return { sent, tap };
}

test("false ends an event for the program's handlers further out too", () => {
  const { sent, tap } = nested([
    { attrs: {}, on: { tap: "bind" } },
    { attrs: { "wxs:bind:tap": "@0.end" } },
    { attrs: {}, on: { tap: "bind" } },
  ]);
  expect(tap()).toBe(true);
  expect(sent.at(-1)).toMatchObject({ t: "event", target: [0, 2], end: [0, 1, 0] });
});

test("false on the way to the target ends an event before the handlers inside", () => {
  const { sent, tap } = nested([
    { attrs: {}, on: { tap: "capture-bind" } },
    { attrs: { "wxs:capture-bind:tap": "@0.end" } },
    { attrs: {}, on: { tap: "bind" } },
  ]);
  tap();
  expect(sent.at(-1)).toMatchObject({ t: "event", target: [0, 2], end: [0, 1, 1] });
  const quiet = nested([
    { attrs: {} },
    { attrs: { "wxs:capture-bind:tap": "@0.end" } },
    { attrs: {}, on: { tap: "bind" } },
  ]);
  expect(quiet.tap()).toBe(false);
  expect(quiet.sent).toEqual([]);
});

test("an event has the marks of all that is around its target, as far as the handler's own file", () => {
  const { sent, tap } = nested([
    { attrs: { "mark:a": "outer", "mark:b": "outer", "wxs:bind:tap": "@0.note" } },
    { attrs: { "mark:a": "inner" } },
    { attrs: {} },
  ]);
  tap();
  expect(sent).toEqual([
    {
      t: "method",
      type: "note",
      detail: [{ a: "inner", b: "outer" }, "v2", "v0"],
      target: undefined,
    },
  ]);
});

test("what a module writes to its console goes to the program's log, with its line", () => {
  const { sent, tap } = nested([
    { attrs: { "wxs:bind:tap": "@0.say" } },
    { attrs: {} },
    { attrs: {} },
  ]);
  tap();
  expect(sent).toMatchObject([
    {
      t: "event",
      type: "wxslog",
      detail: { level: "warn", text: 'at {} {"x":1}', file: "pages/a/a.wxs", line: 3 },
    },
  ]);
  for (let i = 0; i < WXS_LOG_LINES + 10; i++) tap();
  expect(sent.length).toBe(WXS_LOG_LINES);
});

test("what a module throws goes to the program's log", () => {
  const { fire, sent } = open(values);
  fire("tap", "bad");
  expect(sent.find((m) => m.t === "event" && m.type === "wxslog")).toMatchObject({
    detail: {
      level: "error",
      text: expect.stringContaining("TypeError"),
      file: "p.wxml",
      line: 17,
    },
  });
});
