// Starts a host with demo data, and the café's server, for the whole run: real PostgreSQL, real
// sandbox, real sockets, in a data directory that is gone afterwards.
import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startElsewhere } from "./elsewhere.ts";

const root = resolve(import.meta.dirname, "..");

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

async function until(
  what: string,
  ready: () => boolean | Promise<boolean>,
  child: ChildProcess,
): Promise<void> {
  const deadline = Date.now() + 300_000;
  while (!(await ready())) {
    if (child.exitCode !== null) throw new Error(`${what}: ended with ${child.exitCode}`);
    if (Date.now() > deadline) throw new Error(`${what}: not ready after 300 s`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Asks the programs to end, and waits until they have. */
async function end(children: ChildProcess[]): Promise<void> {
  for (const child of children) {
    const over = child.exitCode !== null || child.signalCode !== null;
    if (over || child.pid === undefined) continue;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGTERM");
    await ended;
  }
}

export default async function setup(): Promise<() => Promise<void>> {
  const data = mkdtempSync(join(tmpdir(), "teahouse-e2e-"));
  const children: ChildProcess[] = [];
  const ends: (() => void)[] = [];
  const teardown = async () => {
    await end(children.reverse());
    for (const over of ends) over();
    rmSync(data, { recursive: true, force: true });
  };
  try {
    await start(data, children, ends);
  } catch (error) {
    // Playwright knows no teardown of a setup that failed.
    await teardown();
    throw error;
  }
  return teardown;
}

/** Starts everything, adds what it started to children, and tells the tests where it is. */
async function start(data: string, children: ChildProcess[], ends: (() => void)[]): Promise<void> {
  chmodSync(data, 0o755); // as root the database runs as another user
  const url = `http://127.0.0.1:${await freePort()}`;
  const shop = `127.0.0.1:${await freePort()}`;
  const secondShop = `127.0.0.1:${await freePort()}`; // for the café that a test founds itself
  const newcomerShop = `127.0.0.1:${await freePort()}`; // for the server of a new developer
  const elsewhere = await startElsewhere(url);
  ends.push(() => elsewhere.server.close());
  const output = process.env.E2E_LOG ? "inherit" : "ignore";

  const host = spawn(
    process.env.TEAHOUSE_BIN ?? join(root, "bin/teahouse"),
    [
      "serve",
      "--addr",
      new URL(url).host,
      "--data",
      data,
      "--demo",
      "examples/cafe/miniprogram",
      "--demo-shop",
      shop,
      "--egress-allow",
      `${shop},${secondShop},${newcomerShop},${elsewhere.authority}`,
      "--map-tiles",
      `http://${elsewhere.authority}/{z}/{x}/{y}.png`,
      "--map-attribution",
      "© Elsewhere",
      "--log-level",
      "warn",
    ],
    { cwd: root, stdio: ["ignore", output, "inherit"] },
  );
  children.push(host);
  await until("the host", () => existsSync(join(data, "demo/cafe.ready")), host);

  const settings = Object.fromEntries(
    readFileSync(join(data, "demo/cafe.env"), "utf8")
      .split("\n")
      .filter((line) => line.includes("="))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  const cafe = spawn(process.execPath, ["examples/cafe/server/server.js"], {
    cwd: root,
    stdio: ["ignore", output, "inherit"],
    env: { ...process.env, ...settings, CAFE_ADDR: shop, CAFE_KITCHEN_SECONDS: "1" },
  });
  children.push(cafe);
  await until(
    "the café",
    () =>
      fetch(`http://${shop}/config`).then(
        (answer) => answer.ok,
        () => false,
      ),
    cafe,
  );

  process.env.TEAHOUSE_URL = url;
  process.env.CAFE_APP_ID = settings.CAFE_APP_ID;
  process.env.ELSEWHERE = elsewhere.authority;
  process.env.SECOND_SHOP = secondShop;
  process.env.NEWCOMER_SHOP = newcomerShop;
  process.env.SCRATCH = join(data, "scratch"); // gone with the rest
  mkdirSync(process.env.SCRATCH);
}
