// Hand-made structures that together show every component.

import type { Fragment, Node, Structure, Value, FrameWindow } from "../../shared/protocol";

export interface DevPage {
  structure: Structure;
  css: string;
  values: Value[];
  config: FrameWindow;
}

type Attrs = Record<string, Value>;

/** Numbers elements and holes in document order, as the compiler does. */
function fragment(build: (h: Builder) => Node[]): { fragment: Fragment; values: Value[] } {
  const h = new Builder();
  const kids = build(h);
  return { fragment: { kids, holes: h.values.length }, values: h.values };
}

class Hole {
  constructor(readonly value: Value) {}
}

class Builder {
  values: Value[] = [];
  private id = 0;
  d(value: Value): never {
    return new Hole(value) as never;
  }
  t(value: Value): Node {
    this.values.push(value);
    return { t: this.values.length - 1 };
  }
  el(tag: string, attrs: Attrs = {}, kids: (() => Node)[] | string = [], on?: string): Node {
    const id = this.id++;
    const dyn: [number, string][] = [];
    const fixed: Attrs = {};
    for (const [name, value] of Object.entries(attrs)) {
      if ((value as unknown) instanceof Hole) {
        this.values.push((value as unknown as Hole).value);
        dyn.push([this.values.length - 1, name]);
      } else fixed[name] = value;
    }
    const list = typeof kids === "string" ? [kids] : kids.map((kid) => kid());
    const node: Node = { tag, id, attrs: fixed, dyn, kids: list };
    if (on) node.on = Object.fromEntries(on.split(" ").map((type) => [type, "bind" as const]));
    return node;
  }
}

const CSS = `
wx-page { background: #f7f7f7; color: #222; font-size: 15px; padding-bottom: 20px; }
:root[data-theme="dark"] wx-page { background: #111; color: rgba(255,255,255,.85); }
.h { padding: 12px 16px 6px; color: #777; font-size: 13px; }
:root[data-theme="dark"] .h { color: #999; }
.c { background: #fff; padding: 12px 16px; }
:root[data-theme="dark"] .c { background: #1e1e1e; }
.row { display: flex; align-items: center; gap: calc(20 * var(--rpx)); flex-wrap: wrap; }
.row wx-image { width: calc(160 * var(--rpx)); height: calc(160 * var(--rpx)); background: #ddd; }
.slide { height: 100%; display: flex; align-items: center; justify-content: center; color: #fff; font-size: 24px; }
.box { width: 90px; height: 90px; flex: none; display: inline-block; margin-right: 8px; text-align: center; line-height: 90px; background: #e8f6ee; color: #035; }
.button-gap > wx-button { margin-bottom: 10px; }
.field { border-bottom: 1px solid #e5e5e5; padding: 8px 0; }
.press { padding: 10px; border: 1px solid #ccc; border-radius: 6px; }
.pressed { background: #cde; }
`;

function page(build: (h: Builder) => Node[], config: FrameWindow = {}, css = ""): DevPage {
  const { fragment: root, values } = fragment(build);
  return {
    structure: { hash: "dev", fragments: [root] },
    css: CSS + css,
    values,
    config: {
      navigationBarBackgroundColor: "#ffffff",
      navigationBarTextStyle: "black",
      navigationBarTitleText: "Components",
      backgroundColor: "#f7f7f7",
      onReachBottomDistance: 50,
      ...config,
    },
  };
}

const part = (h: Builder, title: string, kids: (() => Node)[], cls = "c") => [
  () => h.el("view", { class: "h" }, title),
  () => h.el("view", { class: cls }, kids),
];
const flat = (...parts: (() => Node)[][]) => parts.flat().map((kid) => kid());

