#!/usr/bin/env node
import { spawn } from "node:child_process";
import { cp, readdir, mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { pack } from "./bundle.js";
import { Developer, type Diagnostic, type LogEntry, type Version } from "./developer.js";
import { Problem } from "./problem.js";
import { appOf, load, save } from "./settings.js";

const USAGE = `teahouse: tools for mini programs

  teahouse init DIR                     start a mini program from a template
  teahouse login --url URL --token T    remember the host and your token
  teahouse check DIR                    run it headless: every page, every tap target
  teahouse upload DIR                   pack, upload and compile a new version
  teahouse versions                     list the versions of the app
  teahouse submit VERSION_ID            hand a version to review
  teahouse release VERSION_ID           release an approved version
  teahouse logs                         read the app's log

options
  --app ID          the app; also TEAHOUSE_APP, or "app_id" in DIR/teahouse.json
  --version X.Y.Z   with upload: the version's name (default: date and time)
  --notes TEXT      with upload and submit: what changed
  --json            machine-readable output
  -h, --help        this text

TEAHOUSE_URL and TEAHOUSE_TOKEN stand in for login, for CI. "check" needs the teahouse binary on
the PATH, or TEAHOUSE_BIN.
`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    app: { type: "string" },
    version: { type: "string" },
    notes: { type: "string", default: "" },
    url: { type: "string" },
    token: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
const [command, argument] = positionals;

async function main(): Promise<number> {
  if (options.help || !command) {
    process.stdout.write(USAGE);
    return command || options.help ? 0 : 2;
  }
  const run = commands[command];
  if (!run) throw new Error(`there is no command "${command}"; teahouse --help lists them`);
  return run();
}

const commands: Record<string, () => Promise<number>> = {
  init,
  login,
  check,
  upload,
  versions,
  submit,
  release,
  logs,
};

function need(what: string): string {
  if (!argument) throw new Error(`${command} needs ${what}`);
  return argument;
}

async function init(): Promise<number> {
  const directory = need("a directory");
  await mkdir(directory, { recursive: true });
  if ((await readdir(directory)).length > 0) throw new Error(`${directory} is not empty`);
  await cp(fileURLToPath(new URL("../templates/blank", import.meta.url)), directory, {
    recursive: true,
  });
  console.log(`${directory} is a mini program. Next: teahouse upload ${directory} --app ta…`);
  return 0;
}

async function login(): Promise<number> {
  if (!options.url || !options.token) throw new Error("login needs --url and --token");
  const me = await new Developer(options.url, options.token).get<{ items: unknown[] }>(
    "/api/v1/dev/apps",
  );
  const file = await save({ url: options.url, token: options.token });
  console.log(`logged in; ${me.items.length} app(s). Saved in ${file}`);
  return 0;
}

/** Runs the host binary's own check, which is the same code that review runs. */
async function check(): Promise<number> {
  const directory = need("the directory of a mini program");
  const binary = process.env.TEAHOUSE_BIN ?? "teahouse";
  const child = spawn(binary, ["check", directory, ...(options.json ? ["--json"] : [])], {
    stdio: "inherit",
  });
  return new Promise((resolve, reject) => {
    child.on("error", () =>
      reject(
        new Error(`the teahouse binary was not found (${binary}); install it or set TEAHOUSE_BIN`),
      ),
    );
    child.on("exit", (code) => resolve(code ?? 1));
  });
}

async function upload(): Promise<number> {
  const directory = need("the directory of a mini program");
  const developer = await client();
  const app = await appOf(directory, options.app);
  const bundle = await pack(directory);
  if (!options.json)
    console.log(
      `${bundle.files} files, ${size(bundle.bytes)}, packed to ${size(bundle.zip.length)}; uploading`,
    );
  const started = Date.now();
  const version = await developer.upload(
    app,
    bundle.zip,
    options.version ?? stamp(),
    options.notes,
  );
  return report(version, Date.now() - started);
}

function report(version: Version, milliseconds: number): number {
  if (options.json) {
    console.log(JSON.stringify(version, null, 2));
  } else {
    for (const d of version.diagnostics ?? []) console.log(line(d));
    const good = version.state !== "failed";
    console.log(
      `version ${version.version} ${good ? "compiled" : "did not compile"} in ${milliseconds} ms`,
    );
    console.log(
      good
        ? `next: teahouse submit ${version.id} --app ${version.app_id}`
        : "mend the errors above and upload again",
    );
  }
  return version.state === "failed" ? 1 : 0;
}

function line(d: Diagnostic): string {
  return `${d.file}${d.line ? `:${d.line}:${d.column}` : ""}: ${d.severity}: ${d.message} (${d.code})`;
}

async function versions(): Promise<number> {
  const app = await appOf(".", options.app);
  const { items } = await (await client()).get<{ items: Version[] }>(
    `/api/v1/dev/apps/${app}/versions`,
  );
  if (options.json) console.log(JSON.stringify(items, null, 2));
  else
    for (const v of items)
      console.log(`${v.id}  ${v.state.padEnd(10)} ${v.version}  ${size(v.size)}`);
  return 0;
}

async function submit(): Promise<number> {
  return move("submit", { notes: options.notes }, "is with the reviewers");
}

async function release(): Promise<number> {
  return move("release", {}, "is released");
}

async function move(step: string, body: object, done: string): Promise<number> {
  const id = need("a version ID; teahouse versions lists them");
  const app = await appOf(".", options.app);
  const version = await (await client()).post<Version>(
    `/api/v1/dev/apps/${app}/versions/${id}/${step}`,
    body,
  );
  console.log(
    options.json ? JSON.stringify(version, null, 2) : `version ${version.version} ${done}`,
  );
  return 0;
}

async function logs(): Promise<number> {
  const app = await appOf(".", options.app);
  const { items } = await (await client()).get<{ items: LogEntry[] }>(
    `/api/v1/dev/apps/${app}/logs`,
  );
  for (const entry of items) {
    const where = entry.file ? ` (${entry.file}:${entry.line}:${entry.column})` : "";
    console.log(
      options.json
        ? JSON.stringify(entry)
        : `${entry.at ?? entry.created_at} ${entry.level.padEnd(5)} ${entry.text}${where}`,
    );
  }
  return 0;
}

async function client(): Promise<Developer> {
  const { url, token } = await load();
  return new Developer(url, token);
}

function size(bytes: number): string {
  return bytes < 1024 * 1024
    ? `${(bytes / 1024).toFixed(1)} KB`
    : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** A version's name when none is given: it sorts by time and is a valid semantic version. */
function stamp(): string {
  const now = new Date().toISOString();
  return `0.0.0-dev.${now.slice(0, 19).replace(/[-:]/g, "").replace("T", ".t")}`;
}

main().then(
  (code) => (process.exitCode = code),
  (error: Error) => {
    const fields =
      error instanceof Problem
        ? error.fields.map((f) => `\n  ${f.path}: ${f.message}`).join("")
        : "";
    const id = error instanceof Problem && error.requestID ? ` (request ${error.requestID})` : "";
    console.error(`teahouse: ${error.message}${fields}${id}`);
    process.exitCode = 1;
  },
);
