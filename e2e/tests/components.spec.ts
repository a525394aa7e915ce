// Components that move, play or lie over the page, as users of the vendor's client know them.
import { expect, test, type CDPSession, type Page } from "@playwright/test";
import { device, logIn, miniFrame, miniPage, DEMO_PASSWORD } from "../phone.ts";
import { programOf, uploaded } from "../programs.ts";

const dana = { handle: "dana", password: DEMO_PASSWORD };

/** A page whose `note` writes the events that it gets. */
const noting = (
  data: object,
  more = "",
) => `Page({ data: { events: [], ...${JSON.stringify(data)} },
  note(e) { this.setData({ events: [...this.data.events, e.type + (e.detail && e.detail.source ? ":" + e.detail.source : "")] }); }, ${more} });`;
const NOTES = `<view id="notes">{{events}}</view>`;

const PAGES: Record<string, { wxml: string; wxss?: string; js: string }> = {
  movable: {
    wxml: `<movable-area class="area"><movable-view class="mv" id="glide" direction="all" inertia bindchange="note">a</movable-view></movable-area>
<movable-area class="area"><movable-view class="mv" id="out" direction="all" out-of-bounds bindchange="note" bindvtouchmove="note">b</movable-view></movable-area>
<movable-area class="area" scale-area><movable-view class="mv" id="scale" direction="all" scale scale-max="3" bindscale="note">c</movable-view></movable-area>${NOTES}`,
    wxss: ".area { width: 300px; height: 150px; margin: 10px; background: #eee } .mv { width: 50px; height: 50px; background: #07c160 }",
    js: noting({}),
  },
  layers: {
    wxml: `<button bindtap="open">open</button><page-container show="{{shown}}" round bindenter="note" bindafterenter="note" bindbeforeleave="note" bindafterleave="note" bindclickoverlay="close"><view class="sheet">inside</view></page-container>
<view style="transform: translateX(0); overflow: hidden; height: 20px"><root-portal><view class="dialog" bindtap="note">portal</view></root-portal></view>
<match-media min-width="300" max-width="600"><view id="narrow">narrow</view></match-media><match-media min-width="2000"><view id="wide">wide</view></match-media>${NOTES}`,
    wxss: ".sheet { height: 200px } .dialog { position: fixed; right: 0; bottom: 0; width: 100px; height: 100px; background: #eee }",
    js: noting(
      { shown: false },
      `open() { this.setData({ shown: true }); }, close() { this.setData({ shown: false }); }`,
    ),
  },
  arranged: {
    wxml: `<root-portal><view class="cover" bindtap="note">cover</view></root-portal><view class="below" bindtap="note">below</view>
<scroll-view scroll-y class="list"><view class="row" wx:for="{{20}}" wx:key="*this"/></scroll-view>
<scroll-view scroll-x class="line"><view class="tile" wx:for="{{9}}" wx:key="*this"/></scroll-view>
<scroll-view scroll-x enable-flex class="line flexible"><view class="tile" wx:for="{{9}}" wx:key="*this"/></scroll-view>${NOTES}`,
    // What many programs reset every tag to.
    wxss: `page, view, scroll-view { position: relative; display: flex; flex-direction: column } page { height: 100vh; align-items: center }
.cover { position: absolute; top: 100px; width: 100vw; height: 50px; background: #07c160 } .list { height: 100px } .row { height: 30px }
.line { flex-direction: row; height: 40px } .line.gone { display: none } .tile { width: 100px; height: 40px; flex-shrink: 0 }`,
    js: noting({}),
  },
  regions: {
    wxml: `<picker mode="region" value="{{['广东省', '广州市', '海珠区']}}" bindchange="picked"><view id="whole">{{whole}}</view></picker>
<picker mode="region" level="city" custom-item="全部" bindchange="picked"><view id="part">part</view></picker>`,
    js: "Page({ data: { whole: 'whole' }, picked(e) { this.setData({ whole: JSON.stringify(e.detail) }); } })",
  },
  grids: {
    wxml: `<grid-view cross-axis-count="3" cross-axis-gap="10" main-axis-gap="4"><view class="cell" wx:for="{{[1,2,3,4]}}" wx:key="*this">{{item}}</view></grid-view>
<sticky-section><sticky-header offset-top="5"><view class="head">head</view></sticky-header><view class="long">long</view></sticky-section>`,
    wxss: ".cell { height: 30px } .head { height: 40px } .long { height: 4000px }",
    js: "Page({})",
  },
  map: {
    wxml: `<map id="m" longitude="0" latitude="0" scale="10" markers="{{markers}}" polyline="{{lines}}" circles="{{circles}}" bindmarkertap="note" bindregionchange="note" bindtap="place" style="width: 300px; height: 200px"/>
<view id="place">{{place}}</view>${NOTES}`,
    js: noting(
      {
        place: "",
        markers: [{ id: 7, latitude: 0, longitude: 0, title: "Tea house" }],
        lines: [
          {
            points: [
              { latitude: 0, longitude: 0 },
              { latitude: 0.1, longitude: 0.1 },
            ],
            color: "#ff0000",
            width: 3,
          },
        ],
        circles: [{ latitude: 0, longitude: 0, radius: 5000 }],
      },
      "place(e) { this.setData({ place: e.detail.latitude.toFixed(2) + ' ' + e.detail.longitude.toFixed(2) }); }",
    ),
  },
  fields: {
    wxml: `<scroll-view id="pages" scroll-y paging-enabled enhanced show-scrollbar="{{false}}" binddragstart="note" style="height: 100px"><view class="p">1</view><view class="p">2</view><view class="p">3</view></scroll-view>
<input id="in" value="green tea" selection-start="0" selection-end="5" bindfocus="note"/>
<textarea id="ta" confirm-type="send" value="hello" bindconfirm="note"/>${NOTES}`,
    wxss: ".p { height: 100px } #in, #ta { width: 200px; height: 40px }",
    js: noting({}),
  },
  media: {
    wxml: `<audio id="a" controls src="/tone.wav" name="Song" author="Somebody" bindplay="note" bindended="note"/>
<video id="v" src="https://elsewhere.example/a.mp4" binderror="note"/>${NOTES}`,
    js: noting({}),
  },
};

