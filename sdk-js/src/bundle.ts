/**
 * Packs a mini program's directory into the zip that the host takes.
 *
 * @module
 */
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { zipSync, type Zippable } from "fflate";
import { Failure } from "./failure.js";
import { readJSON } from "./settings.js";
import { compiledStyles } from "./styles.js";
import { t } from "./texts.js";

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

/**
 * Packs a project: the program, its cloud functions, and the npm packages that their package.json files
 * depend on; the host builds them. `teahouse check` (server/host/project.go) reads the same files. Throws when there is no
 * app.json, or when it is over a limit.
 */
export async function pack(directory: string): Promise<Bundle> {
  const entries: Zippable = {};
  let files = 0;
  let bytes = 0;
  for await (const [name, content] of contents(directory)) {
    files += 1;
    bytes += content.length;
    if (files > MAX_FILES) throw new Failure(t("tooManyFiles", { most: MAX_FILES }));
    if (bytes > MAX_BYTES) throw new Failure(t("tooLarge", { most: MAX_BYTES / 1024 / 1024 }));
    // A fixed date, so that the same files make the same bundle.
    entries[name] = [content, { mtime: new Date(1980, 0, 1) }];
  }
  return { zip: zipSync(entries, { level: 6 }), files, bytes };
}

/** Writes what an upload would send into an empty folder. */
export async function unpack(directory: string, into: string): Promise<void> {
  for await (const [name, content] of contents(directory)) {
    await mkdir(dirname(join(into, name)), { recursive: true });
    await writeFile(join(into, name), content);
  }
}

/** Whether style sheets have to be made before the host can read the project. */
export async function hasStyles(directory: string): Promise<boolean> {
  const { plugins, files } = await projectFiles(directory);
  return (await compiledStyles(directory, files, plugins)).size > 0;
}

/** The files of a bundle in the order of their names, style sheets that are made included. */
async function* contents(directory: string): AsyncGenerator<[string, Uint8Array]> {
  const { files, plugins } = await projectFiles(directory);
  const made = await compiledStyles(directory, files, plugins);
  for (const [name, path] of [...files, ...made].sort(byName)) {
    const style = made.get(name);
    yield [name, style === undefined ? await readFile(path) : new TextEncoder().encode(style)];
  }
}

const byName = ([a]: [string, string], [b]: [string, string]): number => (a < b ? -1 : 1);

/** The files of a project: their names in the bundle, and where they are. */
async function projectFiles(
  directory: string,
): Promise<{ files: Map<string, string>; plugins: unknown }> {
  await checkFolder(directory);
  const found = new Map<string, string>();
  const add = async (path: string): Promise<void> => {
    if (await exists(path)) found.set(relative(directory, path).split(sep).join("/"), path);
  };
  const project = await readProject(directory);
  await add(join(directory, PROJECT));
  for await (const path of walk(await programRoot(directory, project))) await add(path);
  const ofProgram = packageFiles(directory, project, found);
  const ofFunctions = await addFunctions(directory, project, add);
  const seen = new Set<string>();
  for (const path of [...ofProgram, ...ofFunctions]) {
    await add(path);
    await addPackages(directory, dirname(path), add, seen);
  }
  return { files: found, plugins: project.setting?.useCompilerPlugins };
}

/**
 * The package.json files whose packages the host builds: those of packNpmRelationList if it is in
 * force, else every one in the program.
 */
function packageFiles(directory: string, project: Project, found: Map<string, string>): string[] {
  const { packNpmManually, packNpmRelationList = [] } = project.setting ?? {};
  if (packNpmManually !== true)
    return [...found]
      .filter(
        ([name]) => /(^|\/)package\.json$/.test(name) && !`/${name}`.includes("/miniprogram_npm/"),
      )
      .map(([, path]) => path);
  return packNpmRelationList.flatMap(({ packageJsonPath: path }) =>
    typeof path === "string" && /(^|[\\/])package\.json$/.test(path)
      ? [inside(directory, path)]
      : [],
  );
}

/**
 * Adds the scripts of the cloud functions, which need no other files, and returns their package.json
 * files.
 */
async function addFunctions(
  directory: string,
  { cloudfunctionRoot: root }: Project,
  add: (path: string) => Promise<void>,
): Promise<string[]> {
  if (typeof root !== "string" || root === "") return [];
  const folder = inside(directory, root);
  if (resolve(folder) === resolve(directory) || !(await exists(folder))) return [];
  const packages: string[] = [];
  for await (const path of walk(folder)) {
    if (!SCRIPTS.test(path)) continue;
    await add(path);
    if (/[\\/]package\.json$/.test(path)) packages.push(path);
  }
  return packages;
}

