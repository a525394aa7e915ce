// What <editor> gives to programs and takes from them; e2e/tests/components.spec.ts types into it.
import { describe, expect, it } from "vitest";
import type { WxElement } from "../src/core/element";
import { deltaOf, nodesOf, type Operation } from "../src/components/delta";
import { elementsOf } from "../src/components/rich-nodes";
import type { Value } from "../../shared/protocol";
import { freshDocuments, open } from "./frame";

freshDocuments();

const page = { resolve: (src: string) => `/images/h/${src}`, style: (css: string) => css };

function element(content: Value): HTMLElement {
  const el = document.createElement("div");
  el.append(...elementsOf(page, content));
  return el;
}

const CASES: [string, Operation[], string][] = [
  ["text", [{ insert: "one\ntwo\n" }], "<p>one</p><p>two</p>"],
  [
    "formats",
    [
      { insert: "plain " },
      { insert: "bold", attributes: { bold: "strong" } },
      { insert: "red", attributes: { italic: "em", color: "red" } },
      { insert: "\n" },
    ],
    '<p>plain <strong>bold</strong><span style="color:red"><em>red</em></span></p>',
  ],
  [
    "paragraphs",
    [
      { insert: "Title" },
      { insert: "\n", attributes: { header: 2, align: "center" } },
      { insert: "a" },
      { insert: "\n", attributes: { list: "ordered" } },
      { insert: "b" },
      { insert: "\n", attributes: { list: "ordered" } },
    ],
    '<h2 style="text-align:center">Title</h2><ol><li>a</li><li>b</li></ol>',
  ],
];

describe("operations", () => {
  it.each(CASES)("of %s become markup and come back", (_name, ops, html) => {
    const el = element(nodesOf(ops) as unknown as Value);
    expect(el.innerHTML.replaceAll(": ", ":").replaceAll(';"', '"')).toBe(html);
    expect(deltaOf(el)).toEqual(ops);
  });

  it("have pictures by the names that the program gave, and lines across", () => {
    const el = element(nodesOf([{ insert: { image: "a.png" } }, { insert: "\n" }]) as never);
    const image = el.querySelector("img")!;
    expect(image.getAttribute("src")).toBe("/images/h/a.png");
    image.setAttribute("src", image.dataset.src!);
    expect(deltaOf(el)[0]).toEqual({ insert: { image: "a.png" } });
    expect(deltaOf(element("<hr>"))[0]).toEqual({ insert: { divider: true } });
  });

  it("are taken from anybody: what is no operation is left out", () => {
    const odd = [{}, { insert: 5 }, { insert: { video: "x" } }, { insert: "a\n" }] as never;
    expect(element(nodesOf(odd) as never).textContent).toBe("a");
    expect(nodesOf("x" as never)).toEqual([]);
  });
});

describe("an editor", () => {
  const editor = () => {
    const made = open([{ tag: "editor", id: 0, attrs: { placeholder: "write" } }]);
    const comp = (made.find("wx-editor") as WxElement).$comp!;
    return { ...made, perform: (method: string, ...args: Value[]) => comp.perform(method, args) };
  };

  it("takes markup without what could act, and gives it back with its text", () => {
    const { perform } = editor();
    perform("setContents", {
      html: '<p onclick="x()">Hi <b>you</b></p><script>x()</script><img src="a.png" onerror="x()">',
    });
    expect(perform("getContents")).toMatchObject({
      html: '<p>Hi <b>you</b></p><img src="a.png">',
      text: "Hi you\n\n",
    });
    perform("clear");
    expect(perform("getContents")).toMatchObject({ html: "", text: "\n" });
  });

  it("shows its placeholder while it is empty", () => {
    const { find, perform } = editor();
    const hidden = () => find(".wx-placeholder").hidden;
    expect([find("wx-editor").textContent, hidden()]).toEqual(["write", false]);
    perform("setContents", { html: "<p>x</p>" });
    expect(hidden()).toBe(true);
  });

  it("is a text box for a screen reader, and read-only when the program says so", () => {
    const { find } = open([
      { tag: "editor", id: 0, attrs: { "read-only": "", placeholder: "write" } },
    ]);
    const box = find(".wx-editor");
    expect(box.getAttribute("role")).toBe("textbox");
    expect(box.getAttribute("aria-label")).toBe("write");
    expect(box.getAttribute("contenteditable")).toBe("false");
  });
});

describe("services that are not here", () => {
  it("say so in a line, in the user's language, and tell the program of no advertisement", () => {
    const { find, events } = open(
      [
        { tag: "ad", id: 0, on: { error: "bind" } },
        { tag: "open-data", id: 1, attrs: { type: "userNickName" } },
      ],
      [],
      [],
      {},
      { width: 375, height: 667, theme: "light", language: "zh_CN" },
    );
    expect(find("wx-ad").textContent).toBe("广告：本平台不提供");
    expect(events().map(({ type }) => type)).toEqual(["error"]);
    expect(find("wx-open-data").textContent).toBe("用户");
  });
});

describe("a camera and a web page", () => {
  it("are asked of the shell, and end with their elements", () => {
    const { page: made, sent } = open(
      [{ if: 0, frags: [1] }],
      [[0, [null]]],
      [
        {
          holes: 0,
          kids: [
            { tag: "camera", id: 0, attrs: { "device-position": "front", mode: "scanCode" } },
            { tag: "web-view", id: 1, attrs: { src: "https://tea.example" } },
          ],
        },
      ],
    );
    const told = (t: string) => sent.filter((one) => one.t === t);
    expect(told("camera")).toMatchObject([{ on: true, facing: "user", scan: true }]);
    expect(told("webview")).toMatchObject([{ src: "https://tea.example" }]);
    made.receive({ t: "patch", ops: [[0, 0, null]] });
    expect(told("camera").at(-1)).toMatchObject({ on: false });
    expect(told("webview").at(-1)).toMatchObject({ src: null });
  });
});
