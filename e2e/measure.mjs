// Measures how long a person at a phone waits and how many bytes are sent to them, on the real host with the
// demo café: node e2e/measure.mjs prints one figure per line: name, value, unit.
//
// "Cold" is the first open after the host has started: no worker runs the café, and the browser has
// none of its files. "Warm" is the same browser opening it again while its worker lives. Times are
// medians, in the browser's own clock: from the tap to the end of the frame that painted.
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium } from "@playwright/test";

const root = resolve(import.meta.dirname, "..");
const binary = process.env.TEAHOUSE_BIN ?? join(root, "bin/teahouse");
const ROUNDS = Number(process.env.ROUNDS ?? 3); // starts of the host, each with one cold open
const WARM = 4; // further opens in each round
const TAPS = 12; // in each round; the first adds elements, the others change values

const figures = new Map();
const note = (name, unit, value) =>
  figures.set(name, { unit, values: [...(figures.get(name)?.values ?? []), value] });
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function until(what, ready, patience = 60_000) {
  for (const deadline = Date.now() + patience; !(await ready()); await pause(5))
    if (Date.now() > deadline) throw new Error(`${what}: not after ${patience / 1000} s`);
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

const data = mkdtempSync(join(tmpdir(), "teahouse-measure-"));
chmodSync(data, 0o755); // as root the database runs as another user
const address = `127.0.0.1:${await freePort()}`;
const shop = `127.0.0.1:${await freePort()}`;
const url = `http://${address}`;
const children = new Set();

function run(command, args, env = {}) {
  const child = spawn(command, args, {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, ...env },
  });
  child.ended = new Promise((done) => child.once("exit", done)).then(() => children.delete(child));
  children.add(child);
  return child;
}

async function stop(child) {
  child.kill("SIGTERM");
  await child.ended;
}

/** Starts the host and returns it with the milliseconds until it was ready. */
async function startHost() {
  const ready = join(data, "demo/cafe.ready");
  rmSync(ready, { force: true });
  const begun = performance.now();
  const child = run(binary, [
    "serve",
    "--addr",
    address,
    "--data",
    data,
    "--demo",
    "examples/cafe/miniprogram",
    "--demo-shop",
    shop,
    "--egress-allow",
    shop,
    "--log-level",
    "error",
  ]);
  await until("the host", () => existsSync(ready) || child.exitCode !== null);
  if (child.exitCode !== null) throw new Error(`the host ended with ${child.exitCode}`);
  return { child, took: performance.now() - begun };
}

