// What the shell draws for an app: each sheet shows the app's name and keeps the capsule on top; an app
// is told in the vendor's words why a call failed; the payment sheet offers the PIN or money that is missing.
import { expect, test, type Locator, type Page } from "@playwright/test";
import {
  DEMO_PASSWORD,
  device,
  hostURL,
  logIn,
  miniPage,
  signUp,
  typePIN,
  unique,
} from "../phone.ts";
import { violations } from "../axe.ts";
import { programOf, uploaded } from "../programs.ts";

const dana = { handle: "dana", password: DEMO_PASSWORD };

/** Each tap makes one call and writes what came of it on the page. */
const CALLS = {
  modal: "wx.showModal({ title: 'Teahouse', content: 'Your session has ended.' })",
  longModal: "wx.showModal({ content: 'Teahouse security notice. '.repeat(400) })",
  ask: "wx.showModal({ title: 'Teahouse wallet', editable: true, placeholderText: '6 digits' })",
  actions:
    "wx.showActionSheet({ alertText: 'Teahouse', itemList: Array.from({ length: 6 }, (_, i) => 'Row ' + i) })",
  toast: "wx.showToast({ title: 'Paid', duration: 60000, mask: true })",
  loading: "wx.showLoading({ title: 'Teahouse is checking', mask: true })",
  longToast: "wx.showToast({ title: 'Teahouse '.repeat(600), icon: 'none', duration: 60000 })",
  preview: "wx.previewImage({ urls: ['/notice.png', '/notice.png'] })",
  choose: "wx.chooseImage({})",
  call: "wx.makePhoneCall({ phoneNumber: '10086' })",
  clipboard: "wx.getClipboardData({})",
  title: "wx.setNavigationBarTitle({ title: 'Teahouse wallet' })",
  hidden: "wx.setNavigationBarColor({ frontColor: '#ffffff', backgroundColor: '#ffffff' })",
  badges:
    "wx.setTabBarBadge({ index: 0, text: '100' }); await wx.setTabBarBadge({ index: 1, text: '12' })",
};

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==",
  "base64",
);

const FILES = {
  "app.json": JSON.stringify({
    pages: ["pages/index/index", "pages/other/other", "pages/bare/bare"],
    window: { navigationBarTitleText: "Start", navigationBarBackgroundColor: "#ffffff" },
    tabBar: {
      list: [
        { pagePath: "pages/index/index", text: "Calls" },
        { pagePath: "pages/other/other", text: "Other" },
      ],
    },
  }),
  "app.js": "App({})",
  "pages/index/index.wxml":
    '<view wx:for="{{names}}" wx:key="*this"><button data-name="{{item}}" bindtap="run">{{item}}</button></view>' +
    '<button bindtap="bare">bare page</button><button open-type="share">share</button>' +
    '<text class="outcome">{{outcome}}</text>',
  "pages/index/index.js": `const calls = {
    ${Object.entries(CALLS)
      .map(([name, code]) => `${name}: async () => ${code.includes(";") ? `{ ${code} }` : code}`)
      .join(",\n")}
  }
  Page({
    data: { names: Object.keys(calls), outcome: '' },
    async run(e) {
      this.setData({ outcome: '' })
      try { this.setData({ outcome: 'ok ' + JSON.stringify(await calls[e.currentTarget.dataset.name]()) }) }
      catch (error) { this.setData({ outcome: error.errMsg }) }
    },
    bare() { wx.navigateTo({ url: '/pages/bare/bare' }) },
    onShareAppMessage() { return { title: 'Teahouse: confirm your account', path: 'pages/index/index' } }
  })`,
  "pages/other/other.wxml": "<text>Other</text>",
  "pages/other/other.js": "Page({})",
  "pages/bare/bare.json": JSON.stringify({ navigationStyle: "custom" }),
  "pages/bare/bare.wxml": "<text>Bare</text>",
  "pages/bare/bare.js":
    "Page({ onLoad() { wx.enableAlertBeforeUnload({ message: 'Teahouse asks: leave?' }) } })",
};

const NAME = "Corner Phisher";

