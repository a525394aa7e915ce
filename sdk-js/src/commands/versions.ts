import { readFile } from "node:fs/promises";
import { pack } from "../bundle.js";
import { table, type Call, type Command, type Option } from "../command.js";
import { Developer, type Diagnostic, type Finding, type Version } from "../developer.js";
import { EXIT, Failure, systemReason } from "../failure.js";
import { Problem } from "../problem.js";
import { self } from "../self.js";
import { appOf, checkAppID, load, projectOf } from "../settings.js";
import { t, type Key } from "../texts.js";

export const APP: Option = { value: "ID", about: t("aboutApp"), check: checkAppID };
const VERSION_WORD = "VERSION";
/** A semantic version, as https://semver.org describes it; the host takes no other. */
const LABEL =
  /^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}(-(0|[1-9]\d*|\d*[a-z-][\da-z-]*)(\.(0|[1-9]\d*|\d*[a-z-][\da-z-]*))*)?(\+[\da-z-]+(\.[\da-z-]+)*)?$/i;
const LISTED = 20;
/** Among how many of the newest versions a name is looked for. */
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
      ? t("noSuchVersion", { name, newest: newest.join(", ") })
      : t("noVersion", { self: self(), app }),
  );
}

export const upload: Command = {
  name: "upload",
  about: t("aboutUpload"),
  words: ["DIR"],
  options: {
    app: APP,
    version: { value: "VERSION", about: t("aboutLabel"), check: checkLabel },
    notes: { value: "TEXT", about: t("aboutNotes") },
  },
  async run(call) {
    const directory = call.need(0);
    const bundle = await pack(directory);
    const app = await appOf(directory, call.value("app"));
    const developer = await client();
    call.say(
      t("uploading", {
        files: bundle.files,
        size: size(bundle.bytes),
        packed: size(bundle.zip.length),
      }),
    );
    const started = Date.now();
    const label = call.value("version") ?? stamp();
    const version = await developer
      .upload(app, bundle.zip, label, call.value("notes") ?? "")
      .catch((error: Error) => {
        if (!(error instanceof Problem) || error.slug !== "version-taken") throw error;
        throw error.saying(error.message + t("yourVersions", { self: self(), app }));
      });
    const took = Date.now() - started;
    call.answer(version, () => compiled(version, took, developer.url));
    return version.state === "failed" ? EXIT.refused : EXIT.done;
  },
};

function compiled(version: Version, took: number, url: string): string {
  const lines = (version.diagnostics ?? []).map(diagnostic);
  const { version: label, app_id: app, id } = version;
  lines.push(
    version.state === "failed"
      ? t("didNotCompile", { version: label, ms: took })
      : t("compiled", {
          version: label,
          ms: took,
          link: `${url}/a/${app}?version=${id}`,
          self: self(),
          app,
        }),
  );
  return lines.join("\n");
}

function checkLabel(text: string): void {
  if (!LABEL.test(text)) throw new Failure(t("notALabel", { given: text }), EXIT.usage);
}

/** "file:line:column: error: text (code)", without the parts that it does not have. */
function diagnostic({ file, line, column, severity, message, code }: Diagnostic): string {
  const where = [file, line, line && column].filter(Boolean).join(":");
  return `${where ? `${where}: ` : ""}${t(severity)}: ${message} (${code})`;
}

function finding({ rule, text, file, line }: Finding): string {
  const where = [file, line].filter(Boolean).join(":");
  return `  ${[rule, text].filter(Boolean).join("  ")}${where ? `  (${where})` : ""}`;
}

export const versions: Command = {
  name: "versions",
  about: t("aboutVersions"),
  words: [],
  options: {
    app: APP,
    limit: limitOption(LISTED),
  },
  async run(call) {
    const app = await appOf(".", call.value("app"));
    const developer = await client();
    const most = count(call, LISTED);
    const found: Version[] = [];
    for await (const version of developer.list<Version>(path(app), {}, most)) found.push(version);
    call.answer(found, () =>
      found.length === 0
        ? t("noVersion", { self: self(), app })
        : table(
            found.map((v) => [
              v.version,
              v.state,
              size(v.size),
              minute(v.created_at),
              v.notes.split("\n")[0]!.slice(0, 60),
            ]),
          ),
    );
    return 0;
  },
};