const SCRIPTS = /\.(js|cjs|mjs|ts|json)$/;

/** The modules that the platform itself is for cloud functions. */
const PLATFORM = new Set(["wx-server-sdk"]);

interface PackageFields {
  miniprogram?: unknown;
  dependencies?: Record<string, unknown>;
}

/**
 * Adds the packages that the package.json of a folder depends on, and theirs in turn. Of a package for
 * mini programs only the folder counts that it names, of others the scripts.
 */
async function addPackages(
  top: string,
  folder: string,
  add: (path: string) => Promise<void>,
  seen: Set<string>,
): Promise<void> {
  const fields = await readJSON<PackageFields>(join(folder, "package.json"));
  for (const name of Object.keys(fields?.dependencies ?? {}).sort()) {
    if (!/^(@[^/]+\/)?[^/.][^/]*$/.test(name)) continue; // a path, and no name
    if (PLATFORM.has(name)) continue;
    const at = await findPackage(top, folder, name);
    if (at === undefined || seen.has(at)) continue;
    seen.add(at);
    await add(join(at, "package.json"));
    const made = await miniprogramFolder(at);
    for await (const path of walk(made ?? at))
      if (made !== undefined || /\.(js|cjs|mjs|json)$/.test(path)) await add(path);
    await addPackages(top, at, add, seen);
  }
}

async function findPackage(top: string, from: string, name: string): Promise<string | undefined> {
  for (let at = resolve(from); ; at = dirname(at)) {
    const candidate = join(at, "node_modules", name);
    if (await exists(join(candidate, "package.json"))) return candidate;
    if (at === resolve(top) || at === dirname(at)) return undefined;
  }
}

async function miniprogramFolder(at: string): Promise<string | undefined> {
  const { miniprogram } = (await readJSON<PackageFields>(join(at, "package.json"))) ?? {};
  for (const folder of [miniprogram, "miniprogram_dist"]) {
    if (typeof folder !== "string" || folder === "") continue;
    const path = inside(at, folder);
    if (await exists(path)) return path;
  }
  return undefined;
}

/** A path of a configuration file. It never leads out of the folder. */
function inside(folder: string, path: string): string {
  return join(folder, join("/", path.replaceAll("\\", "/")));
}

/** Throws unless the path is one of a folder. */
export async function checkFolder(directory: string): Promise<void> {
  const there = await stat(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") throw new Failure(t("noFolder", { directory }));
    throw error;
  });
  if (!there.isDirectory()) throw new Failure(t("isAFile", { directory }));
}

const PROJECT = "project.config.json";

interface Project {
  miniprogramRoot?: unknown;
  srcMiniprogramRoot?: unknown;
  cloudfunctionRoot?: unknown;
  setting?: {
    packNpmManually?: unknown;
    packNpmRelationList?: { packageJsonPath?: unknown }[];
    useCompilerPlugins?: unknown;
  };
}

async function readProject(directory: string): Promise<Project> {
  const project = (await readJSON<Project>(join(directory, PROJECT))) ?? {};
  if (!Array.isArray(project.setting?.packNpmRelationList ?? [])) delete project.setting;
  return project;
}

/** The directory with app.json: the given one, or the one that project.config.json names. */
async function programRoot(directory: string, project: Project): Promise<string> {
  const file = join(directory, PROJECT);
  let named: string | undefined;
  for (const root of [project.miniprogramRoot, project.srcMiniprogramRoot]) {
    if (typeof root !== "string") continue;
    const program = join(directory, root.replaceAll("\\", "/"));
    if (relative(resolve(directory), resolve(program)).startsWith(".."))
      throw new Failure(t("rootLeadsOut", { file }));
    if (await exists(join(program, "app.json"))) return program;
    named ??= program;
  }
  if (named !== undefined && resolve(named) !== resolve(directory))
    throw new Failure(t("rootWithoutAppJSON", { directory: named, file }));
  if (await exists(join(directory, "app.json"))) return directory;
  throw new Failure(t("noAppJSON", { directory }));
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
    if (entry.isSymbolicLink()) throw new Failure(t("symbolicLink", { path }));
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.isFile()) yield path;
  }
}
