// How pages of a mini program are drawn: 1,000 rows at once, the first paint of a typical page, a swiper
// under a finger, and a drag by WXS while the server is 300 ms away. Lines of name, value and unit;
// `make bench ONLY=browser` prints them too. By hand, on a host with its demo data:
//
//   make run                          # in another terminal
//   cd e2e && node pages.mjs          # TEAHOUSE_URL when it is not http://127.0.0.1:8080
//
// The program is published here, and taps and fingers are the browser's own input.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { chromium } from "@playwright/test";
import { pack } from "../sdk-js/dist/bundle.js";

const url = process.env.TEAHOUSE_URL ?? "http://127.0.0.1:8080";
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const FRAMES = 60; // of a swipe: a second under the finger
const AWAY = 300; // milliseconds to the server and back, in the drag by WXS

const PASSWORD = "jasmine-tea-42"; // the demo's, as the README says it

const program = {
  "app.json": JSON.stringify({
    pages: ["pages/typical/typical", "pages/rows/rows", "pages/swipe/swipe", "pages/drag/drag"],
  }),
  "app.js": "App({})",
  // As the js-framework-benchmark has it.
  "pages/rows/rows.wxml": `<button class="create" bindtap="create">create</button>
<view wx:for="{{rows}}" wx:key="id" class="row {{item.id === selected ? 'danger' : ''}}">
<text class="id">{{item.id}}</text><text class="label" bindtap="select" data-id="{{item.id}}">{{item.label}}</text></view>`,
  "pages/rows/rows.wxss": ".row { display: flex; padding: 8px } .id { width: 80px }",
  "pages/rows/rows.js": `let next = 1
Page({ data: { rows: [], selected: 0 },
  create() {
    const rows = []
    for (let i = 0; i < 1000; i++) rows.push({ id: next, label: 'pretty red table ' + next++ })
    this.setData({ rows })
  },
  select(e) { this.setData({ selected: e.currentTarget.dataset.id }) } })`,
  "pages/typical/typical.json": '{"usingComponents":{"a-card":"/components/card/card"}}',
  "pages/typical/typical.wxml": `<view class="page"><a-card wx:for="{{cards}}" wx:key="id" title="{{item.title}}" price="{{item.price}}"/></view>`,
  "pages/typical/typical.js": `Page({ data: { cards: Array.from({ length: 30 }, (_, id) => ({ id, title: 'Tea ' + id, price: id * 3 })) } })`,
  "components/card/card.json": '{"component":true}',
  "components/card/card.wxml": `<view class="card"><text class="title">{{title}}</text><text class="price">{{shown}}</text><button size="mini">Add</button></view>`,
  "components/card/card.wxss":
    ".card { display: flex; padding: 12px; border-bottom: 1px solid #ddd } .title { flex: 1 }",
  "components/card/card.js": `Component({ properties: { title: String, price: Number }, data: { shown: '' },
  observers: { price(p) { this.setData({ shown: p.toFixed(2) }) } } })`,
  "pages/swipe/swipe.wxml": `<swiper style="height: 300px"><swiper-item wx:for="{{5}}" wx:key="*this"><view class="moves" style="height: 300px">{{item}}</view></swiper-item></swiper>`,
  "pages/swipe/swipe.js": "Page({})",
  "pages/drag/drag.wxml": `<wxs module="m">
function start(e, owner) { var s = owner.getState(); s.from = e.touches[0].pageX; }
function move(e, owner) {
  e.instance.setStyle({ transform: 'translateX(' + (e.touches[0].pageX - owner.getState().from) + 'px)' });
}
module.exports = { start: start, move: move };
</wxs>
<view class="moves" style="width: 80px; height: 300px; margin-left: 280px; background: #7a9" bindtouchstart="{{m.start}}" bindtouchmove="{{m.move}}">drag</view>`,
  "pages/drag/drag.js": "Page({})",
};