export const PAGES: Record<string, DevPage> = {
  "pages/basic/basic": page((h) =>
    flat(
      part(h, "text, space, decode, icon", [
        () => h.el("text", { selectable: "" }, "Selectable text\nwith a second line 和中文"),
        () =>
          h.el("view", {}, [
            () => h.el("text", { space: "emsp", decode: "" }, "a  b &lt;decoded&gt; &amp;"),
          ]),
        () =>
          h.el(
            "view",
            { class: "row" },
            [
              "success",
              "success_no_circle",
              "info",
              "warn",
              "waiting",
              "cancel",
              "download",
              "search",
              "clear",
              "circle",
              "info_circle",
            ].map((type) => () => h.el("icon", { type, size: "28" })),
          ),
      ]),
      part(h, "image modes", [
        () =>
          h.el(
            "view",
            { class: "row" },
            ["scaleToFill", "aspectFit", "aspectFill", "center", "top left", "bottom right"].map(
              (mode) => () => h.el("image", { src: "/i/tea.svg", mode }, [], "load error"),
            ),
          ),
        () => h.el("image", { src: "../../i/tea.svg", mode: "widthFix", style: "width: 300rpx" }),
      ]),
      part(h, "press state, longpress, navigator", [
        () => h.el("view", { class: "press", "hover-class": "pressed" }, "Tap me", "tap longpress"),
        () => h.el("navigator", { url: "/pages/form/form" }, "Navigator to the form"),
      ]),
      part(h, "progress, rich text", [
        () => h.el("progress", { percent: "40", "show-info": "" }),
        () => h.el("progress", { percent: "70", "stroke-width": "12", activeColor: "#10aeff" }),
        () =>
          h.el("rich-text", {
            nodes: h.d(
              '<h3>Rich</h3><p style="color:#b0472f">paragraph with <b>bold</b> and <i>italic</i></p><ul><li>one</li><li>two</li></ul>',
            ),
          }),
      ]),
      part(
        h,
        "buttons",
        [
          () => h.el("button", { type: "primary" }, "Primary", "tap"),
          () => h.el("button", { type: "primary", loading: "" }, "Loading"),
          () => h.el("button", { type: "primary", disabled: "" }, "Disabled"),
          () => h.el("button", { type: "default" }, "Default"),
          () => h.el("button", { type: "warn" }, "Warn"),
          () => h.el("button", { type: "primary", plain: "" }, "Plain"),
          () =>
            h.el("view", { class: "row" }, [
              () => h.el("button", { size: "mini", type: "primary" }, "Mini"),
              () => h.el("button", { size: "mini" }, "Mini"),
              () => h.el("button", { size: "mini", type: "warn" }, "Mini"),
              () => h.el("button", { size: "mini", "open-type": "share" }, "Share"),
            ]),
        ],
        "c button-gap",
      ),
    ),
  ),
  "pages/form/form": page((h) => [h.el("form", {}, flat2(h), "submit reset")], {
    navigationBarTitleText: "A form with a title so long that it has to be cut",
    enablePullDownRefresh: true,
    navigationBarBackgroundColor: "#047a3c",
    navigationBarTextStyle: "white",
  }),
  "pages/scroll/scroll": page((h) =>
    flat(
      part(
        h,
        "swiper",
        [
          () =>
            h.el(
              "swiper",
              {
                "indicator-dots": "",
                circular: "",
                "indicator-active-color": "#ffffff",
                style: "height: 160px",
              },
              ["#1f6f8b", "#047a3c", "#8a4b9c"].map(
                (c, i) => () =>
                  h.el("swiper-item", {}, [
                    () =>
                      h.el("view", { class: "slide", style: `background:${c}` }, `Slide ${i + 1}`),
                  ]),
              ),
              "change",
            ),
        ],
        "",
      ),
      part(
        h,
        "vertical, with margins",
        [
          () =>
            h.el(
              "swiper",
              {
                vertical: "",
                "previous-margin": "20px",
                "next-margin": "20px",
                current: "1",
                "indicator-dots": "",
                style: "height: 140px",
              },
              ["#9c3d62", "#3d5aa8", "#b0472f"].map(
                (c, i) => () =>
                  h.el("swiper-item", {}, [
                    () =>
                      h.el("view", { class: "slide", style: `background:${c}` }, `Slide ${i + 1}`),
                  ]),
              ),
            ),
        ],
        "",
      ),
      part(h, "scroll-view", [
        () =>
          h.el(
            "scroll-view",
            { "scroll-x": "", style: "white-space: nowrap", "scroll-into-view": "b3" },
            Array.from(
              { length: 8 },
              (_, i) => () => h.el("view", { class: "box", id: `b${i}` }, String(i)),
            ),
            "scroll scrolltolower",
          ),
        () =>
          h.el(
            "scroll-view",
            { "scroll-y": "", style: "height: 120px; margin-top: 10px", "refresher-enabled": "" },
            Array.from(
              { length: 12 },
              (_, i) => () => h.el("view", { style: "padding: 8px 0" }, `Row ${i}`),
            ),
            "scrolltolower refresherrefresh",
          ),
      ]),
      part(h, "movable", [
        () =>
          h.el("movable-area", { style: "width:100%;height:80px;background:#e8f6ee" }, [
            () =>
              h.el(
                "movable-view",
                {
                  direction: "all",
                  x: "40",
                  y: "10",
                  style: "width:50px;height:50px;background:#07c160;border-radius:8px",
                },
                [],
                "change",
              ),
          ]),
      ]),
      part(h, "picker-view", [
        () =>
          h.el(
            "picker-view",
            { style: "height: 160px", "indicator-style": "height: 40px", value: h.d([2, 1]) },
            [
              () =>
                h.el(
                  "picker-view-column",
                  {},
                  ["2023", "2024", "2025", "2026"].map((y) => () => h.el("view", {}, y)),
                ),
              () =>
                h.el(
                  "picker-view-column",
                  {},
                  ["Spring", "Summer", "Autumn", "Winter"].map((y) => () => h.el("view", {}, y)),
                ),
            ],
            "change",
          ),
      ]),
      part(h, "placeholders", [
        () => h.el("video", { style: "width: 100%; height: 90px" }),
        () => h.el("canvas", { style: "width: 100%; height: 60px; margin-top: 8px" }),
        () => h.el("audio"),
      ]),
    ),
  ),
  "pages/old/old": page(
    (h) => [
      ...flat(
        part(h, "tags of 2016", [
          () => h.el("loading", { hidden: h.d(true) }, "Loading…"),
          () => h.el("toast", { hidden: h.d(true), duration: "3000" }, "Done", "change"),
          () =>
            h.el(
              "modal",
              { hidden: h.d(true), title: "Title", "confirm-text": "Yes", "cancel-text": "No" },
              "Content of the modal",
              "confirm cancel",
            ),
          () =>
            h.el(
              "action-sheet",
              { hidden: h.d(true) },
              [
                () => h.el("action-sheet-item", {}, "First", "tap"),
                () => h.el("action-sheet-item", {}, "Second"),
                () => h.el("action-sheet-cancel", {}, "Cancel"),
              ],
              "change",
            ),
          () => h.el("view", {}, [() => h.t("dynamic text")]),
        ]),
      ),
    ],
    { navigationBarTitleText: "Old tags" },
  ),
};