/** A tap at the place of the capsule reaches the capsule, and nothing else. */
async function capsuleOnTop(page: Page): Promise<void> {
  for (const id of ["capsule-menu", "capsule-hide"]) {
    await expect
      .poll(() =>
        page.evaluate((id) => {
          const open = [...document.querySelectorAll<HTMLElement>(`[data-testid=${id}]`)].at(-1)!;
          const box = open.getBoundingClientRect();
          const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
          return open.contains(hit);
        }, id),
      )
      .toBe(true);
  }
}

/** Nothing serious for axe, in light and in dark. */
async function accessible(page: Page): Promise<void> {
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    expect.soft(await violations(page), colorScheme).toEqual([]);
  }
}

async function marked(surface: Locator): Promise<void> {
  const mark = surface.getByTestId("app-mark").first();
  await expect(mark).toBeInViewport();
  await expect(mark).toContainText(NAME);
  await expect(mark.locator(".avatar")).toBeVisible();
}

test.describe("what an app writes into the shell's surfaces", () => {
  let page: Page;
  const outcome = () => miniPage(page).locator(".outcome");
  const tap = (name: string) => miniPage(page).getByRole("button", { name, exact: true }).click();

  test.beforeAll(async ({ browser }) => {
    const directory = programOf(FILES);
    const { writeFileSync } = await import("node:fs");
    writeFileSync(`${directory}/notice.png`, PNG);
    const { link } = await uploaded(directory, NAME);
    page = await device(browser);
    await logIn(page, dana);
    await page.goto(link);
    await expect(miniPage(page).getByRole("button", { name: "modal", exact: true })).toBeVisible();
  });
  test.afterAll(() => page.context().close());

  for (const [name, told] of [
    ["modal", /^ok .*"cancel":true/],
    ["longModal", /^ok .*"cancel":true/],
    ["actions", "showActionSheet:fail cancel"],
    ["choose", "chooseImage:fail cancel"],
    ["call", "makePhoneCall:fail cancel"],
    ["clipboard", "getClipboardData:fail cancel"],
  ] as const) {
    test(`${name}: its name, the capsule on top, and the vendor's word when it is closed`, async () => {
      await tap(name);
      const dialog = page.locator("dialog[open]");
      await marked(dialog);
      await capsuleOnTop(page);
      await accessible(page);
      await page.keyboard.press("Escape");
      await expect(dialog).toHaveCount(0);
      await expect(outcome()).toHaveText(told);
    });
  }

  test("a notice is told apart from the platform's, and does not cover the capsule", async () => {
    for (const name of ["toast", "loading", "longToast"]) {
      await tap(name);
      await marked(page.locator(".mp-toast"));
      await capsuleOnTop(page);
      await accessible(page);
      await page.getByTestId("capsule-menu").click();
      await page.getByRole("button", { name: "Re-enter" }).click();
      await expect(
        miniPage(page).getByRole("button", { name: "modal", exact: true }),
      ).toBeVisible();
    }
  });

  test("pictures over the whole screen leave the name and the capsule in sight", async () => {
    await tap("preview");
    const dialog = page.locator("dialog[open]");
    await marked(dialog);
    await capsuleOnTop(page);
    await accessible(page);
    await dialog.getByTestId("capsule-menu").click();
    await expect(page.locator("dialog[open]")).toHaveCount(2);
    await page.locator("dialog[open]").last().getByTestId("capsule-menu").click();
    await expect(page.locator("dialog[open]")).toHaveCount(1);
    await dialog.getByRole("button", { name: "Close" }).first().click();
    await expect(dialog).toHaveCount(0);
  });

  test("who asks for a PIN in a dialog is named, and six digits are not handed over unasked", async () => {
    const dialog = page.locator("dialog[open]");
    for (const typed of ["246813", "2 4 6-8 1 3", "２４６８１３"]) {
      await tap("ask");
      await marked(dialog);
      await expect(dialog).toContainText(
        `Asked by ${NAME}. Teahouse never asks for your PIN or password here.`,
      );
      await dialog.getByRole("textbox").fill(typed);
      await dialog.getByRole("button", { name: "OK" }).click();
      await expect(dialog).toContainText("Is this your payment PIN?");
      await accessible(page);
      await marked(dialog);
      await expect(outcome()).toHaveText("");
      await dialog.getByRole("button", { name: "Back" }).click();
      await dialog.getByRole("button", { name: "Cancel" }).click();
      await expect(outcome()).toHaveText(/"confirm":false/);
    }
    // Six digits may be a code from somewhere else: after the warning the user can send them.
    await tap("ask");
    await dialog.getByRole("textbox").fill("135790");
    await dialog.getByRole("button", { name: "OK" }).click();
    await dialog.getByRole("button", { name: "Not my PIN, send" }).click();
    await expect(outcome()).toHaveText(/"content":"135790"/);
    await tap("ask");
    await dialog.getByRole("textbox").fill("Two sugars");
    await dialog.getByRole("button", { name: "OK" }).click();
    await expect(outcome()).toHaveText(/"content":"Two sugars"/);
  });

  test("a title that the app chose stands over the app's name, whatever its colours", async () => {
    await tap("title");
    const bar = page.locator(".mp-page:not([inert]) .mp-nav");
    await expect(bar.getByRole("heading")).toHaveText("Teahouse wallet");
    await marked(bar);
    await tap("hidden");
    await expect(bar.getByTestId("app-mark")).toHaveCSS("color", "rgb(0, 0, 0)");
  });

  test("a page without a bar has the app's picture in the capsule, and its question is marked", async () => {
    await tap("bare page");
    await expect(miniPage(page).getByText("Bare")).toBeVisible();
    await expect(page.getByTestId("capsule-menu").locator(".avatar")).toBeVisible();
    await page.goBack();
    const dialog = page.locator("dialog[open]");
    await expect(dialog).toContainText("Teahouse asks: leave?");
    await marked(dialog);
    await capsuleOnTop(page);
    await dialog.getByRole("button", { name: "Leave" }).click();
    await expect(miniPage(page).getByRole("button", { name: "modal", exact: true })).toBeVisible();
  });

  test("a forwarded card and the menu name the app", async () => {
    await miniPage(page).getByRole("button", { name: "share", exact: true }).click();
    const dialog = page.locator("dialog[open]");
    await expect(dialog).toContainText("Teahouse: confirm your account");
    await marked(dialog);
    await capsuleOnTop(page);
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
    await page.getByTestId("capsule-menu").click();
    await marked(dialog);
    await capsuleOnTop(page);
    await page.keyboard.press("Escape");
  });

  test("badges of a tab stand on one line, and three digits are 99+", async () => {
    await tap("badges");
    const badges = page.locator(".mp-badge");
    await expect(badges).toHaveText(["99+", "12"]);
    for (const badge of await badges.all())
      expect((await badge.boundingBox())!.height).toBeLessThan(20);
  });
});

