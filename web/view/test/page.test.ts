import { describe, expect, it, vi } from "vitest";
import { COMMANDS, type Node } from "../../shared/protocol";
import { translate } from "../src/core/selector";
import { Assets } from "../src/core/style";
import { Page } from "../src/page";
import { env, freshDocuments, open, press, release, tap } from "./frame";

freshDocuments();

describe("commands of the app to its page", () => {
  const field: Node[] = [{ tag: "input", id: 0 }];

  it("getSelectedTextRange tells what is selected in the field with the cursor, and fails without one", () => {
    const { page, find, sent } = open(field);
    const ask = () => {
      page.receive({ t: "command", call: 9, name: "getSelectedTextRange", args: {} });
      return sent.at(-1);
    };
    expect(ask()).toMatchObject({ ok: false });
    const input = find("input") as HTMLInputElement;
    input.value = "green tea";
    input.focus();
    input.setSelectionRange(6, 9);
    expect(ask()).toMatchObject({ call: 9, ok: true, result: { start: 6, end: 9 } });
  });
  it("styleElements sets styles in the time of their transition", () => {
    const { page, find } = open([
      { tag: "view", id: 0, attrs: { id: "a" } },
      { tag: "view", id: 1, attrs: { id: "b" } },
    ]);
    const args = {
      selector: "#a",
      style: { transform: "translateX(10rpx)", zIndex: 2 },
      transition: { ms: 200, timing: "linear" },
    };
    page.receive({ t: "command", call: 0, name: "styleElements", args });
    expect(find("#a").style.transform).toBe("translateX(calc(10 * var(--rpx)))");
    expect(find("#a").style.transition).toBe("transform 200ms linear,z-index 200ms linear");
    expect(find("#b").style.transform).toBe("");
  });
  it("hideKeyboard removes the focus from the field", () => {
    const { page, find } = open(field);
    const input = find("input") as HTMLInputElement;
    input.focus();
    expect(document.activeElement).toBe(input);
    page.receive({ t: "command", call: 0, name: "hideKeyboard", args: {} });
    expect(document.activeElement).not.toBe(input);
  });

  it("setBackgroundColor paints the window above the page, and not the page", () => {
    const { page, band } = open([], [], [], { enablePullDownRefresh: true });
    const args = { backgroundColor: "rgb(1, 2, 3)", backgroundColorTop: "rgb(4, 5, 6)" };
    page.receive({ t: "command", call: 0, name: "setBackgroundColor", args });
    expect(band().style.backgroundColor).toBe("rgb(4, 5, 6)");
    expect(document.documentElement.style.backgroundColor).toBe("");
  });

  it("every command that wants an answer gets one", async () => {
    const { page, sent } = open(field);
    const args = { target: [0, 0], observer: 1, selector: "input", queries: [], thresholds: [] };
    for (const [call, name] of COMMANDS.entries()) {
      page.receive({ t: "command", call: call + 1, name, args });
    }
    const replies = () => sent.filter((one) => one.t === "reply").length;
    await expect.poll(replies).toBe(COMMANDS.length);
  });
});

describe("the theme", () => {
  it("comes from the shell, in media queries too", () => {
    const { page } = open([]);
    const css = ':where([data-theme="dark"]) wx-page{color:red}'; // as the compiler writes them
    const structure = { hash: "t", fragments: [{ kids: [], holes: 0 }] };
    page.receive({ t: "init", css, base: "/images/h", env, structure });
    const sheet = document.head.querySelector("style")!;
    expect(sheet.textContent).toBe(css);
    const reads = vi.spyOn(sheet, "textContent", "set");
    expect(document.querySelector('[data-theme="light"] wx-page')).not.toBeNull();
    page.receive({ t: "env", env: { ...env, theme: "dark" } });
    expect(document.querySelector('[data-theme="dark"] wx-page')).not.toBeNull();
    expect(reads).not.toHaveBeenCalled();
  });
});