export const status: Command = {
  name: "status",
  about: t("aboutStatus"),
  words: [`${VERSION_WORD}?`],
  options: { app: APP },
  more: `${t("naming")} ${t("moreStatus")}`,
  async run(call) {
    const app = await appOf(".", call.value("app"));
    const developer = await client();
    const name = call.words[0];
    let version: Version | undefined;
    if (name) version = await find(developer, app, name);
    else for await (const newest of developer.list<Version>(path(app), {}, 1)) version = newest;
    if (!version) throw new Failure(t("noVersion", { self: self(), app }));
    // A list leaves long parts out; the version itself has all.
    const whole = await developer.get<Version>(path(app, version.id));
    call.answer(whole, () => told(whole));
    return 0;
  },
};

function told(version: Version): string {
  const lines = [
    t("versionIs", { version: version.version, state: state(version.state) }),
    t("uploadedAt", { time: minute(version.created_at) }),
  ];
  if (version.notes) lines.push(`  ${version.notes}`);
  lines.push(...(version.diagnostics ?? []).map((d) => `  ${diagnostic(d)}`));
  const decision = version.submission;
  if (version.state === "rejected") lines.push(t("reviewersSay"));
  if (decision?.note) lines.push(`  ${decision.note}`);
  lines.push(...(version.findings ?? []).map(finding));
  const next = nextStep(version);
  if (next) lines.push(t("next", { step: next }));
  return lines.join("\n");
}

function minute(time: string): string {
  return time.slice(0, 16).replace("T", " ");
}

const STATES: Record<string, Key> = {
  ready: "stateReady",
  failed: "stateFailed",
  submitted: "stateSubmitted",
  approved: "stateApproved",
  rejected: "stateRejected",
  released: "stateReleased",
  retired: "stateRetired",
};

function state(name: string): string {
  const key = STATES[name];
  return key ? t(key) : name;
}

const NEXT: Record<string, Key> = {
  ready: "nextReady",
  failed: "nextFailed",
  submitted: "nextSubmitted",
  approved: "nextApproved",
  rejected: "nextRejected",
};

function nextStep(version: Version, state = version.state): string {
  const key = NEXT[state];
  return key ? t(key, { self: self(), version: version.version, app: version.app_id }) : "";
}

/**
 * Takes the next step with a version. If the state of the version does not allow it, the error names the
 * state: the host's own text is for pages, which can be loaded again.
 */
async function act(
  developer: Developer,
  version: Version,
  action: "submit" | "withdraw" | "release",
  body: object = {},
): Promise<Version> {
  try {
    return await developer.post<Version>(path(version.app_id, version.id, action), body);
  } catch (error) {
    if (!(error instanceof Problem) || error.slug !== "version-state") throw error;
    const now = (error.data as { state?: string } | undefined)?.state ?? version.state;
    throw error.saying(notPossible(version, action, now));
  }
}

function notPossible(version: Version, action: "submit" | "withdraw" | "release", now: string) {
  const key: Key = { submit: "cannotSubmit", withdraw: "cannotWithdraw", release: "cannotRelease" }[
    action
  ] as Key;
  const next = nextStep(version, now);
  const said = t(key, { version: version.version, state: state(now) });
  return next ? `${said} ${t("next", { step: next })}` : said;
}

