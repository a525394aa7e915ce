// Every screen of Teahouse, and how to reach it: tests/screens.spec.ts checks them, and
// `npm run screens` takes pictures of them. The steps do not depend on the language.
import type { Browser, Page } from "@playwright/test";
import { DEMO_PASSWORD, device, DESKTOP, hostURL, miniPage, unique } from "./phone.ts";
import { programOf, session, uploaded } from "./programs.ts";

export interface Screen {
  name: string;
  open: (page: Page) => Promise<unknown>;
}

/** Screens that one person sees, in the order in which they are reached. */
export interface Walk {
  name: string;
  /** Handle; nobody is logged in without it. */
  who?: string;
  side: "phone" | "console";
  /** It has no other language. */
  english?: boolean;
  screens: Screen[];
}

const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==",
  "base64",
);

/** Each tap makes one call of the shell. */
const CALLS = {
  modal: "wx.showModal({ title: '温馨提示', content: '今日营业至 21:00。' })",
  longModal: "wx.showModal({ content: '今日营业至 21:00。'.repeat(120) })",
  ask: "wx.showModal({ title: '备注', editable: true, placeholderText: '少糖' })",
  actions: "wx.showActionSheet({ itemList: ['大杯', '中杯', '小杯'], alertText: '选择' })",
  toast: "wx.showToast({ title: '成功', duration: 60000 })",
  longToast:
    "wx.showToast({ title: '今日营业至 21:00。'.repeat(6), icon: 'none', duration: 60000 })",
  loading: "wx.showLoading({ title: '请稍候' })",
  preview: "wx.previewImage({ urls: ['/notice.png', '/notice.png'] })",
  choose: "wx.chooseImage({})",
  call: "wx.makePhoneCall({ phoneNumber: '10086' })",
  clipboard: "wx.getClipboardData({})",
  consent: "wx.authorize({ scope: 'scope.userInfo' })",
  place:
    "wx.openLocation({ latitude: 31.23, longitude: 121.47, name: '面馆', address: '上海市黄浦区南京东路 1 号 '.repeat(3) })",
  choosePlace: "wx.chooseLocation({ latitude: 31.23, longitude: 121.47 })",
  address: "wx.chooseAddress({})",
  scan: "wx.scanCode({})",
  file: "wx.chooseMessageFile({ count: 2 })",
  location: "wx.getLocation({})",
};

const PROGRAM = {
  "app.json": JSON.stringify({
    pages: ["pages/index/index"],
    window: { navigationBarTitleText: "面馆" },
    teahouse: { scopes: ["login", "profile", "location"], domains: [] },
  }),
  "app.js": "App({})",
  "pages/index/index.wxml":
    '<view wx:for="{{names}}" wx:key="*this"><button data-name="{{item}}" bindtap="run">{{item}}</button></view>' +
    '<button open-type="share">share</button>',
  "pages/index/index.js": `const calls = {
    ${Object.entries(CALLS)
      .map(([name, code]) => `${name}: () => ${code}`)
      .join(",\n")}
  }
  Page({
    data: { names: Object.keys(calls) },
    run(e) {
      const made = calls[e.currentTarget.dataset.name]()
      if (made && made.catch) made.catch(() => {})
    },
    onShareAppMessage() { return { title: '面馆', path: 'pages/index/index' } }
  })`,
};

/** Its sandbox ends when it starts: no process can have so much memory. */
const FRAGILE = {
  "app.json": PROGRAM["app.json"],
  "app.js": "App({ text: 'x'.repeat(2 ** 40) })",
  "pages/index/index.wxml": "<view />",
  "pages/index/index.js": "Page({})",
};

/** More often than a sandbox may end before its version is paused. */
const OPENED = 6;

/** Data that the screens need beyond the demo's. */
interface Stage {
  cafe: string;
  program: { appID: string; link: string };
  fragile: { appID: string; versionID: string; link: string };
  versions: string;
  account: string;
  bob: string;
  newcomer: string;
  payer: string;
}

/** A page by its address: its heading is there, and nothing waits any more. */
function at(name: string, path: string): Screen {
  return {
    name,
    open: async (page) => {
      await page.goto(path);
      await settled(page);
    },
  };
}

