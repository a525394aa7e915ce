// What components do, as far as it can be known without a layout; e2e/tests/components.spec.ts has the rest.
import { describe, expect, it, vi } from "vitest";
import type { Node, Value } from "../../shared/protocol";
import type { WxElement } from "../src/core/element";
import { env, freshDocuments, open, press, release, tap } from "./frame";

freshDocuments();

const detail = (message: unknown) => (message as { detail: Record<string, unknown> }).detail;

/** Asks an element as a context of the program does, and returns the answer. */
async function ask(
  { page, sent }: ReturnType<typeof open>,
  tag: string,
  method: string,
  ...args: Value[]
) {
  const call = sent.length + 1;
  page.receive({
    t: "command",
    call,
    name: "elementContext",
    args: { tag, id: "", method, args },
  });
  const found = () => sent.find((one) => one.t === "reply" && one.call === call);
  for (let i = 0; i < 20 && !found(); i++) await vi.advanceTimersByTimeAsync(50);
  return found() as { ok: boolean; result?: Record<string, unknown>; error?: string };
}

describe("attributes", () => {
  it("mean true in markup without a value, whatever their name, and false as an empty text", () => {
    const { find } = open(
      [
        { tag: "video", id: 0, attrs: { "enable-danmu": "" } },
        { tag: "video", id: 1, dyn: [[0, "enable-danmu"]] },
      ],
      [""],
    );
    const flag = (el: HTMLElement) =>
      (el as WxElement).$comp as unknown as { flag(n: string): boolean };
    const [first, second] = [find("wx-video"), find("wx-video:nth-of-type(2)")];
    expect(flag(first).flag("enable-danmu")).toBe(true);
    expect(flag(second).flag("enable-danmu")).toBe(false);
  });

  it("of style leave the place that a swiper has given its slides", () => {
    const { page, find } = open(
      [
        {
          tag: "swiper",
          id: 0,
          kids: [{ tag: "swiper-item", id: 1, dyn: [[0, "style"]] }],
        },
      ],
      ["color: red"],
    );
    expect(find("wx-swiper-item").style.width).toBe("100%");
    page.receive({ t: "patch", ops: [[0, 0, "color: blue"]] });
    expect(find("wx-swiper-item").style.color).toBe("blue");
    expect(find("wx-swiper-item").style.width).toBe("100%");
  });
});

describe("a swiper", () => {
  it("starts at the slide that current-item-id names", () => {
    const { find } = open([
      {
        tag: "swiper",
        id: 0,
        attrs: { "current-item-id": "b" },
        kids: ["a", "b"].map((id, i) => ({
          tag: "swiper-item",
          id: i + 1,
          attrs: { "item-id": id },
        })),
      },
    ]);
    expect(find("[item-id=b]").hasAttribute("inert")).toBe(false);
    expect(find("[item-id=a]").hasAttribute("inert")).toBe(true);
  });
});

describe("a field", () => {
  const typed = (el: HTMLElement, text: string) => {
    (el as HTMLInputElement).value = text;
    el.dispatchEvent(new Event("input", { bubbles: true }));
  };

  it.each([
    ["number", "1a2.3-", "123"],
    ["digit", "1a2.3-", "12.3"],
    ["idcard", "11a0X", "110X"],
    ["text", "1a", "1a"],
  ])("of type %s takes what its keyboard has", (type, given, kept) => {
    const { find, events } = open([
      { tag: "input", id: 0, attrs: { type }, on: { input: "bind" } },
    ]);
    typed(find("input"), given);
    expect((find("input") as HTMLInputElement).value).toBe(kept);
    expect(detail(events().at(-1)).value).toBe(kept);
  });

  it("pass the review of a nickname when they are left, and only then", () => {
    const { sent } = open([
      { tag: "input", id: 0, attrs: { type: "nickname" }, on: { nicknamereview: "bind" } },
      { tag: "input", id: 1, on: { nicknamereview: "bind" } },
    ]);
    const fields = [...document.querySelectorAll("input")];
    const leave = () => {
      for (const field of fields) field.dispatchEvent(new Event("blur"));
      return sent.filter((one) => one.type === "nicknamereview").map(detail);
    };
    expect(leave()).toEqual([]);
    for (const field of fields) typed(field, "Tea");
    expect(leave()).toEqual([{ pass: true, timeout: false }]);
  });

  it("shows no more of the app's text than maxlength", () => {
    const { page, find } = open(
      [{ tag: "input", id: 0, attrs: { maxlength: 3 }, dyn: [[0, "value"]] }],
      ["12345"],
    );
    expect((find("input") as HTMLInputElement).value).toBe("123");
    page.receive({ t: "patch", ops: [[0, 0, "abcdef"]] });
    expect((find("input") as HTMLInputElement).value).toBe("abc");
  });
});

describe("a picker around a button", () => {
  it("opens when the button is tapped, unless the button does something of its own", () => {
    HTMLDialogElement.prototype.showModal ??= () => {};
    const around = (button: Record<string, Value>) =>
      open([
        {
          tag: "picker",
          id: 0,
          attrs: { range: ["a", "b"] },
          kids: [{ tag: "button", id: 1, attrs: button, kids: ["choose"] }],
        },
      ]);
    tap(around({ "form-type": "submit" }).find("wx-button"));
    expect(document.querySelector(".wx-sheet")).toBeNull();
    tap(around({ type: "default" }).find("wx-button"));
    expect(document.querySelector(".wx-sheet")).not.toBeNull();
  });
});

