// <camera> with a camera that the browser makes up: the user is asked, the page is shown what it sees, and a
// photo is the program's file.
import { expect, test } from "@playwright/test";
import { device, logIn, miniPage, DEMO_PASSWORD } from "../phone.ts";
import { programOf, uploaded } from "../programs.ts";
import config from "../playwright.config.ts";

test.use({
  launchOptions: {
    ...config.use!.launchOptions,
    args: [
      ...config.use!.launchOptions!.args!,
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
    ],
  },
});

test("a camera asks its user, shows what it sees, and takes a photo", async ({ browser }) => {
  const { link } = await uploaded(
    programOf({
      "app.js": "App({})",
      "app.json": JSON.stringify({ pages: ["pages/c/c"] }),
      "pages/c/c.wxml": `<camera style="height: 200px" bindinitdone="note" binderror="note"/>
<button id="shoot" bindtap="shoot">shoot</button><image src="{{photo}}" bindload="note"/><view id="notes">{{notes}}</view>`,
      "pages/c/c.js": `Page({ data: { notes: "", photo: "" },
        note(e) { this.setData({ notes: this.data.notes + " " + e.type + (e.detail.errMsg || e.detail.width || "") }); },
        shoot() { wx.createCameraContext().takePhoto({ success: (r) => this.setData({ photo: r.tempImagePath }),
          fail: (r) => this.setData({ notes: r.errMsg }) }); } });`,
    }),
    "Camera",
  );
  const page = await device(browser, { permissions: ["camera"] });
  await logIn(page, { handle: "dana", password: DEMO_PASSWORD });
  await page.goto(`${link}&path=pages/c/c`);
  await page.getByRole("button", { name: "Allow" }).click();
  const notes = miniPage(page).locator("#notes");
  await expect(notes).toContainText("initdone");
  const painted = () =>
    miniPage(page)
      .locator("wx-camera canvas")
      .evaluate((el: HTMLCanvasElement) => {
        const { data } = el.getContext("2d")!.getImageData(0, 0, el.width, el.height);
        return el.width > 300 && data.some((value, i) => i % 4 !== 3 && value > 0);
      });
  await expect.poll(painted).toBe(true);
  await miniPage(page).locator("#shoot").click();
  await expect(notes).toContainText(/load\d+/);

  // Who says no is not asked again, and the program hears of it.
  await page.reload();
  await page.getByRole("button", { name: "Deny" }).click();
  await expect(notes).toContainText("errorcamera:fail auth deny");
  await page.context().close();
});
