// Elements that programs steer, that show what is elsewhere, or that were hidden at first; and all of them
// for a keyboard and a screen reader.
import { expect, test, type Page } from "@playwright/test";
import { violations } from "../axe.ts";
import { png } from "../elsewhere.ts";
import { device, logIn, miniFrame, miniPage, miniTitle, miniWeb, DEMO_PASSWORD } from "../phone.ts";
import { programOf, uploaded } from "../programs.ts";

const dana = { handle: "dana", password: DEMO_PASSWORD };
const NOTES = `<view id="notes">{{notes}}</view>`;
const noting = (data: object, more = "") => `Page({ data: { notes: [], ...${JSON.stringify(data)} },
  say(...words) { this.setData({ notes: [...this.data.notes, words.join(" ")] }); },
  note(e) { this.say(e.type, JSON.stringify(e.detail)); }, ${more} });`;

const pages = (): Record<string, { wxml: string; wxss?: string; js: string }> => ({
  map: {
    wxml: `<map id="m" longitude="0" latitude="0" scale="10" markers="{{markers}}" style="width: 300px; height: 200px"><cover-view slot="callout"><cover-view marker-id="2" id="own">mine</cover-view></cover-view></map>
<button id="ask" bindtap="ask">ask</button><button id="move" bindtap="move">move</button>${NOTES}`,
    js: noting(
      {
        markers: [
          { id: 1, latitude: 0, longitude: 0 },
          { id: 2, latitude: 0.05, longitude: 0.05 },
        ],
      },
      `async ask() { const m = wx.createMapContext("m"); const r = await m.getRegion();
         this.say(r.southwest.longitude.toFixed(2), r.northeast.latitude.toFixed(2)); },
       move() { wx.createMapContext("m").translateMarker({ markerId: 1, destination: { latitude: 0, longitude: 0.0686645 },
         duration: 300, animationEnd: () => this.say("arrived") }); },`,
    ),
  },
  steer: {
    wxml: `<video id="film" src="/tone.wav" bindplay="note" bindended="note" style="height: 100px"/>
<scroll-view id="list" scroll-y enhanced style="height: 100px"><view wx:for="{{20}}" class="row" id="row{{index}}">{{index}}</view></scroll-view>
<button id="play" bindtap="play">play</button><button id="scroll" bindtap="scroll">scroll</button>${NOTES}`,
    wxss: ".row { height: 40px }",
    js: noting(
      {},
      `play() { wx.createVideoContext("film").play(); },
       scroll() { wx.createSelectorQuery().select("#list").node((r) => r.node.scrollTo({ top: 120, animated: false })).exec(); },`,
    ),
  },
  editor: {
    wxml: `<editor id="e" placeholder="Write here" bindready="ready" bindinput="typed" bindstatuschange="status"/>
<button id="bold" bindtap="bold">bold</button><button id="get" bindtap="get">get</button><view id="state">{{bold}}</view>${NOTES}`,
    js: noting(
      { bold: "" },
      `ready() { wx.createSelectorQuery().select("#e").context((r) => { this.editor = r.context; }).exec(); },
       typed() {}, status(e) { this.setData({ bold: e.detail.bold ? "is bold" : "is plain" }); },
       bold() { this.editor.format("bold"); },
       get() { this.editor.getContents({ success: (r) => this.say(JSON.stringify(r.delta.ops), r.text) }); },`,
    ),
  },
  fields: { wxml: `<view id="here">fields</view>${NOTES}`, js: noting({}) },
  web: {
    wxml: `<web-view src="{{src}}" bindload="note" binderror="note" bindmessage="note"/>`,
    js: `const app = getApp(); Page({ data: { src: "" }, onLoad({ src }) { this.setData({ src: decodeURIComponent(src) }); },
      note(e) { app.notes.push(e.type + " " + JSON.stringify(e.detail)); } });`,
  },
  start: {
    wxml: `<navigator id="there" url="/pages/web/web?src={{there}}">there</navigator><view id="notes">{{notes}}</view>`,
    js: `const app = getApp(); Page({ data: { there: encodeURIComponent("http://${process.env.ELSEWHERE}/page"), notes: "" },
      onShow() { this.setData({ notes: app.notes.join(" | ") }); } });`,
  },
  hidden: {
    wxml: `<view hidden="{{!shown}}"><swiper id="sw" current="1" style="height: 60px"><swiper-item><view class="s">0</view></swiper-item><swiper-item><view class="s" id="s1">1</view></swiper-item></swiper>
<picker-view id="pv" value="{{[2]}}" style="height: 120px"><picker-view-column><view wx:for="{{6}}" class="pr" id="pr{{index}}">{{index}}</view></picker-view-column></picker-view>
<slider id="sl" value="50"/><textarea id="ta" auto-height value="{{text}}"/><scroll-view id="sv" scroll-y scroll-top="60" style="height: 60px"><view wx:for="{{9}}" style="height: 30px">{{index}}</view></scroll-view></view>
<button id="show" bindtap="show">show</button>`,
    wxss: ".s { height: 60px } .pr { line-height: 34px }",
    js: `Page({ data: { shown: false, text: "a\\nb\\nc" }, show() { this.setData({ shown: true }); } });`,
  },
  all: {
    wxml: `<view bindtap="note" hover-class="x">view</view><text selectable>text</text><icon type="success" aria-label="done"/><progress percent="30" show-info/>
<rich-text nodes="<p>rich</p>"/><image src="/tea.png" aria-label="tea" style="width: 40px; height: 40px"/>
<button>default</button><button type="primary" loading>primary</button><button type="warn">warn</button><button disabled>off</button><button plain>plain</button><button size="mini">mini</button>
<checkbox-group><label><checkbox value="a" checked/>A</label><label><checkbox value="b"/>B</label></checkbox-group>
<radio-group><label><radio value="a" checked/>A</label><label><radio value="b"/>B</label></radio-group>
<label>Switch<switch checked/></label><label>Slider<slider value="30" show-value/></label>
<input placeholder="input"/><input type="number" value="1" aria-label="number"/><textarea placeholder="textarea" auto-height/>
<form><input name="n" placeholder="in a form"/><button form-type="submit">send</button></form>
<picker range="{{['a', 'b']}}"><view>picker</view></picker><picker-view style="height: 100px" value="{{[0]}}"><picker-view-column><view>1</view><view>2</view></picker-view-column></picker-view>
<navigator url="/pages/fields/fields">navigator</navigator>
<scroll-view scroll-y style="height: 60px"><view style="height: 200px">scroll</view></scroll-view>
<swiper indicator-dots style="height: 60px"><swiper-item>1</swiper-item><swiper-item>2</swiper-item></swiper>
<movable-area style="width: 100px; height: 60px"><movable-view direction="all" style="width: 30px; height: 30px">m</movable-view></movable-area>
<cover-view>cover<cover-image src="/tea.png" style="width: 20px; height: 20px" aria-label="tea"/></cover-view>
<canvas type="2d" id="c" aria-label="drawing" style="height: 40px"/><audio src="/tone.wav" controls name="Song"/><video src="/tone.wav" style="height: 100px"/>
<map latitude="0" longitude="0" markers="{{markers}}" style="height: 120px"/><camera style="height: 60px"/><live-player style="height: 60px"/><live-pusher style="height: 60px"/>
<editor placeholder="editor" style="height: 60px"/><ad unit-id="x"/><official-account/><open-data type="userNickName"/><open-data type="userAvatarUrl"/>
<grid-view cross-axis-count="2"><view>g1</view><view>g2</view></grid-view><sticky-section><sticky-header><view>sticky</view></sticky-header></sticky-section><list-view><view>list</view></list-view>
<share-element key="a">shared</share-element><match-media min-width="1"><view>match</view></match-media><root-portal><view>portal</view></root-portal>`,
    js: noting({ markers: [{ id: 1, latitude: 0, longitude: 0, title: "Tea house" }] }),
  },
});

