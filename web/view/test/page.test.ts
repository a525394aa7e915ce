import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Page } from "../src/page";
import { COMMANDS, type Node, type ToShell, type Value } from "../src/protocol";
import { translate } from "../src/query";
import { Assets } from "../src/style";

const env = { width: 375, height: 667, theme: "light" as const };

function open(
  kids: Node[],
  values: Value[] = [],
  fragments: { kids: Node[]; holes: number }[] = [],
) {
  const sent: ToShell[] = [];
  const page = new Page((message) => sent.push(message));
  page.receive({
    t: "init",
    css: "",
    base: "/images/h",
    env,
    structure: { hash: "t", fragments: [{ kids, holes: values.length }, ...fragments] },
  });
  page.receive({ t: "render", values });
  const events = () => sent.filter((message) => message.t === "event");
  return {
    page,
    sent,
    events,
    find: (selector: string) => page.root.querySelector<HTMLElement>(selector)!,
  };
}

function press(el: Element, x = 5, y = 5) {
  el.dispatchEvent(
    new MouseEvent("mousedown", { bubbles: true, clientX: x, clientY: y, button: 0 }),
  );
}
function release(el: Element, x = 5, y = 5) {
  el.dispatchEvent(new MouseEvent("mouseup", { bubbles: true, clientX: x, clientY: y, button: 0 }));
}
function tap(el: Element) {
  press(el);
  release(el);
}

let restore: (() => void)[] = [];
beforeEach(() => {
  document.body.replaceChildren();
  document.head.replaceChildren();
  // Each page listens at the document for the life of its frame; here frames share one document.
  for (const target of [document, window]) {
    const original = target.addEventListener;
    const add = original.bind(target);
    const made: [string, EventListener, unknown][] = [];
    target.addEventListener = ((type: string, listener: EventListener, options?: never) => {
      made.push([type, listener, options]);
      add(type, listener, options);
    }) as never;
    restore.push(() => {
      for (const [type, listener, options] of made)
        target.removeEventListener(type, listener, options as never);
      target.addEventListener = original as never;
    });
  }
  vi.useFakeTimers({ shouldAdvanceTime: false });
});
afterEach(() => {
  vi.useRealTimers();
  for (const undo of restore) undo();
  restore = [];
});

describe("commands of the app to its page", () => {
  const field: Node[] = [{ tag: "input", id: 0 }];

  it("hideKeyboard removes the focus from the field", () => {
    const { page, find } = open(field);
    const input = find("input") as HTMLInputElement;
    input.focus();
    expect(document.activeElement).toBe(input);
    page.receive({ t: "command", call: 0, name: "hideKeyboard", args: {} });
    expect(document.activeElement).not.toBe(input);
  });

  it("setBackgroundColor paints the window where the page has no colour", () => {
    const { page } = open([]);
    const args = { backgroundColor: "rgb(1, 2, 3)", backgroundColorTop: "rgb(4, 5, 6)" };
    page.receive({ t: "command", call: 0, name: "setBackgroundColor", args });
    expect(document.documentElement.style.backgroundColor).toBe("rgb(1, 2, 3)");
  });

  it("every command that wants an answer gets one", () => {
    const { page, sent } = open(field);
    const args = { target: [0, 0], observer: 1, selector: "input", queries: [], thresholds: [] };
    for (const [call, name] of COMMANDS.entries()) {
      page.receive({ t: "command", call: call + 1, name, args });
    }
    expect(sent.filter((one) => one.t === "reply")).toHaveLength(COMMANDS.length);
  });
});

describe("the theme", () => {
  it("comes from the shell, in media queries too", () => {
    const { page } = open([]);
    const queries = () => document.head.querySelector("style")!.textContent;
    const css = "@media (prefers-color-scheme:dark) and (width>1px){a{color:red}}";
    const structure = { hash: "t", fragments: [{ kids: [], holes: 0 }] };
    page.receive({ t: "init", css, base: "/images/h", env, structure });
    expect(queries()).toContain("(max-width: -1px) and (width>1px)");
    page.receive({ t: "env", env: { ...env, theme: "dark" } });
    expect(queries()).toContain("(min-width: 0px) and (width>1px)");
  });
});

