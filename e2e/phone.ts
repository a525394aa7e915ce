// The phone side as a person uses it: steps that many tests share.
import { expect, type Browser, type FrameLocator, type Locator, type Page } from "@playwright/test";

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 800 };

/** The demo's people share one password; the README names it. */
export const DEMO_PASSWORD = "jasmine-tea-42";
export const DEMO_PIN = "246813";

export const hostURL = (): string => process.env.TEAHOUSE_URL!;

/** Another device: cookies and storage of its own. */
export async function device(
  browser: Browser,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<Page> {
  const context = await browser.newContext({
    baseURL: hostURL(),
    viewport: PHONE,
    locale: "en-US",
    reducedMotion: "reduce",
    ...options,
  });
  return context.newPage();
}

/** A name that no other test has taken. */
export function unique(prefix: string): string {
  return (
    prefix +
    Date.now().toString(36).slice(-5) +
    Math.floor(Math.random() * 1296)
      .toString(36)
      .padStart(2, "0")
  );
}

export interface Person {
  handle: string;
  name: string;
  password: string;
}

export async function signUp(page: Page, person: Person): Promise<void> {
  await page.goto(`${hostURL()}/signup`);
  await page.getByLabel("Name", { exact: true }).fill(person.name);
  await page.getByLabel("Handle").fill(person.handle);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Sign up" }).click();
  await expect(page.getByRole("heading", { name: "Chats" })).toBeVisible();
}

export async function logIn(
  page: Page,
  person: Pick<Person, "handle" | "password">,
): Promise<void> {
  await page.goto(`${hostURL()}/login`);
  await page.getByLabel("Handle").fill(person.handle);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.locator(".shell")).toBeVisible();
}

/** The frame of the mini program's page on top, and not that of a <web-view>, which lies over it. */
export function miniFrame(page: Page): Locator {
  return page.locator('.mp-page:not([inert]) iframe[src="/view/frame.html"]');
}

/** The mini program's page on top: a sandboxed frame, so everything in it is found through this. */
export function miniPage(page: Page): FrameLocator {
  return miniFrame(page).contentFrame();
}

/** The page that a <web-view> of the page on top shows: one that is left stays in sight while it slides away. */
export function miniWeb(page: Page): FrameLocator {
  return page.locator(".mp-page:not([inert]) .mp-web iframe").contentFrame().frameLocator("iframe");
}

/** The bar over the mini program's page, which the host draws. */
export function miniTitle(page: Page): Locator {
  return page.locator(".mp-page:not([inert]) .mp-nav-title");
}

export async function typePIN(page: Page, pin: string, name = "Number pad"): Promise<void> {
  const pad = page.getByRole("group", { name });
  for (const digit of pin) await pad.getByRole("button", { name: digit, exact: true }).click();
}

/** The signs of unread messages: the badge on the tab, and the title of the window. */
export async function unread(page: Page): Promise<{ badge: string; title: string }> {
  const badge = page.getByRole("navigation", { name: "Main" }).locator(".badge [aria-hidden]");
  return { badge: (await badge.allTextContents()).join(""), title: await page.title() };
}