/** Publishes the program as dana's, and returns the address of its version. */
async function publish() {
  const call = async (path, body, token) => {
    const form = body instanceof FormData;
    const answer = await fetch(`${url}/api/v1${path}`, {
      method: body ? "POST" : "GET",
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body && !form && { "content-type": "application/json" }),
      },
      body: form ? body : body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const { access_token: token } = await call("/auth/login", { handle: "dana", password: PASSWORD });
  const account = await call(
    "/dev/accounts",
    {
      handle: `pages${Date.now().toString(36)}`,
      name: "Pages",
      description: "",
      kind: "service",
      welcome_text: "Hello",
    },
    token,
  );
  const { app } = await call(
    `/dev/accounts/${account.id}/apps`,
    { name: "Pages", description: "" },
    token,
  );
  const folder = mkdtempSync(join(tmpdir(), "teahouse-pages-"));
  for (const [path, text] of Object.entries(program)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { zip } = await pack(folder);
  rmSync(folder, { recursive: true });
  const form = new FormData();
  form.append("version", "1.0.0");
  form.append("notes", "");
  form.append("bundle", new Blob([zip]), "bundle.zip");
  const version = await call(`/dev/apps/${app.id}/versions`, form, token);
  if (version.state !== "ready") throw new Error(JSON.stringify(version.diagnostics));
  return `/a/${app.id}?version=${version.id}`;
}

/** Runs in every document: marks its first paint. */
function watch() {
  window.teahouseFirst = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (entry.name === "first-contentful-paint")
        window.teahouseFirst = performance.timeOrigin + entry.startTime;
  }).observe({ type: "paint", buffered: true });
}

const figures = new Map();
const note = (name, value, unit) =>
  figures.set(name, { unit, values: [...(figures.get(name)?.values ?? []), value] });
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const place = await publish();
const browser = await chromium.launch({
  executablePath: [process.env.CHROMIUM, "/usr/bin/chromium"].find(
    (path) => path && existsSync(path),
  ),
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});

/** A phone with the developer logged in; the websocket of sessions takes `away` ms there and back. */
async function phone(away = 0) {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: 390, height: 844 },
    locale: "en-US",
    hasTouch: true,
  });
  await context.addInitScript(watch);
  if (away)
    await context.routeWebSocket(/\/open$/, (near) => {
      const far = near.connectToServer();
      const late = (send) => (text) => setTimeout(() => send(text), away / 2);
      near.onMessage(late((text) => far.send(text)));
      far.onMessage(late((text) => near.send(text)));
    });
  const page = await context.newPage();
  await page.goto("/login");
  await page.getByLabel("Handle").fill("dana");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.locator(".shell").waitFor();
  return page;
}

let opens = 0;

/** Opens a page of the program as a tap does; returns its frame and how long its first paint took. */
async function open(page, name, sign) {
  const path = encodeURIComponent(`pages/${name}/${name}?open=${++opens}`);
  const begun = await page.evaluate((to) => {
    const at = performance.timeOrigin + performance.now();
    history.pushState({ depth: 1 }, "", to);
    return at;
  }, `${place}&path=${path}`);
  for (;;) {
    const element = await page
      .locator('.mp-page:not([inert]) iframe[src="/view/frame.html"]')
      .elementHandle();
    const frame = await element.contentFrame();
    // Until the new frame is there, the old one answers, or none.
    const first = await frame?.evaluate(() => window.teahouseFirst).catch(() => 0);
    if (first > begun) {
      await frame.locator(sign).first().waitFor();
      return { frame, first: first - begun };
    }
    await page.waitForTimeout(10);
  }
}

async function leave(page) {
  await page.evaluate(() => history.pushState({ depth: 0 }, "", "/discover"));
  await page.locator('.app-panel[data-visible="false"]').waitFor({ state: "attached" });
}

/** Begins to count, and returns what tells the milliseconds that the frame's process has spent since then. */
async function count(page, frame) {
  const session = await page
    .context()
    .newCDPSession(frame)
    .catch(() => page.context().newCDPSession(page)); // when it shares the page's process
  await session.send("Performance.enable");
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    const of = (name) => 1000 * metrics.find((metric) => metric.name === name).value;
    return {
      script: of("ScriptDuration"),
      layout: of("LayoutDuration"),
      style: of("RecalcStyleDuration"),
    };
  };
}

