// When a log-in ends, everything that it opened ends: in the other tabs of the browser, and on another
// device, including the mini program that runs there.
import { expect, test, type Page } from "@playwright/test";
import { device, hostURL, logIn, miniPage, signUp, unique, type Person } from "../phone.ts";
import { programOf, uploaded } from "../programs.ts";

const loggedOut = async (page: Page): Promise<void> => {
  await expect(page.getByRole("button", { name: "Log in" })).toBeVisible();
  await expect(page.getByText("You have been logged out. Log in again.")).toBeVisible();
  await expect(page.locator(".shell")).toHaveCount(0);
};

const someone = (): Person => ({
  handle: unique("s"),
  name: "Sam Tabs",
  password: "a-passphrase-for-tabs",
});

test("logging out in one tab ends the others, and leaves nothing of the person there", async ({
  browser,
}) => {
  const sam = someone();
  const tab = await device(browser);
  await signUp(tab, sam);
  const other = await tab.context().newPage();
  await other.goto(`${hostURL()}/wallet`);
  await expect(other.getByText("Balance")).toBeVisible();

  await tab.goto(`${hostURL()}/settings`);
  await tab.getByRole("button", { name: "Log out" }).click();
  await tab.getByRole("dialog").getByRole("button", { name: "Log out" }).click();
  await expect(tab.getByRole("button", { name: "Log in" })).toBeVisible();

  await loggedOut(other);
  await expect(other.getByText("Balance")).toHaveCount(0);
  expect(new URL(other.url()).pathname).toBe("/");
  const kept = await other.evaluate(() => Object.keys(localStorage).join());
  expect(kept).not.toContain("teahouse.chats");
  await tab.context().close();
});

test("ending a device ends what is open on it, its mini program too, and not on the others", async ({
  browser,
}) => {
  const { link } = await uploaded(
    programOf({
      "app.json": JSON.stringify({ pages: ["pages/index/index"] }),
      "app.js": "App({})",
      "pages/index/index.wxml": "<text>still running</text>",
      "pages/index/index.js": "Page({})",
    }),
    "Ending",
  );
  const dana = { handle: "dana", password: "jasmine-tea-42" };
  const lost = await device(browser);
  await logIn(lost, dana);
  await lost.goto(`${hostURL()}${link}`);
  await expect(miniPage(lost).getByText("still running")).toBeVisible();
  const mine = await device(browser);
  await logIn(mine, dana);

  // The newest session is on this device; the test ends the other one from here.
  const answer = await mine.request.post(`${hostURL()}/api/v1/auth/refresh`);
  const { access_token } = (await answer.json()) as { access_token: string };
  const ended = await mine.request.delete(`${hostURL()}/api/v1/me/sessions`, {
    headers: { authorization: `Bearer ${access_token}` },
  });
  expect(ended.ok()).toBe(true);

  await loggedOut(lost);
  await expect(lost.locator("iframe")).toHaveCount(0);
  await mine.reload();
  await expect(mine.locator(".shell")).toBeVisible();
  await lost.context().close();
  await mine.context().close();
});
