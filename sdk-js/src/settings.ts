/**
 * What the command line remembers: the host and the token, in a file that only the user can read.
 * The environment (TEAHOUSE_URL, TEAHOUSE_TOKEN) comes first, for CI.
 *
 * @module
 */
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { EXIT, Failure, systemReason } from "./failure.js";
import { self } from "./self.js";
import { t } from "./texts.js";

export interface Settings {
  url: string;
  token: string;
}

/** What a project says about itself in teahouse.json. */
export interface Project {
  app_id?: string;
  /** Why the app needs each scope, for the reviewers. */
  scope_reasons?: Record<string, string>;
}

export function settingsFile(): string {
  return join(
    process.env.XDG_CONFIG_HOME ?? join(homedir(), ".config"),
    "teahouse",
    "settings.json",
  );
}

/** Throws with what to do when nothing is known. */
export async function load(): Promise<Settings> {
  const saved = (await readJSON<Partial<Settings>>(settingsFile())) ?? {};
  const url = process.env.TEAHOUSE_URL || saved.url;
  const token = process.env.TEAHOUSE_TOKEN || saved.token;
  if (!url || !token) throw new Failure(t("notLoggedIn", { self: self() }), EXIT.notLoggedIn);
  checkToken(token);
  return { url: hostAddress(url), token };
}

/** Throws when the text cannot be a token. */
export function checkToken(text: string): void {
  if (!/^[\x21-\x7e]+$/.test(text)) throw new Failure(t("notAToken"), EXIT.usage);
}

/** The address of a host, or a refusal that shows a right one. */
export function hostAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new Failure(t("notAnAddress", { given: text }), EXIT.usage);
  }
  return url.origin;
}

export async function save(settings: Settings): Promise<string> {
  const file = settingsFile();
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, JSON.stringify(settings, null, 2), { mode: 0o600 });
  await chmod(file, 0o600);
  return file;
}

export async function forget(): Promise<void> {
  await rm(settingsFile(), { force: true });
}

export async function projectOf(directory: string): Promise<Project> {
  return (await readJSON<Project>(join(directory, "teahouse.json"))) ?? {};
}

/** Throws when the text is not an app ID. */
export function checkAppID(text: string): void {
  if (typeof text !== "string" || !/^ta[0-9a-z]+$/.test(text))
    throw new Failure(t("notAnAppID", { given: String(text) }), EXIT.usage);
}

/** The app of a directory: --app, else teahouse.json's app_id, else the environment. */
export async function appOf(directory: string, given: string | undefined): Promise<string> {
  const found = given ?? (await projectOf(directory)).app_id ?? process.env.TEAHOUSE_APP;
  if (!found) throw new Failure(t("whichApp", { self: self() }), EXIT.usage);
  checkAppID(found);
  return found;
}

/** JSON without what the vendor's tools take besides: a byte order mark, comments, trailing commas. */
export function plainJSON(text: string): string {
  const noComments = text
    .replace(/^\ufeff/, "")
    .replace(
      /("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
      (_, quoted?: string) => quoted ?? " ",
    );
  return noComments.replace(
    /("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g,
    (_, quoted?: string) => quoted ?? "",
  );
}

/** The object in a JSON file, undefined when there is no such file. */
export async function readJSON<T extends object>(file: string): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Failure(t("cannotRead", { file, why: systemReason(error) ?? String(error) }));
  }
  let value: unknown;
  try {
    value = JSON.parse(plainJSON(text));
  } catch (error) {
    throw new Failure(t("notJSON", { file, why: (error as Error).message }));
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Failure(t("notAnObject", { file }));
  return value as T;
}
