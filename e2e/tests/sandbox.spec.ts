// What a third-party mini program cannot do: its page can use only its message port, and its code does
// not slow other programs.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test, type Frame, type Page } from "@playwright/test";
import { device, logIn, miniFrame, miniPage, miniTitle, DEMO_PASSWORD } from "../phone.ts";
import { programOf, uploaded } from "../programs.ts";

const alice = { handle: "alice", password: DEMO_PASSWORD };
const dana = { handle: "dana", password: DEMO_PASSWORD };

async function frameOf(page: Page): Promise<Frame> {
  const element = await miniFrame(page).elementHandle();
  return (await element!.contentFrame())!;
}

test("a page's frame has no origin, no storage, no parent and no network", async ({ browser }) => {
  const page = await device(browser);
  await logIn(page, alice);
  await page.goto(`/a/${process.env.CAFE_APP_ID}`);
  await expect(miniPage(page).getByText("Latte", { exact: true })).toBeVisible();
  const frame = await frameOf(page);

  const answered: string[] = [];
  page.on("response", (response) => answered.push(response.url()));
  let visitors = 0;
  const elsewhere = createServer((_, response) => response.end()).on(
    "connection",
    () => visitors++,
  );
  await new Promise<void>((done) => elsewhere.listen(0, "127.0.0.1", done));
  const away = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/tried`;
  // The script runs with the rights that a script of the app would have in this frame.
  const outcome = await frame.evaluate(async (away) => {
    const attempt = async (work: () => unknown): Promise<string> => {
      try {
        const value = await work();
        return value === undefined || value === null ? "nothing" : `got ${String(value)}`;
      } catch (error) {
        return "refused " + (error as Error).name;
      }
    };
    const settles = (open: (done: (what: string) => void) => void) =>
      new Promise<string>((resolve) => open(resolve));
    return {
      origin: self.origin,
      parent: await attempt(() => parent.document.title),
      parentStorage: await attempt(() => parent.localStorage.length),
      top: await attempt(() => void (top!.location.href = away)),
      cookie: await attempt(() => document.cookie),
      localStorage: await attempt(() => localStorage.length),
      sessionStorage: await attempt(() => sessionStorage.length),
      database: await attempt(() => indexedDB.open("x")),
      caches: await attempt(() => caches.open("x")),
      workers: await attempt(() => new Worker("data:text/javascript,0")),
      serviceWorker: await attempt(() => navigator.serviceWorker.register("/sw.js")),
      window: await attempt(() => window.open(away)),
      fetchHost: await attempt(() => fetch("/api/v1/me?tried")),
      fetchAway: await attempt(() => fetch(away, { mode: "no-cors" })),
      request: await settles((done) => {
        const request = new XMLHttpRequest();
        request.onload = () => done("got an answer");
        request.onerror = () => done("refused");
        request.open("GET", "/api/v1/me?tried");
        request.send();
      }),
      socket: await settles((done) => {
        try {
          const socket = new WebSocket(
            "ws://" + new URL(document.baseURI).host + "/realtime?tried",
          );
          socket.onopen = () => done("got a line");
          socket.onerror = () => done("refused");
        } catch {
          done("refused");
        }
      }),
      picture: await settles((done) => {
        const img = new Image();
        img.onload = () => done("got a picture");
        img.onerror = () => done("refused");
        img.src = away + ".png";
      }),
      script: await settles((done) => {
        const script = document.createElement("script");
        script.onload = () => done("ran");
        script.onerror = () => done("refused");
        script.src = away + ".js";
        document.head.append(script);
      }),
      // Not even the host itself is a source of scripts.
      hostScript: await settles((done) => {
        const script = document.createElement("script");
        script.onload = () => done("ran");
        script.onerror = () => done("refused");
        script.src = "/sw.js?tried";
        document.head.append(script);
      }),
      inline: await attempt(() => {
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.head.append(script);
        return (window as { ran?: boolean }).ran;
      }),
      // biome-ignore lint/security/noGlobalEval: the test is that this is refused
      evaluated: await attempt(() => eval("1 + 1")),
    };
  }, away);

  expect(outcome).toEqual({
    origin: "null",
    parent: "refused SecurityError",
    parentStorage: "refused SecurityError",
    top: "refused SecurityError",
    cookie: "refused SecurityError",
    localStorage: "refused SecurityError",
    sessionStorage: "refused SecurityError",
    database: "refused SecurityError",
    caches: "refused SecurityError",
    workers: expect.stringMatching(/refused|got \[object Worker\]/),
    serviceWorker: expect.stringMatching(/^refused/),
    window: "nothing",
    fetchHost: "refused TypeError",
    fetchAway: "refused TypeError",
    request: "refused",
    socket: "refused",
    picture: "refused",
    script: "refused",
    hostScript: "refused",
    inline: "nothing",
    evaluated: "refused EvalError",
  });
  // None of it left the browser, and the page is still there. Pictures of the menu and requests of the
  // shell may be answered meanwhile, so every address that is tried here says so.
  expect(answered.filter((url) => url.includes("tried"))).toEqual([]);
  expect(visitors).toBe(0);
  await expect(miniTitle(page)).toHaveText("Teahouse Café");
  elsewhere.close();
  await page.context().close();
});

const LOOPING = {
  "app.json": JSON.stringify({
    pages: ["pages/index/index"],
    window: { navigationBarTitleText: "Loop" },
  }),
  "app.js": "App({})",
  "pages/index/index.wxml":
    '<button bindtap="count">Count {{n}}</button><button bindtap="spin">Spin</button>',
  "pages/index/index.js":
    "Page({ data: { n: 0 }, count() { this.setData({ n: this.data.n + 1 }) }, spin() { while (true) {} } })",
};

test("an endless loop ends with a clear message, and another mini program keeps answering", async ({
  browser,
}) => {
  const { link } = await uploaded(programOf(LOOPING), "Loop");
  const looping = await device(browser);
  await logIn(looping, dana);
  await looping.goto(link);
  await miniPage(looping).getByText("Count 0").click();
  await expect(miniPage(looping).getByText("Count 1")).toBeVisible();

  const otherPhone = await device(browser);
  await logIn(otherPhone, alice);
  await otherPhone.goto(`/a/${process.env.CAFE_APP_ID}`);
  const add = miniPage(otherPhone).getByRole("button", { name: "Add to order: Scone" });
  await expect(add).toBeVisible();

  await miniPage(looping).getByText("Spin").click();
  for (let taps = 1; taps <= 3; taps++) {
    await add.click();
    const row = miniPage(otherPhone).locator(".item").filter({ hasText: "Scone" });
    await expect(row.locator(".count")).toHaveText(String(taps));
  }

  const failure = looping.getByRole("alert");
  await expect(failure).toContainText("This app has stopped");
  await expect(failure).toContainText(/took too long|too much time|did not answer/i);
  await looping.getByTestId("app-retry").click();
  await expect(miniPage(looping).getByText("Count 0")).toBeVisible();
  await Promise.all([looping, otherPhone].map((page) => page.context().close()));
});