function flat2(h: Builder): (() => Node)[] {
  return [
    ...part(h, "fields", [
      () =>
        h.el(
          "input",
          { name: "name", placeholder: "Name 姓名", class: "field" },
          [],
          "input focus blur confirm",
        ),
      () => h.el("input", { name: "pw", password: "", value: "secret", class: "field" }),
      () =>
        h.el("input", {
          name: "n",
          type: "digit",
          placeholder: "Right-aligned",
          "placeholder-style": "color:#b0472f",
          style: "text-align:right",
          class: "field",
        }),
      () =>
        h.el(
          "textarea",
          {
            name: "note",
            "auto-height": "",
            placeholder: "A note that grows",
            style: "width:100%;padding:8px 0",
          },
          [],
          "linechange",
        ),
    ]),
    ...part(h, "choices", [
      () =>
        h.el(
          "checkbox-group",
          { name: "tags" },
          [
            () =>
              h.el("label", {}, [
                () => h.el("checkbox", { value: "a", checked: "" }),
                () => "Checked ",
              ]),
            () => h.el("label", {}, [() => h.el("checkbox", { value: "b" }), () => "Free "]),
            () => h.el("checkbox", { value: "c", disabled: "" }, "Off"),
          ],
          "change",
        ),
      () =>
        h.el(
          "radio-group",
          { name: "one", style: "margin-top:10px" },
          [
            () =>
              h.el("label", {}, [() => h.el("radio", { value: "x", checked: "" }), () => "Tea "]),
            () =>
              h.el("label", {}, [
                () => h.el("radio", { value: "y", color: "#10aeff" }),
                () => "Coffee ",
              ]),
          ],
          "change",
        ),
      () =>
        h.el("view", { class: "row", style: "margin-top:10px" }, [
          () => h.el("switch", { name: "on", checked: h.d(true) }, [], "change"),
          () => h.el("switch"),
          () => h.el("switch", { type: "checkbox", checked: "" }),
          () => h.el("switch", { disabled: "", checked: "", color: "#fa5151" }),
        ]),
      () => h.el("slider", { name: "size", value: "35", "show-value": "" }, [], "change changing"),
    ]),
    ...part(h, "pickers", [
      () =>
        h.el(
          "picker",
          {
            name: "city",
            mode: "selector",
            range: h.d(["Hangzhou", "Suzhou", "Yixing"]),
            value: 1,
            class: "field",
          },
          "Selector",
          "change cancel",
        ),
      () =>
        h.el(
          "picker",
          {
            mode: "multiSelector",
            range: h.d([
              ["Green", "Black"],
              ["Small", "Large"],
            ]),
            value: h.d([0, 1]),
            class: "field",
          },
          "Multi selector",
          "change columnchange",
        ),
      () =>
        h.el(
          "picker",
          { mode: "time", value: "09:30", start: "08:00", end: "18:00", class: "field" },
          "Time",
          "change",
        ),
      () => h.el("picker", { mode: "date", value: "2026-11-22", class: "field" }, "Date", "change"),
      () =>
        h.el(
          "picker",
          { mode: "region", value: h.d(["浙江省", "杭州市", ""]), class: "field" },
          "Region",
          "change",
        ),
    ]),
    ...part(
      h,
      "",
      [
        () => h.el("button", { type: "primary", "form-type": "submit" }, "Submit"),
        () => h.el("button", { "form-type": "reset" }, "Reset"),
      ],
      "c button-gap",
    ),
  ];
}
