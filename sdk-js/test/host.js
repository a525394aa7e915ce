// A real host with demo data for the tests of the command line, in a directory that is gone afterwards.
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
export const hostProgram = process.env.TEAHOUSE_BIN ?? join(root, "bin/teahouse");
/** The demo's people share one password; the README names it. */
const PASSWORD = "jasmine-tea-42";

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Starts a host; it has ended when the returned stop() has. */
export async function startHost() {
  const data = mkdtempSync(join(tmpdir(), "teahouse-sdk-"));
  chmodSync(data, 0o755); // as root the database runs as another user
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(
    hostProgram,
    ["serve", "--addr", new URL(url).host, "--data", data].concat(
      ["--demo", "examples/cafe/miniprogram", "--demo-shop", "127.0.0.1:1"],
      ["--log-level", "error"],
    ),
    { cwd: root, stdio: ["ignore", "ignore", "inherit"] },
  );
  const ended = new Promise((done) => child.once("exit", done));
  let gone = false;
  void ended.then(() => (gone = true));
  const ready = join(data, "demo/cafe.ready");
  while (!existsSync(ready)) {
    if (gone) throw new Error(`the host ended with ${child.exitCode}`);
    await new Promise((done) => setTimeout(done, 100));
  }
  const cafe = /CAFE_APP_ID=(\S+)/.exec(readFileSync(join(data, "demo/cafe.env"), "utf8"))[1];
  return {
    url,
    cafe,
    async stop() {
      child.kill("SIGTERM");
      await ended;
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** REST in the name of one of the demo's people. */
export async function person(url, handle) {
  const call = async (token, method, path, body) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  };
  const { access_token } = await call("", "POST", "/auth/login", { handle, password: PASSWORD });
  return (method, path, body) => call(access_token, method, path, body);
}