/** Nothing waits any more. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const seen = (selector: string) =>
      [...document.querySelectorAll(selector)].some((element) =>
        element.checkVisibility({ visibilityProperty: true }),
      );
    return (
      seen("h1, [role=alert], .mp-nav, .empty") &&
      !seen(
        ".splash, .skeleton, .page-wait, .waiting, .mp-launch, .ant-skeleton, .ant-spin-spinning",
      )
    );
  });
}

/** What a tap on the program's button `call` opens; closed again afterwards by reopening. */
function surface(stage: Stage, call: keyof typeof CALLS | "share", seen: string): Screen {
  return {
    name: `shell: ${call}`,
    open: async (page) => {
      await page.goto(stage.program.link);
      await miniPage(page).getByRole("button", { name: call, exact: true }).click();
      await page.locator(seen).first().waitFor();
    },
  };
}

const firstConversation = (page: Page) =>
  page.getByTestId("conversation").filter({ hasText: "Bob Chen" });

async function signedUp(name: string): Promise<string> {
  const handle = unique("scr");
  const answer = await fetch(`${hostURL()}/api/v1/auth/signup`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ handle, password: DEMO_PASSWORD, display_name: name }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return handle;
}

export async function prepare(): Promise<Stage> {
  const directory = programOf(PROGRAM);
  const { writeFileSync } = await import("node:fs");
  writeFileSync(`${directory}/notice.png`, PICTURE);
  const program = await uploaded(directory, "面馆");
  const fragile = await uploaded(programOf(FRAGILE), "易碎");
  const dana = await session("dana");
  const cafe = process.env.CAFE_APP_ID!;
  const { items: versions } = await dana<{ items: { id: string }[] }>(
    "GET",
    `/dev/apps/${cafe}/versions`,
  );
  const { items: accounts } = await dana<{ items: { id: string; handle: string }[] }>(
    "GET",
    "/dev/accounts",
  );
  const { items: people } = await dana<{ items: { id: string; handle: string }[] }>(
    "GET",
    "/users?query=bob",
  );
  return {
    cafe,
    program,
    fragile,
    versions: versions[0]!.id,
    account: accounts.find(({ handle }) => handle === "cafe")!.id,
    bob: people.find(({ handle }) => handle === "bob")!.id,
    newcomer: await signedUp("新来的"),
    payer: await signedUp("付款人"),
  };
}

