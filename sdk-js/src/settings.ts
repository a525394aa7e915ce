/**
 * What the command line remembers: the host and the token, in a file that only the user can read.
 * The environment (TEAHOUSE_URL, TEAHOUSE_TOKEN) comes first, for CI.
 *
 * @module
 */
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

export interface Settings {
  url: string;
  token: string;
}

function file(): string {
  return join(
    process.env.XDG_CONFIG_HOME ?? join(homedir(), ".config"),
    "teahouse",
    "settings.json",
  );
}

/** Throws with what to do when nothing is known. */
export async function load(): Promise<Settings> {
  const saved = await readFile(file(), "utf8").then(
    (text) => JSON.parse(text) as Partial<Settings>,
    () => ({}) as Partial<Settings>,
  );
  const url = process.env.TEAHOUSE_URL ?? saved.url;
  const token = process.env.TEAHOUSE_TOKEN ?? saved.token;
  if (!url || !token) {
    throw new Error(
      "not logged in: run `npx teahouse login --url https://your.host --token tea_pat_…`, " +
        "or set TEAHOUSE_URL and TEAHOUSE_TOKEN. Tokens are made on the developer page.",
    );
  }
  return { url, token };
}

export async function save(settings: Settings): Promise<string> {
  await mkdir(dirname(file()), { recursive: true, mode: 0o700 });
  await writeFile(file(), JSON.stringify(settings, null, 2), { mode: 0o600 });
  await chmod(file(), 0o600);
  return file();
}

/** The app of a directory: --app, else teahouse.json's app_id, else the environment. */
export async function appOf(directory: string, given: string | undefined): Promise<string> {
  if (given) return given;
  const project = await readFile(join(directory, "teahouse.json"), "utf8").catch(() => "");
  const app = project ? (JSON.parse(project) as { app_id?: string }).app_id : undefined;
  const found = app ?? process.env.TEAHOUSE_APP;
  if (!found)
    throw new Error(
      'which app? Give --app ta…, set TEAHOUSE_APP, or write {"app_id": "ta…"} into teahouse.json',
    );
  return found;
}
