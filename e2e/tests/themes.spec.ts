// Light and dark change while a page is open: by the menu, and by the system. Afterwards every text
// must still be readable. A page loaded in the dark theme may be readable where one that changed to it is not.
// Here are the ways to change it; screens.spec.ts has every screen, after one of them.
import { expect, test, type Page } from "@playwright/test";
import { unreadable } from "../looks.ts";
import { DEMO_PASSWORD, DESKTOP, device, hostURL, logIn, miniPage } from "../phone.ts";
import { session } from "../programs.ts";

type Scheme = "light" | "dark";

/** How light the background of the page is: a theme that did not change would be readable too. */
async function ground(page: Page): Promise<Scheme> {
  const [r = 0, g = 0, b = 0] = await page.evaluate(() =>
    getComputedStyle(document.body)
      .backgroundColor.match(/[\d.]+/g)!
      .map(Number),
  );
  return (r + g + b) / 3 > 128 ? "light" : "dark";
}

async function settled(page: Page): Promise<void> {
  await expect(
    page.locator(".skeleton, .page-wait, .waiting, .ant-skeleton, .ant-spin-spinning"),
  ).toHaveCount(0);
}

async function readable(page: Page, scheme: Scheme, name: string): Promise<void> {
  await expect.poll(() => ground(page), name).toBe(scheme);
  expect.soft(await unreadable(page), `${name}, now ${scheme}`).toEqual([]);
}

const other = (scheme: Scheme): Scheme => (scheme === "light" ? "dark" : "light");

/** Changes the scheme by the system, and measures. */
async function bySystem(page: Page, name: string): Promise<void> {
  const next = other(await ground(page));
  await page.emulateMedia({ colorScheme: next });
  await readable(page, next, `${name}, by the system`);
}

async function choose(page: Page, item: "System" | "Light" | "Dark"): Promise<void> {
  await page.getByRole("button", { name: "Theme" }).click();
  await page.getByRole("menuitemradio", { name: item }).click();
}

/** Changes the scheme by the menu, and measures; afterwards the page follows the system again. */
async function byMenu(page: Page, name: string): Promise<void> {
  const next = other(await ground(page));
  await choose(page, next === "light" ? "Light" : "Dark");
  await readable(page, next, `${name}, by the menu`);
  await choose(page, "System");
}

/** Every other page begins in the dark, so that both directions are seen. */
async function pages(page: Page, paths: string[]): Promise<void> {
  for (const path of paths) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
    await settled(page);
    await bySystem(page, path);
    await byMenu(page, path);
  }
}

test("the developer console", async ({ browser }) => {
  const page = await device(browser, { viewport: DESKTOP, colorScheme: "light" });
  const dana = await session("dana");
  const { items: versions } = await dana<{ items: { id: string }[] }>(
    "GET",
    `/dev/apps/${process.env.CAFE_APP_ID}/versions`,
  );
  const { items: accounts } = await dana<{ items: { id: string }[] }>("GET", "/dev/accounts");
  const app = `/developer/apps/${process.env.CAFE_APP_ID}`;
  const version = `${app}/versions/${versions[0]!.id}`;
  const account = `/developer/accounts/${accounts[0]!.id}`;

  await pages(page, ["/developer/"]); // the log-in
  await logIn(page, { handle: "alice", password: DEMO_PASSWORD });
  await pages(page, ["/developer/"]); // the way to become a developer
  await page.context().clearCookies();
  await logIn(page, { handle: "dana", password: DEMO_PASSWORD });
  await pages(page, [
    "/developer/",
    account,
    `${version}?tab=files&file=app.js`,
    `${app}/webhook`,
    "/developer/tokens",
  ]);
  await page.getByRole("button", { name: "New token" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await bySystem(page, "a dialog");
  await bySystem(page, "a dialog");
  await page.context().close();
});

test("the admin console, with motion", async ({ browser }) => {
  const page = await device(browser, {
    viewport: DESKTOP,
    colorScheme: "light",
    reducedMotion: "no-preference",
  });
  await logIn(page, { handle: "alice", password: DEMO_PASSWORD });
  await pages(page, ["/admin/"]); // not for her
  await page.context().clearCookies();
  await logIn(page, { handle: "admin", password: DEMO_PASSWORD });
  await pages(page, ["/admin/", "/admin/audit", "/admin/reviews?state=all"]);
  await page.getByRole("table", { name: "Submissions" }).getByRole("link").first().click();
  await expect(page.getByRole("tab", { name: "Overview" })).toBeVisible();
  const submission = new URL(page.url()).pathname;
  await pages(
    page,
    ["overview", "files&file=app.js"].map((tab) => `${submission}?tab=${tab}`),
  );
  await page.context().close();
});

test("the documents", async ({ browser }) => {
  const page = await device(browser, { viewport: DESKTOP, colorScheme: "light" });
  const strangers: string[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== new URL(hostURL()).origin) strangers.push(request.url());
  });
  for (const path of ["/docs", "/docs/guides/server", "/docs/guides/errors"]) {
    await page.goto(path);
    await expect(page.getByRole("navigation", { name: "Contents" })).toContainText(
      "First mini program",
    );
    await bySystem(page, path);
  }
  // A search from a guide finds guides and operations.
  await page.getByRole("searchbox").fill("webhook");
  await page.getByRole("searchbox").press("Enter");
  const contents = page.getByRole("navigation", { name: "Contents" });
  await expect(contents.getByText("Set where an app's events go")).toBeVisible();
  await expect(contents.getByText("Read the wallet")).toBeHidden();
  await contents.getByRole("link", { name: "Webhooks: Rules" }).click();
  await expect(page.getByRole("heading", { name: "Rules" })).toBeVisible();
  expect(strangers).toEqual([]);
  await page.context().close();
});

test("the phone side", async ({ browser }) => {
  const page = await device(browser, { colorScheme: "light" });
  await page.goto("/signup");
  await bySystem(page, "sign up");
  await logIn(page, { handle: "alice", password: DEMO_PASSWORD });
  await page.goto("/");
  await page.getByTestId("conversation").filter({ hasText: "Bob Chen" }).click();
  await expect(page.getByTestId("message").first()).toBeVisible();
  await bySystem(page, "a chat");

  await page.goto("/settings/appearance");
  await bySystem(page, "the page of the choice");
  for (const [name, scheme] of [
    ["Dark", "dark"],
    ["Light", "light"],
  ] as const) {
    await page.getByText(name, { exact: true }).click();
    await readable(page, scheme, "the page of the choice");
  }
  await page.context().close();
});

test("the café follows the theme, also while it is open", async ({ browser }) => {
  const page = await device(browser, { colorScheme: "dark" });
  await logIn(page, { handle: "alice", password: DEMO_PASSWORD });
  await page.goto(`/a/${process.env.CAFE_APP_ID}`);
  const card = miniPage(page).locator(".item").first();
  const bar = page.locator(".mp-page:not([inert]) .mp-nav");
  await expect(card).toHaveCSS("background-color", "rgb(39, 33, 29)");
  await expect(bar).toHaveCSS("background-color", "rgb(27, 23, 20)");
  await page.emulateMedia({ colorScheme: "light" });
  await expect(card).toHaveCSS("background-color", "rgb(255, 253, 249)");
  await expect(bar).toHaveCSS("background-color", "rgb(250, 246, 239)");
  await page.context().close();
});
