// A program whose sandbox keeps ending is paused: its user reads when to try again, its developer sees why, and
// an administrator lets people open it again.
import { expect, test, type Page } from "@playwright/test";
import { DEMO_PASSWORD, DESKTOP, device, logIn, miniPage, unique } from "../phone.ts";
import { programOf, uploaded } from "../programs.ts";

const NAME = unique("Glass ");
const REASON = "The test dropped it on purpose.";

/** No process can have so much memory: the button ends the whole sandbox. */
const fragile = () =>
  programOf({
    "app.json": JSON.stringify({ pages: ["pages/a/a"], teahouse: { scopes: [], domains: [] } }),
    "app.js": "App({})",
    "pages/a/a.wxml": '<button bindtap="drop">Drop</button>',
    "pages/a/a.js": "Page({ drop() { this.setData({ text: 'x'.repeat(2 ** 40) }) } })",
  });

const drop = (phone: Page) =>
  miniPage(phone).getByRole("button", { name: "Drop", exact: true }).click();

test("a program that keeps crashing is paused, explained and released", async ({ browser }) => {
  const program = await uploaded(fragile(), NAME);
  const phone = await device(browser);
  const desk = await device(browser, { viewport: DESKTOP });
  const admin = await device(browser, { viewport: DESKTOP });
  await logIn(phone, { handle: "dana", password: DEMO_PASSWORD });
  await logIn(desk, { handle: "dana", password: DEMO_PASSWORD });
  await logIn(admin, { handle: "admin", password: DEMO_PASSWORD });
  await desk.goto(`/developer/apps/${program.appID}/versions/${program.versionID}`);
  await expect(desk.getByRole("heading", { level: 1, name: "Version 1.0.0" })).toBeVisible();

  await phone.goto(program.link);
  for (let crash = 1; crash <= 3; crash++) {
    await drop(phone);
    await expect(
      phone.getByRole("alert").getByText(/stopped unexpectedly|has been paused/),
    ).toBeVisible();
    if (crash < 3) await phone.getByTestId("app-retry").click();
  }
  await phone.goto(program.link);
  await expect(phone.getByRole("alert")).toContainText("Try again in 10 min.");

  // The page of the version is told without being loaded again.
  const notice = desk.getByRole("alert").filter({ hasText: "Paused until" });
  await expect(notice).toContainText("its sandbox ended 3 times");
  await expect(notice.getByText(/out of memory/)).toHaveCount(3);
  await phone.goto("/");
  await phone.getByTestId("conversation").filter({ hasText: "Teahouse" }).first().waitFor();
  await expect(phone.getByText(`of ${NAME} is paused until`).first()).toBeVisible();

  // By keyboard from here: expand the evidence, release with a reason.
  await admin.goto("/admin/");
  await admin.getByRole("main").getByRole("link", { name: "Paused" }).press("Enter");
  await expect(admin.getByRole("heading", { level: 1, name: "Paused versions" })).toBeVisible();
  const row = admin.getByRole("row").filter({ hasText: NAME });
  await expect(row).toContainText("1.0.0");
  await row.getByRole("button", { name: "Details" }).press("Enter");
  await expect(admin.getByText(/out of memory/)).toHaveCount(3);
  await row.getByRole("button", { name: "Release" }).press("Enter");
  const dialog = admin.getByRole("dialog", { name: `Release ${NAME} 1.0.0` });
  await dialog.getByRole("button", { name: "Release" }).press("Enter");
  await expect(dialog.getByText("Please fill this in.")).toBeVisible();
  await dialog.getByLabel("Why it may be opened again").fill(REASON);
  await dialog.getByRole("button", { name: "Release" }).press("Enter");
  await expect(row).toHaveCount(0);
  await admin.goto("/admin/quarantines?state=released");
  await row.getByRole("button", { name: "Details" }).click();
  await expect(admin.getByText(REASON)).toBeVisible();
  await admin.goto("/admin/audit?action=version.");
  await expect(admin.getByText("version.quarantine.release").first()).toBeVisible();

  await expect(notice).toHaveCount(0);
  await phone.goto(program.link);
  await expect(miniPage(phone).getByRole("button", { name: "Drop", exact: true })).toBeVisible();
  await Promise.all([phone, desk, admin].map((page) => page.context().close()));
});