/** What the shell answers to the app, as it is sent. */
function replies(page: Page): string[] {
  const told: string[] = [];
  page.on("websocket", (socket) =>
    socket.on("framesent", ({ payload }) => {
      if (String(payload).includes('"t":"reply"')) told.push(String(payload));
    }),
  );
  return told;
}

test("a first payment: the sheet sets the PIN, tops up, and goes on to the payment", async ({
  browser,
}) => {
  const page = await device(browser);
  const told = replies(page);
  const person = { handle: unique("first"), name: "First Payer", password: "four-green-leaves" };
  await signUp(page, person);
  await page.goto(`/a/${process.env.CAFE_APP_ID}`);
  const app = miniPage(page);
  await app.getByRole("button", { name: "Add to order: Latte" }).click();
  await app.getByText("Checkout").click();
  await app.getByRole("button", { name: /^Pay/ }).click();
  await page.getByRole("button", { name: "Allow" }).click();

  const sheet = page.getByRole("dialog", { name: "Pay" });
  await expect(sheet).toContainText("You have no payment PIN yet.");
  await expect(sheet.getByTestId("app-mark").first()).toContainText("Teahouse Café");
  await sheet.getByRole("button", { name: "Set payment PIN" }).click();
  await typePIN(page, "702593");
  await expect(sheet.getByRole("heading", { name: "Enter it again" })).toBeVisible();
  await typePIN(page, "702593");
  await sheet.getByLabel("Password", { exact: true }).fill(person.password);
  await sheet.getByRole("button", { name: "Save" }).click();

  await expect(sheet).toContainText("Your balance is too low: ¥0.00.");
  await sheet.getByRole("button", { name: "Top up" }).click();
  await expect(sheet.getByTestId("top-up-amount")).not.toHaveValue("");
  await sheet.locator("form").getByRole("button", { name: "Top up" }).click();
  await expect(sheet).toContainText("Topped up. Enter your payment PIN.");

  await test.step("a forgotten PIN is replaced in the sheet too", async () => {
    await sheet.getByRole("button", { name: "Forgot PIN?" }).click();
    await sheet.getByRole("button", { name: "Back to the payment" }).click();
    await expect(sheet).toContainText("Enter your payment PIN");
  });
  await typePIN(page, "702593");
  await expect(sheet.getByText("Paid", { exact: true })).toBeVisible();
  // Leaving by the capsule does not cancel what is paid.
  const before = told.length;
  await sheet.getByTestId("capsule-hide").click();
  await expect(sheet).toHaveCount(0);
  await expect.poll(() => told.slice(before)).toEqual([expect.stringContaining('"ok":true')]);
  await page.goto(`/a/${process.env.CAFE_APP_ID}?path=pages/orders/orders`);
  await expect(app.getByText(/Preparing|Ready to collect/).first()).toBeVisible();
  await page.context().close();
});