async function createRows(page) {
  const { frame } = await open(page, "rows", ".create");
  const spent = await count(page, frame);
  for (const [what, last] of [
    ["create-1000", 1000],
    ["replace-1000", 2000],
  ]) {
    const before = await spent();
    const painted = frame.evaluate(
      (id) =>
        new Promise((done) => {
          let released = 0;
          addEventListener("pointerup", (event) => (released = event.timeStamp), true);
          const seen = new MutationObserver(() => {
            if (document.querySelector(".row:last-child .id")?.textContent !== String(id)) return;
            seen.disconnect();
            requestAnimationFrame(() => {
              const { port1, port2 } = new MessageChannel();
              port1.onmessage = () => done(performance.now() - released);
              port2.postMessage(0);
            });
          });
          seen.observe(document, { subtree: true, childList: true, characterData: true });
        }),
      last,
    );
    await frame.locator(".create").click();
    note(`browser/pages/${what}/tap-to-paint`, await painted, "ms");
    const after = await spent();
    for (const part of Object.keys(after))
      note(`browser/pages/${what}/${part}`, after[part] - before[part], "ms");
  }
  await leave(page);
}

/** Draws a finger over what moves, and counts the frames in which it did. */
async function drag(page, name, figure) {
  const { frame } = await open(page, name, ".moves");
  await page.waitForTimeout(500); // what comes with the page is over
  const record = frame.evaluate(
    () =>
      new Promise((done) => {
        const moving = document.querySelector(".moves");
        const frames = [];
        let last = 0;
        let over = false;
        let at = moving.getBoundingClientRect().left;
        let moved = 0;
        let asked = 0;
        const step = (now) => {
          if (last) frames.push(now - last);
          last = now;
          const left = moving.getBoundingClientRect().left;
          if (left !== at) moved++;
          at = left;
          if (over) done({ frames, moved, asked });
          else requestAnimationFrame(step);
        };
        addEventListener("touchstart", () => requestAnimationFrame(step), { once: true });
        addEventListener("touchmove", () => asked++, { passive: true });
        addEventListener("touchend", () => (over = true), { once: true });
      }),
  );
  const finger = await page.context().newCDPSession(page);
  const box = await page
    .locator('.mp-page:not([inert]) iframe[src="/view/frame.html"]')
    .boundingBox();
  const touch = (type, x) =>
    finger.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: x === undefined ? [] : [{ x: box.x + x, y: box.y + 120 }],
    });
  await touch("touchStart", 330);
  const begun = performance.now();
  for (let i = 1; i <= FRAMES; i++) {
    void touch("touchMove", 330 - 4 * i);
    const next = begun + (i * 1000) / 60 - performance.now();
    if (next > 0) await new Promise((done) => setTimeout(done, next));
  }
  await touch("touchEnd");
  const { frames, moved, asked } = await record;
  const whole = frames.reduce((sum, ms) => sum + ms, 0);
  note(`${figure}/frames`, (frames.length * 1000) / whole, "1/s");
  note(`${figure}/frames-that-moved`, (100 * moved) / Math.min(asked, frames.length), "%");
  note(
    `${figure}/frames-dropped`,
    (100 * frames.filter((ms) => ms > 25).length) / frames.length,
    "%",
  );
  note(`${figure}/frame-longest`, Math.max(...frames), "ms");
  await leave(page);
}

try {
  const near = await phone();
  await open(near, "typical", "text=Tea 29"); // the version's worker starts
  await leave(near);
  for (let i = 0; i < ROUNDS; i++) {
    const { first } = await open(near, "typical", "text=Tea 29");
    note("browser/pages/typical/warm-first-paint", first, "ms");
    await leave(near);
    await createRows(near);
    await drag(near, "swipe", "browser/pages/swipe");
  }
  await near.context().close();
  const far = await phone(AWAY);
  for (let i = 0; i < ROUNDS; i++) await drag(far, "drag", "browser/pages/wxs-drag-300ms-away");
  for (const [name, { unit, values }] of figures)
    console.log(`${name}\t${median(values).toFixed(1)}\t${unit}`);
} finally {
  await browser.close();
}