describe("a picker of several columns", () => {
  it("turns its wheels to the value that the app gives while it is open", () => {
    HTMLDialogElement.prototype.showModal ??= () => {};
    const { page, find } = open(
      [
        {
          tag: "picker",
          id: 0,
          attrs: {
            mode: "multiSelector",
            range: [
              ["a", "b"],
              ["1", "2", "3"],
            ],
          },
          dyn: [[0, "value"]],
        },
      ],
      [[0, 2]],
    );
    tap(find("wx-picker"));
    const wheels = () =>
      [...document.querySelectorAll(".wx-sheet .wx-wheel")].map((el) =>
        el.getAttribute("aria-valuetext"),
      );
    expect(wheels()).toEqual(["a", "3"]);
    page.receive({ t: "patch", ops: [[0, 0, [1, 0]]] });
    expect(wheels()).toEqual(["b", "1"]);
  });
});

describe("texts", () => {
  it("end after max-lines", () => {
    const { find } = open([{ tag: "text", id: 0, attrs: { "max-lines": 2 }, kids: ["x"] }]);
    expect(find("wx-text").style.getPropertyValue("--lines")).toBe("2");
  });

  it("of rich text keep their spaces as space says", () => {
    const { find } = open([
      { tag: "rich-text", id: 0, attrs: { nodes: [{ type: "text", text: "a b" }], space: "ensp" } },
    ]);
    expect(find("wx-rich-text").textContent).toBe("a\u2002b");
  });
});

describe("a root portal", () => {
  it("comes after everything on the page, or what is drawn later would lie over it", () => {
    const { page } = open([
      { tag: "root-portal", id: 0, kids: [{ tag: "view", id: 1, kids: ["dialog"] }] },
      { tag: "view", id: 2, kids: ["rest"] },
    ]);
    expect(page.root.textContent).toBe("restdialog");
    expect(page.root.lastElementChild!.textContent).toBe("dialog");
  });
});

describe("a picture", () => {
  it("that is held offers its menu, when the program wants one", () => {
    const { find, sent } = open([
      { tag: "image", id: 0, attrs: { src: "/a.png", "show-menu-by-longpress": "" } },
      { tag: "image", id: 1, attrs: { src: "/b.png" } },
    ]);
    for (const image of ["wx-image", "wx-image:nth-of-type(2)"]) {
      press(find(image));
      vi.advanceTimersByTime(500);
      release(find(image));
    }
    const told = sent.filter((one) => one.t === "picture");
    expect(told).toHaveLength(1);
    expect(JSON.stringify(told)).toContain("/images/h/a.png");
  });
});

describe("a navigator to another program", () => {
  it("says which", () => {
    const { find, events } = open([
      {
        tag: "navigator",
        id: 0,
        attrs: { target: "miniProgram", "app-id": "ta1", path: "pages/a", version: "release" },
      },
    ]);
    tap(find("wx-navigator"));
    expect(detail(events().at(-1))).toMatchObject({
      target: "miniProgram",
      appId: "ta1",
      path: "pages/a",
    });
  });
});

describe("a context", () => {
  const map: Node[] = [
    {
      tag: "map",
      id: 0,
      attrs: {
        latitude: 10,
        longitude: 20,
        scale: 12,
        markers: [{ id: 7, latitude: 10, longitude: 20 }],
      },
    },
  ];

  it("of a map tells where it stands and moves it", async () => {
    const page = open(map);
    expect((await ask(page, "map", "getScale")).result).toEqual({ scale: 12 });
    await ask(page, "map", "moveToLocation", { latitude: 31, longitude: 121 });
    expect((await ask(page, "map", "getCenterLocation")).result).toEqual({
      latitude: 31,
      longitude: 121,
    });
    const there = (await ask(page, "map", "toScreenLocation", { latitude: 31, longitude: 121 }))
      .result!;
    expect(
      (await ask(page, "map", "fromScreenLocation", there as never)).result!.latitude,
    ).toBeCloseTo(31);
  });

  it("of a map adds markers, takes them away, and lets one travel", async () => {
    const page = open(map);
    const markers = () => page.page.root.querySelectorAll(".wx-marker").length;
    await ask(page, "map", "addMarkers", { markers: [{ id: 8, latitude: 1, longitude: 1 }] });
    expect(markers()).toBe(2);
    await ask(page, "map", "removeMarkers", { markerIds: [8] });
    expect(markers()).toBe(1);
    const moved = await ask(page, "map", "translateMarker", {
      markerId: 7,
      destination: { latitude: 11, longitude: 21 },
      duration: 200,
    });
    expect(moved.ok).toBe(true);
    expect((await ask(page, "map", "translateMarker", { markerId: 9 })).error).toContain(
      "marker 9",
    );
  });

  it("fails with a reason when its element is not there, or cannot do it", async () => {
    const page = open(map);
    expect((await ask(page, "video", "play")).error).toBe("there is no <video> on the page");
    expect((await ask(page, "map", "fly")).error).toContain("fly");
  });

  it("of a film that has no address says so", async () => {
    const page = open([{ tag: "video", id: 0 }]);
    expect((await ask(page, "video", "play")).error).toBe("there is nothing to play");
  });
});

describe("a map", () => {
  it("asks the host for its ground when there is a source, and names it", () => {
    const source = { attribution: "© Somebody", max_zoom: 18 };
    const { find } = open([{ tag: "map", id: 0 }], [], [], {}, { ...env, map: source });
    expect(find("wx-map").textContent).toContain("© Somebody");
    expect(open([{ tag: "map", id: 0 }]).find(".wx-map-tiles")).toBeNull();
  });
});
