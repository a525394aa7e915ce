/**
 * Packs a mini program's directory into the zip that the host takes.
 *
 * @module
 */
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { zipSync, type Zippable } from "fflate";
import { Failure } from "./failure.js";
import { readJSON } from "./settings.js";

/** Never part of a mini program; uploading them would only make the bundle large or leak. */
const LEFT_OUT = new Set([
  ".git",
  ".svn",
  ".hg",
  "node_modules",
  ".DS_Store",
  "Thumbs.db",
  ".idea",
  ".vscode",
  // Ours: which app this is, and why it needs what it asks for.
  "teahouse.json",
]);

/** The host's own limits, so that a mistake is told before a long upload. */
export const MAX_FILES = 10_000;
export const MAX_BYTES = 30 * 1024 * 1024;

export interface Bundle {
  zip: Uint8Array;
  files: number;
  /** Bytes before compression. */
  bytes: number;
}

/** Packs the directory. Throws when there is no app.json, or when it is over a limit. */
export async function pack(directory: string): Promise<Bundle> {
  const root = await programRoot(directory);
  const entries: Zippable = {};
  let files = 0;
  let bytes = 0;
  for await (const path of walk(root)) {
    const content = await readFile(path);
    files += 1;
    bytes += content.length;
    if (files > MAX_FILES)
      throw new Failure(`more than ${MAX_FILES} files; is this the right directory?`);
    if (bytes > MAX_BYTES)
      throw new Failure(
        `more than ${MAX_BYTES / 1024 / 1024} MB; leave out what the program does not need`,
      );
    // A fixed date, so that the same files make the same bundle.
    entries[relative(root, path).split(sep).join("/")] = [content, { mtime: new Date(1980, 0, 1) }];
  }
  return { zip: zipSync(entries, { level: 6 }), files, bytes };
}

/** The directory with app.json: the given one, or the miniprogramRoot of its project.config.json. */
async function programRoot(directory: string): Promise<string> {
  const there = await stat(directory).catch(() => undefined);
  if (!there) throw new Failure(`There is no folder ${directory}.`);
  if (!there.isDirectory())
    throw new Failure(`${directory} is a file; name the folder of a mini program.`);
  if (await exists(join(directory, "app.json"))) return directory;
  const file = join(directory, "project.config.json");
  const root = (await readJSON<{ miniprogramRoot?: unknown }>(file))?.miniprogramRoot;
  if (typeof root !== "string" || root === "")
    throw new Failure(`${directory} holds no app.json; name the folder of a mini program.`);
  const program = join(directory, root);
  if (relative(resolve(directory), resolve(program)).startsWith(".."))
    throw new Failure(`The miniprogramRoot of ${file} leads out of the folder.`);
  if (!(await exists(join(program, "app.json"))))
    throw new Failure(`${program}, the miniprogramRoot of ${file}, holds no app.json.`);
  return program;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function* walk(directory: string): AsyncGenerator<string> {
  const entries = await readdir(directory, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (LEFT_OUT.has(entry.name)) continue;
    const path = join(directory, entry.name);
    if (entry.isSymbolicLink())
      throw new Failure(`${path} is a symbolic link; a bundle holds files only`);
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.isFile()) yield path;
  }
}
