// The main use of Teahouse, end to end, with all its people: Otto opens a café and publishes its
// mini program, an administrator reviews it, Mia finds it, orders and pays, and tells Noah about it.
//
// The tests share the people and what they have made; they run in order, each from where the one
// before it ended.
import type { ChildProcess } from "node:child_process";
import { expect, test, type Page } from "@playwright/test";
import {
  DEMO_PASSWORD,
  DESKTOP,
  device,
  logIn,
  miniPage,
  miniTitle,
  signUp,
  typePIN,
  unique,
  unread,
} from "../phone.ts";
import {
  cafeProgram,
  replace,
  startCafe,
  teahouse,
  zipOf,
  type CafeSettings,
} from "../programs.ts";

test.describe.configure({ mode: "serial" });

const PASSWORD = "four-green-leaves";
const PIN = "702593";
const person = (handle: string, name: string) => ({
  handle: unique(handle),
  name,
  password: PASSWORD,
});
const mia = person("mia", "Mia Okada");
const noah = person("noah", "Noah Berg");
const otto = person("otto", "Otto Vale");
const ACCOUNT = "Corner Café";
const APP = "Corner Café To Go";

let miaPhone: Page;
let noahPhone: Page;
let ottoDesk: Page;
let adminDesk: Page;

const cafe: CafeSettings & { address: string } = {
  address: process.env.SECOND_SHOP!,
  appID: "",
  appSecret: "",
  webhookSecret: "",
  templateID: "",
};
let cafeServer: ChildProcess | undefined;

/** The entries that the audit log must have in the end: every important action. */
const AUDITED = [
  "account.create",
  "app.create",
  "app.webhook.set",
  "app.template.create",
  "version.upload",
  "version.submit",
  "version.reject",
  "version.approve",
  "version.release",
];

/** A page of Otto's app in the developer console. */
async function appPage(name: string): Promise<void> {
  await ottoDesk.goto(`/developer/apps/${cafe.appID}`);
  await ottoDesk.getByRole("navigation", { name: "App" }).getByRole("link", { name }).click();
  await expect(ottoDesk.getByRole("heading", { level: 1, name })).toBeVisible();
}

async function uploadHere(program: string, version: string): Promise<void> {
  await appPage("Versions");
  await ottoDesk.getByLabel("Bundle (zip)").setInputFiles(await zipOf(program));
  await ottoDesk.getByRole("textbox", { name: "Version" }).fill(version);
  await ottoDesk.getByRole("button", { name: "Upload", exact: true }).click();
  await expect(
    ottoDesk.getByRole("heading", { level: 1, name: `Version ${version}` }),
  ).toBeVisible();
}

async function openVersion(version: string): Promise<void> {
  await appPage("Versions");
  await ottoDesk
    .getByRole("table", { name: "Versions" })
    .getByRole("link", { name: version, exact: true })
    .click();
  await expect(
    ottoDesk.getByRole("heading", { level: 1, name: `Version ${version}` }),
  ).toBeVisible();
}

async function submit(version: string): Promise<void> {
  await openVersion(version);
  await ottoDesk.getByRole("button", { name: "Submit for review" }).click();
  const dialog = ottoDesk.getByRole("dialog", { name: "Submit for review" });
  await dialog.getByLabel("Notes for the reviewer").fill("The café on the corner.");
  for (const scope of ["login", "payment", "subscribe", "network"]) {
    await dialog
      .getByLabel(`Reason for ${scope}`)
      .fill(`So that people need not queue (${scope}).`);
  }
  await dialog.getByRole("button", { name: "Submit", exact: true }).click();
  await expect(ottoDesk.getByText("In review", { exact: true }).first()).toBeVisible();
}

async function openSubmission(version: string): Promise<void> {
  await adminDesk.goto("/admin/reviews");
  const row = adminDesk
    .getByRole("table", { name: "Submissions" })
    .getByRole("row")
    .filter({ hasText: APP })
    .filter({ hasText: version });
  await row.getByRole("link", { name: APP }).click();
  await expect(
    adminDesk.getByRole("heading", { level: 1, name: `${APP} ${version}` }),
  ).toBeVisible();
}