describe("what markup says of the page itself", () => {
  it("page-meta styles page and root, colours the window, and tells of scrolling", () => {
    const { page, sent } = open([
      {
        tag: "page-meta",
        id: 0,
        attrs: {
          "page-style": "color: red; margin: 10rpx",
          "root-font-size": "20px",
          "page-font-size": "18px",
          "background-color": "#112233",
        },
        on: { scroll: "bind" },
        kids: [],
      },
    ]);
    expect(page.root.style.color).toBe("red");
    expect(page.root.style.fontSize).toBe("18px");
    expect(document.documentElement.style.fontSize).toBe("20px");
    dispatchEvent(new Event("scroll"));
    expect(sent.at(-1)).toMatchObject({ t: "event", type: "scroll", target: [0, 0] });
    document.documentElement.style.fontSize = "";
  });
  it("navigation-bar sets what the shell draws, and no more than its attributes say", () => {
    const attrs = { title: "Tea", "front-color": "#ffffff", loading: true };
    const { sent } = open([
      { tag: "page-meta", id: 0, attrs: {}, kids: [{ tag: "navigation-bar", id: 1, attrs }] },
    ]);
    expect(sent.filter((m) => m.t === "bar").at(-1)).toEqual({
      t: "bar",
      title: "Tea",
      front: "#ffffff",
      background: undefined,
      loading: true,
    });
  });
});

describe("this.animate", () => {
  it("plays key frames in the browser's words, answers at their end, and is cleared", async () => {
    const { page, sent } = open([{ tag: "view", id: 0, attrs: {} }]);
    const cancel = vi.fn();
    const animate = vi.fn(() => ({ cancel }));
    (document.querySelector("wx-view") as HTMLElement).animate = animate as never;
    const frames = [
      { opacity: 0, "background-color": "red", rotate: 0 },
      {
        offset: 0.5,
        ease: "ease-in",
        translateX: ["10rpx"],
        rotate: [45],
        scale: [2, 3],
        left: "5rpx",
      },
    ];
    const args = { targets: [[0, 0]], frames, duration: 1 };
    page.receive({ t: "command", call: 7, name: "animate", args });
    expect(animate).toHaveBeenCalledWith(
      [
        { opacity: 0, backgroundColor: "red", transform: "rotate(0deg)" },
        {
          offset: 0.5,
          easing: "ease-in",
          transform: "translateX(calc(10 * var(--rpx))) rotate(45deg) scale(2,3)",
          left: "calc(5 * var(--rpx))",
        },
      ],
      { fill: "forwards", duration: 1 },
    );
    const replies = () => sent.filter((m) => m.t === "reply").map((m) => m.call);
    await expect.poll(replies).toEqual([7]);
    expect(cancel).not.toHaveBeenCalled();
    page.receive({ t: "command", call: 8, name: "clearAnimation", args: { targets: [[0, 0]] } });
    expect(cancel).toHaveBeenCalledOnce();
    expect(replies()).toEqual([7, 8]);
  });
});

describe("classes that attributes name", () => {
  it("are those of the component whose markup it is", () => {
    document.body.replaceChildren();
    const page = new Page(() => {});
    const kids = [
      { tag: "input", id: 0, attrs: { "placeholder-class": "ph ~page", placeholder: "x" } },
      { tag: "input", id: 1, attrs: { placeholder: "y" } },
    ];
    const structure = {
      hash: "t",
      fragments: [{ kids: [{ tag: "c-field", id: 0, comp: 0 }], holes: 1 }],
    };
    const components = [{ hash: "c", fragments: [{ kids, holes: 0 }] }];
    page.receive({ t: "init", css: "", base: "/images/h", env, structure, components });
    page.receive({ t: "render", values: [[0, 0, [], null, null]] });
    const classes = [...document.querySelectorAll(".wx-placeholder")].map((el) => el.className);
    expect(classes[0]).toContain(" c0--ph page");
    expect(classes[1]).toContain(" input-placeholder");
  });
});

describe("a relative address", () => {
  it("starts at the component whose markup has it, and at the page for what the page puts inside", () => {
    document.body.replaceChildren();
    const page = new Page(() => {});
    const image = (src: string) => ({ tag: "image", id: 0, attrs: { src } });
    const structure = {
      hash: "t",
      fragments: [
        { kids: [{ tag: "c-stars", id: 0, comp: 0, frag: 1 }], holes: 1 },
        { kids: [image("./b.png")], holes: 0 },
      ],
    };
    const kids = [image("./a.png"), { tag: "slot", id: 1, slot: 0 }];
    const components = [{ hash: "c", path: "parts/stars/stars", fragments: [{ kids, holes: 1 }] }];
    const route = "pages/p/p";
    page.receive({ t: "init", css: "", base: "/images/h", env, structure, components, route });
    page.receive({ t: "render", values: [[0, 0, [null], [], null]] });
    const addresses = [...document.querySelectorAll("wx-image img")].map((img) =>
      img.getAttribute("src"),
    );
    expect(addresses).toEqual(["/images/h/parts/stars/a.png", "/images/h/pages/p/b.png"]);
  });
});

