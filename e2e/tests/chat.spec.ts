// Reading and writing on a phone: long chats, a network that goes away, what is not a picture, narrow
// screens.
import { expect, test, type Browser, type Page } from "@playwright/test";
import { brokenWords } from "../looks.ts";
import { DEMO_PASSWORD, device, hostURL, logIn, miniPage, unique } from "../phone.ts";

interface Someone {
  id: string;
  handle: string;
  name: string;
  password: string;
  call: <T>(method: string, path: string, body?: object) => Promise<T>;
}

async function someone(name: string): Promise<Someone> {
  const person = { handle: unique("p"), password: "four-green-leaves", display_name: name };
  const call = async <T>(method: string, path: string, body?: object, token = ""): Promise<T> => {
    const answer = await fetch(`${hostURL()}/api/v1${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  };
  const session = await call<{ user: { id: string }; access_token: string }>(
    "POST",
    "/auth/signup",
    person,
  );
  return {
    ...person,
    name,
    id: session.user.id,
    call: (method, path, body) => call(method, path, body, session.access_token),
  };
}

/** Two people, the second of whom has been written `count` messages. */
async function written(count: number): Promise<{ writer: Someone; reader: Someone; chat: string }> {
  const [writer, reader] = [await someone("Wanda Writer"), await someone("Rosa Reader")];
  const { id: chat } = await writer.call<{ id: string }>("POST", "/conversations", {
    user_id: reader.id,
  });
  for (let i = 1; i <= count; i++) {
    await writer.call("POST", `/conversations/${chat}/messages`, {
      client_id: `c-${i}`,
      kind: "text",
      // Of several heights: a list that guesses them must not jump.
      content: {
        text: i % 7 === 0 ? `Number ${i}. ${"Tea is better warm. ".repeat(i % 5)}` : `Number ${i}.`,
      },
    });
  }
  return { writer, reader, chat };
}

async function phoneOf(browser: Browser, person: Someone, options = {}): Promise<Page> {
  const page = await device(browser, options);
  await logIn(page, person);
  return page;
}

const message = (page: Page, number: number) =>
  page.getByTestId("message").filter({ hasText: new RegExp(`^.*Number ${number}\\.`) });

test("301 unread: reading goes on at the first of them, and only what was in sight is read", async ({
  browser,
}) => {
  const { writer, reader, chat } = await written(5);
  await reader.call("POST", `/conversations/${chat}/read`, { seq: 5 });
  for (let i = 6; i <= 306; i++)
    await writer.call("POST", `/conversations/${chat}/messages`, {
      client_id: `c-${i}`,
      kind: "text",
      content: { text: `Number ${i}.` },
    });
  const page = await phoneOf(browser, reader);
  const badge = page.getByRole("navigation", { name: "Main" }).locator(".badge");
  await expect(badge.locator("[aria-hidden]")).toHaveText("99+");
  expect((await badge.boundingBox())!.height).toBeLessThan(24);
  const unread = async () =>
    (await reader.call<{ unread: number }>("GET", `/conversations/${chat}`)).unread;

  await page.getByTestId("conversation").filter({ hasText: writer.name }).click();
  await expect(page.locator(".new-line")).toBeInViewport();
  await expect(message(page, 6)).toBeInViewport();
  await expect(message(page, 5)).toBeInViewport();
  // The line is between read and new messages.
  const line = (await page.locator(".new-line").boundingBox())!;
  expect((await message(page, 5).boundingBox())!.y).toBeLessThan(line.y);
  expect((await message(page, 6).boundingBox())!.y).toBeGreaterThan(line.y);
  await expect.poll(unread).toBeLessThan(301);
  expect(await unread()).toBeGreaterThan(280);
  await page.getByRole("log").hover();
  await page.mouse.wheel(0, 1200);
  await expect.poll(unread).toBeLessThan(285);
  expect(await unread()).toBeGreaterThan(200);

  // A reader who skips the rest has read it, and can return to where it began.
  const jump = page.getByTestId("to-first-unread");
  await expect(jump).toHaveCount(0);
  await page.getByRole("button", { name: /new messages? below|To the newest message/ }).click();
  await expect(message(page, 306)).toBeInViewport();
  await expect.poll(unread).toBe(0);
  await expect(jump).toHaveText("301 new");
  await jump.click();
  await expect(page.locator(".new-line")).toBeInViewport();
  await expect(jump).toHaveCount(0);
  await page.getByRole("button", { name: "To the newest message" }).click();
  await expect(message(page, 306)).toBeInViewport();
  await page.context().close();
});

test("a long chat: few rows in the document, all of it can be reached, and nothing jumps", async ({
  browser,
}) => {
  const { writer, reader, chat } = await written(420);
  await reader.call("POST", `/conversations/${chat}/read`, { seq: 420 });
  const page = await phoneOf(browser, reader);
  await page.goto(`/chat/${chat}`);
  await expect(message(page, 420)).toBeInViewport();
  const log = page.getByRole("log");

  // Up to the very first, by the scroll bar, and back in steps.
  await log.evaluate((element) => (element.scrollTop = 0));
  await expect(message(page, 1)).toBeInViewport();
  expect(await page.locator(".log-item").count()).toBeLessThan(80);
  for (let step = 0; step < 12; step++) {
    await log.evaluate((element) => (element.scrollTop += 900));
    const first = page.getByTestId("message").first();
    await expect(first).toBeVisible();
    await expect(page.locator(".log-blank")).toHaveCount(0);
    expect(await page.locator(".log-item").count()).toBeLessThan(80);
  }
  // What is read stays where it is while a message arrives at the end.
  const reading = page.getByTestId("message").nth(16);
  const text = await reading.textContent();
  const before = (await reading.boundingBox())!.y;
  await writer.call("POST", `/conversations/${chat}/messages`, {
    client_id: "late",
    kind: "text",
    content: { text: "Number 421." },
  });
  await expect(page.getByRole("button", { name: "1 new message below" })).toBeVisible();
  const after = (await page
    .getByTestId("message")
    .filter({ hasText: text! })
    .first()
    .boundingBox())!.y;
  expect(Math.abs(after - before)).toBeLessThan(2);
  await page.context().close();
});

test("a text without network waits under a clock, outlives the page, and is sent by itself", async ({
  browser,
}) => {
  const { writer, reader, chat } = await written(1);
  const page = await phoneOf(browser, reader);
  await page.goto(`/chat/${chat}`);
  await expect(message(page, 1)).toBeVisible();
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active !== null);
  await page.context().setOffline(true);
  await page.getByTestId("composer").fill("On my way.");
  await page.getByTestId("send").click();
  const waiting = page.getByTestId("waiting-message");
  await expect(waiting).toContainText("On my way.");
  await expect(page.getByTestId("failed-message")).toHaveCount(0);
  await expect(waiting.getByRole("button", { name: /^Waiting for the network/ })).toBeVisible();

  // Without a network the shell still loads, and says what is missing.
  await page.reload();
  await expect(page.getByRole("alert")).toContainText("No connection.");
  await page.context().setOffline(false);
  await expect(page.getByTestId("message").filter({ hasText: "On my way." })).toBeVisible();
  const { items } = await writer.call<{ items: { content: { text: string } }[] }>(
    "GET",
    `/conversations/${chat}/messages`,
  );
  expect(items.filter(({ content }) => content.text === "On my way.")).toHaveLength(1);
  await page.context().close();
});

test("what the service worker keeps is the shell, and nothing of anybody's", async ({
  browser,
}) => {
  const page = await device(browser);
  await logIn(page, { handle: "alice", password: DEMO_PASSWORD });
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active !== null);
  for (const path of ["/wallet", "/discover", "/"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
  }
  const kept = await page.evaluate(async () => {
    const addresses: string[] = [];
    for (const name of await caches.keys())
      for (const request of await (await caches.open(name)).keys())
        addresses.push(new URL(request.url).pathname);
    return addresses;
  });
  expect(kept).toContain("/");
  expect(
    kept.filter((path) => !/^\/(assets\/[\w.-]+|theme\.js|favicon\.svg)?$/.test(path)),
  ).toEqual([]);
  const manifest = await page.evaluate(
    async () =>
      (await (await fetch("/manifest.webmanifest")).json()) as {
        icons: { src: string; sizes: string; purpose: string; type: string }[];
      },
  );
  for (const { src, type } of manifest.icons) {
    const answer = await page.request.get(src);
    expect(answer.headers()["content-type"], src).toContain(type);
  }
  expect(manifest.icons.some(({ purpose }) => purpose === "maskable")).toBe(true);
  await expect(page.locator("link[rel=apple-touch-icon]")).toHaveCount(1);

  // Other parts of the host are not answered with the phone's page.
  await page.context().setOffline(true);
  await expect(page.goto("/developer/")).rejects.toThrow(/ERR_INTERNET_DISCONNECTED/);
  await page.context().setOffline(false);
  await page.context().close();
});

test("screens that failed for want of a network recover by themselves", async ({ browser }) => {
  const page = await device(browser);
  await logIn(page, { handle: "alice", password: DEMO_PASSWORD });
  for (const [tab, link, there] of [
    ["Me", "Wallet", "balance"],
    ["Contacts", "Official accounts", "account"],
  ] as const) {
    await page.goto("/");
    await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active !== null);
    await page.getByRole("link", { name: tab, exact: true }).click();
    await page.context().setOffline(true);
    await page.getByRole("link", { name: link }).click();
    await expect(page.getByRole("alert")).toContainText("No connection.");
    await page.context().setOffline(false);
    await expect(page.getByTestId(there).first()).toBeVisible();
  }
  await page.context().close();
});

test("a mini program that lost its line goes on by itself", async ({ browser }) => {
  const page = await device(browser);
  await logIn(page, { handle: "alice", password: DEMO_PASSWORD });
  await page.goto(`/a/${process.env.CAFE_APP_ID}`);
  const scone = miniPage(page).getByText("Scone", { exact: true });
  await expect(scone).toBeVisible();
  // Open sockets survive the browser's offline mode; a new session does not begin in it.
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active !== null);
  await page.context().setOffline(true);
  await page.getByTestId("capsule-menu").click();
  await page.getByRole("button", { name: "Re-enter" }).click();
  await expect(page.getByRole("alert")).toBeVisible({ timeout: 60_000 });
  await page.context().setOffline(false);
  await expect(scone).toBeVisible();
  await page.context().close();
});

test("a file that is no picture is refused before it is sent", async ({ browser }) => {
  const { reader, chat } = await written(1);
  const page = await phoneOf(browser, reader);
  await page.goto(`/chat/${chat}`);
  const uploads: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/media")) uploads.push(request.url());
  });
  await page.getByTestId("picture-input").setInputFiles({
    name: "broken.png",
    mimeType: "image/png",
    buffer: Buffer.from("this is not a picture at all"),
  });
  const dialog = page.getByRole("dialog", { name: "Send photo" });
  await expect(dialog.getByRole("alert")).toContainText(
    "“broken.png” cannot be read as a picture.",
  );
  await expect(dialog.getByTestId("send-picture")).toHaveCount(0);
  await dialog.getByRole("button", { name: "Close" }).click();
  expect(uploads).toEqual([]);
  await page.context().close();
});

test("addresses and numbers in a message lead where they say", async ({ browser }) => {
  const { writer, reader, chat } = await written(1);
  await writer.call("POST", `/conversations/${chat}/messages`, {
    client_id: "links",
    kind: "text",
    content: {
      text: "www.tea.example, mia@tea.example or +86 138 0013 8000. Order 20261130138001380001.",
    },
  });
  const page = await phoneOf(browser, reader);
  await page.goto(`/chat/${chat}`);
  const links = page.getByTestId("message").last().locator("a[href]:not([href^='/'])");
  await expect(links).toHaveCount(3);
  expect(await links.evaluateAll((all) => all.map((a) => a.getAttribute("href")))).toEqual([
    "https://www.tea.example",
    "mailto:mia@tea.example",
    "tel:+8613800138000",
  ]);
  await page.context().close();
});

for (const width of [195, 320]) {
  test(`every screen holds at ${width} px`, async ({ browser }) => {
    const page = await device(browser, { viewport: { width, height: 640 } });
    await page.goto(`${hostURL()}/signup`);
    await expect(page.getByRole("button", { name: "Sign up" })).toBeVisible();
    expect.soft(await tooWide(page), "/signup").toEqual([]);
    await logIn(page, { handle: "alice", password: DEMO_PASSWORD });
    for (const path of [
      "/",
      "/contacts",
      "/discover",
      "/me",
      "/accounts",
      "/people",
      "/search",
      "/wallet",
      "/wallet/top-up",
      "/wallet/pin",
      "/settings",
      "/settings/appearance",
      "/settings/language",
      "/settings/permissions",
      "/profile",
      `/a/${process.env.CAFE_APP_ID}`,
    ]) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 }).last()).toBeVisible();
      await expect(page.locator(".skeleton, .page-wait")).toHaveCount(0);
      expect.soft(await tooWide(page), path).toEqual([]);
      expect.soft(await brokenWords(page), `${path}, words and amounts`).toEqual([]);
      expect.soft(await covered(page), `${path}, titles`).toEqual([]);
    }
    await page.goto("/");
    await page.getByTestId("conversation").filter({ hasText: "Bob Chen" }).click();
    await expect(page.getByTestId("message").first()).toBeVisible();
    expect.soft(await tooWide(page), "a chat").toEqual([]);
    expect.soft(await brokenWords(page), "a chat, words and amounts").toEqual([]);
    expect.soft(await covered(page), "a chat, titles").toEqual([]);
    const field = await page.locator(".composer textarea").boundingBox();
    expect.soft(field!.width, "the field of a chat").toBeGreaterThan(0.5 * width);
    await page.context().close();
  });
}

test("the chat in which the host writes leads nowhere and takes no answer", async ({ browser }) => {
  const { handle, password, name } = await someone("Nora Notice");
  // From a device that the host does not know: it says so in its chat.
  const answer = await fetch(`${hostURL()}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ handle, password }),
  });
  expect(answer.ok, name).toBe(true);
  const page = await device(browser);
  await logIn(page, { handle, password });
  await page.getByTestId("conversation").filter({ hasText: "Teahouse" }).click();
  await expect(page.getByTestId("message").first()).toContainText("New log-in");
  await expect(page.getByRole("textbox")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Chat details" })).toHaveCount(0);
  await expect(page.getByTestId("message").locator("a, button")).toHaveCount(0);
  await page.context().close();
});

