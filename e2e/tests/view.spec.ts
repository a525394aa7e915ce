// What a browser loads for the pages of a mini program besides the program itself.
import { expect, test, type Page } from "@playwright/test";
import { device, logIn, miniPage, DEMO_PASSWORD } from "../phone.ts";
import { programOf, uploaded } from "../programs.ts";

const dana = { handle: "dana", password: DEMO_PASSWORD };

/** Every page leads to the next. */
const PAGES = 5;
function chain(): string {
  const files: Record<string, string> = { "app.js": "App({})" };
  const names = Array.from({ length: PAGES }, (_, i) => `pages/p${i + 1}/p${i + 1}`);
  files["app.json"] = JSON.stringify({ pages: names });
  names.forEach((name, i) => {
    files[`${name}.wxml`] =
      `<view>page ${i + 1}</view><navigator url="/${names[i + 1] ?? names[0]}">next</navigator>`;
    files[`${name}.js`] = "Page({})";
  });
  return programOf(files);
}

/** Counts what comes from /view/, by path. */
function viewFiles(page: Page): () => Promise<Record<string, { times: number; bytes: number }>> {
  const ends: Promise<[string, number]>[] = [];
  page.on("requestfinished", (request) => {
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith("/view/")) return;
    const name = pathname.replace(/-[\w-]{8}\./, ".");
    ends.push(request.sizes().then(({ responseBodySize }) => [name, responseBodySize]));
  });
  return async () => {
    const sums: Record<string, { times: number; bytes: number }> = {};
    for (const [name, bytes] of await Promise.all(ends)) {
      const sum = (sums[name] ??= { times: 0, bytes: 0 });
      sum.times++;
      sum.bytes += bytes;
    }
    return sums;
  };
}

test("the view script is fetched once, however many pages are open", async ({ browser }) => {
  const { link } = await uploaded(chain(), "Chain");
  const page = await device(browser);
  await logIn(page, dana);
  const fetched = viewFiles(page);
  await page.goto(link);
  for (let i = 1; i <= PAGES; i++) {
    await expect(miniPage(page).getByText(`page ${i}`)).toBeVisible();
    if (i < PAGES) await miniPage(page).getByText("next").click();
  }
  const files = await fetched();
  const total = Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(`${PAGES} pages: ${total} bytes of the view`, files);
  const scripts = Object.entries(files).filter(([name]) => /\.(js|css)$/.test(name));
  expect(scripts.map(([name, { times }]) => [name, times])).toEqual(
    scripts.map(([name]) => [name, 1]),
  );
  await page.context().close();
});

test("the second script comes with the first page that needs it, once", async ({ browser }) => {
  const page = (markup: string, next: string, script = "Page({})") => ({
    markup: `${markup}<navigator url="/${next}">next</navigator>`,
    script,
  });
  // A canvas out of sight has no tag: its page needs the script when it draws.
  const hidden = `Page({ onLoad() {
    const canvas = wx.createOffscreenCanvas({ type: '2d', width: 2, height: 2 });
    const pen = canvas.getContext('2d');
    pen.fillStyle = '#ff0000';
    pen.fillRect(0, 0, 2, 2);
    wx.canvasToTempFilePath({ canvas, success: () => this.setData({ text: 'drawn' }) });
  } })`;
  const pages = {
    plain: page("<view>plain</view>", "hidden"),
    hidden: page("<view>{{text}}</view>", "map", hidden),
    map: page('<map latitude="31" longitude="121"/><view>map</view>', "film"),
    film: page("<video/><view>film</view>", "plain"),
  };
  const files: Record<string, string> = {
    "app.js": "App({})",
    "app.json": JSON.stringify({ pages: Object.keys(pages) }),
  };
  for (const [name, { markup, script }] of Object.entries(pages)) {
    files[`${name}.wxml`] = markup;
    files[`${name}.js`] = script;
  }
  const { link } = await uploaded(programOf(files), "Scripts");
  const shell = await device(browser);
  await logIn(shell, dana);
  const fetched = viewFiles(shell);
  const times = async () => (await fetched())["/view/assets/extra.js"]?.times ?? 0;
  await shell.goto(link);
  const view = miniPage(shell);
  await expect(view.getByText("plain")).toBeVisible();
  expect(await times()).toBe(0);
  await view.getByText("next").click();
  await expect(view.getByText("drawn")).toBeVisible();
  await view.getByText("next").click();
  await expect(view.getByText("map", { exact: true })).toBeVisible();
  await expect(view.locator("wx-map .wx-part").first()).toBeVisible();
  await view.getByText("next").click();
  await expect(view.locator("wx-video .wx-part").first()).toBeVisible();
  expect(await times()).toBe(1);
  await shell.context().close();
});
