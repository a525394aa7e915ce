import { readFile } from "node:fs/promises";
import { pack } from "../bundle.js";
import { table, type Call, type Command, type Option } from "../command.js";
import { Developer, type Diagnostic, type Finding, type Version } from "../developer.js";
import { EXIT, Failure } from "../failure.js";
import { self } from "../self.js";
import { appOf, load, projectOf } from "../settings.js";

const APP: Option = {
  value: "ID",
  about: 'the app; also TEAHOUSE_APP, or "app_id" in teahouse.json',
};
const VERSION_WORD = "VERSION";
const NAMING = "VERSION is what `versions` lists, such as 1.2.0, or an ID.";
const LISTED = 20;
/** How far back a version is looked for by its name. */
const SEARCHED = 500;

async function client(): Promise<Developer> {
  const { url, token } = await load();
  return new Developer(url, token);
}

function path(app: string, ...rest: string[]): string {
  return ["/api/v1/dev/apps", app, "versions", ...rest].join("/");
}

/** The version of that name or ID; of two with one name, the newer. */
async function find(developer: Developer, app: string, name: string): Promise<Version> {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(name))
    return developer.get<Version>(path(app, name));
  const newest: string[] = [];
  for await (const version of developer.list<Version>(path(app), {}, SEARCHED)) {
    if (version.version === name) return version;
    if (newest.length < 3) newest.push(version.version);
  }
  throw new Failure(
    newest.length > 0
      ? `The app has no version "${name}"; the newest are ${newest.join(", ")}.`
      : `The app has no version yet. Next: ${self()} upload DIR --app ${app}`,
  );
}

export const upload: Command = {
  name: "upload",
  about: "pack, upload and compile a new version",
  words: ["DIR"],
  options: {
    app: APP,
    version: { value: "NAME", about: "what to call it, such as 1.2.0 (default: date and time)" },
    notes: { value: "TEXT", about: "what changed" },
  },
  async run(call) {
    const directory = call.need(0);
    const developer = await client();
    const app = await appOf(directory, call.value("app"));
    const bundle = await pack(directory);
    call.say(
      `${bundle.files} files, ${size(bundle.bytes)}, packed to ${size(bundle.zip.length)}; uploading`,
    );
    const started = Date.now();
    const version = await developer.upload(
      app,
      bundle.zip,
      call.value("version") ?? stamp(),
      call.value("notes") ?? "",
    );
    const took = Date.now() - started;
    call.answer(version, () => compiled(version, took, developer.url));
    return version.state === "failed" ? EXIT.refused : EXIT.done;
  },
};

function compiled(version: Version, took: number, url: string): string {
  const lines = (version.diagnostics ?? []).map(diagnostic);
  if (version.state === "failed") {
    lines.push(`version ${version.version} did not compile (${took} ms)`);
    lines.push("Mend the errors above and upload again.");
    return lines.join("\n");
  }
  lines.push(`version ${version.version} compiled in ${took} ms`);
  lines.push(`Try it:    ${url}/a/${version.app_id}?version=${version.id}`);
  lines.push(`Submit it: ${self()} submit ${version.version} --app ${version.app_id}`);
  return lines.join("\n");
}

/** "file:line:column: error: text (code)", without the parts that it does not have. */
function diagnostic({ file, line, column, severity, message, code }: Diagnostic): string {
  const where = [file, line, line && column].filter(Boolean).join(":");
  return `${where ? `${where}: ` : ""}${severity}: ${message} (${code})`;
}

function finding({ rule, text, file, line }: Finding): string {
  const where = [file, line].filter(Boolean).join(":");
  return `  ${[rule, text].filter(Boolean).join("  ")}${where ? `  (${where})` : ""}`;
}

export const versions: Command = {
  name: "versions",
  about: "list the versions of the app, the newest first",
  words: [],
  options: {
    app: APP,
    limit: { value: "N", about: `how many (default ${LISTED})` },
  },
  async run(call) {
    const app = await appOf(".", call.value("app"));
    const developer = await client();
    const most = count(call, "limit", LISTED);
    const found: Version[] = [];
    for await (const version of developer.list<Version>(path(app), {}, most)) found.push(version);
    call.answer(found, () =>
      found.length === 0
        ? `No version yet. Next: ${self()} upload DIR --app ${app}`
        : table(
            found.map((v) => [
              v.version,
              v.state,
              size(v.size),
              v.created_at.slice(0, 16).replace("T", " "),
              v.notes.split("\n")[0]!.slice(0, 60),
            ]),
          ),
    );
    return 0;
  },
};

export const status: Command = {
  name: "status",
  about: "what became of a version: its errors, and what the reviewers say",
  words: [`${VERSION_WORD}?`],
  options: { app: APP },
  more: `${NAMING} Without it, the newest.`,
  async run(call) {
    const app = await appOf(".", call.value("app"));
    const developer = await client();
    const name = call.words[0];
    let version: Version | undefined;
    if (name) version = await find(developer, app, name);
    else for await (const newest of developer.list<Version>(path(app), {}, 1)) version = newest;
    if (!version) throw new Failure(`No version yet. Next: ${self()} upload DIR --app ${app}`);
    // A list leaves long parts out; the version itself has all.
    const whole = await developer.get<Version>(path(app, version.id));
    call.answer(whole, () => told(whole));
    return 0;
  },
};

