// axe-core over the main screens: nothing serious, nothing critical, in light and in dark.
import { expect, test, type Page } from "@playwright/test";
import { violations } from "../axe.ts";
import {
  DEMO_PASSWORD,
  DESKTOP,
  device,
  hostURL,
  logIn,
  miniFrame,
  miniPage,
  signUp,
  typePIN,
  unique,
} from "../phone.ts";

async function clean(page: Page, name: string): Promise<void> {
  await expect(
    page.locator(".skeleton, .page-wait, .ant-skeleton, .ant-spin-spinning"),
  ).toHaveCount(0);
  expect.soft(await violations(page), name).toEqual([]);
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`the phone side, ${colorScheme}`, async ({ browser }) => {
    const page = await device(browser, { colorScheme });
    await page.goto(`${hostURL()}/signup`);
    await clean(page, "sign up");
    await logIn(page, { handle: "alice", password: DEMO_PASSWORD });
    for (const path of [
      "/",
      "/contacts",
      "/discover",
      "/me",
      "/accounts",
      "/search",
      "/wallet",
      "/wallet/top-up",
      "/settings",
      "/settings/appearance",
      "/profile",
    ]) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
      await clean(page, path);
    }
    await page.goto("/");
    await page.getByTestId("conversation").filter({ hasText: "Bob Chen" }).click();
    await expect(page.getByTestId("message").first()).toBeVisible();
    await clean(page, "a chat");

    await page.goto(`/a/${process.env.CAFE_APP_ID}`);
    await expect(miniPage(page).getByText("Latte", { exact: true })).toBeVisible();
    await clean(page, "around a mini program");
    const element = await miniFrame(page).elementHandle();
    expect
      .soft(await violations((await element!.contentFrame())!), "in the mini program")
      .toEqual([]);
    await page.getByTestId("capsule-menu").click();
    await clean(page, "its menu");
    await page.keyboard.press("Escape");

    // What a first payment lacks, step by step.
    const payer = { handle: unique("axe"), name: "Axel Payer", password: "four-green-leaves" };
    const phone = await device(browser, { colorScheme });
    await signUp(phone, payer);
    await phone.goto(`/a/${process.env.CAFE_APP_ID}`);
    await miniPage(phone).getByRole("button", { name: "Add to order: Latte" }).click();
    await miniPage(phone).getByText("Checkout").click();
    await miniPage(phone).getByRole("button", { name: /^Pay/ }).click();
    const sheet = phone.locator("dialog[open]");
    await expect(sheet.getByRole("button", { name: "Allow" })).toBeVisible();
    await clean(phone, "subscription sheet");
    await sheet.getByRole("button", { name: "Allow" }).click();
    await sheet.getByRole("button", { name: "Set payment PIN" }).click();
    await clean(phone, "a PIN in the payment sheet");
    await typePIN(phone, "702593");
    await expect(sheet.getByRole("heading", { name: "Enter it again" })).toBeVisible();
    await typePIN(phone, "702593");
    await sheet.getByLabel("Password", { exact: true }).fill(payer.password);
    await clean(phone, "the password for a PIN");
    await sheet.getByRole("button", { name: "Save" }).click();
    await expect(sheet.getByRole("button", { name: "Top up" })).toBeVisible();
    await clean(phone, "too little money");
    await sheet.getByRole("button", { name: "Top up" }).click();
    await clean(phone, "topping up");
    await sheet.locator("form").getByRole("button", { name: "Top up" }).click();
    await expect(sheet.getByRole("button", { name: "Forgot PIN?" })).toBeVisible();
    await clean(phone, "the payment");
    await phone.keyboard.press("Escape");

    // Without a network.
    await phone.goto("/");
    await expect(phone.getByRole("heading", { name: "Chats" })).toBeVisible();
    await phone.waitForFunction(async () => (await navigator.serviceWorker.ready).active !== null);
    await phone.context().setOffline(true);
    await phone.getByRole("link", { name: "Me", exact: true }).click();
    await phone.getByRole("link", { name: "Wallet" }).click();
    await expect(phone.getByRole("alert")).toContainText("No connection.");
    await clean(phone, "no connection");
    await phone.context().close();
    await page.context().close();
  });
}

test("the consoles", async ({ browser }) => {
  const page = await device(browser, { viewport: DESKTOP });
  await page.goto(`${hostURL()}/developer/`);
  await expect(page.getByRole("heading", { name: "Log in" })).toBeVisible();
  await clean(page, "log in");
  await logIn(page, { handle: "dana", password: DEMO_PASSWORD });
  const app = `/developer/apps/${process.env.CAFE_APP_ID}`;
  for (const path of [
    "/developer/",
    app,
    `${app}/versions`,
    `${app}/webhook`,
    `${app}/orders`,
    `${app}/logs`,
    "/developer/tokens",
  ]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await clean(page, path);
  }
  await page.context().clearCookies();
  await logIn(page, { handle: "admin", password: DEMO_PASSWORD });
  for (const path of [
    "/admin/",
    "/admin/reviews?state=all",
    "/admin/apps",
    "/admin/quarantines?state=all",
    "/admin/audit",
    "/admin/ledger",
  ]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await clean(page, path);
  }
  await page.context().close();
});
