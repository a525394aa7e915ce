// Only insiders see unreviewed apps and accounts; reviewed ones change by approval; people become
// testers by accepting. One developer, one tester, one stranger, one administrator.
import { expect, test, type Page } from "@playwright/test";
import {
  DEMO_PASSWORD,
  DESKTOP,
  device,
  hostURL,
  logIn,
  miniPage,
  signUp,
  unique,
} from "../phone.ts";
import { programOf, zipOf } from "../programs.ts";

test.describe.configure({ mode: "serial" });

const person = (handle: string, name: string) => ({
  handle: unique(handle),
  name,
  password: "four-green-leaves",
});
const dev = person("dev", "Dev Rao");
const tess = person("tess", "Tess Moreno");
const sol = person("sol", "Sol Ito");
const ACCOUNT = unique("Stall ");
const APP = `${ACCOUNT} To Go`;

let desk: Page;
let tessPhone: Page;
let solPhone: Page;
let admin: Page;
let accountURL = "";
let appURL = "";

const program = (greeting: string) =>
  programOf({
    "app.json": JSON.stringify({ pages: ["pages/a/a"], teahouse: { scopes: [], domains: [] } }),
    "app.js": "App({})",
    "pages/a/a.js": `Page({data: {text: ${JSON.stringify(greeting)}}})`,
    "pages/a/a.wxml": "<view>{{text}}</view>",
  });

async function upload(greeting: string, version: string): Promise<void> {
  await desk.goto(`${appURL}/versions`);
  await desk.getByLabel("Bundle (zip)").setInputFiles(await zipOf(program(greeting)));
  await desk.getByRole("textbox", { name: "Version" }).fill(version);
  await desk.getByRole("button", { name: "Upload", exact: true }).click();
  await expect(desk.getByRole("heading", { level: 1, name: `Version ${version}` })).toBeVisible();
}

async function submit(): Promise<void> {
  await desk.getByRole("button", { name: "Submit for review" }).click();
  const dialog = desk.getByRole("dialog", { name: "Submit for review" });
  await dialog.getByRole("button", { name: "Submit", exact: true }).click();
  await expect(desk.getByText("In review", { exact: true }).first()).toBeVisible();
}

async function openReview(version: string): Promise<void> {
  await admin.goto("/admin/reviews");
  const row = admin.getByRole("row").filter({ hasText: APP }).filter({ hasText: version });
  await row.getByRole("link", { name: APP }).click();
  await expect(admin.getByRole("heading", { level: 1, name: `${APP} ${version}` })).toBeVisible();
}

async function approve(): Promise<void> {
  await admin.getByRole("button", { name: "Approve" }).click();
  const dialog = admin.getByRole("dialog", { name: "Approve" });
  await dialog.getByRole("button", { name: "Approve" }).click();
  await expect(admin.getByText("Approved", { exact: true }).first()).toBeVisible();
}

async function release(): Promise<void> {
  await admin.getByRole("button", { name: "Release" }).click();
  await admin
    .locator(".ant-popover, [role=dialog]")
    .getByRole("button", { name: "Release" })
    .click();
  await expect(admin.getByText("Released", { exact: true }).first()).toBeVisible();
}

/** Sol looks for the account; whether it is there. */
async function solFinds(name: string): Promise<void> {
  await solPhone.goto(`${hostURL()}/accounts`);
  await solPhone.getByPlaceholder("Search official accounts").fill(name);
}

test.beforeAll(async ({ browser }) => {
  desk = await device(browser, { viewport: DESKTOP });
  admin = await device(browser, { viewport: DESKTOP });
  tessPhone = await device(browser);
  solPhone = await device(browser);
  await signUp(desk, dev);
  await signUp(tessPhone, tess);
  await signUp(solPhone, sol);
  await logIn(admin, { handle: "admin", password: DEMO_PASSWORD });
});

test.afterAll(async () => {
  await Promise.all([desk, admin, tessPhone, solPhone].map((page) => page?.context().close()));
});