test("a payment that is turned away is told as `cancel` in every language", async ({ browser }) => {
  const page = await device(browser, { locale: "zh-CN" });
  const told = replies(page);
  const handle = unique("turns");
  const signup = await fetch(`${hostURL()}/api/v1/auth/signup`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ handle, password: "four-green-leaves", display_name: "Turns Away" }),
  });
  expect(signup.ok).toBe(true);
  await page.goto(`${hostURL()}/login`);
  await page.getByLabel("账号").fill(handle);
  await page.getByLabel("密码", { exact: true }).fill("four-green-leaves");
  await page.getByRole("button", { name: "登录" }).click();
  await expect(page.locator(".shell")).toBeVisible();
  await page.goto(`/a/${process.env.CAFE_APP_ID}`);
  const app = miniPage(page);
  await app.getByRole("button", { name: "加入购物车: 拿铁" }).click();
  await app.getByText("去结算").click();
  await app.getByRole("button", { name: /^支付/ }).click();
  await page.getByRole("button", { name: "允许" }).click();
  await expect(page.getByRole("dialog", { name: "支付" })).toContainText("你还没有设置支付密码");
  // The key is not let go: that would go to the program's page, which is replaced at this moment, and the
  // browser would never say that it has arrived.
  await page.keyboard.down("Escape");
  await expect(app.getByText("待付款").first()).toBeVisible();
  expect(told.at(-1)).toContain('"error":"cancel"');
  // Nothing of the shell's errMsg is printed to the user by our own program.
  await expect(page.locator("body")).not.toContainText("requestPayment:fail");
  await page.context().close();
});

test("a user clears what a mini program keeps, from its menu", async ({ browser }) => {
  const { link } = await uploaded(
    programOf({
      "app.json": JSON.stringify({ pages: ["pages/index/index"] }),
      "app.js": "App({})",
      "pages/index/index.wxml": "<text>visit {{n}}</text>",
      "pages/index/index.js": `Page({ onLoad() {
        const n = (wx.getStorageSync("n") || 0) + 1;
        wx.setStorageSync("n", n);
        this.setData({ n });
      } })`,
    }),
    "Visits",
  );
  const page = await device(browser);
  await logIn(page, dana);
  await page.goto(link);
  await expect(miniPage(page).getByText("visit 1")).toBeVisible();
  await page.goto(link);
  await expect(miniPage(page).getByText("visit 2")).toBeVisible();

  const clear = async (answer: string) => {
    await page.getByTestId("capsule-menu").click();
    await page.getByRole("button", { name: "Clear data" }).click();
    const question = page.locator("dialog[open]");
    await expect(question).toContainText("Delete what Visits keeps for you here");
    await question.getByRole("button", { name: answer }).click();
  };
  await clear("Cancel");
  await expect(miniPage(page).getByText("visit 2")).toBeVisible();
  await clear("Clear data");
  await expect(miniPage(page).getByText("visit 1")).toBeVisible();
  await expect(page.getByText("Data cleared")).toBeVisible();
  await page.context().close();
});
