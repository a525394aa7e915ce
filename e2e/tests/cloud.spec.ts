// `wx.cloud` as a user meets it: what is written is there after a reload, another person does not see it, a
// chosen picture is kept and shown by its cloud:// ID, and functions work with what programs may not touch.
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

test("a function counts what no program may", async ({ browser }) => {
  const { link } = await uploaded(
    programOf({
      "project.config.json": JSON.stringify({
        miniprogramRoot: "miniprogram/",
        cloudfunctionRoot: "cloudfunctions/",
      }),
      "cloudfunctions/vote/config.json": JSON.stringify({ timeout: 60 }),
      "cloudfunctions/vote/package.json": JSON.stringify({
        dependencies: { "wx-server-sdk": "latest", words: "1" },
      }),
      "cloudfunctions/vote/node_modules/words/package.json": JSON.stringify({
        main: "lib/words.js",
      }),
      "cloudfunctions/vote/node_modules/words/lib/words.js":
        "module.exports = (n) => n === 1 ? 'one vote' : n + ' votes';",
      "cloudfunctions/vote/index.js": `const cloud = require('wx-server-sdk'), words = require('words');
cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV });
const db = cloud.database(), _ = db.command;
exports.main = async (event) => {
  if (!event.tea) throw new Error('which tea?');
  const votes = db.collection('votes');
  const { stats } = await votes.doc(event.tea).update({ data: { n: _.inc(1) } });
  if (stats.updated === 0) await votes.doc(event.tea).set({ data: { n: 1, first: cloud.getWXContext().OPENID } });
  return words((await votes.doc(event.tea).get()).data.n);
};`,
      "miniprogram/app.js": "App({ onLaunch() { wx.cloud.init(); } })",
      "miniprogram/app.json": JSON.stringify({
        pages: ["pages/vote/vote"],
        teahouse: { collections: { votes: "ADMINONLY" } },
      }),
      "miniprogram/pages/vote/vote.wxml": `<button bindtap="vote" data-tea="oolong">vote</button>
<button bindtap="vote">nothing</button><button bindtap="look">look</button><view id="state">{{state}}</view>`,
      "miniprogram/pages/vote/vote.js": `Page({
  data: { state: '' },
  async vote(e) {
    const answer = await wx.cloud.callFunction({ name: 'vote', data: e.currentTarget.dataset }).catch((error) => error);
    this.setData({ state: answer.result || answer.errMsg });
  },
  look() {
    wx.cloud.database().collection('votes').get({ fail: (error) => this.setData({ state: 'denied ' + error.errCode }) });
  },
});`,
    }),
    "Votes",
  );
  const page = await device(browser);
  await logIn(page, { handle: "dana", password: DEMO_PASSWORD });
  await page.goto(link);
  const state = miniPage(page).locator("#state");
  await miniPage(page).getByText("vote", { exact: true }).click();
  await expect(state).toHaveText("one vote");
  await page.reload();
  await miniPage(page).getByText("vote", { exact: true }).click();
  await expect(state).toHaveText("2 votes");
  await miniPage(page).getByText("nothing", { exact: true }).click();
  await expect(state).toContainText(
    "errCode: -504002 functions execute fail | errMsg: Error: which tea?",
  );
  await expect(state).toContainText("cloudfunctions/vote/index.js:5:");
  await miniPage(page).getByText("look", { exact: true }).click();
  await expect(state).toHaveText("denied -502003");
  await page.context().close();
});
