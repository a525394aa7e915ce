// `wx.cloud` as a user meets it: what is written is there after a reload, another person does not see it, and
// a chosen picture is kept and shown by its cloud:// ID.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "@playwright/test";
import { device, logIn, miniPage, DEMO_PASSWORD } from "../phone.ts";
import { programOf, uploaded } from "../programs.ts";

const picture = resolve(
  import.meta.dirname,
  "../../examples/cafe/miniprogram/images/tab-menu-on.png",
);

test("a list and its pictures are kept in the cloud", async ({ browser }) => {
  const { link } = await uploaded(
    programOf({
      "app.js": "App({ onLaunch() { wx.cloud.init(); } })",
      "app.json": JSON.stringify({
        pages: ["pages/list/list"],
        teahouse: { collections: { teas: "PRIVATE" } },
      }),
      "pages/list/list.wxml": `<input placeholder="name of a tea" model:value="{{name}}"/>
<button bindtap="add">add</button>
<view wx:for="{{teas}}" wx:key="_id" class="tea">
  <text>{{item.name}} {{item.cups}}</text>
  <image src="{{item.picture}}" bindload="shown" style="width: 40px; height: 40px"/>
  <button size="mini" bindtap="drink" data-id="{{item._id}}">drink</button>
</view>
<view id="state">{{state}}</view>`,
      "pages/list/list.js": `const db = wx.cloud.database(), teas = db.collection('teas');
Page({
  data: { name: '', teas: [], state: '' },
  onLoad() { return this.read(); },
  async read() { this.setData({ teas: (await teas.orderBy('name', 'asc').get()).data }); },
  async add() {
    const { tempFilePaths: [filePath] } = await wx.chooseImage({ count: 1 });
    const { fileID } = await wx.cloud.uploadFile({ cloudPath: 'teas/' + Date.now() + '.png', filePath });
    await teas.add({ data: { name: this.data.name, cups: 0, picture: fileID, since: db.serverDate() } });
    await this.read();
  },
  async drink(e) {
    const { stats } = await teas.doc(e.currentTarget.dataset.id).update({ data: { cups: db.command.inc(1) } });
    this.setData({ state: 'updated ' + stats.updated });
    await this.read();
  },
  shown(e) { this.setData({ state: 'picture ' + e.detail.width }); },
});`,
    }),
    "Teas",
  );
  const page = await device(browser);
  await logIn(page, { handle: "dana", password: DEMO_PASSWORD });
  await page.goto(link);
  const teas = miniPage(page).locator(".tea");
  const state = miniPage(page).locator("#state");
  await miniPage(page).locator("wx-input input").fill("Jasmine");
  await miniPage(page).getByText("add", { exact: true }).click();
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose from album" }).click();
  await (await chooser).setFiles(picture);
  await expect(teas).toHaveText([/Jasmine 0/]);
  const width = readFileSync(picture).readUInt32BE(16); // of a PNG's header
  await expect(state).toHaveText(`picture ${width}`);
  await teas.getByText("drink").click();
  await expect(state).toHaveText("updated 1");
  await expect(teas).toHaveText([/Jasmine 1/]);

  await page.reload();
  await expect(teas).toHaveText([/Jasmine 1/]);
  await expect(state).toHaveText(`picture ${width}`);
  await page.screenshot({ path: test.info().outputPath("teas.png") });
  await page.context().close();
});