describe("the window's colour", () => {
  it("is not white in the dark theme, unless the page sets it", () => {
    const { page } = open([]);
    const { style } = document.documentElement;
    const structure = { hash: "t", fragments: [{ kids: [], holes: 0 }] };
    const config = { backgroundColor: "#ffffff" };
    page.receive({ t: "init", css: "", base: "/images/h", env, structure, config });
    expect(style.backgroundColor).not.toBe("");
    page.receive({ t: "env", env: { ...env, theme: "dark" } });
    expect(style.backgroundColor).toBe("");
  });
});

describe("a picture on another host", () => {
  const src = "https://cdn.example/cup.png";
  const picture = (id: number, url: string): Node => ({
    tag: "image",
    id,
    attrs: { src: url },
    on: { error: "bind" },
  });

  it("is not fetched: the app gets an error event, the developer the host's name, once", () => {
    const { events, find } = open([picture(0, src), picture(1, src + "?2")]);
    expect(find("img").hasAttribute("src")).toBe(false);
    expect(find("wx-image").classList.contains("wx-broken")).toBe(true);
    expect(events().map(({ type, detail }) => [type, detail])).toEqual([
      ["remotepicture", { host: "cdn.example" }],
      ["error", { errMsg: `Failed to load image ${src}` }],
      ["error", { errMsg: `Failed to load image ${src}?2` }],
    ]);
  });

  it("is distinguished from a picture of the app", () => {
    const { events, find } = open([picture(0, "/i/cup.png")]);
    expect(find("img").getAttribute("src")).toBe("/images/h/i/cup.png");
    expect(events()).toEqual([]);
  });
});

describe("a picker's sheet", () => {
  it("is announced, and the shell's Back closes it like Cancel", () => {
    const { page, sent, events, find } = open([
      { tag: "picker", id: 0, attrs: { range: ["a", "b"] }, on: { cancel: "bind" } },
    ]);
    tap(find("wx-picker"));
    expect(sent.at(-1)).toEqual({ t: "sheet", open: true });
    page.receive({ t: "dismiss" });
    expect(document.querySelector("dialog")).toBeNull();
    expect(sent).toContainEqual({ t: "sheet", open: false });
    expect(events().map(({ type }) => type)).toContain("cancel");
    page.receive({ t: "dismiss" }); // The user may be quicker than the message.
  });
});

describe("gestures", () => {
  const tappable: Node[] = [
    {
      tag: "view",
      id: 0,
      on: { tap: "bind" },
      kids: [{ tag: "view", id: 1, attrs: { class: "in" } }],
    },
    { tag: "view", id: 2, attrs: { class: "out" } },
  ];

  it("a press and a release are a tap on the innermost element", () => {
    const { events, find } = open(tappable);
    tap(find(".in"));
    expect(events()).toMatchObject([
      { type: "tap", target: [0, 1], detail: { x: 5, y: 5 }, touches: [] },
    ]);
    expect(events()[0]!.offsets?.map((o) => o.slice(0, 2))).toEqual([
      [0, 1],
      [0, 0],
    ]);
  });

  it("nothing is sent without a handler", () => {
    const { events, find } = open(tappable);
    tap(find(".out"));
    expect(events()).toEqual([]);
  });

  it("a finger that moved does not tap", () => {
    const { events, find } = open(tappable);
    press(find(".in"));
    window.dispatchEvent(new MouseEvent("mousemove", { clientX: 40, clientY: 5 }));
    release(find(".in"), 40);
    expect(events()).toEqual([]);
  });

  it("a press of 350 ms is a long press, and its release is not a tap", () => {
    const { events, find } = open([
      { tag: "view", id: 0, on: { tap: "bind", longpress: "bind" }, attrs: { class: "x" } },
    ]);
    press(find(".x"));
    vi.advanceTimersByTime(349);
    expect(events()).toEqual([]);
    vi.advanceTimersByTime(2);
    release(find(".x"));
    expect(events().map((e) => e.type)).toEqual(["longpress"]);
  });

  it("a long press without a handler is a tap", () => {
    const { events, find } = open(tappable);
    press(find(".in"));
    vi.advanceTimersByTime(1000);
    release(find(".in"));
    expect(events().map((e) => e.type)).toEqual(["tap"]);
  });

  it("Enter taps an element that binds a tap", () => {
    const { events, find } = open([
      { tag: "view", id: 0, on: { tap: "bind" }, attrs: { class: "x" } },
    ]);
    expect(find(".x").tabIndex).toBe(0);
    expect(find(".x").getAttribute("role")).toBe("button");
    find(".x").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    expect(events().map((e) => e.type)).toEqual(["tap"]);
  });

  it("touch events carry their points, and moves come once per frame", () => {
    const { events, find } = open([
      {
        tag: "view",
        id: 0,
        on: { touchstart: "bind", touchmove: "bind", touchend: "bind" },
        attrs: { class: "x" },
      },
    ]);
    press(find(".x"), 1, 2);
    for (const x of [3, 4, 5])
      window.dispatchEvent(new MouseEvent("mousemove", { clientX: x, clientY: 2 }));
    release(find(".x"), 5, 2);
    expect(
      events().map((e) => [e.type, e.changedTouches?.[0]?.clientX, e.touches?.length]),
    ).toEqual([
      ["touchstart", 1, 1],
      ["touchmove", 5, 1],
      ["touchend", 5, 0],
    ]);
  });

  it("a disabled button sends nothing", () => {
    const { events, find } = open(
      [{ tag: "button", id: 0, on: { tap: "bind" }, dyn: [[0, "disabled"]] }],
      [true],
    );
    tap(find("wx-button"));
    expect(events()).toEqual([]);
  });
});

