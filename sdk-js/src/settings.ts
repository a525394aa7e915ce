/**
 * What the command line remembers: the host and the token, in a file that only the user can read.
 * The environment (TEAHOUSE_URL, TEAHOUSE_TOKEN) comes first, for CI.
 *
 * @module
 */
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { EXIT, Failure } from "./failure.js";
import { self } from "./self.js";

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
  if (!url || !token) {
    throw new Failure(
      `Not logged in. Make a token on the developer page of your host (/developer/tokens), then: ${self()} ` +
        "login --url https://your.host. TEAHOUSE_URL and TEAHOUSE_TOKEN do the same for CI.",
      EXIT.notLoggedIn,
    );
  }
  return { url: hostAddress(url), token };
}

/** The address of a host, or a refusal that shows a right one. */
export function hostAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new Failure(
      `"${text}" is not the address of a host; it looks like https://tea.example or http://localhost:8080.`,
      EXIT.usage,
    );
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

/** The app of a directory: --app, else teahouse.json's app_id, else the environment. */
export async function appOf(directory: string, given: string | undefined): Promise<string> {
  const found = given ?? (await projectOf(directory)).app_id ?? process.env.TEAHOUSE_APP;
  if (!found)
    throw new Failure(
      `Which app? Give --app ta…, set TEAHOUSE_APP, or write {"app_id": "ta…"} into teahouse.json. ` +
        `Those you work on: ${self()} apps`,
      EXIT.usage,
    );
  if (typeof found !== "string" || !/^ta[0-9a-z]+$/.test(found))
    throw new Failure(
      `"${found}" is not an app ID; one looks like ta0c8a9a21d4fdc26a.`,
      EXIT.usage,
    );
  return found;
}

/** The object in a JSON file, undefined when there is no such file. */
export async function readJSON<T extends object>(file: string): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Failure(`${file} cannot be read: ${(error as Error).message}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Failure(`${file} is not valid JSON: ${(error as Error).message}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Failure(`${file} should hold an object: { … }.`);
  return value as T;
}
