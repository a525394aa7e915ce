// Defaults that authors of mini programs rely on: looks and measures of the vendor's
// client, in a real browser.
import { expect, test, type CDPSession, type Page } from "@playwright/test";
import { device, logIn, miniFrame, miniPage, miniTitle, DEMO_PASSWORD } from "../phone.ts";
import { programOf, uploaded } from "../programs.ts";

const dana = { handle: "dana", password: DEMO_PASSWORD };

interface Sources {
  wxml: string;
  wxss?: string;
  js?: string;
  json?: object;
}

const PAGES: Record<string, Sources> = {
  start: { wxml: "<view>start</view>" },
  fonts: {
    wxml: `<text id="default">default 2026</text>
<view><text id="missing">default 2026</text></view>
<view><text id="inline" style="font-family: 'Some Missing Font'">default 2026</text></view>
<view><text id="serif">default 2026</text></view>`,
    wxss: "#missing { font-family: 'Some Missing Font', iconfont } #serif { font: 16px/1.2 Missing, serif }",
  },
  inner: {
    wxml: `<swiper class="s" indicator-dots="{{true}}"><swiper-item>1</swiper-item><swiper-item>2</swiper-item></swiper>
<switch checked="{{true}}" class="sw"/><switch id="off"/>
<checkbox class="cb" checked="{{true}}" value="a"/><radio class="rb" checked="{{true}}" value="a"/>
<checkbox id="plain" checked="{{true}}" value="a"/><slider class="sl" value="40"/><progress class="pr" percent="40"/>`,
    wxss: `.s .wx-swiper-dots.wx-swiper-dots-horizontal { bottom: 60px; }
.s .wx-swiper-dot { width: 24px; height: 6px; border-radius: 0; background: #fff; }
.s .wx-swiper-dot.wx-swiper-dot-active { background: #e00; }
.sw .wx-switch-input { width: 100px; background: #e00; border-color: #e00; }
.wx-checkbox-input { border-radius: 50%; }
.cb .wx-checkbox-input { width: 40px; height: 40px; }
.cb .wx-checkbox-input.wx-checkbox-input-checked { background: #e00; border-color: #e00; }
.cb .wx-checkbox-input.wx-checkbox-input-checked::before { color: #fff; font-size: 30px; background: transparent; }
.rb .wx-radio-input { width: 40px; height: 40px; }
.rb .wx-radio-input.wx-radio-input-checked { background: #00e !important; border-color: #00e !important; }
.sl .wx-slider-thumb { background-color: #e00 !important } .pr .wx-progress-inner-bar { border-radius: 9px !important }`,
  },
  words: {
    wxml: '<view class="box">1234567890123456</view>',
    wxss: ".box { width: 80px; font-size: 20px; line-height: 24px }",
  },
  loose: {
    wxml: `<view><swiper-item wx:for="{{[1,2,3]}}" wx:key="*this"><view class="row">row {{item}}</view></swiper-item></view>
<view id="after">after the list</view>`,
    wxss: ".row { height: 60px }",
  },
  bars: {
    wxml: "<view>bars</view>",
    json: {
      navigationBarTitleText: "white title",
      navigationBarBackgroundColor: "orange",
      navigationBarTextStyle: "#fff",
    },
  },
  height: {
    wxml: '<view class="all"><view class="top">two thirds</view><view class="foot">one third</view></view>',
    wxss: ".all { height: 100%; display: flex; flex-direction: column } .top { flex: 2 } .foot { flex: 1 }",
  },
  sticky: {
    wxml: '<view class="head">head</view><view class="long">long</view>',
    wxss: ".head { position: sticky; top: 0; height: 40px } .long { height: 4000px }",
  },
  text: {
    wxml: `<view class="row"><text>price: </text><text class="right">
    <text class="red">12</text> yuan
  </text></view>
<view class="row"><text id="lines">first line\\nsecond line</text></view><text id="data">{{year}} y\\n</text>`,
    wxss: ".row { display: flex } .right { flex: 1 } .row, #data { line-height: 20px }",
    js: "Page({ data: { year: 2026 } })",
  },
  window: {
    wxml: "<view>content {{pulls}}</view>",
    json: { backgroundColor: "#ff0000", enablePullDownRefresh: true },
    js: `Page({ data: { pulls: 0 }, onPullDownRefresh() { this.setData({ pulls: this.data.pulls + 1 }) } })`,
  },
  later: {
    wxml: `<button bindtap="show">show</button><button bindtap="change">change</button><view hidden="{{!shown}}">
<picker-view class="pv" value="{{value}}" indicator-style="height: 40px"><picker-view-column><view wx:for="{{rows}}" wx:key="*this">{{item}}</view></picker-view-column>
<picker-view-column><view wx:for="{{rows}}" wx:key="*this">{{item}}</view></picker-view-column></picker-view>
<scroll-view id="sv" scroll-y scroll-top="{{top}}" style="height: 100px"><view style="height: 500px"></view></scroll-view>
<textarea id="ta" auto-height value="{{lines}}"/>
<movable-area class="area"><movable-view id="mv" x="60" y="30" direction="all">m</movable-view></movable-area>
<swiper id="sw" current="1" style="height: 50px"><swiper-item>one</swiper-item><swiper-item>two</swiper-item></swiper>
<slider id="sl" value="50"/></view>`,
    wxss: ".pv { height: 200px } .pv view { line-height: 40px } #ta { line-height: 20px; width: 200px } .area { width: 200px; height: 100px }",
    js: `Page({ data: { shown: false, value: [3, 7], top: 120, lines: 'a\\nb\\nc\\nd\\ne', rows: [0,1,2,3,4,5,6,7,8,9] }, show() { this.setData({ shown: true }) },
  change() { this.setData({ shown: false }); this.setData({ value: [5, 2], top: 40 }) } })`,
  },
};