describe("the window's colour", () => {
  const refreshable = { enablePullDownRefresh: true, backgroundColor: "#ff0000" };

  it("is behind the page, where a pull shows it", () => {
    const { band } = open([], [], [], refreshable);
    expect(band().style.backgroundColor).toBe("#ff0000");
    expect(document.documentElement.style.backgroundColor).toBe("");
  });

  it("is not white in the dark theme, where white is nobody's choice", () => {
    const white = { ...refreshable, backgroundColor: "#ffffff" };
    const { band } = open([], [], [], white, { ...env, theme: "dark" });
    expect(band().style.backgroundColor).toBe("");
  });

  it("leaves the page to the colour of its content", () => {
    open([], [], [], { ...refreshable, backgroundColorContent: "#00ff00" });
    expect(document.documentElement.style.backgroundColor).toBe("#00ff00");
  });
});

describe("a pull", () => {
  it("is noticed although the finger is seen again only where it is lifted", () => {
    const { page, sent } = open([], [], [], { enablePullDownRefresh: true });
    const send = (type: string, clientY: number) =>
      page.root.dispatchEvent(
        new MouseEvent(type, { bubbles: true, clientX: 9, clientY, button: 0 }),
      );
    send("mousedown", 20);
    send("mousemove", 24);
    send("mouseup", 320);
    expect(sent).toContainEqual({ t: "pulldown" });
  });
});