/** Titles that lie under a button of the bar. */
async function covered(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    for (const title of document.querySelectorAll(".nav-title > span:first-child")) {
      const box = title.getBoundingClientRect();
      for (const button of title.closest(".nav")!.querySelectorAll("button, a")) {
        const other = button.getBoundingClientRect();
        if (box.right > other.left + 1 && other.right > box.left + 1 && box.width > 0)
          found.push(`"${title.textContent}" lies under ${button.className}`);
      }
    }
    return found;
  });
}

/** What reaches beyond the edges of the screen, or of a button whose text it is. */
async function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const name = (element: Element) =>
      `${element.tagName.toLowerCase()}.${[...element.classList].join(".")}`;
    for (const element of document.body.querySelectorAll<HTMLElement>("*")) {
      if (!element.checkVisibility({ visibilityProperty: true })) continue;
      if (element.closest(".sr-only, [inert], .mp-tiles, .emoji, .pin-input")) continue;
      const box = element.getBoundingClientRect();
      if (box.width === 0 || box.bottom < 0 || box.top > innerHeight) continue;
      if (box.right > innerWidth + 1 || box.left < -1) found.push(`${name(element)} is cut off`);
      else if (
        /^(BUTTON|A|H1|H2)$/.test(element.tagName) &&
        element.scrollWidth > element.clientWidth + 1
      )
        found.push(`${name(element)} does not hold ${JSON.stringify(element.textContent)}`);
    }
    return [...new Set(found)];
  });
}
