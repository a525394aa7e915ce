// Makes docs/images/teahouse.png, the picture of the README: three phone screens side by side.
// Run by hand against a host with demo data and its café:
//
//   make run                            # in another terminal; CAFE_KITCHEN_SECONDS=2 makes it quick
//   cd e2e && node screenshot.mjs       # TEAHOUSE_URL when it is not http://127.0.0.1:8080
import { chromium } from "@playwright/test";
import { existsSync } from "node:fs";

const url = process.env.TEAHOUSE_URL ?? "http://127.0.0.1:8080";
const out = new URL("../docs/images/teahouse.png", import.meta.url).pathname;
const executablePath = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
  (path) => path && existsSync(path),
);
const browser = await chromium.launch({
  executablePath,
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});

const context = await browser.newContext({
  baseURL: url,
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  locale: "en-US",
  reducedMotion: "reduce",
});
const page = await context.newPage();
const app = page.frameLocator('.mp-page:not([inert]) iframe[src="/view/frame.html"]');
const pictures = [];
const take = async () => {
  await page.waitForTimeout(1000); // pictures and slides settle
  pictures.push((await page.screenshot()).toString("base64"));
};

await page.goto("/login");
await page.getByLabel("Handle").fill("alice");
await page.getByLabel("Password", { exact: true }).fill("jasmine-tea-42");
await page.getByRole("button", { name: "Log in" }).click();
await page.getByRole("link", { name: "Contacts" }).click();
await page.getByRole("link", { name: "Official accounts" }).click();
await page.getByTestId("account").filter({ hasText: "Teahouse Café" }).click();
await page.getByRole("button", { name: /^(Follow|Message)$/ }).click();
await page
  .getByRole("toolbar", { name: "Account menu" })
  .getByRole("button", { name: "Teahouse Café" })
  .click();

// The menu, with something in the cart.
await app.getByRole("button", { name: "Add to order: Latte" }).click();
await app.getByRole("button", { name: "Add to order: Americano" }).click();
await app.getByText("Checkout").waitFor();
await take();

// The host's own sheet, with a PIN half typed.
await app.getByText("Checkout").click();
await app.getByRole("button", { name: /^Pay/ }).click();
await page.getByRole("button", { name: "Allow" }).click();
const key = (digit) =>
  page
    .getByRole("group", { name: "Number pad" })
    .getByRole("button", { name: digit, exact: true })
    .click();
for (const digit of "246") await key(digit);
await take();

// The conversation, once the kitchen is done.
for (const digit of "813") await key(digit);
await page.getByRole("button", { name: "Done" }).click();
await app.getByText("Ready to collect").waitFor();
await page.getByTestId("capsule-hide").click();
await page.getByTestId("template-card").last().waitFor();
await take();

const sheet = await browser.newPage({ viewport: { width: 1200, height: 860 } });
await sheet.setContent(`<style>
  body { margin: 0; display: flex; gap: 30px; padding: 30px; box-sizing: border-box; background: #e9efe9; }
  img { width: 360px; border-radius: 28px; box-shadow: 0 10px 36px rgba(20, 50, 30, .22), 0 0 0 6px #fff; }
</style>${pictures.map((picture) => `<img src="data:image/png;base64,${picture}">`).join("")}`);
await sheet
  .locator("img")
  .last()
  .evaluate((img) => img.decode());
await sheet.screenshot({ path: out });
await browser.close();
console.log(out);
