// Components of a program in a real browser: shadows, slots, styles of their own, and events out of them.
import { expect, test } from "@playwright/test";
import { device, logIn, miniPage, DEMO_PASSWORD } from "../phone.ts";
import { programOf, uploaded } from "../programs.ts";

const dana = { handle: "dana", password: DEMO_PASSWORD };

test("a program's components are drawn, styled and tapped", async ({ browser }) => {
  const { link } = await uploaded(
    programOf({
      "app.json": '{"pages":["pages/a/a"]}',
      "app.js": "App({})",
      "app.wxss": ".head { color: rgb(255, 0, 0) }",
      "pages/a/a.json": '{"usingComponents":{"x-card":"/parts/card"}}',
      "pages/a/a.js":
        "Page({ data: { n: 1, list: [1, 2] }, more(e) { this.setData({ n: this.data.n + e.detail.by, list: [3, 2, 1] }) } })",
      "pages/a/a.wxss": ".big { font-size: 40px }",
      "pages/a/a.wxml":
        '<x-card wx:for="{{list}}" wx:key="*this" id="card{{item}}" title="n {{n}}" my-class="big" class="fixed" class:even="{{item % 2 === 0}}" style:margin-top="{{item}}px" bind:more="more">body {{item}}<text slot="foot">foot</text></x-card>',
      "parts/card.json": '{"component":true}',
      "parts/card.js":
        "Component({ options: { multipleSlots: true }, externalClasses: ['my-class'], properties: { title: String }, methods: { tap() { this.triggerEvent('more', { by: 2 }) } } })",
      "parts/card.wxss":
        ":host { display: block } :host(.even) { color: rgb(0, 0, 255) } :host(.fixed) { padding-left: 3px } .head { background-color: rgb(0, 128, 0) }",
      "parts/card.wxml":
        '<view class="head my-class" bindtap="tap">{{title}}</view><slot/><view class="foot"><slot name="foot"/></view>',
    }),
    "Own components",
  );
  const page = await device(browser);
  await logIn(page, dana);
  await page.goto(link);
  const mini = miniPage(page);
  const head = mini.locator("#card1 .c0--head");
  await expect(head).toHaveText("n 1");
  await expect(head).toHaveCSS("background-color", "rgb(0, 128, 0)");
  await expect(head).toHaveCSS("font-size", "40px");
  await expect(head).not.toHaveCSS("color", "rgb(255, 0, 0)");
  await expect(mini.locator("#card1")).toHaveCSS("display", "block");
  await expect(mini.locator("#card2")).toHaveText("n 1body 2foot");
  await expect(mini.locator("#card2")).toHaveCSS("color", "rgb(0, 0, 255)");
  await expect(mini.locator("#card2")).toHaveCSS("margin-top", "2px");
  await expect(mini.locator("#card1")).toHaveCSS("padding-left", "3px");
  await expect(mini.locator("#card1")).not.toHaveCSS("color", "rgb(0, 0, 255)");
  await head.click();
  await expect(mini.locator("#card3 .c0--head")).toHaveText("n 3");
  await expect(mini.locator("wx-x-card")).toHaveText([
    "n 3body 3foot",
    "n 3body 2foot",
    "n 3body 1foot",
  ]);
});

test("a program draws its own tab bar, on each of its tabs and in place of the usual one", async ({
  browser,
}) => {
  const tab = (name: string) => ({ pagePath: `pages/${name}/${name}`, text: name });
  const show = (n: number) => `Page({ onShow() { this.getTabBar().setData({ selected: ${n} }) } })`;
  const directory = programOf({
    "app.json": JSON.stringify({
      pages: [tab("a").pagePath, tab("b").pagePath],
      tabBar: { custom: true, list: [tab("a"), tab("b")] },
    }),
    "app.js": "App({})",
    "custom-tab-bar/index.json": '{"component":true}',
    "custom-tab-bar/index.wxml": `<view class="bar"><text wx:for="{{['a','b']}}" wx:key="*this"
      class="{{index === selected ? 'on' : ''}}" data-to="{{item}}" bindtap="go">to {{item}}</text></view>`,
    "custom-tab-bar/index.wxss":
      ".bar { position: fixed; bottom: 0 } .on { color: rgb(255, 0, 0) }",
    "custom-tab-bar/index.js": `Component({ data: { selected: -1 }, methods: {
      go(e) { const to = e.currentTarget.dataset.to; wx.switchTab({ url: '/pages/' + to + '/' + to }) } } })`,
    "pages/a/a.wxml": "<view>page a</view>",
    "pages/a/a.js": show(0),
    "pages/b/b.wxml": "<view>page b</view>",
    "pages/b/b.js": show(1),
  });
  const { link } = await uploaded(directory, "Own bar");
  const page = await device(browser, { hasTouch: true });
  await logIn(page, { handle: "dana", password: DEMO_PASSWORD });
  await page.goto(link);
  await miniPage(page).getByText("to b").click();
  await expect(miniPage(page).getByText("page b")).toBeVisible();
  await expect(miniPage(page).getByText("to b")).toHaveCSS("color", "rgb(255, 0, 0)");
  await expect(page.getByRole("navigation", { name: "Tabs" })).toHaveCount(0);
  await page.context().close();
});
