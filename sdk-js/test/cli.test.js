// The command line as a developer meets it, against a real host.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { cp, mkdtemp, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { languageOf } from "../dist/language.js";
import { CHINESE, ENGLISH } from "../dist/texts.js";
import { hostProgram, person, startHost } from "./host.js";

const CLI = resolve(import.meta.dirname, "../dist/cli.js");
const COMMANDS = ["init", "login", "logout", "apps", "check", "replay", "upload"].concat([
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
  const clean = { PATH: process.env.PATH, XDG_CONFIG_HOME: home, LANG: "C.UTF-8", ...env };
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
  assert.match(told, /did not compile\n {2}uploaded .* UTC\n {2}pages\/index\/index\.js:1/);
});

test("a warning without a place in a file has none, instead of the word undefined", async () => {
  const directory = await program({
    "pages/index/index.js": "Page({ onLoad() { wx.openBluetoothAdapter } })",
  });
  const out = await ok(["upload", directory, "--app", host.cafe]);
  assert.match(out, /pages\/index\/index\.js:1:19: warning: /);
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
  await fails(1, ["submit", "nothing", ...typed], /no version "nothing"/, { cwd: directory });
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
  await fails(
    1,
    ["release", "7.0.0", ...app],
    /^teahouse: Version 7\.0\.0 cannot be released: it is rejected\. Next: teahouse upload DIR/,
  );

  await ok(["upload", directory, "--version", "7.0.1"]);
  await ok(["submit", "7.0.1", ...typed], { cwd: directory });
  await fails(
    1,
    ["submit", "7.0.1", ...typed],
    /^teahouse: Version 7\.0\.1 cannot be submitted: it is with the reviewers\. Next: teahouse withdraw 7\.0\.1/,
    { cwd: directory },
  );
  assert.match(await ok(["withdraw", "7.0.1", ...app]), /no longer with the reviewers/);
  await fails(1, ["withdraw", "7.0.1", ...app], /cannot be withdrawn: it is ready/);
  assert.match(await ok(["status", ...app]), /7\.0\.1 is ready.*\n {2}uploaded 20.* UTC/);
});

test("nothing is submitted while a scope has no reason", async () => {
  const app = ["--app", host.cafe];
  const directory = await program({ "app.json": asksFor("login", "payment", "subscribe") });
  await ok(["upload", directory, ...app, "--version", "7.1.0"]);
  for (const given of [[], ["--reason", "login=To know whose tea it is"]]) {
    const missing = given.length ? "payment, subscribe" : "login, payment, subscribe";
    const submit = ["submit", "7.1.0", ...app, ...given];
    await fails(2, submit, new RegExp(`Nothing was submitted.*no reason for ${missing},`));
    await fails(2, submit, /--reason "payment=…" --reason "subscribe=…", or in teahouse\.json/);
    assert.match(await ok(["status", "7.1.0", ...app]), /is ready: compiled, not submitted/);
  }
  // The host decides too: another client cannot leave them out either.
  const dana = await person(host.url, "dana");
  const { id } = JSON.parse(await ok(["status", "7.1.0", ...app, "--json"]));
  const versions = `/dev/apps/${host.cafe}/versions`;
  await assert.rejects(dana("POST", `${versions}/${id}/submit`, {}), /422.*scope-reason-missing/);
});

test("a version is a semantic version, and names one upload", async () => {
  const directory = await program();
  const upload = (version) => ["upload", directory, "--app", host.cafe, "--version", version];
  for (const bad of ["banana", "1.0", "v1.0.0", "01.0.0", ""])
    await fails(2, upload(bad), /is not a version; it is a semantic version.*such as 1\.2\.0/);
  await ok(upload("9.0.0-beta.1"));
  await fails(
    1,
    upload("9.0.0-beta.1"),
    /has a version 9\.0\.0-beta\.1 already.*teahouse versions --app ta/,
  );
  const { code, out } = await run([...upload("9.0.0-beta.1"), "--json"]);
  assert.equal(code, 1);
  assert.equal(JSON.parse(out).error.slug, "version-taken");
});

test("the version of the package, and that of the host's program", async () => {
  const { version } = JSON.parse(
    await readFile(resolve(import.meta.dirname, "../package.json"), "utf8"),
  );
  for (const args of [["--version"], ["version"]]) assert.equal(await ok(args), `${version}\n`);
  const [flag, command] = await Promise.all(["--version", "version"].map((word) => native([word])));
  assert.ok(flag.out.trim().length > 0);
  assert.deepEqual(command, flag);
});

/** Runs the host's own program. */
function native(args, env = {}) {
  return new Promise((done) =>
    execFile(hostProgram, args, { cwd: scratch, env }, (error, out, err) =>
      done({ code: error ? error.code : 0, out, err }),
    ),
  );
}