function program(pages: Record<string, Sources>, app: object = {}): string {
  const files: Record<string, string> = { "app.js": "App({})" };
  files["app.json"] = JSON.stringify({
    pages: Object.keys(pages).map((name) => `pages/${name}/${name}`),
    window: { navigationBarBackgroundColor: "#ffffff", navigationBarTextStyle: "black" },
    ...app,
  });
  for (const [name, { wxml, wxss, js, json }] of Object.entries(pages)) {
    const path = `pages/${name}/${name}`;
    files[`${path}.wxml`] = wxml;
    files[`${path}.js`] = js ?? "Page({})";
    if (wxss) files[`${path}.wxss`] = wxss;
    if (json) files[`${path}.json`] = JSON.stringify(json);
  }
  return programOf(files);
}

test.describe("what programs look like", () => {
  test.describe.configure({ mode: "default" });
  let page: Page;
  let link: string;
  test.beforeAll(async ({ browser }) => {
    link = (await uploaded(program(PAGES), "Looks")).link;
    page = await device(browser, { hasTouch: true });
    await logIn(page, dana);
  });
  test.afterAll(() => page.context().close());

  const open = async (name: string) => {
    await page.goto(`${link}&path=pages/${name}/${name}`);
    await expect(miniPage(page).locator("wx-page > *").first()).toBeAttached();
  };
  const boxOf = async (selector: string) => {
    const box = await miniPage(page).locator(selector).first().boundingBox();
    return box!;
  };
  const styleOf = (selector: string, property: string, pseudo?: string) =>
    miniPage(page)
      .locator(selector)
      .first()
      .evaluate((el, [name, part]) => getComputedStyle(el, part).getPropertyValue(name!), [
        property,
        pseudo,
      ] as const);

  test("a font that is not there gives way to the platform's sans-serif", async () => {
    await open("fonts");
    const width = (await boxOf("#default")).width;
    for (const id of ["missing", "inline"])
      expect((await boxOf(`#${id}`)).width, id).toBeCloseTo(width, 1);
    expect((await boxOf("#serif")).width).not.toBeCloseTo(width, 1);
  });

  test("the parts of tags have the names that styling recipes use", async () => {
    await open("inner");
    const dot = await boxOf(".s .wx-swiper-dot");
    expect([dot.width, dot.height]).toEqual([24, 6]);
    expect(await styleOf(".s .wx-swiper-dot", "background-color")).toBe("rgb(238, 0, 0)");
    expect(await styleOf(".s .wx-swiper-dots", "bottom")).toBe("60px");
    expect((await boxOf(".sw .wx-switch-input")).width).toBe(100);
    expect(await styleOf(".sw .wx-switch-input-checked", "background-color")).toBe(
      "rgb(238, 0, 0)",
    );
    const box = await boxOf(".cb .wx-checkbox-input-checked");
    expect([box.width, box.height]).toEqual([40, 40]);
    expect(await styleOf("#plain .wx-checkbox-input", "border-radius")).toBe("50%");
    expect(await styleOf(".cb .wx-checkbox-input-checked", "background-color")).toBe(
      "rgb(238, 0, 0)",
    );
    expect(await styleOf(".cb .wx-checkbox-input", "color", "::before")).toBe("rgb(255, 255, 255)");
    expect(await styleOf(".cb .wx-checkbox-input", "content", "::before")).not.toBe("none");
    expect((await boxOf(".rb .wx-radio-input-checked")).width).toBe(40);
    expect(await styleOf(".rb .wx-radio-input", "background-color")).toBe("rgb(0, 0, 238)");
    expect(await styleOf(".sl .wx-slider-thumb", "background-color")).toBe("rgb(238, 0, 0)");
    expect(await styleOf(".pr .wx-progress-inner-bar", "border-radius")).toBe("9px");
  });

  test("a long word stays whole", async () => {
    await open("words");
    expect((await boxOf(".box")).height).toBe(24);
  });

  test("slides outside of a swiper stand below each other", async () => {
    await open("loose");
    const top = (await boxOf(".row")).y;
    expect((await boxOf("#after")).y).toBeCloseTo(top + 180, 0);
  });

  test("a title that is not black is white, and colours have names", async () => {
    await open("bars");
    await expect(miniTitle(page)).toHaveCSS("color", "rgb(255, 255, 255)");
    const bar = page.locator(".mp-page:not([inert]) .mp-nav");
    await expect(bar).toHaveCSS("background-color", "rgb(255, 165, 0)");
  });

  test("a percentage has the page's height to refer to, and a long page is still long", async () => {
    await open("height");
    const frame = (await miniFrame(page).boundingBox())!;
    expect((await boxOf(".top")).height).toBeCloseTo((frame.height * 2) / 3, 0);
    await open("sticky");
    await miniPage(page)
      .locator("body")
      .evaluate(() => scrollTo(0, 2500));
    expect((await boxOf(".head")).y).toBeCloseTo(frame.y, 0);
  });

  test("a drag to the side belongs to the program", async () => {
    await open("start");
    const root = miniPage(page).locator("html");
    await expect(root).toHaveCSS("overscroll-behavior-x", "none");
  });

  test("text has the lines that were written, and no others", async () => {
    await open("text");
    const row = miniPage(page).locator(".row").first();
    expect((await row.boundingBox())!.height).toBe(20);
    expect((await boxOf("#lines")).height).toBe(40);
    expect(await miniPage(page).locator("#data").textContent()).toBe("2026 y\n");
  });

  test("the window's colour is behind the page, where a pull shows it", async () => {
    await open("window");
    const html = miniPage(page).locator("html");
    await expect(html).toHaveCSS("background-color", "rgb(255, 255, 255)");
    await expect(miniPage(page).locator(".wx-pull")).toHaveCSS(
      "background-color",
      "rgb(255, 0, 0)",
    );
  });

  test("a pull of a fifth of a second refreshes", async () => {
    await open("window");
    const touch = await page.context().newCDPSession(page);
    await expect(page.locator(".mp-launch")).toHaveCount(0);
    // A touch before the page has its listeners has no effect; a person would pull again.
    await expect(async () => {
      await swipe(touch, { x: 200, from: 200, to: 500 });
      await expect(miniPage(page).getByText(/content [1-9]/)).toBeVisible({ timeout: 3_000 });
    }).toPass();
  });

  test("what was made out of sight is right when it is shown", async () => {
    await open("later");
    await miniPage(page).getByText("show", { exact: true }).click();
    const scrolled = (selector: string) =>
      miniPage(page)
        .locator(selector)
        .evaluateAll((all) => all.map((el) => el.scrollTop));
    await expect.poll(() => scrolled(".pv .wx-wheel")).toEqual([120, 280]);
    await expect.poll(() => scrolled("#sv")).toEqual([120]);
    await expect.poll(async () => (await boxOf("#ta")).height).toBeGreaterThanOrEqual(100);
    const area = await boxOf(".area");
    await expect.poll(async () => (await boxOf("#mv")).x - area.x).toBe(60);
    expect((await boxOf("#mv")).y - area.y).toBe(30);
    const slides = await boxOf("#sw");
    expect((await boxOf("#sw wx-swiper-item:nth-child(2)")).x).toBeCloseTo(slides.x, 0);
    const track = await boxOf("#sl .wx-slider-handle-wrapper");
    const knob = await boxOf("#sl .wx-slider-thumb");
    expect(knob.x + knob.width / 2).toBeCloseTo(track.x + track.width / 2, 0);

    // Hidden again, changed, and shown again.
    await miniPage(page).getByText("change", { exact: true }).click();
    await expect(miniPage(page).locator(".pv")).toBeHidden();
    await miniPage(page).getByText("show", { exact: true }).click();
    await expect.poll(() => scrolled(".pv .wx-wheel")).toEqual([200, 80]);
    await expect.poll(() => scrolled("#sv")).toEqual([40]);
  });

  test("what says that this is a development version covers nothing of the program", async () => {
    await open("start");
    const label = page.getByRole("button", { name: "Development version" });
    const box = (await label.boundingBox())!;
    const frame = (await miniFrame(page).boundingBox())!;
    expect(box.y + box.height).toBeLessThanOrEqual(frame.y);
  });
});