test.beforeAll(async ({ browser }) => {
  miaPhone = await device(browser);
  noahPhone = await device(browser);
  ottoDesk = await device(browser, {
    viewport: DESKTOP,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  adminDesk = await device(browser, { viewport: DESKTOP });
});

test.afterAll(async () => {
  const server = cafeServer;
  if (server) {
    const ended = new Promise((done) => server.once("exit", done));
    server.kill("SIGTERM");
    await ended;
  }
  await Promise.all(
    [miaPhone, noahPhone, ottoDesk, adminDesk].map((page) => page?.context().close()),
  );
});

test("1. people sign up and log in; a wrong password is told clearly", async () => {
  await signUp(noahPhone, noah);
  await signUp(ottoDesk, otto);
  await signUp(miaPhone, mia);

  await miaPhone.getByRole("link", { name: "Me", exact: true }).click();
  await miaPhone.getByRole("link", { name: "Settings" }).click();
  await miaPhone.getByTestId("log-out").click();
  await miaPhone.getByRole("dialog").getByRole("button", { name: "Log out" }).click();

  await miaPhone.getByLabel("Handle").fill(mia.handle);
  await miaPhone.getByLabel("Password", { exact: true }).fill("not this one at all");
  await miaPhone.getByRole("button", { name: "Log in" }).click();
  await expect(miaPhone.getByRole("alert")).toHaveText("Handle or password is wrong.");

  await miaPhone.getByLabel("Password", { exact: true }).fill(mia.password);
  await miaPhone.getByRole("button", { name: "Log in" }).click();
  await expect(miaPhone.getByRole("heading", { name: "Chats" })).toBeVisible();

  await miaPhone.reload(); // the refresh cookie logs in again
  await expect(miaPhone.getByRole("heading", { name: "Chats" })).toBeVisible();
});

test("2. a developer opens an account and an app, and mends a mini program until it compiles", async () => {
  await test.step("an account and an app", async () => {
    await ottoDesk.goto("/developer/");
    await ottoDesk.getByRole("button", { name: "Become a developer" }).click();
    await ottoDesk.getByRole("link", { name: "New official account" }).first().click();
    await ottoDesk.getByLabel("Handle").fill(unique("corner"));
    await ottoDesk.getByLabel("Name", { exact: true }).fill(ACCOUNT);
    await ottoDesk.getByLabel("Description").fill("On the corner since this morning.");
    await ottoDesk
      .getByLabel("Welcome message")
      .fill("Welcome to the corner! Order in the mini program below.");
    await ottoDesk.getByRole("button", { name: "Create account" }).click();
    await expect(ottoDesk.getByRole("heading", { level: 1, name: ACCOUNT })).toBeVisible();

    await ottoDesk.getByRole("link", { name: "New mini program" }).first().click();
    await ottoDesk.getByLabel("Name", { exact: true }).fill(APP);
    await ottoDesk.getByLabel("Description").fill("Order ahead");
    await ottoDesk.getByRole("button", { name: "Create mini program" }).click();
    const secret = ottoDesk.getByRole("dialog", { name: "Keep the app secret" });
    cafe.appID = await secret.getByLabel("App ID", { exact: true }).inputValue();
    cafe.appSecret = await secret.getByLabel("App secret", { exact: true }).inputValue();
    await secret.getByRole("button", { name: "I have kept it" }).click();
    await ottoDesk.reload();
    await expect(ottoDesk.getByRole("heading", { level: 1, name: APP })).toBeVisible();
    await expect(ottoDesk.getByText(cafe.appSecret)).toHaveCount(0); // it is shown once
  });

  await test.step("a template and a webhook, for the café's own server", async () => {
    await appPage("Message templates");
    await ottoDesk.getByRole("button", { name: "New template" }).click();
    const template = ottoDesk.getByRole("dialog", { name: "New template" });
    await template.getByLabel("Title").fill("Your order is ready");
    for (const [index, [key, label]] of [
      ["number", "Pick-up number"],
      ["item", "Order"],
      ["hint", "Note"],
    ].entries()) {
      if (index > 0) await template.getByRole("button", { name: "Add field" }).click();
      await template.getByLabel(`Key ${index + 1}`).fill(key!);
      await template.getByLabel(`Label ${index + 1}`).fill(label!);
    }
    await template.getByRole("button", { name: "Create template" }).click();
    await expect(ottoDesk.getByText("Your order is ready")).toBeVisible();
    await ottoDesk.getByRole("button", { name: "Copy template ID" }).click();
    cafe.templateID = await ottoDesk.evaluate(() => navigator.clipboard.readText());

    await appPage("Webhook");
    await ottoDesk.getByLabel("URL").fill(`http://${cafe.address}/webhooks`);
    await ottoDesk.getByRole("button", { name: "Save" }).click();
    const secret = ottoDesk.getByRole("dialog", { name: "Keep the webhook secret" });
    cafe.webhookSecret = await secret.getByLabel("Webhook secret", { exact: true }).inputValue();
    await secret.getByRole("button", { name: "I have kept it" }).click();
    cafeServer = startCafe(cafe.address, cafe);
  });

  const program = cafeProgram(cafe.address);
  await test.step("a broken bundle: each error with its place", async () => {
    const broken = cafeProgram(cafe.address);
    replace(
      broken,
      "pages/cart/cart.wxml",
      '<text class="title">{{t.empty}}</text>',
      '<text class="title">{{t.empty}}',
    );
    replace(broken, "pages/item/item.js", "onLoad(query) {", "onLoad(query) {{");
    await uploadHere(broken, "0.9.0");
    await expect(ottoDesk.getByText("Failed", { exact: true }).first()).toBeVisible();
    await ottoDesk.getByRole("tab", { name: /^Diagnostics/ }).click();
    await expect(ottoDesk.getByText(/pages\/cart\/cart\.wxml:\d+:\d+/).first()).toBeVisible();
    await expect(ottoDesk.getByText(/pages\/item\/item\.js:\d+:\d+/).first()).toBeVisible();
  });

  await test.step("a good one, on the page", async () => {
    await uploadHere(program, "1.0.0");
    await expect(ottoDesk.getByText("Ready", { exact: true }).first()).toBeVisible();
  });

  await test.step("and one from the command line", async () => {
    await ottoDesk.goto("/developer/tokens");
    await ottoDesk.getByRole("button", { name: "New token" }).click();
    await ottoDesk.getByRole("dialog").getByLabel("Name").fill("laptop");
    await ottoDesk.getByRole("button", { name: "Create token" }).click();
    const kept = ottoDesk.getByRole("dialog", { name: "Keep the token" });
    const token = await kept.getByLabel("Token", { exact: true }).inputValue();
    await kept.getByRole("button", { name: "I have kept it" }).click();

    replace(program, "strings.js", "Good to see you", "Good to see you on the corner");
    const out = await teahouse(
      ["upload", program, "--app", cafe.appID, "--version", "1.1.0"],
      token,
    );
    expect(out).toContain("version 1.1.0 compiled");
  });
});

test("3. he tries the development version on a phone, from its link, and submits it", async ({
  browser,
}) => {
  await openVersion("1.1.0");
  const link = await ottoDesk
    .getByRole("link", { name: "Open development version" })
    .getAttribute("href");
  const ottoPhone = await device(browser);
  await logIn(ottoPhone, otto);
  await ottoPhone.goto(link!);
  await expect(ottoPhone.getByRole("button", { name: "Development version" })).toBeVisible();
  await expect(miniPage(ottoPhone).getByText("Good to see you on the corner")).toBeVisible();
  await miniPage(ottoPhone).getByText("Matcha latte", { exact: true }).click();
  await expect(miniTitle(ottoPhone)).toHaveText("Matcha latte");
  await ottoPhone.context().close();

  await submit("1.0.0");
  await submit("1.1.0");
});

test("4. an administrator reads it, rejects one version with reasons, approves and releases the other", async () => {
  await adminDesk.goto("/admin/");
  await adminDesk.getByLabel("Handle").fill("admin");
  await adminDesk.getByLabel("Password", { exact: true }).fill(DEMO_PASSWORD);
  await adminDesk.getByRole("button", { name: "Log in" }).click();
  // Going elsewhere before the answer would cut the log-in off.
  await expect(adminDesk.getByRole("heading", { level: 1, name: "Dashboard" })).toBeVisible();

  await test.step("reject 1.0.0", async () => {
    await openSubmission("1.0.0");
    await adminDesk.getByRole("button", { name: "Reject" }).click();
    const dialog = adminDesk.getByRole("dialog", { name: "Reject" });
    await dialog.getByLabel("Rule 1").fill("4.2");
    await dialog.getByLabel("What is wrong 1").fill("The greeting does not name the corner.");
    await dialog.getByLabel("File 1").fill("strings.js");
    await dialog.getByLabel("Line 1").fill("4");
    await dialog.getByRole("button", { name: "Reject" }).click();
    await expect(adminDesk.getByText("Rejected", { exact: true }).first()).toBeVisible();

    await openVersion("1.0.0");
    await expect(
      ottoDesk.getByText("The greeting does not name the corner.").first(),
    ).toBeVisible();
    await expect(ottoDesk.getByText(/strings\.js:4/).first()).toBeVisible();
  });

  await test.step("read 1.1.0: what it may do, whom it talks to, every line of it", async () => {
    await openSubmission("1.1.0");
    const main = adminDesk.getByRole("main");
    for (const scope of ["login", "payment", "subscribe", "network"]) {
      await expect(main.getByText(scope, { exact: true }).first()).toBeVisible();
      await expect(main.getByText(`So that people need not queue (${scope}).`)).toBeVisible();
    }
    await expect(main.getByText(cafe.address).first()).toBeVisible();
    await expect(main.getByText("pages/menu/menu").first()).toBeVisible();
    await adminDesk.getByRole("tab", { name: /^Files/ }).click();
    await adminDesk.getByText("strings.js").first().click();
    await expect(main.getByText("Good to see you on the corner").first()).toBeVisible();
  });

  await test.step("approve and release it", async () => {
    await adminDesk.getByRole("button", { name: "Approve" }).click();
    const dialog = adminDesk.getByRole("dialog", { name: "Approve" });
    await dialog.getByLabel("Note").fill("A pleasant café.");
    await dialog.getByRole("button", { name: "Approve" }).click();
    await adminDesk.getByRole("button", { name: "Release" }).click();
    await adminDesk
      .locator(".ant-popover, [role=dialog]")
      .getByRole("button", { name: "Release" })
      .click();
    await expect(adminDesk.getByText("Released", { exact: true }).first()).toBeVisible();
  });

  await test.step("the audit log has every step", async () => {
    await adminDesk.goto("/admin/audit");
    const log = adminDesk.getByRole("table", { name: "Audit log" });
    for (const action of AUDITED)
      await expect(log.getByText(action, { exact: true }).first()).toBeVisible();
  });
});

test("5. she finds the account, follows it, and its mini program keeps what she chose", async () => {
  await miaPhone.getByRole("link", { name: "Contacts" }).click();
  await miaPhone.getByRole("link", { name: "Official accounts" }).click();
  await miaPhone.getByPlaceholder("Search official accounts").fill("café");
  await miaPhone.getByTestId("account").filter({ hasText: ACCOUNT }).click();
  await miaPhone.getByRole("button", { name: "Follow" }).click();
  await expect(miaPhone.getByTestId("message")).toContainText("Welcome to");

  await miaPhone
    .getByRole("toolbar", { name: "Account menu" })
    .getByRole("button", { name: APP })
    .click();
  const app = miniPage(miaPhone);
  const title = miniTitle(miaPhone);
  await expect(title).toHaveText("Teahouse Café");

  await test.step("tap around", async () => {
    await app.getByText("Cold brew", { exact: true }).click();
    await expect(title).toHaveText("Cold brew");
    await app.getByText("Large (+ ¥4.00)").click();
    await app.getByRole("switch", { name: "With ice" }).click();
    await app.getByRole("button", { name: "Add to order · ¥32.00" }).click();
    await expect(title).toHaveText("Teahouse Café");
    await expect(app.getByText("Checkout")).toBeVisible();
    await app.getByRole("button", { name: "Add to order: Oolong" }).click();
    await expect(app.getByText("¥54.00")).toBeVisible();
  });

  await test.step("back and forth", async () => {
    await app.getByText("Oolong", { exact: true }).click();
    await expect(title).toHaveText("Oolong");
    await miaPhone.getByTestId("app-panel").getByRole("button", { name: "Back" }).click();
    await expect(title).toHaveText("Teahouse Café");
    await app.getByText("Checkout").click();
    await expect(title).toHaveText("Your order");
    await miaPhone.goBack(); // the browser's own button
    await expect(title).toHaveText("Teahouse Café");
    await miaPhone
      .getByRole("navigation", { name: "Tabs" })
      .getByRole("button", { name: "Orders" })
      .click();
    await expect(app.getByText("No orders yet")).toBeVisible();
    await miaPhone
      .getByRole("navigation", { name: "Tabs" })
      .getByRole("button", { name: "Menu" })
      .click();
  });

  await test.step("reload the browser", async () => {
    await miaPhone.reload();
    await expect(app.getByText("¥54.00")).toBeVisible();
    await app.getByText("Checkout").click();
    await expect(app.getByText("Large · With ice · Sugar 50%")).toBeVisible();
  });
});

test("6. and 7. she pays in the host's own sheet, and is told when her order is ready", async () => {
  const app = miniPage(miaPhone);

  await test.step("money and a PIN", async () => {
    await miaPhone.goto("/wallet");
    await miaPhone.getByTestId("pin-link").click();
    await typePIN(miaPhone, PIN);
    await expect(miaPhone.getByRole("heading", { name: "Enter it again" })).toBeVisible();
    await typePIN(miaPhone, PIN);
    await miaPhone.getByLabel("Password", { exact: true }).fill(mia.password);
    await miaPhone.getByRole("button", { name: "Save" }).click();
    await miaPhone.getByRole("button", { name: "Top up" }).click();
    await miaPhone.getByTestId("top-up-amount").fill("100");
    await miaPhone.locator("form").getByRole("button", { name: "Top up" }).click();
    await expect(miaPhone.getByTestId("top-up-result")).toHaveAttribute("data-outcome", "done");
    await miaPhone.getByRole("button", { name: "Done" }).click();
    await expect(miaPhone.getByTestId("balance")).toHaveText("¥100.00");
  });

  await miaPhone.getByRole("button", { name: "Back" }).click();
  await miaPhone.getByRole("link", { name: "Chats" }).click();
  await miaPhone.getByTestId("conversation").filter({ hasText: ACCOUNT }).click();
  await miaPhone
    .getByRole("toolbar", { name: "Account menu" })
    .getByRole("button", { name: APP })
    .click();
  await app.getByText("Checkout").click();
  await app.getByRole("button", { name: "Pay ¥54.00" }).click();

  await test.step("she grants one message", async () => {
    const sheet = miaPhone.getByRole("dialog");
    await expect(sheet).toContainText(`${APP} wants to send you these messages once:`);
    await expect(sheet.getByRole("checkbox", { name: /Your order is ready/ })).toBeChecked();
    await sheet.getByRole("button", { name: "Allow" }).click();
  });

  await test.step("the sheet is outside the app's frame; a wrong PIN costs a try", async () => {
    const sheet = miaPhone.getByRole("dialog", { name: "Pay" });
    await expect(sheet).toContainText(ACCOUNT);
    await expect(sheet).toContainText("¥54.00");
    await expect(app.getByText("Enter your payment PIN")).toHaveCount(0);
    await typePIN(miaPhone, "111222");
    await expect(sheet).toContainText(/Wrong PIN\. \d tries left\./);
    await typePIN(miaPhone, PIN);
    await expect(sheet.getByText("Paid", { exact: true })).toBeVisible();
    await sheet.getByRole("button", { name: "Done" }).click();
  });

  // The app went on in its callback; its server learned of the payment, and the kitchen began.
  await expect(miniTitle(miaPhone)).toHaveText("Order");
  await expect(app.getByText("Ready to collect")).toBeVisible();

  await test.step("receipt and message came by the socket, into a page that was not loaded again", async () => {
    await miaPhone.evaluate(() => Object.assign(window, { stillHere: true }));
    await miaPhone.getByTestId("capsule-hide").click();
    await expect(miaPhone.getByTestId("receipt-card")).toContainText("¥54.00");
    const ready = miaPhone.getByTestId("template-card");
    await expect(ready).toContainText("Your order is ready");
    await ready.click();
    await expect(miniTitle(miaPhone)).toHaveText("Order");
    expect(await miaPhone.evaluate(() => "stillHere" in window)).toBe(true);
    await miaPhone.getByTestId("capsule-hide").click();
  });

  await test.step("the café was told by a webhook, not only by asking", async () => {
    await appPage("Webhook");
    const delivery = ottoDesk
      .getByRole("table", { name: "Deliveries" })
      .getByRole("row")
      .filter({ hasText: "order.paid" });
    await expect(delivery).toContainText("Delivered");
  });

  await test.step("the wallet has the line", async () => {
    await miaPhone.goto("/wallet");
    await expect(miaPhone.getByTestId("balance")).toHaveText("¥46.00");
    const line = miaPhone.getByTestId("entry").first();
    await expect(line).toContainText(ACCOUNT);
    await expect(line).toContainText("−¥54.00");
  });
});

test("8. two people chat, live, with words and a picture, and unread counts are right", async () => {
  await noahPhone.bringToFront();
  await miaPhone.goto("/");
  await miaPhone.getByRole("link", { name: "Contacts" }).click();
  await miaPhone.getByRole("link", { name: "Find people" }).click();
  await miaPhone.getByPlaceholder("Name or handle").fill(noah.handle);
  await miaPhone.getByTestId("person").click();

  const composer = miaPhone.getByTestId("composer");
  await composer.fill("Their cold brew is very good.");
  await miaPhone.getByTestId("send").click();
  const rows = noahPhone.getByTestId("conversation").filter({ hasText: mia.name });
  await expect(rows).toContainText("Their cold brew is very good.");
  await expect.poll(() => unread(noahPhone)).toEqual({ badge: "1", title: "(1) Teahouse" });

  await composer.fill("See?");
  await composer.press("Enter");
  await miaPhone
    .getByTestId("picture-input")
    .setInputFiles("../examples/cafe/miniprogram/images/tab-menu-on.png");
  await miaPhone.getByTestId("send-picture").click();
  await expect.poll(() => unread(noahPhone)).toEqual({ badge: "3", title: "(3) Teahouse" });

  await noahPhone.reload(); // the host counts the same
  await expect.poll(() => unread(noahPhone)).toEqual({ badge: "3", title: "(3) Teahouse" });

  await rows.click();
  await expect(noahPhone.getByTestId("message").filter({ hasText: "See?" })).toBeVisible();
  const picture = noahPhone.getByTestId("picture").locator("img");
  await expect
    .poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth))
    .toBeGreaterThan(0);
  await expect.poll(() => unread(noahPhone)).toEqual({ badge: "", title: "Teahouse" });

  await noahPhone.getByTestId("composer").fill("I am on my way.");
  await noahPhone.getByTestId("send").click();
  await expect(
    miaPhone.getByTestId("message").filter({ hasText: "I am on my way." }),
  ).toBeVisible();
  await miaPhone.reload();
  await expect(
    miaPhone.getByTestId("message").filter({ hasText: "I am on my way." }),
  ).toBeVisible();
  await expect.poll(() => unread(miaPhone)).toMatchObject({ title: "Teahouse" });
});