describe("components", () => {
  it("a form gives its controls by name", () => {
    const { events, find, page } = open(
      [
        {
          tag: "form",
          id: 0,
          on: { submit: "bind", reset: "bind" },
          kids: [
            { tag: "input", id: 1, attrs: { name: "who", value: "Ann" } },
            { tag: "switch", id: 2, attrs: { name: "on" }, dyn: [[0, "checked"]] },
            {
              tag: "checkbox-group",
              id: 3,
              attrs: { name: "tags" },
              kids: [
                { tag: "checkbox", id: 4, attrs: { value: "a", checked: "" } },
                { tag: "checkbox", id: 5, attrs: { value: "b" } },
              ],
            },
            { tag: "slider", id: 6, attrs: { name: "size", value: "30" } },
            {
              tag: "radio-group",
              id: 7,
              attrs: { name: "one" },
              kids: [{ tag: "radio", id: 8, attrs: { value: "r" } }],
            },
            { tag: "button", id: 9, attrs: { "form-type": "submit", class: "go" } },
            { tag: "button", id: 10, attrs: { "form-type": "reset", class: "back" } },
          ],
        },
      ],
      [true],
    );
    page.root.querySelector("input")!.value = "Bea";
    tap(find("wx-radio"));
    tap(find(".go"));
    expect(events().at(-1)).toMatchObject({
      type: "submit",
      target: [0, 0],
      detail: { value: { who: "Bea", on: true, tags: ["a"], size: 30, one: "r" } },
    });
    tap(find(".back"));
    tap(find(".go"));
    expect(events().at(-1)!.detail).toMatchObject({ value: { who: "Ann", one: "" } });
  });

  it("radios of a group exclude each other; a tap on a label activates its control", () => {
    const { events, find } = open([
      {
        tag: "radio-group",
        id: 0,
        on: { change: "bind" },
        kids: [
          { tag: "radio", id: 1, attrs: { value: "a", id: "ra" } },
          {
            tag: "label",
            id: 2,
            attrs: { class: "l" },
            kids: [
              { tag: "radio", id: 3, attrs: { value: "b" } },
              { tag: "text", id: 4, kids: ["B"] },
            ],
          },
        ],
      },
    ]);
    tap(find("#ra"));
    tap(find(".l wx-text"));
    expect(events().map((e) => e.detail)).toEqual([{ value: "a" }, { value: "b" }]);
    expect(find("#ra").getAttribute("aria-checked")).toBe("false");
  });

  it("an echo from the app does not undo newer input, a correction does", () => {
    const { page, find, events } = open(
      [{ tag: "input", id: 0, on: { input: "bind" }, dyn: [[0, "value"]] }],
      [""],
    );
    const field = find("wx-input input") as HTMLInputElement;
    for (const text of ["a", "ab", "abc"]) {
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    expect(events().map((e) => (e.detail as { value: string }).value)).toEqual(["a", "ab", "abc"]);
    page.receive({ t: "patch", ops: [[0, 0, "a"]] });
    expect(field.value).toBe("abc");
    page.receive({ t: "patch", ops: [[0, 0, "ab"]] });
    page.receive({ t: "patch", ops: [[0, 0, "abc"]] });
    page.receive({ t: "patch", ops: [[0, 0, "ABC"]] });
    expect(field.value).toBe("ABC");
  });

  it("navigator and open types are sent without a handler", () => {
    const { events, find } = open([
      { tag: "navigator", id: 0, attrs: { url: "../b/b", "open-type": "redirect" } },
      { tag: "button", id: 1, attrs: { "open-type": "share" } },
    ]);
    tap(find("wx-navigator"));
    tap(find("wx-button"));
    expect(events()).toMatchObject([
      {
        type: "navigate",
        target: [0, 0],
        detail: { url: "../b/b", openType: "redirect", delta: 1 },
      },
      { type: "opentype", target: [0, 1], detail: { openType: "share" } },
    ]);
  });

  it("rich text keeps only harmless markup", () => {
    const html =
      '<p style="color:red" onclick="x()">a<script>evil()</script><img src="https://far/a.png" onerror="x()"><b>c</b></p><iframe src="/"></iframe>';
    const { find } = open([{ tag: "rich-text", id: 0, dyn: [[0, "nodes"]] }], [html]);
    const out = find("wx-rich-text");
    expect(out.querySelector("script, iframe, [onclick], [onerror]")).toBeNull();
    expect(out.textContent).toBe("ac");
  });

  it("hidden follows its value", () => {
    const { page, find } = open([{ tag: "view", id: 0, dyn: [[0, "hidden"]] }], [true]);
    expect(find("wx-view").hasAttribute("hidden")).toBe(true);
    page.receive({ t: "patch", ops: [[0, 0, false]] });
    expect(find("wx-view").hasAttribute("hidden")).toBe(false);
  });

  it("a swiper moves to the app's slide and reports moves by keys", () => {
    const item = (id: number): Node => ({ tag: "swiper-item", id });
    const { page, find, events } = open(
      [
        {
          tag: "swiper",
          id: 0,
          on: { change: "bind" },
          dyn: [[0, "current"]],
          kids: [item(1), item(2), item(3)],
        },
      ],
      [0],
    );
    find("wx-swiper").dispatchEvent(
      new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }),
    );
    page.receive({ t: "patch", ops: [[0, 0, 2]] });
    expect(events().map((e) => e.detail)).toMatchObject([
      { current: 1, source: "touch" },
      { current: 2, source: "" },
    ]);
  });
});