function settings() {
  const lines = readFileSync(join(data, "demo/cafe.env"), "utf8").trim().split("\n");
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

/** Runs in every document: marks when the café's page has painted, and how long its taps took. */
function watch() {
  const now = (t) => performance.timeOrigin + t;
  const painted = (tell) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => tell(now(performance.now()));
      port2.postMessage(0);
    });
  const marks = (window.teahouseMarks = { first: 0, menu: 0, taps: [], answers: [] });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (entry.name === "first-contentful-paint") marks.first = now(entry.startTime);
  }).observe({ type: "paint", buffered: true });
  if (location.pathname !== "/view/frame.html") return timeAnswers();

  /** In the shell: from a frame of the session's websocket to the answer that it waits for. */
  function timeAnswers() {
    const send = WebSocket.prototype.send;
    const waiting = new Map(); // the answer's kind → what was asked, and when
    WebSocket.prototype.send = function (text) {
      if (!this.teahouseHeard) {
        this.teahouseHeard = true;
        this.addEventListener("message", (event) => {
          const kind = /^{"t":"(\w+)"/.exec(event.data)?.[1];
          const asked = waiting.get(kind);
          if (!asked) return;
          waiting.delete(kind);
          marks.answers.push({ name: asked.name, took: performance.now() - asked.at });
        });
      }
      if (text.startsWith('{"t":"open"'))
        waiting.set("page", { name: "open", at: performance.now() });
      if (text.startsWith('{"t":"event"') && text.includes('"type":"tap"'))
        waiting.set("patch", { name: "tap", at: performance.now() });
      return send.call(this, text);
    };
  }

  let released = 0;
  addEventListener("pointerup", (event) => (released = now(event.timeStamp)), true);
  let count = "";
  new MutationObserver(() => {
    if (!marks.menu && document.querySelector(".stepper")) {
      marks.menu = -1; // once
      painted((t) => (marks.menu = t));
    }
    const shown = document.querySelector(".bubble")?.textContent ?? "";
    if (shown === count) return;
    count = shown;
    const since = released;
    painted((t) => marks.taps.push(t - since));
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
}

/** What has gone over a page's wire since the last call of take. */
class Wire {
  constructor(page) {
    this.requests = [];
    this.frames = [];
    page.on("requestfinished", (request) => this.requests.push(request));
    page.on("websocket", (socket) => {
      if (!socket.url().endsWith("/open")) return;
      for (const way of ["framesent", "framereceived"])
        socket.on(way, ({ payload }) =>
          this.frames.push({ way, bytes: Buffer.byteLength(payload) }),
        );
    });
  }

  async take() {
    const sums = {
      script: 0,
      style: 0,
      view: 0,
      page: 0,
      picture: 0,
      other: 0,
      sent: 0,
      received: 0,
    };
    for (const request of this.requests.splice(0)) {
      const path = new URL(request.url()).pathname;
      const { responseBodySize } = await request.sizes().catch(() => ({ responseBodySize: 0 }));
      sums[kindOf(path, request.resourceType())] += responseBodySize;
    }
    for (const { way, bytes } of this.frames.splice(0))
      sums[way === "framesent" ? "sent" : "received"] += bytes;
    return sums;
  }
}

function kindOf(path, type) {
  if (path.startsWith("/view/")) return "view";
  if (/^\/images\/.*\.(json|css)$/.test(path)) return "page";
  if (type === "image") return "picture";
  return { script: "script", stylesheet: "style" }[type] ?? "other";
}

const miniFrame = (page) =>
  page.frameLocator('.mp-page:not([inert]) iframe[src="/view/frame.html"]');

async function marksOf(page) {
  return miniFrame(page)
    .locator("body")
    .evaluate(() => window.teahouseMarks);
}

let opens = 0;

/** Opens the café as a tap on its entry does; returns when its menu is painted. */
async function open(page, appId) {
  // Another query is another session; the same one would bring back the app that was left alive.
  const place = `/a/${appId}?path=${encodeURIComponent(`pages/menu/menu?open=${++opens}`)}`;
  const begun = await page.evaluate((path) => {
    const at = performance.timeOrigin + performance.now();
    history.pushState({ depth: 1 }, "", path);
    return at;
  }, place);
  let marks;
  // Until the new frame is there, the old one answers, or none.
  await until(
    "the menu",
    async () => (marks = await marksOf(page).catch(() => null))?.menu > begun,
  );
  return { first: marks.first - begun, menu: marks.menu - begun };
}

async function leave(page) {
  await page.evaluate(() => history.pushState({ depth: 0 }, "", "/discover"));
  await page.locator('.app-panel[data-visible="false"]').waitFor({ state: "attached" });
}

const PASSWORD = "jasmine-tea-42"; // the demo's, as the README says it

/** A person with an empty cart: it is kept between rounds, and the café sells at most 20 of each item. */
async function guest(handle) {
  const answer = await fetch(`${url}/api/v1/auth/signup`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ handle, display_name: "Guest", password: PASSWORD }),
  });
  if (!answer.ok) throw new Error(`sign-up: ${await answer.text()}`);
}

async function logIn(page, handle, at = "/login") {
  await page.goto(url + at);
  await page.getByLabel("Handle").fill(handle);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Log in" }).click();
}

function noteBytes(prefix, sums, kinds) {
  for (const [kind, name] of Object.entries(kinds))
    note(`browser/${prefix}/${name}`, "bytes", sums[kind]);
}