export function walks(stage: Stage): Walk[] {
  const app = `/developer/apps/${stage.cafe}`;
  const version = `${app}/versions/${stage.versions}`;
  const account = `/developer/accounts/${stage.account}`;
  const fresh = `/developer/apps/${stage.program.appID}`;
  let submission = "";
  return [
    {
      name: "a stranger",
      side: "phone",
      screens: [
        at("log in", "/login"),
        {
          name: "log in, refused",
          open: async (page) => {
            await page.goto("/login");
            await page.locator("input").nth(0).fill("alice");
            await page.locator("input[type=password]").fill("wrong-on-purpose");
            await page.locator("button[type=submit]").click();
            await page.getByRole("alert").waitFor();
          },
        },
        at("sign up", "/signup"),
      ],
    },
    {
      name: "a newcomer",
      who: stage.newcomer,
      side: "phone",
      screens: [
        at("chats, none", "/"),
        at("contacts, none", "/contacts"),
        at("discover, nothing used", "/discover"),
        at("wallet, empty", "/wallet"),
        at("PIN, first", "/wallet/pin"),
        at("permissions, none", "/settings/permissions"),
        at("invitations, none", "/invitations"),
      ],
    },
    {
      name: "the phone side",
      who: "alice",
      side: "phone",
      screens: [
        at("chats", "/"),
        at("contacts", "/contacts"),
        at("discover", "/discover"),
        at("me", "/me"),
        at("accounts", "/accounts"),
        at("account", `/account/${stage.account}`),
        at("account, unknown", "/account/00000000-0000-7000-8000-000000000000"),
        at("search", "/search"),
        ...["tea", "没有这个"].map((words) => ({
          name: `search: ${words}`,
          open: async (page: Page) => {
            await page.goto("/search");
            await page.locator("input[type=search]").last().fill(words);
            await page.locator(".page .cell, .page .empty p").first().waitFor();
            await page.waitForTimeout(800);
            await settled(page);
          },
        })),
        at("people", "/people"),
        {
          name: "a chat",
          open: async (page) => {
            await page.goto("/");
            await firstConversation(page).click();
            await page.getByTestId("message").first().waitFor();
          },
        },
        at("a person", `/user/${stage.bob}`),
        at("chat, unknown", "/chat/00000000-0000-7000-8000-000000000000"),
        at("wallet", "/wallet"),
        {
          name: "an entry",
          open: async (page) => {
            await page.goto("/wallet");
            await page.getByTestId("entry").first().click();
            await page.locator("dl").last().waitFor();
          },
        },
        at("order, unknown", "/wallet/order/00000000-0000-7000-8000-000000000000"),
        at("top up", "/wallet/top-up"),
        at("PIN", "/wallet/pin"),
        at("settings", "/settings"),
        at("appearance", "/settings/appearance"),
        at("language", "/settings/language"),
        at("permissions", "/settings/permissions"),
        at("security", "/settings/security"),
        at("password", "/settings/security/password"),
        at("second factor", "/settings/security/second-factor"),
        at("devices", "/settings/security/devices"),
        at("close account", "/settings/security/close"),
        at("profile", "/profile"),
        at("invitations", "/invitations"),
        at("no page", "/no/such/page"),
        {
          name: "log out?",
          open: async (page) => {
            await page.goto("/settings");
            await page.getByTestId("log-out").click();
            await page.locator("dialog[open]").waitFor();
          },
        },
      ],
    },
    {
      name: "a payment",
      who: stage.payer,
      side: "phone",
      screens: [
        {
          name: "café",
          open: async (page) => {
            await page.goto(`/a/${stage.cafe}`);
            await miniPage(page)
              .getByText(/^(Latte|拿铁)$/)
              .first()
              .waitFor();
          },
        },
        {
          name: "menu of the capsule",
          open: async (page) => {
            await page.goto(`/a/${stage.cafe}`);
            await page.getByTestId("capsule-menu").click();
            await page.locator("dialog[open]").waitFor();
          },
        },
        {
          name: "subscription",
          open: async (page) => {
            await page.goto(`/a/${stage.cafe}`);
            const inside = miniPage(page);
            await inside
              .getByRole("button", { name: /Add to order: Latte|加入购物车: 拿铁/ })
              .click();
            await inside.getByText(/Checkout|去结算/).click();
            await inside.getByRole("button", { name: /^(Pay|支付)/ }).click();
            await page
              .locator("dialog[open]")
              .getByRole("button", { name: /Allow|允许/ })
              .waitFor();
          },
        },
        {
          name: "pay: no PIN",
          open: async (page) => {
            await page
              .locator("dialog[open]")
              .getByRole("button", { name: /Allow|允许/ })
              .click();
            await page.getByRole("button", { name: /Set payment PIN|设置支付密码/ }).waitFor();
          },
        },
        {
          name: "pay: a first PIN",
          open: async (page) => {
            await page.getByRole("button", { name: /Set payment PIN|设置支付密码/ }).click();
            await page
              .locator("dialog[open] .pin-pad, dialog[open] [role=group]")
              .first()
              .waitFor();
          },
        },
        {
          name: "pay: the password",
          open: async (page) => {
            const pad = page.getByRole("group", { name: /Number pad|数字键盘/ });
            for (let time = 0; time < 2; time++) {
              for (const digit of "702593")
                await pad.getByRole("button", { name: digit, exact: true }).click();
              if (time === 0)
                await page.getByRole("heading", { name: /Enter it again|请再次输入/ }).waitFor();
            }
            await page.locator("dialog[open] input[type=password]").waitFor();
          },
        },
        {
          name: "pay: too little money",
          open: async (page) => {
            await page.locator("dialog[open] input[type=password]").fill(DEMO_PASSWORD);
            await page.getByRole("button", { name: /^(Save|保存)$/ }).click();
            await page.getByRole("button", { name: /^(Top up|充值)$/ }).waitFor();
          },
        },
        {
          name: "pay: top up",
          open: async (page) => {
            await page.getByRole("button", { name: /^(Top up|充值)$/ }).click();
            await page.getByTestId("top-up-amount").last().waitFor();
          },
        },
        {
          name: "pay: PIN",
          open: async (page) => {
            await page
              .locator("dialog[open] form")
              .getByRole("button", { name: /^(Top up|充值)$/ })
              .click();
            await page.getByRole("button", { name: /Forgot PIN|忘记密码/ }).waitFor();
          },
        },
        {
          name: "pay: wrong PIN",
          open: async (page) => {
            await enter(page, "111222");
            await page
              .getByText(/Wrong PIN|支付密码错误/)
              .first()
              .waitFor();
          },
        },
        {
          name: "pay: paid",
          open: async (page) => {
            await enter(page, "702593");
            await page
              .locator("dialog[open]")
              .getByText(/^(Paid|支付成功)$/)
              .waitFor();
          },
        },
        {
          name: "the order",
          open: async (page) => {
            await page.goto(`/wallet`);
            await page.getByTestId("entry").first().click();
            await page.locator("dl").last().waitFor();
          },
        },
        {
          name: "the card of the order",
          open: async (page) => {
            await page.goto(`/`);
            await page
              .getByTestId("conversation")
              .filter({ hasText: "Teahouse Café" })
              .click({ timeout: 20_000 });
            await page.getByTestId("message").first().waitFor();
          },
        },
        at("orders in the café", `/a/${stage.cafe}?path=pages/orders/orders`),
        at("no page in the café", `/a/${stage.cafe}?path=pages/none/none`),
        at("no app", "/a/ta0000000000000000"),
      ],
    },
    {
      name: "the shell",
      who: "dana",
      side: "phone",
      screens: [
        {
          name: "shell: a paused version",
          open: async (page) => {
            const paused = page.getByText(/has been paused|已暂停使用/);
            for (let n = 0; n < OPENED && !(await paused.isVisible()); n++) {
              await page.goto(stage.fragile.link);
              await page.locator(".mp-failure").waitFor();
            }
            await paused.waitFor();
          },
        },
        surface(stage, "modal", "dialog[open]"),
        surface(stage, "longModal", "dialog[open]"),
        surface(stage, "ask", "dialog[open]"),
        {
          name: "shell: six digits",
          open: async (page) => {
            await page.locator("dialog[open]").getByRole("textbox").fill("135790");
            await page
              .locator("dialog[open]")
              .getByRole("button", { name: /^(OK|确定)$/ })
              .click();
            await page.getByText(/your payment PIN\?|支付密码吗/).waitFor();
          },
        },
        surface(stage, "actions", "dialog[open]"),
        surface(stage, "toast", ".mp-toast"),
        surface(stage, "longToast", ".mp-toast"),
        surface(stage, "loading", ".mp-toast"),
        surface(stage, "preview", "dialog[open]"),
        surface(stage, "choose", "dialog[open]"),
        surface(stage, "call", "dialog[open]"),
        surface(stage, "clipboard", "dialog[open]"),
        surface(stage, "consent", "dialog[open]"),
        surface(stage, "share", "dialog[open]"),
        surface(stage, "place", "dialog[open]"),
        surface(stage, "choosePlace", "dialog[open]"),
        surface(stage, "address", "dialog[open]"),
        surface(stage, "scan", "dialog[open]"),
        surface(stage, "file", "dialog[open]"),
        surface(stage, "location", "dialog[open]"),
        {
          name: "shell: menu of a development version",
          open: async (page) => {
            await page.goto(stage.program.link);
            // Before the program is there its menu does not know that it is in development.
            await miniPage(page).locator("wx-page > *").first().waitFor();
            await page.getByTestId("capsule-menu").click();
            await page.locator("dialog[open]").waitFor();
          },
        },
        {
          name: "shell: log",
          open: async (page) => {
            await page
              .locator("dialog[open]")
              .getByRole("button", { name: /^(Log|日志)$/ })
              .click();
            await page.locator(".mp-log").waitFor();
          },
        },
      ],
    },
    {
      name: "console, a stranger",
      side: "console",
      screens: [at("dev: log in", "/developer/"), at("admin: log in", "/admin/")],
    },
    {
      name: "console, no developer",
      who: "alice",
      side: "console",
      screens: [at("dev: become one", "/developer/"), at("admin: not for you", "/admin/")],
    },
    {
      name: "the developer console",
      who: "dana",
      side: "console",
      screens: [
        at("dev: home", "/developer/"),
        at("dev: new account", "/developer/accounts/new"),
        at("dev: account", account),
        at("dev: new app", `${account}/apps/new`),
        at("dev: app", app),
        at("dev: versions", `${app}/versions`),
        at("dev: version", version),
        {
          name: "dev: a paused version",
          open: async (page) => {
            const { appID, versionID } = stage.fragile;
            await page.goto(`/developer/apps/${appID}/versions/${versionID}`);
            await page.locator("pre.evidence").first().waitFor();
          },
        },
        at("dev: files", `${version}?tab=files&file=app.js`),
        at("dev: diagnostics", `${version}?tab=diagnostics`),
        at("dev: apis", `${version}?tab=apis`),
        at("dev: permissions", `${app}/permissions`),
        at("dev: templates", `${app}/templates`),
        at("dev: webhook", `${app}/webhook`),
        at("dev: orders", `${app}/orders`),
        at("dev: logs", `${app}/logs`),
        at("dev: testers", `${app}/testers`),
        at("dev: settings", `${app}/settings`),
        at("dev: fresh app", fresh),
        at("dev: fresh versions", `${fresh}/versions`),
        at("dev: fresh templates", `${fresh}/templates`),
        at("dev: fresh webhook", `${fresh}/webhook`),
        at("dev: fresh orders", `${fresh}/orders`),
        at("dev: fresh logs", `${fresh}/logs`),
        at("dev: fresh testers", `${fresh}/testers`),
        at("dev: no page", "/developer/no/such/page"),
        at("dev: no app", "/developer/apps/ta0000000000000000"),
        at("dev: no account", "/developer/accounts/00000000-0000-7000-8000-000000000000"),
        at("dev: tokens", "/developer/tokens"),
        {
          name: "dev: new token",
          open: async (page) => {
            await page.locator(".screen-actions button").first().click();
            await page.locator("[role=dialog]").waitFor();
          },
        },
      ],
    },
    {
      name: "the admin console",
      who: "admin",
      side: "console",
      screens: [
        at("admin: dashboard", "/admin/"),
        at("admin: reviews", "/admin/reviews"),
        at("admin: all reviews", "/admin/reviews?state=all"),
        {
          name: "admin: review",
          open: async (page) => {
            await page.goto("/admin/reviews?state=all");
            await page.locator("table a[href*='/reviews/']").first().click();
            await page.locator("[role=tab]").first().waitFor();
            await settled(page);
            submission = new URL(page.url()).pathname;
          },
        },
        ...["files&file=app.js", "findings", "history"].map((tab) => ({
          name: `admin: review, ${tab.split("&")[0]}`,
          open: async (page: Page) => {
            await page.goto(`${submission}?tab=${tab}`);
            await settled(page);
          },
        })),
        at("admin: profiles", "/admin/profiles"),
        {
          name: "admin: a paused version",
          open: async (page) => {
            await page.goto("/admin/quarantines");
            await page.locator("tbody .opener button").first().click();
            await page.locator("pre.evidence").first().waitFor();
          },
        },
        {
          name: "admin: a paused version, its release",
          open: async (page) => {
            await page.goto("/admin/quarantines");
            await page.locator("tbody button:not([aria-expanded])").first().click();
            await page.locator("[role=dialog] textarea").waitFor();
          },
        },
        at("admin: all paused versions", "/admin/quarantines?state=all"),
        at("admin: released versions", "/admin/quarantines?state=released"),
        at("admin: accounts", "/admin/accounts"),
        at("admin: apps", "/admin/apps"),
        at("admin: people", "/admin/people"),
        at("admin: audit", "/admin/audit"),
        at("admin: ledger", "/admin/ledger"),
        at("admin: no page", "/admin/no/such/page"),
        at("admin: no review", "/admin/reviews/00000000-0000-7000-8000-000000000000"),
      ],
    },
    {
      name: "the documents",
      english: true,
      side: "console",
      screens: [
        at("docs", "/docs"),
        at("docs: server", "/docs/guides/server"),
        at("docs: errors", "/docs/guides/errors"),
      ],
    },
  ];
}

async function enter(page: Page, pin: string): Promise<void> {
  const pad = page.getByRole("group", { name: /Number pad|数字键盘/ });
  for (const digit of pin) await pad.getByRole("button", { name: digit, exact: true }).click();
}

/** A device of the walk's person, logged in by the cookie that the log-in page would get. */
export async function deviceOf(
  browser: Browser,
  walk: Walk,
  options: Parameters<typeof device>[1] = {},
): Promise<Page> {
  const page = await device(browser, {
    ...(walk.side === "console" && { viewport: DESKTOP }),
    ...options,
  });
  if (walk.who) {
    const answer = await page.request.post(`${hostURL()}/api/v1/auth/login`, {
      data: { handle: walk.who, password: DEMO_PASSWORD },
    });
    if (!answer.ok()) throw new Error(await answer.text());
  }
  return page;
}