test("check says in words what is wrong with the folder, and why a strict one fails", async () => {
  const check = { env: { TEAHOUSE_BIN: hostProgram } };
  await fails(1, ["check", "nowhere"], /There is no folder nowhere/, check);
  await fails(1, ["check", CLI], /is a file/, check);
  assert.deepEqual(await native(["check", "nowhere"]), {
    code: 1,
    out: "",
    err: "teahouse: there is no folder nowhere\n",
  });
  assert.match((await native(["check", CLI])).err, /^teahouse: .* is a file; name the folder/);
  const directory = await program({
    "pages/index/index.js": "Page({ onLoad() { wx.openBluetoothAdapter } })",
  });
  const { code, out } = await run(["check", directory, "--strict"], check);
  assert.equal(code, 1);
  assert.match(out, /1 passed, 0 failed; not clean \(--strict\): 1 warning, 1 unsupported API\n$/);
});

test("of many mistakes the first is told: arguments, folder, config, log-in, network", async () => {
  const free = createServer();
  await new Promise((done) => free.listen(0, "127.0.0.1", done));
  const nobody = `http://127.0.0.1:${free.address().port}`;
  await new Promise((done) => free.close(done));
  const directory = await program();
  const empty = join(scratch, "nothing-in-it");
  await mkdir(empty);
  const loggedOut = { XDG_CONFIG_HOME: empty };
  const away = { TEAHOUSE_URL: nobody, TEAHOUSE_TOKEN: "tea_pat_x" };
  const upload = [
    [2, ["upload", "nowhere", "--nonsense"], /no option/],
    [2, ["upload", "nowhere", "--app", "banana"], /not an app ID/],
    [2, ["upload", "nowhere", "--version", "banana"], /not a version/],
    [1, ["upload", "nowhere"], /no folder/],
    [2, ["upload", directory], /Which app/],
  ];
  for (const [code, args, pattern] of [
    ...upload,
    [2, ["check", "nowhere", "--nonsense"], /no option/],
    [1, ["check", "nowhere"], /no folder/],
    [1, ["check", directory], /not on the PATH/],
    [2, ["versions", "--limit", "0"], /--limit is a number/],
    [2, ["logs", "--limit", "many"], /--limit is a number/],
    [2, ["submit", "1.0.0", "--reason", "x"], /--reason takes/],
    [2, ["submit", "1.0.0", "--notes", "x", "--notes-file", "y"], /not both/],
    [
      2,
      ["submit", "1.0.0", "--notes-file", "nowhere"],
      /nowhere cannot be read: it does not exist/,
    ],
    [2, ["login", "--token", "tea_pat_x"], /needs --url/],
  ])
    await fails(code, args, pattern, { env: { PATH: empty, ...loggedOut } });
  for (const args of [["status"], ["versions"], ["logs"]].concat(
    ["status", "submit", "withdraw", "release"].map((name) => [name, "1.0.0"]),
  )) {
    await fails(2, args, /Which app/, { env: loggedOut });
    await fails(4, [...args, "--app", "ta0"], /Not logged in/, { env: loggedOut });
    await fails(3, [...args, "--app", "ta0"], /nothing listens there/, { env: away });
  }
  await fails(4, ["upload", directory, "--app", "ta0"], /Not logged in/, { env: loggedOut });
  await fails(3, ["upload", directory, "--app", "ta0"], /nothing listens/, { env: away });
  await fails(4, ["apps"], /Not logged in/, { env: loggedOut });
  await fails(2, ["apps"], /not a token/, { env: { ...away, TEAHOUSE_TOKEN: "令牌" } });
  await fails(2, ["help", "uplaod"], /did you mean upload/);
});

test("what the system refuses is told in words", async () => {
  const file = join(scratch, "a-file");
  await writeFile(file, "");
  await fails(1, ["login", "--url", host.url, "--token", token], /a-file.*: it does not exist/, {
    env: { XDG_CONFIG_HOME: file },
  });
  await fails(1, ["check", await program()], /cannot be run: it does not exist/, {
    env: { TEAHOUSE_BIN: join(scratch, "no-program") },
  });
});

test("a host that begins to answer and stops: the code 3", async (t) => {
  const half = createServer((request, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
    response.write("{");
    setImmediate(() => request.socket.destroy());
  });
  await new Promise((done) => half.listen(0, "127.0.0.1", done));
  t.after(() => half.close());
  const env = {
    TEAHOUSE_URL: `http://127.0.0.1:${half.address().port}`,
    TEAHOUSE_TOKEN: "tea_pat_x",
  };
  await fails(3, ["apps"], /the connection broke/, { env });
  const tls = { ...env, TEAHOUSE_URL: env.TEAHOUSE_URL.replace("http:", "https:") };
  await fails(3, ["apps"], /does not speak https/, { env: tls });
});

