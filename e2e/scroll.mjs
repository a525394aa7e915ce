// How a chat of 100,000 messages scrolls: frames a second, the longest frame, rows in the document and
// memory. Lines of name, value and unit; `make bench ONLY=browser` prints them too. By hand, on a host:
//
//   make run                          # in another terminal
//   cd e2e && node scroll.mjs         # TEAHOUSE_URL when it is not http://127.0.0.1:8080
//
// The messages are made here, in answer to the page's own calls: what is measured is the page.
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

const url = process.env.TEAHOUSE_URL ?? "http://127.0.0.1:8080";
const COUNT = Number(process.env.MESSAGES ?? 100_000);
const SECONDS = 8;

const browser = await chromium.launch({
  executablePath: [process.env.CHROMIUM, "/usr/bin/chromium"].find(
    (path) => path && existsSync(path),
  ),
  args: [
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    "--enable-precise-memory-info",
    "--js-flags=--expose-gc",
  ],
});
const context = await browser.newContext({
  baseURL: url,
  viewport: { width: 390, height: 844 },
  serviceWorkers: "block",
});
const page = await context.newPage();
await page.goto("/login");
await page.getByLabel("Handle").fill("alice");
await page.getByLabel("Password", { exact: true }).fill("jasmine-tea-42");
await page.getByRole("button", { name: "Log in" }).click();
const row = page.getByTestId("conversation").filter({ hasText: "Bob Chen" });
await row.waitFor();
const id = (await row.getAttribute("href")).split("/").pop();
// What is there is read first: a chat with something unread opens at its place, and not at the end.
await row.click();
await page.getByTestId("message").first().waitFor();
await page.waitForTimeout(1000);
await page.goto("/");
await row.waitFor();

const WORDS = "tea is better warm and so are you but not always as the cup knows".split(" ");
const message = (seq) => ({
  id: `00000000-0000-4000-8000-${String(seq).padStart(12, "0")}`,
  conversation_id: id,
  seq,
  client_id: `c-${seq}`,
  sender: { type: "user", id: seq % 3 ? "x" : "y", name: "Bob Chen", avatar_url: "" },
  kind: "text",
  content: {
    text: `${seq} ${Array.from({ length: 2 + ((seq * 37) % 40) }, (_, i) => WORDS[(seq + i) % WORDS.length]).join(" ")}`,
  },
  created_at: new Date(1.7e12 + seq * 60_000).toISOString(),
});
await page.route(`**/api/v1/conversations/${id}/messages?*`, (route) => {
  const query = new URL(route.request().url()).searchParams;
  const before = Math.min(COUNT + 1, Number(query.get("before_seq") ?? COUNT + 1));
  const limit = Number(query.get("limit"));
  const items = [];
  for (let seq = Math.max(1, before - limit); seq < before; seq++) items.push(message(seq));
  return route.fulfill({ json: { items } });
});
await row.click();
await page.getByTestId("message").first().waitFor();
await page.waitForTimeout(1000);

/** Scrolls for some seconds in one way, and tells how long the frames were. */
const scroll = (speed) =>
  page.evaluate(
    async ({ speed, seconds }) => {
      const log = document.querySelector("[role=log]");
      const frames = [];
      // Rows beyond the edges are made ahead; nobody sees whether they are filled. A sight without any row
      // is blank too.
      const blankInSight = () => {
        const sight = log.getBoundingClientRect();
        const seen = [...log.querySelectorAll(".log-item")].filter((row) => {
          const { top, bottom } = row.getBoundingClientRect();
          return bottom > sight.top && top < sight.bottom;
        });
        return seen.length === 0 || seen.some((row) => row.querySelector(".log-blank"));
      };
      let rows = 0;
      let blank = 0;
      const start = performance.now();
      let last = start;
      await new Promise((done) => {
        const step = (now) => {
          frames.push(now - last);
          const passed = Math.min(now - last, 50) / 1000;
          last = now;
          rows = Math.max(rows, log.querySelectorAll(".log-item").length);
          if (blankInSight()) blank++; // what this frame shows, for the place where it is
          setTimeout(() => (log.scrollTop += speed * passed)); // as a finger does: before the next frame
          if (now - start < seconds * 1000) requestAnimationFrame(step);
          else done();
        };
        requestAnimationFrame(step);
      });
      const rest = performance.now();
      while (blankInSight()) await new Promise(requestAnimationFrame);
      const whole = performance.now() - rest;
      frames.sort((a, b) => a - b);
      const at = (part) => frames[Math.floor(part * (frames.length - 1))];
      return {
        fps: (frames.length * 1000) / (last - start),
        p50: at(0.5),
        p99: at(0.99),
        longest: at(1),
        late: frames.filter((ms) => ms > 25).length / frames.length,
        blank: blank / frames.length,
        whole,
        rows,
      };
    },
    { speed, seconds: SECONDS },
  );
const heap = () =>
  page.evaluate(() => {
    globalThis.gc?.();
    return performance.memory.usedJSHeapSize / 1024 / 1024;
  });
const print = (name, value, unit) => console.log(`${name}\t${value.toFixed(1)}\t${unit}`);

const before = await heap();
for (const [name, speed] of [
  ["reading", -1500],
  ["flinging", -20_000],
  ["dragging", -400_000],
]) {
  const found = await scroll(speed);
  print(`browser/long-chat/${name}/frames`, found.fps, "1/s");
  print(`browser/long-chat/${name}/frame-p99`, found.p99, "ms");
  print(`browser/long-chat/${name}/frame-longest`, found.longest, "ms");
  print(`browser/long-chat/${name}/late-frames`, 100 * found.late, "%");
  print(`browser/long-chat/${name}/frames-with-blanks`, 100 * found.blank, "%");
  print(`browser/long-chat/${name}/whole-after-rest`, found.whole, "ms");
  print(`browser/long-chat/${name}/rows`, found.rows, "rows");
}
print("browser/long-chat/memory-growth", (await heap()) - before, "MB");
await browser.close();