export const submit: Command = {
  name: "submit",
  about: t("aboutSubmit"),
  words: [VERSION_WORD],
  options: {
    app: APP,
    notes: { value: "TEXT", about: t("aboutSubmitNotes") },
    "notes-file": { value: "FILE", about: t("aboutNotesFile") },
    reason: { value: "SCOPE=TEXT", many: true, about: t("aboutReason") },
  },
  more: `${t("naming")} ${t("moreSubmit")}`,
  async run(call) {
    const typed = reasonsOf(call.all("reason"));
    const notes = await notesOf(call);
    const written = (await projectOf(".")).scope_reasons ?? {};
    const app = await appOf(".", call.value("app"));
    const developer = await client();
    const version = await find(developer, app, call.need(0));
    if (!["ready", "rejected"].includes(version.state))
      throw new Failure(notPossible(version, "submit", version.state));
    const scope_reasons = allReasons(version, typed, written);
    const after = await act(developer, version, "submit", { notes, scope_reasons });
    call.answer(after, () =>
      [
        t("submitted", { version: after.version }),
        t("uploadedAt", { time: minute(after.created_at) }),
        t("whatBecomes", { self: self(), version: after.version, app }),
      ].join("\n"),
    );
    return 0;
  },
};

/** A reason for each scope of the version; throws when one is missing, or is for none of its scopes. */
function allReasons(
  version: Version,
  typed: Record<string, string>,
  written: Record<string, string>,
): Record<string, string> {
  const asks = version.report.scopes ?? [];
  const stranger = Object.keys(typed).find((scope) => !asks.includes(scope));
  if (stranger !== undefined) {
    const scopes = asks.join(", ") || t("none");
    throw new Failure(
      t("strangeScope", { version: version.version, scope: stranger, scopes }),
      EXIT.usage,
    );
  }
  const reasons: Record<string, string> = {};
  for (const scope of asks) reasons[scope] = String(typed[scope] ?? written[scope] ?? "").trim();
  const missing = asks.filter((scope) => !reasons[scope]);
  if (missing.length > 0) {
    const options = missing.map((scope) => `--reason "${scope}=…"`).join(" ");
    throw new Failure(
      t("reasonMissing", { version: version.version, scopes: missing.join(", "), options }),
      EXIT.usage,
    );
  }
  return reasons;
}

async function notesOf(call: Call): Promise<string> {
  const file = call.value("notes-file");
  const notes = call.value("notes");
  if (file !== undefined && notes !== undefined) throw new Failure(t("notesTwice"), EXIT.usage);
  if (file === undefined) return notes ?? "";
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const why = systemReason(error) ?? String(error);
    throw new Failure(t("cannotRead", { file, why }), EXIT.usage);
  }
}

function reasonsOf(given: string[]): Record<string, string> {
  const reasons: Record<string, string> = {};
  for (const reason of given) {
    const [scope = "", ...text] = reason.split("=");
    if (!scope || text.join("=").trim() === "")
      throw new Failure(t("notAReason", { given: reason }), EXIT.usage);
    reasons[scope] = text.join("=");
  }
  return reasons;
}

/** A step that needs the version and nothing else. */
function step(name: "withdraw" | "release", about: Key, done: Key): Command {
  return {
    name,
    about: t(about),
    words: [VERSION_WORD],
    options: { app: APP },
    more: t("naming"),
    async run(call) {
      const app = await appOf(".", call.value("app"));
      const developer = await client();
      const version = await act(developer, await find(developer, app, call.need(0)), name);
      call.answer(version, () => t(done, { version: version.version }));
      return 0;
    },
  };
}

export const withdraw = step("withdraw", "aboutWithdraw", "withdrawn");
export const release = step("release", "aboutRelease", "released");

/** How many lines of a list. */
export function limitOption(standard: number): Option {
  return { value: "N", about: t("aboutLimit", { standard }), check: checkCount };
}

function checkCount(text: string): void {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1)
    throw new Failure(t("notANumber", { name: "limit", given: text }), EXIT.usage);
}

export function count(call: Call, standard: number): number {
  return Number(call.value("limit") ?? standard);
}

function size(bytes: number): string {
  return bytes < 1024 * 1024
    ? `${(bytes / 1024).toFixed(1)} KB`
    : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** A version's name when none is given: it sorts by time and is a valid semantic version. */
function stamp(): string {
  const now = new Date().toISOString();
  return `0.0.0-dev.${now.slice(0, 23).replace(/[-:.]/g, "").replace("T", ".t")}`;
}