describe("text", () => {
  it("has a line break where its markup says so, as text has no other way to write one", () => {
    const { find } = open(
      [{ tag: "text", id: 0, kids: ["first\\nsecond ", { tag: "text", id: 1, kids: [{ t: 0 }] }] }],
      ["third\\nfourth"],
    );
    expect(find("wx-text").textContent).toBe("first\nsecond third\nfourth");
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

  it("comes through the host, under the address of the release", () => {
    const { events, find } = open([picture(0, src)]);
    expect(find("img").getAttribute("src")).toBe(`/remote/h?url=${encodeURIComponent(src)}`);
    expect(events()).toEqual([]);
  });

  it("that cannot be had is an error for the app; the developer reads the host's name once", () => {
    const { events, page } = open([picture(0, src), picture(1, src + "?2")]);
    for (const img of page.root.querySelectorAll("img")) img.dispatchEvent(new Event("error"));
    expect(page.root.querySelectorAll(".wx-broken").length).toBe(2);
    expect(events().map(({ type, detail }) => [type, detail])).toEqual([
      ["remotepicture", { host: "cdn.example" }],
      ["error", { errMsg: `Failed to load image ${src}` }],
      ["error", { errMsg: `Failed to load image ${src}?2` }],
    ]);
  });

  it("and a file that the host keeps are found in styles too", () => {
    const { page } = open([]);
    const kept = "0123456789abcdef0123456789abcdef";
    expect(page.resolve(`wxfile://tmp_${kept}.png`)).toBe(`/app-files/${kept}`);
    expect(page.resolve("wxfile://usr/a.png")).toBe("");
    expect(page.resolve(`cloud://ta0123456789abcdef.${kept}/茶/a b.png`)).toBe(
      `/cloud-files/${kept}`,
    );
    expect(page.resolve(`cloud://env.bucket/a.png`)).toBe("");
    expect(page.style(`background: url(${src})`)).toContain("/remote/h?url=");
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

describe("a sheet that a touch has opened", () => {
  it("is not closed by the click that browsers send after the touch", () => {
    const { find } = open([{ tag: "picker", id: 0, attrs: { range: ["a", "b"] } }]);
    const touch = (type: string, on: Element) => {
      const event = new Event(type, { bubbles: true });
      const finger = { identifier: 1, clientX: 5, clientY: 5, pageX: 5, pageY: 5 };
      const touches = type === "touchstart" ? [finger] : [];
      on.dispatchEvent(Object.assign(event, { touches, changedTouches: [finger] }));
    };
    const touched = (on: Element) => {
      touch("touchstart", on);
      touch("touchend", on);
      document.querySelector("dialog")!.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    };
    touched(find("wx-picker"));
    const sheet = document.querySelector("dialog")!;
    expect(sheet.open).toBe(true);
    touched(sheet); // a tap beside the sheet is one on its backdrop
    expect(document.querySelector("dialog")).toBeNull();
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
    expect(events()).toMatchObject([{ type: "tap", target: [0, 1], detail: { x: 5, y: 5 } }]);
    // As in the vendor's client, the finger is among the touches of a tap.
    expect(events()[0]!.touches).toHaveLength(1);
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

  it("of radios that the app checks in one group the last one is on", () => {
    const { page, find } = open(
      [
        {
          tag: "radio-group",
          id: 0,
          kids: [
            { tag: "radio", id: 1, attrs: { id: "a", checked: true } },
            { tag: "radio", id: 2, attrs: { id: "b", checked: true } },
            { tag: "radio", id: 3, attrs: { id: "c" }, dyn: [[0, "checked"]] },
          ],
        },
      ],
      [false],
    );
    const on = () =>
      ["#a", "#b", "#c"].filter((one) => find(one).getAttribute("aria-checked") === "true");
    expect(on()).toEqual(["#b"]);
    page.receive({ t: "patch", ops: [[0, 0, true]] });
    expect(on()).toEqual(["#c"]);
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
  it("leaves lengths of a style sheet alone: what is still in rpx is text", () => {
    expect(assets.sheet('.a::after{content:"10rpx"}')).toBe('.a::after{content:"10rpx"}');
  });
  it("writes the address of another host as browsers do: the host reads it with another parser", () => {
    const asked = (src: string) =>
      new URLSearchParams(assets.resolve(src).split("?")[1]).get("url");
    expect(asked(" https://img.example/茶 叶.png?a=一")).toBe(null);
    expect(asked("https://img.example/茶 叶.png?a=一")).toBe(
      "https://img.example/%E8%8C%B6%20%E5%8F%B6.png?a=%E4%B8%80",
    );
    expect(asked("//IMG.example\\a/../b.png")).toBe("https://img.example/b.png");
    expect(assets.resolve("https://")).toBe("");
  });
  it("rewrites rpx, safe areas and addresses", () => {
    expect(assets.style("width:100rpx;margin:-2.5rpx .5rpx")).toBe(
      "width:calc(100 * var(--rpx));margin:calc(-2.5 * var(--rpx)) calc(.5 * var(--rpx))",
    );
    expect(assets.style("padding: env(safe-area-inset-bottom, 0px)")).toBe(
      "padding: var(--safe-bottom, 0px)",
    );
    expect(
      assets.sheet('a{background:url("\0ai/a.png"),url("\0rhttps%3A%2F%2Fx.y%2Fb.png")}'),
    ).toBe('a{background:url("/images/h/i/a.png"),url("/remote/h?url=https%3A%2F%2Fx.y%2Fb.png")}');
  });
  it.each([
    ["background:url('/a.png')", 'background:url("/images/h/a.png")'],
    ["background:url( /i/10rpx.png )", 'background:url("/images/h/i/10rpx.png")'],
    [
      'background:URL("/i/a)b.png");top:1rpx',
      'background:url("/images/h/i/a)b.png");top:calc(1 * var(--rpx))',
    ],
    ["background:url(data:image/png;base64,AA==)", 'background:url("data:image/png;base64,AA==")'],
    [
      "content:'10rpx url(a)';--x:\"env(safe-area-inset-top)\"",
      "content:'10rpx url(a)';--x:\"env(safe-area-inset-top)\"",
    ],
    ["/* 1rpx */top:1rpx/**/", "/* 1rpx */top:calc(1 * var(--rpx))/**/"],
    [
      "top:calc(100% - 10rpx);left:+1.5RPX",
      "top:calc(100% - calc(10 * var(--rpx)));left:calc(+1.5 * var(--rpx))",
    ],
    [
      "margin:-.5rpx 1e2rpx 0rpx",
      "margin:calc(-.5 * var(--rpx)) calc(1e2 * var(--rpx)) calc(0 * var(--rpx))",
    ],
    [
      "grid-area:a1rpx;color:#10rpx;--my-10rpx:1px2rpx",
      "grid-area:a1rpx;color:#10rpx;--my-10rpx:1px2rpx",
    ],
    [
      "top:constant( safe-area-inset-TOP );left:env(x, 1rpx)",
      "top:var(--safe-top );left:env(x, calc(1 * var(--rpx)))",
    ],
    ["background:url(/a", 'background:url("/images/h/a")'],
    ["content:'1rpx", "content:'1rpx"],
    ["\\31rpx:1rpx\\", "\\31rpx:1rpx\\"],
  ])("reads a style attribute as CSS is read: %s", (css, want) => {
    expect(assets.style(css)).toBe(want);
  });
  it("translates the app's selectors", () => {
    expect(translate(".a > view.b, #c text")).toBe(".a > wx-view.b, #c wx-text");
    expect(translate("view:nth-child(odd):not(text)")).toBe("wx-view:nth-child(odd):not(wx-text)");
    expect(translate("page view[hidden]")).toBe("wx-page wx-view[hidden]");
  });
});