/** A finger that moves down and is lifted within 200 ms, also on a busy machine. */
async function swipe(
  touch: CDPSession,
  { x, from, to }: { x: number; from: number; to: number },
): Promise<void> {
  let timestamp = Date.now() / 1000;
  const send = (type: "touchStart" | "touchMove" | "touchEnd", y?: number) =>
    touch.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: y === undefined ? [] : [{ x, y }],
      timestamp: (timestamp += 0.03),
    });
  await send("touchStart", from);
  const steps = 4;
  for (let i = 1; i <= steps; i++) await send("touchMove", from + ((to - from) * i) / steps);
  await send("touchEnd");
}

test("the bars of tabs stay while a new tab fills in", async ({ browser }) => {
  const tab = (text: string) => ({ pagePath: `pages/${text}/${text}`, text });
  const pages = { a: { wxml: "<view>page A</view>" }, b: { wxml: "<view>page B</view>" } };
  const directory = program(pages, { tabBar: { list: [tab("a"), tab("b")] } });
  const { link } = await uploaded(directory, "Tabs");
  const page = await device(browser);
  await logIn(page, dana);
  let arrive = () => {};
  const held = new Promise<void>((done) => (arrive = done));
  await page.route("**/pages/pages/b/b.json", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(link);
  await expect(miniPage(page).getByText("page A")).toBeVisible();
  const tabs = page.getByRole("navigation", { name: "Tabs" });
  await tabs.getByRole("button", { name: "b" }).click();
  await expect(tabs.getByRole("button", { name: "b" })).toHaveAttribute("aria-current", "page");
  await expect(page.locator(".mp-launch")).toHaveCount(0);
  arrive();
  await expect(miniPage(page).getByText("page B")).toBeVisible();
  await page.context().close();
});