describe("styles and addresses", () => {
  const assets = new Assets("/images/h", "pages/a/b");
  it("finds assets from the root, from the page's folder, and never outside of the bundle", () => {
    expect(assets.resolve("/i/x.png")).toBe("/images/h/i/x.png");
    expect(assets.resolve("../../i/x.png")).toBe("/images/h/i/x.png");
    expect(assets.resolve("x.png")).toBe("/images/h/pages/a/x.png");
    expect(assets.resolve("../../../../../api/v1/me")).toBe("/images/h/api/v1/me");
    expect(assets.resolve("javascript:alert(1)")).toBe("");
  });
  it("rewrites rpx, safe areas and addresses", () => {
    expect(assets.style("width:100rpx;margin:-2.5rpx .5rpx")).toBe(
      "width:calc(100 * var(--rpx));margin:calc(-2.5 * var(--rpx)) calc(.5 * var(--rpx))",
    );
    expect(assets.style("padding: env(safe-area-inset-bottom, 0px)")).toBe(
      "padding: var(--safe-bottom, 0px)",
    );
    const sheet = assets.sheet("a{background:url(i/a.png)}", "light");
    expect(sheet).toBe("a{background:url(/images/h/i/a.png)}");
    expect(assets.style("background:url('/a.png')")).toBe("background:url('/images/h/a.png')");
  });
  it("translates the app's selectors", () => {
    expect(translate(".a > view.b, #c text")).toBe(".a > wx-view.b, #c wx-text");
    expect(translate("view:nth-child(odd):not(text)")).toBe("wx-view:nth-child(odd):not(wx-text)");
    expect(translate("page view[hidden]")).toBe("wx-page wx-view[hidden]");
  });
});