test("the language is the terminal's: LC_ALL, then LC_MESSAGES, then LANG", () => {
  assert.equal(languageOf({ LANG: "zh_CN.UTF-8" }), "zh-CN");
  assert.equal(languageOf({ LANG: "zh_CN.UTF-8", LC_ALL: "C.UTF-8" }), "en");
  assert.equal(languageOf({ LANG: "pl_PL.UTF-8", LC_MESSAGES: "zh" }), "zh-CN");
  assert.equal(languageOf({ LANG: "zha_CN" }), "en");
  assert.equal(languageOf({ LANG: "POSIX" }), "en");
});

test("both languages have the same values in each text", () => {
  const names = (text) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
  for (const [key, english] of Object.entries(ENGLISH)) {
    assert.deepEqual(names(CHINESE[key]), names(english), key);
    // Words in code and names of products stay; a sentence without Chinese was forgotten.
    assert.match(`${CHINESE[key]}`, /\p{Script=Han}|^[^a-z]*(\{\w+\}[^a-z]*)+$|^\{self\} /u, key);
  }
});

test("in a Chinese terminal the command line speaks Chinese, and so does the host", async () => {
  const env = { LANG: "zh_CN.UTF-8" };
  const app = ["--app", host.cafe];
  const directory = await program({
    "pages/index/index.js": "Page({ onLoad() { wx.openBluetoothAdapter } })",
  });
  assert.match(await ok(["--help"], { env }), /小程序开发工具.*upload DIR +打包/s);
  await fails(2, ["upload"], /upload 需要 DIR/, { env });
  await fails(1, ["versions", "--app", "ta0000000000000000"], /小程序/, { env });
  const out = await ok(["upload", directory, ...app, "--version", "9.1.0"], { env });
  assert.match(out, /警告: 不支持 wx\.openBluetoothAdapter/);
  assert.match(out, /版本 9\.1\.0 已编译/);
  assert.match(await ok(["status", "9.1.0", ...app], { env }), /版本 9\.1\.0：已编译，尚未提交/);
  await fails(1, ["upload", directory, ...app, "--version", "9.1.0"], /已有版本 9\.1\.0/, { env });
  const checked = await run(["check", directory], { env: { ...env, TEAHOUSE_BIN: hostProgram } });
  assert.match(checked.out, /1 passed, 0 failed\n$/); // a script reads it, whatever the language
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

test("check takes every option that the host's own program takes", async () => {
  const names = (help) => [...new Set(help.match(/--[a-z-]+/g))].sort();
  const { out } = await native(["check", "--help"]);
  assert.deepEqual(
    names(await ok(["check", "--help"])),
    names(out).filter((name) => name !== "--version"),
  );
  const directory = await program();
  await writeFile(join(scratch, "steps"), "open pages/index/index\ntap button\n");
  const check = { env: { TEAHOUSE_BIN: hostProgram } };
  for (const [options, pattern] of [
    [["--steps", "steps"], /^ok +tap button$/m],
    [["--page", "pages/index/index?a=1", "--tree"], /<button/],
    [["--lang", "zh-CN"], /元素|节点/],
  ])
    assert.match(await ok(["check", directory, ...options], check), pattern);
});

test("the session of an error is fetched from the log, and plays again on a changed program", async (t) => {
  const directory = await program({
    "pages/index/index.js": "Page({\n  onLoad() {\n    undefined.tea\n  },\n})\n",
  });
  const check = { env: { TEAHOUSE_BIN: hostProgram } };
  await run(["check", directory, "--record", "failed"], check);
  const recorded = await readFile(join(scratch, "failed/pages-index-index.jsonl"), "utf8");
  const server = createServer((request, response) => {
    const one = new URL(request.url, "http://host").searchParams.get("session_id");
    const line = { time: "2026-01-01T00:00:00Z", level: "info", file: "", line: 0, column: 0 };
    const items = [
      { ...line, session_id: "s1", kind: "replay", text: "", stack: one ? recorded : "" },
      { ...line, session_id: "s1", kind: "error", text: "TypeError", stack: "" },
    ];
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ items, next_cursor: null }));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => server.close());
  const env = { TEAHOUSE_URL: `http://127.0.0.1:${server.address().port}`, TEAHOUSE_TOKEN: "t" };
  assert.match(await ok(["logs", "--app", "ta0"], { env }), /logs --record FOLDER/);
  const told = await ok(["logs", "--app", "ta0", "--record", "crashes"], { env });
  assert.match(told, /replay crashes\/s1\.jsonl DIR/);
  assert.equal(await readFile(join(scratch, "crashes/s1.jsonl"), "utf8"), recorded);

  const again = ["replay", "crashes/s1.jsonl", directory];
  assert.match(await ok(again, check), /TypeError.*\(pages\/index\/index\.js:3:\d+\)/);
  const { lines } = JSON.parse(await ok([...again, "--json"], check));
  assert.match(lines.at(-1), /sent the same as when it was recorded/);
  await writeFile(join(directory, "pages/index/index.js"), "Page({ onLoad() {} })");
  assert.match(await ok(again, check), /The program is not the one that was recorded/);
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