/** A fifth of a second of silence. */
function silence(): Buffer {
  const samples = 1600;
  const wav = Buffer.alloc(44 + samples, 128);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(36 + samples, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(8000, 24);
  wav.writeUInt32LE(8000, 28);
  wav.writeUInt16LE(1, 32);
  wav.writeUInt16LE(8, 34);
  wav.write("data", 36);
  wav.writeUInt32LE(samples, 40);
  return wav;
}

test.describe("components", () => {
  test.describe.configure({ mode: "default" });
  let page: Page;
  let touch: CDPSession;
  let link: string;
  test.beforeAll(async ({ browser }) => {
    const files: Record<string, string | Buffer> = {
      "app.js": "App({})",
      "app.json": JSON.stringify({
        pages: Object.keys(PAGES).map((name) => `pages/${name}/${name}`),
        darkmode: true,
      }),
      "tone.wav": silence(),
    };
    for (const [name, { wxml, wxss, js }] of Object.entries(PAGES)) {
      files[`pages/${name}/${name}.js`] = js;
      files[`pages/${name}/${name}.wxml`] = wxml;
      files[`pages/${name}/${name}.wxss`] = wxss ?? "";
    }
    link = (await uploaded(programOf(files), "Components")).link;
    // The movement itself is tested.
    page = await device(browser, { hasTouch: true, reducedMotion: "no-preference" });
    touch = await page.context().newCDPSession(page);
    await logIn(page, dana);
  });
  test.afterAll(() => page.context().close());

  const open = async (name: string) => {
    await page.goto(`${link}&path=pages/${name}/${name}`);
    await expect(miniPage(page).locator("wx-page > *").first()).toBeAttached();
    // The panel may still slide up: what is measured meanwhile has no place yet.
    await page.locator(".app-panel").evaluate(async (panel) => {
      await Promise.allSettled(panel.getAnimations().map(({ finished }) => finished));
    });
  };
  const at = (selector: string) => miniPage(page).locator(selector).first();
  const boxOf = async (selector: string) => (await at(selector).boundingBox())!;
  const notes = () => at("#notes");

  /** Fingers, each from one place to another. */
  async function drag(fingers: [[number, number], [number, number]][], steps = 6): Promise<void> {
    const points = (part: number) =>
      fingers.map(([[x, y], [toX, toY]], id) => ({
        x: x + (toX - x) * part,
        y: y + (toY - y) * part,
        id,
      }));
    // The fingers are as quick on a busy machine as on any other.
    let timestamp = Date.now() / 1000;
    const send = (type: "touchStart" | "touchMove" | "touchEnd", touchPoints: object[]) =>
      touch.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: touchPoints as { x: number; y: number }[],
        timestamp: (timestamp += 0.016),
      });
    await send("touchStart", points(0));
    for (let i = 1; i <= steps; i++) await send("touchMove", points(i / steps));
    await send("touchEnd", []);
  }

  test("a movable view glides on when it is let go, and stays in its area", async () => {
    await open("movable");
    const area = await boxOf(".area");
    const from = await boxOf("#glide");
    await drag([
      [
        [from.x + 20, from.y + 20],
        [from.x + 120, from.y + 20],
      ],
    ]);
    await expect(notes()).toContainText("change:friction");
    await expect.poll(async () => (await boxOf("#glide")).x).toBeGreaterThan(from.x + 101);
    expect((await boxOf("#glide")).x).toBeLessThanOrEqual(area.x + 250);
  });

  test("beyond its area it follows slowly and comes back", async () => {
    await open("movable");
    const from = await boxOf("#out");
    await drag([
      [
        [from.x + 20, from.y + 20],
        [from.x + 20, from.y - 100],
      ],
    ]);
    await expect(notes()).toContainText("vtouchmove");
    await expect(notes()).toContainText("change:touch-out-of-bounds");
    await expect(notes()).toContainText("change:out-of-bounds");
    await expect.poll(async () => (await boxOf("#out")).y).toBe(from.y);
  });

  test("two fingers on the area scale it, up to its largest scale", async () => {
    await open("movable");
    const box = await boxOf("#scale");
    const y = box.y + 75;
    await drag([
      [
        [box.x + 100, y],
        [box.x + 20, y],
      ],
      [
        [box.x + 140, y],
        [box.x + 260, y],
      ],
    ]);
    await expect(notes()).toContainText("scale");
    await expect.poll(async () => (await boxOf("#scale")).width).toBe(150);
  });

  test("a page container slides over the page, and Back closes it first", async () => {
    await open("layers");
    await at("wx-button").tap();
    await expect(notes()).toContainText("enter,afterenter");
    const frame = (await miniFrame(page).boundingBox())!;
    const sheet = await boxOf(".sheet");
    expect(sheet.y + sheet.height).toBeCloseTo(frame.y + frame.height, 0);
    await page.goBack();
    await expect(notes()).toContainText("beforeleave,afterleave");
    await expect(at(".sheet")).toBeHidden();
  });

  test("a root portal is clipped by nothing, and media queries decide what is shown", async () => {
    await open("layers");
    const frame = (await miniFrame(page).boundingBox())!;
    const dialog = await boxOf(".dialog");
    expect(dialog.y + dialog.height).toBeCloseTo(frame.y + frame.height, 0);
    await at(".dialog").tap();
    await expect(notes()).toContainText("tap");
    await expect(at("#narrow")).toBeVisible();
    await expect(at("#wide")).toBeHidden();
  });

  test("a page that arranges its content moves no portal and squeezes no list", async () => {
    await open("arranged");
    const frame = (await miniFrame(page).boundingBox())!;
    const cover = await boxOf(".cover");
    expect([cover.x, cover.y - frame.y, cover.width]).toEqual([0, 100, 390]);
    expect((await boxOf(".row")).height).toBe(30);
    expect((await boxOf(".tile")).width).toBe(100);
    // A flexible layout reaches what is in a scroll-view only when the program asks for it.
    const step = async (line: string) => {
      const first = await boxOf(`${line} .tile:nth-child(1)`);
      const second = await boxOf(`${line} .tile:nth-child(2)`);
      return [second.x - first.x, second.y - first.y];
    };
    expect(await step(".line:not(.flexible)")).toEqual([0, 40]);
    expect(await step(".flexible")).toEqual([100, 0]);
    const line = at(".line:not(.flexible)");
    await line.evaluate((el) => el.classList.add("gone"));
    await expect(line).toBeHidden();
    await line.evaluate((el) => el.classList.remove("gone"));
    await expect(line).toHaveCSS("display", "block");
    await at(".below").tap(); // through the portal, where it shows nothing
    await at(".cover").tap();
    await expect(notes()).toHaveText("tap,tap");
  });

  test("a picker of regions has provinces, cities and districts with their codes", async () => {
    await open("regions");
    const told = async () => JSON.parse((await at("#whole").textContent())!);
    const wheel = (n: number) => miniPage(page).getByRole("spinbutton").nth(n);
    const ok = () => miniPage(page).getByRole("button", { name: "OK" }).click();
    await at("#whole").click();
    await expect(wheel(2)).toHaveAttribute("aria-valuetext", "海珠区");
    await ok();
    await expect(at("#whole")).toContainText("海珠区");
    expect(await told()).toEqual({
      value: ["广东省", "广州市", "海珠区"],
      code: ["440000", "440100", "440105"],
      postcode: "",
    });
    await at("#whole").click();
    await wheel(0).press("ArrowDown");
    await expect(wheel(1)).toHaveAttribute("aria-valuetext", "南宁市");
    await expect(wheel(2)).toHaveAttribute("aria-valuetext", "兴宁区");
    await ok();
    await expect(at("#whole")).toContainText("450102");

    await at("#part").click();
    await expect(wheel(1)).toHaveAttribute("aria-valuetext", "全部");
    await wheel(0).press("ArrowDown");
    await expect(wheel(0)).toHaveAttribute("aria-valuetext", "北京市"); // at rest, it fills the next
    await wheel(1).press("ArrowDown");
    await expect(wheel(1)).toHaveAttribute("aria-valuetext", "北京市");
    await ok();
    await expect(at("#whole")).toContainText("110100");
    expect(await told()).toEqual({
      value: ["北京市", "北京市"],
      code: ["110000", "110100"],
      postcode: "",
    });
    await at("#part").click();
    await wheel(0).press("ArrowUp");
    await ok();
    await expect(at("#whole")).toHaveText('{"value":["全部","全部"],"code":[],"postcode":""}');
  });

  test("a grid has its columns, and a sticky header stays", async () => {
    await open("grids");
    const cells = await miniPage(page)
      .locator(".cell")
      .evaluateAll((all) =>
        all.map((el) => el.getBoundingClientRect()).map(({ x, y }) => [Math.round(x), y]),
      );
    expect(cells).toEqual([
      [0, 0],
      [133, 0],
      [267, 0],
      [0, 34],
    ]);
    await miniPage(page)
      .locator("body")
      .evaluate(() => scrollTo(0, 1500));
    const frame = (await miniFrame(page).boundingBox())!;
    expect((await boxOf(".head")).y).toBeCloseTo(frame.y + 5, 0);
  });

  test("a map has its marks at their places, moves and tells where it was tapped", async () => {
    await open("map");
    const map = await boxOf("#m");
    const marker = await boxOf(".wx-marker");
    expect(marker.x + marker.width / 2).toBeCloseTo(map.x + 150, 0);
    expect(marker.y + marker.height).toBeCloseTo(map.y + 100, 0);
    const radius = () => at("#m circle").evaluate((el) => Number(el.getAttribute("r")));
    const first = await radius();
    expect(first).toBeCloseTo(5000 / (156543.03 / 1024), 1);
    // 256 · 2^10 px around the world: 100 px are 0.137 degrees.
    await at("#m").tap({ position: { x: 250, y: 20 } });
    await expect(at("#place")).toHaveText("0.11 0.14");
    await miniPage(page).getByRole("button", { name: "Tea house" }).click();
    await expect(notes()).toContainText("markertap");
    await expect(miniPage(page).getByText("Tea house")).toBeVisible();
    await drag([
      [
        [map.x + 50, map.y + 150],
        [map.x + 90, map.y + 130],
      ],
    ]);
    await expect(notes()).toContainText("regionchange");
    await expect.poll(async () => (await boxOf(".wx-marker")).x).toBeCloseTo(marker.x + 40, 0);
    await miniPage(page).getByRole("button", { name: "Zoom in" }).click();
    await expect.poll(radius).toBeCloseTo(2 * first, 1);
  });

  test("a scroll view in pages, selections and the key of a text area", async () => {
    await open("fields");
    await expect(at("#pages")).toHaveCSS("scroll-snap-type", "both mandatory");
    await expect(at("#pages")).toHaveCSS("scrollbar-width", "none");
    await at("#pages").tap();
    await expect(notes()).toContainText("dragstart");
    await at("#in input").focus();
    await expect(notes()).toContainText("focus");
    const selected = () =>
      at("#in input").evaluate((el: HTMLInputElement) => [el.selectionStart, el.selectionEnd]);
    await expect.poll(selected).toEqual([0, 5]);
    await at("#ta textarea").focus();
    await page.keyboard.press("Enter");
    await expect(notes()).toContainText("confirm");
    await expect(at("#ta textarea")).toHaveValue("hello");
  });

  test("audio plays by its button, and a video from elsewhere is an error", async () => {
    await open("media");
    await expect(notes()).toContainText("error");
    await expect(at("#a")).toContainText("Song");
    await miniPage(page).getByRole("button", { name: "Play" }).tap();
    await expect(notes()).toContainText("play,ended");
    await expect(miniPage(page).getByLabel("Video")).toHaveAttribute("controls");
  });
});