test("an account that nobody has reviewed is not there for strangers", async () => {
  await desk.goto(`${hostURL()}/developer/`);
  await desk.getByRole("button", { name: "Become a developer" }).click();
  await desk.getByRole("link", { name: "New official account" }).first().click();
  await desk.getByLabel("Handle").fill(unique("stall"));
  await desk.getByLabel("Name", { exact: true }).fill("Teahouse Pay");
  await desk.getByRole("button", { name: "Create account" }).click();
  await expect(desk.getByText(/could pass for the platform/)).toBeVisible();
  await desk.getByLabel("Name", { exact: true }).fill(ACCOUNT);
  await desk.getByRole("button", { name: "Create account" }).click();
  await expect(desk.getByRole("heading", { level: 1, name: ACCOUNT })).toBeVisible();
  await expect(desk.getByText("Nobody has reviewed this yet")).toBeVisible();
  accountURL = new URL(desk.url()).pathname;

  await desk.getByRole("link", { name: "New mini program" }).first().click();
  await desk.getByLabel("Name", { exact: true }).fill(APP);
  await desk.getByRole("button", { name: "Create mini program" }).click();
  const secret = desk.getByRole("dialog", { name: "Keep the app secret" });
  const appID = await secret.getByLabel("App ID", { exact: true }).inputValue();
  await secret.getByRole("button", { name: "I have kept it" }).click();
  appURL = `/developer/apps/${appID}`;

  await solFinds(ACCOUNT);
  await expect(solPhone.getByText(/Nothing found/)).toBeVisible();
});

test("a tester is asked, says yes on the phone, and opens what is not released", async () => {
  await upload("Hello, first cup", "1.0.0");
  await desk
    .getByRole("navigation", { name: "App" })
    .getByRole("link", { name: "Testers" })
    .click();
  await desk.getByLabel("Handle").fill(tess.handle);
  await desk.getByRole("button", { name: "Invite" }).click();
  await expect(desk.getByRole("list", { name: "Invited people" })).toContainText(tess.handle);

  await tessPhone.getByRole("link", { name: "Me", exact: true }).click();
  await tessPhone.getByRole("link", { name: "Invitations" }).click();
  const offer = tessPhone.getByTestId("invitation");
  await expect(offer).toContainText(`Test ${APP} of ${ACCOUNT}`);
  await offer.getByRole("button", { name: "Accept" }).click();
  await expect(tessPhone.getByTestId("tested")).toContainText(APP);
  await tessPhone.getByTestId("tested").getByRole("link", { name: APP }).click();
  await expect(miniPage(tessPhone).getByText("Hello, first cup")).toBeVisible();

  await desk.reload();
  await expect(desk.getByRole("main")).toContainText(tess.name);
});

test("the reviewer reads what a check found, and what the next version changes line by line", async () => {
  await desk.goto(`${appURL}/versions`);
  await desk.getByRole("link", { name: "1.0.0", exact: true }).click();
  await submit();
  await openReview("1.0.0");
  await expect(admin.getByRole("main").getByText(ACCOUNT, { exact: true }).first()).toBeVisible();
  await admin.getByRole("tab", { name: /^Findings/ }).click();
  await expect(async () => {
    await admin.reload();
    await expect(admin.getByText("1 pages passed, 0 failed.")).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await approve();
  await release();

  await upload("Hello, second cup", "1.1.0");
  await submit();
  await openReview("1.1.0");
  await admin.getByRole("tab", { name: /^Changes/ }).click();
  await admin.getByRole("link", { name: "pages/a/a.js" }).click();
  const difference = admin.getByRole("region", { name: "pages/a/a.js" });
  await expect(difference.locator(".diff-removed")).toContainText("first cup");
  await expect(difference.locator(".diff-added")).toContainText("second cup");
});

test("a rejection is told with its reasons where the developer looks first", async () => {
  await admin.getByRole("button", { name: "Reject" }).click();
  const dialog = admin.getByRole("dialog", { name: "Reject" });
  await dialog.getByLabel("What is wrong 1").fill("The second cup is cold.");
  await dialog.getByRole("button", { name: "Reject" }).click();
  await expect(admin.getByText("Rejected", { exact: true }).first()).toBeVisible();
  await desk.goto(appURL);
  await expect(desk.getByText("The second cup is cold.").first()).toBeVisible();
});

test("a new name waits for a reviewer while people see the old one", async () => {
  const renamed = `${ACCOUNT} Bank`;
  await desk.goto(accountURL);
  await desk.getByLabel("Name", { exact: true }).fill(renamed);
  await desk.getByRole("button", { name: "Save" }).click();
  await expect(desk.getByText(`“${renamed}” waits for review`)).toBeVisible();
  await solFinds(ACCOUNT);
  await expect(solPhone.getByTestId("account").filter({ hasText: ACCOUNT })).toBeVisible();
  await expect(solPhone.getByText(renamed)).toHaveCount(0);

  await admin.goto("/admin/profiles");
  await expect(admin.getByText(renamed)).toBeVisible();
  await admin.getByRole("button", { name: "Reject" }).click();
  const dialog = admin.getByRole("dialog", { name: "Reject" });
  await dialog.getByLabel("Why, for the developer").fill("It is no bank.");
  await dialog.getByRole("button", { name: "Reject" }).click();
  await expect(admin.getByText("No proposal waits")).toBeVisible();
  await desk.reload();
  await expect(desk.getByText("It is no bank.")).toBeVisible();
});