/** Answers the camera's question, and waits until the page is free. */
async function deny(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Deny" }).click();
  await expect(page.getByRole("button", { name: "Deny" })).toHaveCount(0);
  await expect(miniFrame(page)).toBeVisible();
}

test.describe("elements", () => {
  test.describe.configure({ mode: "default" });
  let page: Page;
  let link: string;
  test.beforeAll(async ({ browser }) => {
    const all = pages();
    const wav = Buffer.alloc(1644, 128);
    wav.write("RIFF", 0);
    wav.writeUInt32LE(1636, 4);
    wav.write("WAVEfmt ", 8);
    for (const [at, value] of [
      [16, 16],
      [24, 8000],
      [28, 8000],
      [40, 1600],
    ] as const)
      wav.writeUInt32LE(value, at);
    for (const [at, value] of [
      [20, 1],
      [22, 1],
      [32, 1],
      [34, 8],
    ] as const)
      wav.writeUInt16LE(value, at);
    wav.write("data", 36);
    const files: Record<string, string | Buffer> = {
      "app.js": "App({ notes: [] })",
      "app.json": JSON.stringify({
        pages: Object.keys(all).map((name) => `pages/${name}/${name}`),
        darkmode: true,
        teahouse: { domains: [process.env.ELSEWHERE] },
      }),
      "tone.wav": wav,
      "tea.png": png(8, [7, 193, 96]),
    };
    for (const [name, { wxml, wxss, js }] of Object.entries(all)) {
      files[`pages/${name}/${name}.js`] = js;
      files[`pages/${name}/${name}.wxml`] = wxml;
      files[`pages/${name}/${name}.wxss`] = wxss ?? "";
    }
    link = (await uploaded(programOf(files), "Elements")).link;
    page = await device(browser, { hasTouch: true });
    await logIn(page, dana);
  });
  test.afterAll(() => page.context().close());

  const open = async (name: string, query = "", on = page) => {
    await on.goto(`${link}&path=pages/${name}/${name}${query}`);
    await expect(miniPage(on).locator("wx-page > *").first()).toBeAttached();
  };
  const at = (selector: string) => miniPage(page).locator(selector).first();
  const notes = () => at("#notes");

  test("a map has the operator's tiles and their name, and its context asks and moves it", async () => {
    await open("map");
    await expect(at("wx-map")).toContainText("© Elsewhere");
    await expect
      .poll(() =>
        miniPage(page)
          .locator(".wx-map-tiles > img")
          .evaluateAll(
            (all) =>
              all.length > 0 && all.every((one) => (one as HTMLImageElement).naturalWidth === 256),
          ),
      )
      .toBe(true);
    const map = (await at("#m").boundingBox())!;
    const own = (await at("#own").boundingBox())!;
    // 256 · 2^10 px around the world: 0.05 degrees are 36.4 px.
    expect(own.x + own.width / 2).toBeCloseTo(map.x + 150 + 36.4, 0);
    await at("#ask").tap();
    await expect(notes()).toHaveText("-0.21 0.14");
    const before = (await at(".wx-marker").boundingBox())!;
    await at("#move").tap();
    await expect(notes()).toContainText("arrived");
    await expect
      .poll(async () => (await at(".wx-marker").boundingBox())!.x)
      .toBeCloseTo(before.x + 50, 0);
  });

  test("contexts play a film and scroll a list", async () => {
    await open("steer");
    await at("#play").tap();
    await expect(notes()).toContainText("ended");
    await at("#scroll").tap();
    await expect.poll(() => at("#list").evaluate((el) => el.scrollTop)).toBe(120);
  });

  test("an editor takes text and formats, and gives its contents", async () => {
    await open("editor");
    await expect(at("#e")).toContainText("Write here");
    await at("#e .wx-editor").tap();
    await page.keyboard.type("green ");
    await at("#bold").tap();
    await expect(at("#state")).toHaveText("is bold");
    await page.keyboard.type("tea");
    await at("#get").tap();
    await expect(notes()).toHaveText(
      '[{"insert":"green "},{"insert":"tea","attributes":{"bold":"strong"}},{"insert":"\\n"}] green tea\n',
    );
  });

  test("a web-view shows a declared server, whose page leads and posts to its program", async () => {
    await open("start");
    // What the shell has heard from the web page: the program is told of it when its user goes back.
    const words = await page.evaluateHandle(() => {
      const heard: string[] = [];
      addEventListener("message", ({ data }) => heard.push(String(data?.name ?? data?.t)));
      return heard;
    });
    const heard = (word: string) =>
      expect.poll(() => words.evaluate((all) => all), { message: "heard" }).toContain(word);
    await at("#there").tap();
    const web = miniWeb(page);
    await expect(web.getByRole("heading", { name: "Elsewhere" })).toBeVisible();
    await expect(page.locator(".mp-page:not([inert]) .mp-web-host")).toContainText(
      process.env.ELSEWHERE!,
    );
    await expect(miniTitle(page)).toHaveText("A page from elsewhere");
    // The page keeps an origin of its own, and cannot reach ours.
    await web.getByText("store").tap();
    await web.getByText("post").tap();
    await heard("load");
    await heard("postMessage");
    await page.getByRole("button", { name: "Back" }).first().tap();
    await expect(at("#notes")).toContainText(`load {"src":"http://${process.env.ELSEWHERE}/page"}`);
    await expect(at("#notes")).toContainText('message {"data":[{"tea":"green"}]}');
    await at("#there").tap();
    await web.getByText("go").tap();
    await expect(at("#here")).toBeVisible();
  });

  test("a web-view leads to no server that its program has not declared", async () => {
    await open("start");
    await at("#there").tap();
    await miniWeb(page).getByText("away").tap();
    await expect(page.getByRole("alert")).toContainText("does not declare the server");
    await open("web", `?src=${encodeURIComponent(encodeURIComponent("https://other.example/"))}`);
    await expect(page.getByRole("alert")).toContainText("does not declare the server");
  });

  test("what was hidden at first is right when it is shown", async () => {
    await open("hidden");
    await at("#show").tap();
    const middle = async (selector: string) => {
      const box = (await at(selector).boundingBox())!;
      return [Math.round(box.x), Math.round(box.y + box.height / 2)];
    };
    const swiper = (await at("#sw").boundingBox())!;
    await expect.poll(async () => (await at("#s1").boundingBox())?.x).toBe(swiper.x);
    await expect.poll(async () => (await middle("#pr2"))[1]! - (await middle("#pv"))[1]!).toBe(0);
    const slider = (await at("#sl .wx-slider-handle-wrapper").boundingBox())!;
    const knob = (await at("#sl .wx-slider-handle").boundingBox())!;
    expect(knob.x + knob.width / 2).toBeCloseTo(slider.x + slider.width / 2, 0);
    await expect.poll(async () => (await at("#ta").boundingBox())!.height).toBeGreaterThan(50);
    await expect.poll(() => at("#sv").evaluate((el) => el.scrollTop)).toBe(60);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    test(`every element has its role, its name and contrast enough, ${colorScheme}`, async ({
      browser,
    }) => {
      const other = await device(browser, { colorScheme, permissions: [] });
      await logIn(other, dana);
      await open("all", "", other);
      await deny(other);
      const frame = await miniFrame(other).elementHandle();
      const found = await violations((await frame!.contentFrame())!);
      // White on the vendor's green and red: programs are designed around these colours.
      const ours = found.filter(
        (line) => !/color-contrast: .*wx-button\[type="(primary|warn)"\]/.test(line),
      );
      expect(ours).toEqual([]);
      await other.context().close();
    });
  }

  test("the keyboard reaches every control, in the order of the page", async () => {
    await open("all");
    await deny(page);
    const frame = await miniFrame(page).elementHandle();
    const content = (await frame!.contentFrame())!;
    await content.evaluate(() =>
      (document.querySelector("wx-view[role=button]") as HTMLElement).focus(),
    );
    const seen: string[] = [];
    for (let i = 0; i < 60; i++) {
      const name = await content.evaluate(() => {
        const el = document.activeElement!;
        return el.closest("[class*=wx-], *")!.tagName === "BODY"
          ? ""
          : (el
              .closest(
                "wx-button, wx-checkbox, wx-radio, wx-switch, wx-slider, wx-input, wx-textarea, wx-picker, wx-picker-view, wx-navigator, wx-scroll-view, wx-swiper, wx-audio, wx-video, wx-map, wx-editor, wx-view",
              )
              ?.tagName.toLowerCase()
              .slice(3) ?? el.tagName);
      });
      if (name === "") break;
      if (seen.at(-1) !== name) seen.push(name);
      await page.keyboard.press("Tab");
    }
    const order = [
      "view",
      "button",
      "checkbox",
      "radio",
      "switch",
      "slider",
      "input",
      "textarea",
      "picker",
      "picker-view",
      "navigator",
      "scroll-view",
      "swiper",
      "audio",
      "video",
      "map",
      "editor",
    ];
    expect(order.filter((name) => !seen.includes(name))).toEqual([]);
    const first = order.map((name) => seen.indexOf(name));
    expect(first).toEqual([...first].sort((a, b) => a - b));
  });
});
