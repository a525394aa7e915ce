// The command line as a developer meets it, against a real host.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { cp, mkdtemp, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { hostProgram, person, startHost } from "./host.js";

const CLI = resolve(import.meta.dirname, "../dist/cli.js");
const COMMANDS = ["init", "login", "logout", "apps", "check", "upload"].concat([
  "versions",
  "status",
  "submit",
  "withdraw",
  "release",
  "logs",
]);

let host;
let token;
let home; // of a developer who is logged in
let scratch;

before(async () => {
  scratch = await mkdtemp(join(tmpdir(), "teahouse-cli-"));
  home = join(scratch, "home");
  host = await startHost();
  const dana = await person(host.url, "dana");
  ({ token } = await dana("POST", "/me/api-tokens", { name: "tests" }));
  const login = await run(["login", "--url", host.url, "--token", token]);
  assert.equal(login.code, 0, login.err);
});

after(async () => {
  await host?.stop();
  await rm(scratch, { recursive: true, force: true });
});

/** Runs the command line without a terminal, as CI does. */
function run(args, { env = {}, cwd = scratch, input = "" } = {}) {
  const clean = { PATH: process.env.PATH, XDG_CONFIG_HOME: home, ...env };
  return new Promise((done) => {
    const options = { env: clean, cwd, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(process.execPath, [CLI, ...args], options, (error, out, err) =>
      done({ code: error ? error.code : 0, out, err }),
    );
    child.stdin.end(input);
  });
}

async function ok(args, options) {
  const result = await run(args, options);
  assert.equal(result.code, 0, `${args.join(" ")}\n${result.out}${result.err}`);
  return result.out;
}

/** A command that fails with this exit code, in one sentence and without a stack trace. */
async function fails(code, args, pattern, options) {
  const result = await run(args, options);
  assert.equal(result.code, code, `${args.join(" ")}\n${result.out}${result.err}`);
  assert.match(result.err, pattern);
  assert.match(result.err, /^teahouse: /);
  assert.doesNotMatch(result.err, /\n\s+at |undefined|\[object/);
}

let programs = 0;
async function program(files = {}) {
  const directory = join(scratch, `program-${++programs}`);
  await cp(resolve(import.meta.dirname, "../templates/blank"), directory, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(directory, name, ".."), { recursive: true });
    await writeFile(join(directory, name), content);
  }
  return directory;
}

const asksFor = (...scopes) =>
  JSON.stringify({ pages: ["pages/index/index"], teahouse: { scopes } });

test("every command has a help of its own, and takes --json", async () => {
  const usage = await ok(["--help"]);
  for (const command of COMMANDS) {
    assert.match(usage, new RegExp(`^  ${command}\\b`, "m"));
    const help = await ok([command, "--help"]);
    assert.match(help, new RegExp(`^teahouse ${command}`));
    assert.match(help, /--json/);
    assert.equal(await ok(["help", command]), help);
  }
});

test("what is typed wrongly is answered with what would be right, and the code 2", async () => {
  await fails(2, ["uplaod", "."], /did you mean upload\?/);
  await fails(2, ["frobnicate"], /teahouse --help/);
  await fails(2, ["--verbose"], /name of a command comes first/);
  await fails(
    2,
    ["upload", ".", "--vresion", "1"],
    /no option --vresion; did you mean --version\?/,
  );
  await fails(2, ["upload", ".", "-x"], /no option -x/);
  await fails(2, ["upload", ".", "--app"], /--app needs a value/);
  await fails(2, ["logs", "--json=yes"], /--json takes no value/);
  await fails(2, ["upload"], /upload needs DIR/);
  await fails(2, ["upload", "a", "b"], /"b" is one word too many/);
  await fails(2, ["logs", "--level", "loud"], /--level is one of log, info, warn, error/);
  await fails(2, ["logs", "--app", "ta0", "--limit", "many"], /--limit is a number from 1/);
  await fails(2, ["login"], /--url/);
  await fails(2, ["login", "--url", "localhost:8080"], /http:\/\/localhost:8080/);
  await fails(2, ["versions"], /Which app\?.*teahouse apps/);
  await fails(2, ["versions", "--app", "café"], /not an app ID/);
  await fails(2, ["submit", "1.0.0", "--reason", "login"], /--reason takes a scope and a text/);
});

test("with --json an error is one JSON document too", async () => {
  for (const args of [
    ["frobnicate"],
    ["upload", "--vresion"],
    ["versions", "--app", "ta0000000000000000"],
    ["upload", join(scratch, "nowhere"), "--app", host.cafe],
  ]) {
    const { code, out, err } = await run([...args, "--json"]);
    assert.notEqual(code, 0);
    assert.equal(err, "");
    assert.ok(JSON.parse(out).error.message.length > 10, out);
  }
});

test("init makes a program that compiles; it writes over nothing", async () => {
  const directory = join(scratch, "fresh");
  assert.match(await ok(["init", directory, "--app", host.cafe]), /Next: teahouse upload/);
  assert.equal(
    JSON.parse(await readFile(join(directory, "teahouse.json"), "utf8")).app_id,
    host.cafe,
  );
  assert.match(await ok(["upload", directory]), /compiled in \d+ ms/);
  await fails(1, ["init", directory], /is not empty/);
  await fails(1, ["init", join(directory, "app.json")], /is a file/);
});

test("the host serves the command line, which names itself as it was started", async () => {
  const address = `${host.url}/sdk/teahouse.tgz`;
  const directory = join(scratch, "from-the-host");
  const env = {
    PATH: process.env.PATH,
    HOME: scratch,
    npm_config_cache: join(scratch, "npm"),
    npm_config_update_notifier: "false",
  };
  const out = await new Promise((done, failed) =>
    execFile("npx", ["--yes", address, "init", directory], { env, cwd: scratch }, (error, text) =>
      error ? failed(error) : done(text),
    ),
  );
  assert.ok(out.includes(`Next: npx --yes ${address} upload ${directory}`), out);
  assert.ok((await stat(join(directory, "app.json"))).isFile());
});

test("a token is kept from other users, and may come through a pipe", async () => {
  const elsewhere = join(scratch, "elsewhere");
  const env = { XDG_CONFIG_HOME: elsewhere };
  assert.match(await ok(["login", "--url", host.url], { env, input: `${token}\n` }), /Logged in/);
  const file = join(elsewhere, "teahouse/settings.json");
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  await ok(["logout"], { env });
  await fails(4, ["apps"], /Not logged in/, { env });
  await fails(2, ["login", "--url", host.url], /There was no token/, { env });
  await writeFile(join(elsewhere, "teahouse/settings.json"), "{ not json");
  await fails(1, ["apps"], /settings\.json is not valid JSON/, { env });
});

test("a token that is no longer good, and one that never was: the code 4", async () => {
  const dana = await person(host.url, "dana");
  const spare = await dana("POST", "/me/api-tokens", { name: "spare" });
  const env = { TEAHOUSE_URL: host.url, TEAHOUSE_TOKEN: spare.token };
  await ok(["apps"], { env });
  await dana("DELETE", `/me/api-tokens/${spare.id}`);
  await fails(4, ["apps"], /The token is not valid.*developer\/tokens/s, { env });
  await fails(4, ["login", "--url", host.url, "--token", "tea_pat_X"], /The token is not valid/);
});

test("no host, and something that is no host: the code 3", async (t) => {
  const env = (url) => ({ env: { TEAHOUSE_URL: url, TEAHOUSE_TOKEN: token } });
  const free = createServer();
  await new Promise((done) => free.listen(0, "127.0.0.1", done));
  const nobody = `http://127.0.0.1:${free.address().port}`;
  await new Promise((done) => free.close(done));
  await fails(3, ["apps"], /nothing listens there/, env(nobody));
  await fails(3, ["apps"], /no host of that name/, env("http://teahouse.invalid"));
  const other = createServer((_, response) => response.end("<h1>It works!</h1>"));
  await new Promise((done) => other.listen(0, "127.0.0.1", done));
  t.after(() => other.close());
  const address = `http://127.0.0.1:${other.address().port}`;
  await fails(3, ["apps"], /not as a Teahouse host does/, env(address));
});

test("an app that is not there, or is somebody else's", async () => {
  await fails(1, ["versions", "--app", "ta0000000000000000"], /app.*teahouse apps/s);
  const bob = await person(host.url, "bob");
  await bob("POST", "/me/roles/developer");
  const { token: bobs } = await bob("POST", "/me/api-tokens", { name: "bob" });
  const env = { TEAHOUSE_URL: host.url, TEAHOUSE_TOKEN: bobs };
  await fails(1, ["versions", "--app", host.cafe], /app/, { env });
  await fails(1, ["upload", await program(), "--app", host.cafe], /app/, { env });
  assert.match(await ok(["apps"], { env }), /You work on no app yet/);
});

test("folders that are no program are refused before the upload", async () => {
  const to = ["--app", host.cafe];
  await fails(1, ["upload", join(scratch, "nowhere"), ...to], /There is no folder/);
  await fails(1, ["upload", CLI, ...to], /is a file/);
  const empty = join(scratch, "empty");
  await mkdir(empty);
  await fails(1, ["upload", empty, ...to], /holds no app\.json/);
  await writeFile(join(empty, "project.config.json"), "{");
  await fails(1, ["upload", empty, ...to], /project\.config\.json is not valid JSON/);
  await writeFile(join(empty, "project.config.json"), '{"miniprogramRoot": "../.."}');
  await fails(1, ["upload", empty, ...to], /leads out of the folder/);
  const broken = await program({ "teahouse.json": "[]" });
  await fails(1, ["upload", broken], /teahouse\.json should hold an object/);
});

test("errors of a program come with their places, and the code 1", async () => {
  const directory = await program({ "pages/index/index.js": "Page({" });
  const { code, out } = await run(["upload", directory, "--app", host.cafe, "--version", "0.0.1"]);
  assert.equal(code, 1);
  assert.match(out, /pages\/index\/index\.js:1:\d+: error: /);
  assert.match(out, /version 0\.0\.1 did not compile/);
  assert.doesNotMatch(out, /undefined/);
  const told = await ok(["status", "0.0.1", "--app", host.cafe]);
  assert.match(told, /did not compile\n {2}pages\/index\/index\.js:1/);
});

test("a warning without a place in a file has none, instead of the word undefined", async () => {
  const directory = await program({ "pages/index/index.js": "Page({ onLoad() { wx.cloud } })" });
  const out = await ok(["upload", directory, "--app", host.cafe]);
  assert.match(out, /pages\/index\/index\.js:1: warning: /);
  assert.doesNotMatch(out, /undefined/);
});

test("a version's way: submitted with reasons, rejected, read, withdrawn, by its name", async () => {
  const app = ["--app", host.cafe];
  const directory = await program({ "app.json": asksFor("login", "payment") });
  await ok(["upload", directory, ...app, "--version", "7.0.0", "--notes", "Tea by the pot"]);
  assert.match(await ok(["versions", ...app]), /^7\.0\.0 +ready .*Tea by the pot$/m);
  await fails(1, ["submit", "7.0", ...app], /no version "7\.0"; the newest are 7\.0\.0/);
  await fails(
    2,
    ["submit", "7.0.0", ...app, "--reason", "network=x"],
    /does not ask for.*login, payment/,
  );

  // One reason stands in the project, the other is typed.
  await writeFile(
    join(directory, "teahouse.json"),
    JSON.stringify({ app_id: host.cafe, scope_reasons: { login: "To know whose tea it is" } }),
  );
  const submit = ["submit", "7.0.0", "--notes", "Try the oolong"];
  const typed = ["--reason", "payment=Tea = money"];
  const without = await run(["submit", "nothing", ...typed], { cwd: directory });
  assert.match(without.err, /no version "nothing"/);
  assert.match(await ok([...submit, ...typed], { cwd: directory }), /with the reviewers/);

  const admin = await person(host.url, "admin");
  const waiting = await admin("GET", "/admin/submissions?state=pending");
  const { id } = waiting.items.find((item) => item.version === "7.0.0") ?? waiting.items[0];
  const submission = await admin("GET", `/admin/submissions/${id}`);
  const said = JSON.stringify(submission);
  assert.match(said, /Try the oolong/);
  assert.match(said, /To know whose tea it is/);
  assert.match(said, /Tea = money/);
  await admin("POST", `/admin/submissions/${id}/reject`, {
    reasons: [{ rule: "4.2", text: "The price is missing.", file: "app.json", line: 1 }],
  });

  const told = await ok(["status", "7.0.0", ...app]);
  assert.match(told, /7\.0\.0 is rejected/);
  assert.match(told, /4\.2 {2}The price is missing\. {2}\(app\.json:1\)/);
  await fails(1, ["release", "7.0.0", ...app], /./);

  await ok(["upload", directory, "--version", "7.0.1"]);
  assert.match((await run(["submit", "7.0.1", ...app])).err, /no reason for login/);
  assert.match(await ok(["withdraw", "7.0.1", ...app]), /no longer with the reviewers/);
  assert.match(await ok(["status", ...app]), /7\.0\.1 is /);
});

test("every answer is JSON when asked for", async () => {
  const app = ["--app", host.cafe, "--json"];
  const directory = await program();
  const version = JSON.parse(await ok(["upload", directory, ...app, "--version", "8.0.0"]));
  assert.equal(version.version, "8.0.0");
  assert.equal(JSON.parse(await ok(["versions", ...app]))[0].id, version.id);
  assert.equal(JSON.parse(await ok(["status", version.id, ...app])).id, version.id);
  assert.equal(JSON.parse(await ok(["submit", "8.0.0", ...app])).state, "submitted");
  assert.equal(JSON.parse(await ok(["withdraw", "8.0.0", ...app])).id, version.id);
  assert.ok(Array.isArray(JSON.parse(await ok(["logs", ...app]))));
  assert.ok(JSON.parse(await ok(["apps", "--json"])).some(({ id }) => id === host.cafe));
  const checked = await run(["check", directory, "--json"], { env: { TEAHOUSE_BIN: hostProgram } });
  assert.equal(JSON.parse(checked.out).failed, 0);
});

/** A host with a log of many pages; what a real one holds is up to the programs that ran on it. */
async function longLog(t, lines) {
  const server = createServer((request, response) => {
    const query = new URL(request.url, "http://host").searchParams;
    const from = Number(query.get("cursor") ?? 0);
    const to = Math.min(from + Number(query.get("limit")), lines);
    const items = Array.from({ length: to - from }, (_, i) => ({
      time: `2026-01-01T00:00:00.${String(lines - from - i).padStart(6, "0")}Z`,
      level: "error",
      text: `line ${lines - from - i}`,
      file: from + i === 0 ? "" : "pages/a/a.js",
      line: from + i < 2 ? 0 : 3,
      column: 7,
    }));
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ items, next_cursor: to < lines ? String(to) : null }));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => server.close());
  return { TEAHOUSE_URL: `http://127.0.0.1:${server.address().port}`, TEAHOUSE_TOKEN: "t" };
}