async function round(browser, appId, handle) {
  await guest(handle);
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    locale: "en-US",
    reducedMotion: "reduce",
  });
  await context.addInitScript(watch);
  const page = await context.newPage();
  await logIn(page, handle);
  await page.locator(".shell").waitFor();

  // The first route again, in a window of its own with nothing in its cache: the log-in is cookies.
  const fresh = await browser.newContext({
    viewport: { width: 390, height: 844 },
    locale: "en-US",
    reducedMotion: "reduce",
    storageState: await context.storageState(),
  });
  await context.close();
  await fresh.addInitScript(watch);
  const shell = await fresh.newPage();
  const wire = new Wire(shell);
  await shell.goto(url);
  await shell.getByRole("heading", { name: "Chats" }).waitFor();
  await shell.waitForLoadState("networkidle");
  note(
    "browser/shell/first-paint",
    "ms",
    await shell.evaluate(() => window.teahouseMarks.first - performance.timeOrigin),
  );
  const first = await wire.take();
  noteBytes("shell", first, { script: "js", style: "css" });

  const cold = await open(shell, appId);
  await noteAnswers(shell, { open: "cold-open" });
  note("browser/cafe/cold-first-paint", "ms", cold.first);
  note("browser/cafe/cold-menu", "ms", cold.menu);
  await shell.waitForLoadState("networkidle");
  const sums = await wire.take();
  sums.script += first.script; // the container may be fetched ahead of the tap
  sums.style += first.style;
  noteBytes("cafe/cold", sums, {
    script: "js-with-shell",
    style: "css-with-shell",
    view: "view-script",
    page: "structure-css",
    picture: "pictures",
    received: "frames-in",
    sent: "frames-out",
  });
  await tap(shell, wire);
  await noteAnswers(shell, { tap: "tap" });
  for (let i = 0; i < WARM; i++) {
    await leave(shell);
    await wire.take();
    const warm = await open(shell, appId);
    note("browser/cafe/warm-first-paint", "ms", warm.first);
    note("browser/cafe/warm-menu", "ms", warm.menu);
    noteBytes("cafe/warm", await wire.take(), {
      view: "view-script",
      page: "structure-css",
      received: "frames-in",
      sent: "frames-out",
    });
  }
  await noteAnswers(shell, { open: "warm-open" });
  await fresh.close();
}

/** Notes what the host alone took, websocket included. */
async function noteAnswers(shell, names) {
  const answers = await shell.evaluate(() => window.teahouseMarks.answers.splice(0));
  for (const { name, took } of answers)
    if (names[name]) note(`browser/cafe/host-${names[name]}`, "ms", took);
}

async function tap(page, wire) {
  const plus = miniFrame(page).locator(".round").first();
  const { taps: before } = await marksOf(page);
  for (let i = 0; i < TAPS; i++) {
    await plus.click();
    await until(
      `tap ${i}`,
      async () => (await marksOf(page)).taps.length > before.length + i,
      10_000,
    );
    const sums = await wire.take();
    if (i > 0) noteBytes("cafe/tap", sums, { received: "frames-in", sent: "frames-out" });
  }
  const { taps } = await marksOf(page);
  for (const took of taps.slice(before.length + 1)) note("browser/cafe/tap-to-paint", "ms", took);
}

/** What the consoles' first routes load. */
async function consoles(browser) {
  for (const [name, handle] of [
    ["developer", "dana"],
    ["admin", "admin"],
  ]) {
    if ((await fetch(`${url}/${name}/`)).status !== 200) continue; // not built
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      locale: "en-US",
    });
    const page = await context.newPage();
    const wire = new Wire(page);
    await logIn(page, handle, `/${name}/`);
    await page.locator("#content").waitFor();
    await page.waitForLoadState("networkidle");
    noteBytes(name, await wire.take(), { script: "js", style: "css" });
    await context.close();
  }
}

const installed = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
  (path) => path && existsSync(path),
);
const browser = await chromium.launch({
  ...(installed ? { executablePath: installed } : {}),
  args: [
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
  ],
});
try {
  let { child, took } = await startHost();
  note("browser/host/ready-on-new-data", "ms", took);
  const cafe = run(process.execPath, ["examples/cafe/server/server.js"], {
    ...settings(),
    CAFE_ADDR: shop,
  });
  await until("the café", () =>
    fetch(`http://${shop}/config`).then(
      (answer) => answer.ok,
      () => false,
    ),
  );
  const { CAFE_APP_ID: appId } = settings();
  await consoles(browser);
  for (let i = 0; i < ROUNDS; i++) {
    await stop(child);
    ({ child, took } = await startHost());
    note("browser/host/ready-on-existing-data", "ms", took);
    await round(browser, appId, `guest${i}`);
  }
  for (const script of ["e2e/scroll.mjs", "e2e/pages.mjs"]) {
    const more = spawn(process.execPath, [script], {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, TEAHOUSE_URL: url },
    });
    const code = await new Promise((done) => more.once("exit", done));
    if (code !== 0) throw new Error(`${script} ended with ${code}`);
  }
  await stop(child);
  await stop(cafe);
  for (const [name, { unit, values }] of figures) {
    const value = median(values);
    console.log(`${name}\t${unit === "ms" ? value.toFixed(1) : Math.round(value)}\t${unit}`);
  }
} finally {
  await browser.close();
  for (const child of children) child.kill("SIGTERM");
  await Promise.all([...children].map((child) => child.ended));
  rmSync(data, { recursive: true, force: true });
}
