// Functions of WXS modules in a real browser: they follow the finger and ask nobody.
import { expect, test } from "@playwright/test";
import { device, logIn, miniPage, DEMO_PASSWORD } from "../phone.ts";
import { programOf, uploaded } from "../programs.ts";

test("a drag follows the finger inside a component, and nothing is sent before it ends", async ({
  browser,
}) => {
  const { link } = await uploaded(
    programOf({
      "app.json": '{"pages":["pages/a/a"]}',
      "app.js": "App({})",
      "pages/a/a.json": '{"usingComponents":{"x-knob":"/parts/knob"}}',
      "pages/a/a.js":
        "Page({ data: { told: '', width: 50 }, told(e) { this.setData({ told: 'at ' + e.detail.x, width: 80 }) }, never() { this.setData({ told: 'never' }) } })",
      "pages/a/a.wxml":
        '<view bindtouchmove="never"><x-knob width="{{width}}" bind:told="told"/></view><view id="told">{{told}}</view>',
      "parts/knob.json": '{"component":true}',
      "parts/knob.js":
        "Component({ properties: { width: Number }, methods: { done(d) { this.triggerEvent('told', d) } } })",
      "parts/knob.wxs": `
        function move(e, owner) {
          var state = owner.getState();
          state.x = Math.round(e.touches[0].pageX);
          owner.selectComponent('.knob').setStyle({ transform: 'translateX(' + state.x + 'px)' });
          return false;
        }
        function end(e, owner) {
          owner.callMethod('done', { x: owner.getState().x, from: e.mark.from });
          return false;
        }
        function width(now, old, owner, bar) { bar.setStyle({ width: now + 'px' }); }
        module.exports = { move: move, end: end, width: width };`,
      "parts/knob.wxml": `<wxs module="k" src="./knob.wxs"/>
        <view class="bar" value="{{width}}" change:value="{{k.width}}">
          <view class="knob" mark:from="knob" bindtouchmove="{{k.move}}" bindtouchend="{{k.end}}">drag</view>
        </view>`,
      "parts/knob.wxss": ".bar { height: 40px } .knob { width: 40px; height: 40px }",
    }),
    "Knob",
  );
  const page = await device(browser);
  await logIn(page, { handle: "dana", password: DEMO_PASSWORD });
  const sent: string[] = [];
  page.on("websocket", (socket) =>
    socket.on("framesent", ({ payload }) => {
      if (/"t":"(event|method)"/.test(String(payload))) sent.push(String(payload));
    }),
  );
  await page.goto(link);
  const knob = miniPage(page).locator(".c0--knob");
  await expect(miniPage(page).locator(".c0--bar")).toHaveCSS("width", "50px");
  const box = (await knob.boundingBox())!;
  const y = box.y + 20;
  await knob.hover({ position: { x: 20, y: 20 } }); // as soon as the opening picture lets the finger through
  await page.mouse.down();
  for (let x = 30; x <= 150; x += 10) await page.mouse.move(box.x + x, y);
  await expect(knob).toHaveCSS("transform", "matrix(1, 0, 0, 1, 150, 0)");
  expect(sent).toEqual([]);
  await page.mouse.up();
  await expect(miniPage(page).locator("#told")).toHaveText("at 150");
  await expect(miniPage(page).locator(".c0--bar")).toHaveCSS("width", "80px");
  expect(sent.length).toBe(1);
  expect(sent[0]).toContain('"type":"done"');
  await page.context().close();
});