test("a log is read in pages, shown with the newest line last, and no line says undefined", async (t) => {
  const env = await longLog(t, 5000);
  const lines = (await ok(["logs", "--app", "ta0", "--limit", "4000"], { env }))
    .trimEnd()
    .split("\n");
  assert.equal(lines.length, 4000);
  assert.match(lines[0], /error line 1001 \(pages\/a\/a\.js:3:7\)$/);
  assert.match(lines.at(-2), /error line 4999 \(pages\/a\/a\.js\)$/);
  assert.match(lines.at(-1), /^2026-01-01T00:00:00\.005000Z error line 5000$/);
  const short = await ok(["logs", "--app", "ta0"], { env });
  assert.equal(short.trimEnd().split("\n").length, 100);
});

test("a reader that has seen enough ends the command quietly", async () => {
  const child = spawn(process.execPath, [CLI, "--help"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH },
  });
  child.stdout.destroy(); // as `| head -0` does
  let said = "";
  child.stderr.on("data", (chunk) => (said += chunk));
  await new Promise((done) => child.once("close", done));
  assert.equal(said, "");
});

test("check never takes itself for the host's program", async () => {
  // npx puts a script called teahouse first on the PATH; running it would run us without end.
  const bin = join(scratch, "bin");
  await mkdir(bin);
  await writeFile(join(bin, "teahouse"), `#!/bin/sh\nexec ${process.execPath} ${CLI} "$@"\n`, {
    mode: 0o755,
  });
  const directory = await program();
  await fails(1, ["check", directory], /not on the PATH/, { env: { PATH: bin } });
  const out = await ok(["check", directory], {
    env: { PATH: `${bin}:${resolve(hostProgram, "..")}` },
  });
  assert.match(out, /1 passed, 0 failed/);
});