function told(version: Version): string {
  const lines = [`version ${version.version} is ${state(version.state)}`];
  if (version.notes) lines.push(`  ${version.notes}`);
  lines.push(...(version.diagnostics ?? []).map((d) => `  ${diagnostic(d)}`));
  const decision = version.submission;
  if (version.state === "rejected") lines.push("The reviewers say:");
  if (decision?.note) lines.push(`  ${decision.note}`);
  lines.push(...(version.findings ?? []).map(finding));
  const next = nextStep(version);
  if (next) lines.push(`Next: ${next}`);
  return lines.join("\n");
}

function state(name: string): string {
  const words: Record<string, string> = {
    ready: "ready: compiled, not submitted",
    failed: "failed: it did not compile",
    submitted: "with the reviewers",
    approved: "approved, not released yet",
    rejected: "rejected",
    released: "released: it is what people open",
    retired: "retired: a newer one is released",
  };
  return words[name] ?? name;
}

function nextStep({ state, version, app_id }: Version): string {
  const steps: Record<string, string> = {
    ready: `submit ${version}`,
    failed: "upload DIR",
    submitted: `withdraw ${version}, if it should not be reviewed`,
    approved: `release ${version}`,
    rejected: `upload DIR, then submit; or submit ${version} again with --notes`,
  };
  const step = steps[state];
  if (!step) return "";
  const [first, ...rest] = step.split(/(?=[,;])/);
  return `${self()} ${first} --app ${app_id}${rest.join("")}`;
}

export const submit: Command = {
  name: "submit",
  about: "hand a version to the reviewers",
  words: [VERSION_WORD],
  options: {
    app: APP,
    notes: { value: "TEXT", about: "what the reviewers should know" },
    "notes-file": { value: "FILE", about: "the same, from a file" },
    reason: {
      value: "SCOPE=TEXT",
      many: true,
      about: "why the app needs a scope; once for each",
    },
  },
  more: `${NAMING} Reasons may stand in teahouse.json: {"scope_reasons": {"login": "…"}}.`,
  async run(call) {
    const notes = await notesOf(call);
    const typed = reasonsOf(call.all("reason"));
    const app = await appOf(".", call.value("app"));
    const developer = await client();
    const version = await find(developer, app, call.need(0));
    const asks = version.report.scopes ?? [];
    const stranger = Object.keys(typed).find((scope) => !asks.includes(scope));
    if (stranger)
      throw new Failure(
        `Version ${version.version} does not ask for the scope "${stranger}"; it asks for ${asks.join(", ") || "none"}.`,
        EXIT.usage,
      );
    const written = (await projectOf(".")).scope_reasons ?? {};
    const reasons: Record<string, string> = {};
    for (const scope of asks) {
      const reason = typed[scope] ?? written[scope];
      if (reason) reasons[scope] = reason;
      else
        process.stderr.write(
          `There is no reason for ${scope}; reviewers will ask. Give it with --reason "${scope}=…".\n`,
        );
    }
    const after = await developer.post<Version>(path(app, version.id, "submit"), {
      notes,
      scope_reasons: reasons,
    });
    call.answer(after, () =>
      [
        `version ${after.version} is with the reviewers`,
        `What becomes of it: ${self()} status ${after.version} --app ${app}`,
      ].join("\n"),
    );
    return 0;
  },
};

async function notesOf(call: Call): Promise<string> {
  const file = call.value("notes-file");
  if (!file) return call.value("notes") ?? "";
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new Failure(`${file} cannot be read: ${(error as Error).message}`, EXIT.usage);
  }
}

function reasonsOf(given: string[]): Record<string, string> {
  const reasons: Record<string, string> = {};
  for (const reason of given) {
    const [scope = "", ...text] = reason.split("=");
    if (!scope || text.join("=").trim() === "")
      throw new Failure(
        `--reason takes a scope and a text: --reason "payment=People pay for tea". Not "${reason}".`,
        EXIT.usage,
      );
    reasons[scope] = text.join("=");
  }
  return reasons;
}

/** A step that needs the version and nothing else. */
function step(name: string, about: string, done: string): Command {
  return {
    name,
    about,
    words: [VERSION_WORD],
    options: { app: APP },
    more: NAMING,
    async run(call) {
      const app = await appOf(".", call.value("app"));
      const developer = await client();
      const { id } = await find(developer, app, call.need(0));
      const version = await developer.post<Version>(path(app, id, name));
      call.answer(version, () => `version ${version.version} ${done}`);
      return 0;
    },
  };
}

export const withdraw = step(
  "withdraw",
  "take a version back from the reviewers",
  "is no longer with the reviewers",
);
export const release = step(
  "release",
  "release an approved version",
  "is released: it is what people open",
);

export function count(call: Call, option: string, standard: number): number {
  const text = call.value(option);
  if (text === undefined) return standard;
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1)
    throw new Failure(`--${option} is a number from 1, not "${text}".`, EXIT.usage);
  return n;
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
