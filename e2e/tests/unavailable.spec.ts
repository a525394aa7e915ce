// Wrong addresses: the page says that there is nothing, and shows no private data.
import { expect, test } from "@playwright/test";
import { device, logIn, miniPage, DEMO_PASSWORD } from "../phone.ts";
import { programOf, uploaded } from "../programs.ts";

const PRIVATE = {
  "app.json": JSON.stringify({ pages: ["pages/index/index"] }),
  "app.js": "App({})",
  "pages/index/index.wxml": "<text>not for everyone yet</text>",
  "pages/index/index.js": "Page({})",
};

test("an unknown app, somebody else's development version, a page that is not there", async ({
  browser,
}) => {
  const { link, appID } = await uploaded(programOf(PRIVATE), "Private");
  const page = await device(browser);
  await logIn(page, { handle: "alice", password: DEMO_PASSWORD });

  for (const address of ["/a/ta0000000000000000", "/a/nonsense", link, `/a/${appID}`]) {
    await page.goto(address);
    const failure = page.getByRole("alert");
    await expect(failure, address).toContainText("Failed to load");
    await expect(failure, address).toContainText(
      /There is no such app|not been released|not published/,
    );
    await expect(page.getByText("not for everyone yet")).toHaveCount(0);
  }

  await page.goto("/no/such/page");
  await expect(page.getByText("There is no such page.")).toBeVisible();
  await page.goto("/chat/00000000-0000-7000-8000-000000000000");
  await expect(page.getByRole("alert")).toBeVisible();
  await page.context().close();
});

test("a page with more than a page can hold says so, at first and when it grows", async ({
  browser,
}) => {
  const rows = `<view wx:for="{{rows}}" wx:key="*this">{{item}}</view>`;
  const { link } = await uploaded(
    programOf({
      "app.json": JSON.stringify({ pages: ["pages/grows/grows", "pages/full/full"] }),
      "app.js": "App({})",
      "pages/grows/grows.wxml": `<button bindtap="more">More</button><navigator url="../full/full">Full</navigator>${rows}`,
      "pages/grows/grows.js":
        "Page({ data: { rows: ['one'] }, more() { this.setData({ rows: Array.from({ length: 40000 }, (_, i) => i) }) } })",
      "pages/full/full.wxml": rows,
      "pages/full/full.js": "Page({ data: { rows: Array.from({ length: 40000 }, (_, i) => i) } })",
    }),
    "Too Large",
  );
  const page = await device(browser);
  await logIn(page, { handle: "dana", password: DEMO_PASSWORD });
  await page.goto(link);
  const alert = page.locator(".mp-page:not([inert])").getByRole("alert");
  await expect(miniPage(page).getByText("one")).toBeVisible();
  await expect(alert).toHaveCount(0);
  await miniPage(page).getByText("More").click();
  await expect(alert).toHaveText(/^This page no longer changes\. The developer of Too Large/);
  await expect(miniPage(page).getByText("one")).toBeVisible();
  await miniPage(page).getByText("Full").click();
  await expect(alert).toHaveText(/^This page cannot be shown\. The developer of Too Large/);
  await page.context().close();
});
