/**
 * Compiles the Less and Sass of a project to style sheets, as the vendor's tool does when
 * project.config.json asks for it: "useCompilerPlugins": ["less", "sass"]. The compilers are the
 * project's own: they are found in its node_modules and never brought along.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { posix, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Failure } from "./failure.js";
import { t } from "./texts.js";

/** The package that compiles a file, by the end of its name. */
const PACKAGES: Record<string, "less" | "sass"> = {
  ".less": "less",
  ".scss": "sass",
  ".sass": "sass",
};

interface Less {
  render(text: string, options: object): Promise<{ css: string }>;
}

interface Sass {
  compileString(text: string, options: object): { css: string };
}

/**
 * The style sheets to make of a project's files: their names in the bundle, and their text. `files` are
 * the program's, by their names; `plugins` what useCompilerPlugins names.
 */
export async function compiledStyles(
  directory: string,
  files: Map<string, string>,
  plugins: unknown,
): Promise<Map<string, string>> {
  const made = new Map<string, string>();
  if (!Array.isArray(plugins)) return made;
  for (const [name, path] of files) {
    const end = posix.extname(name);
    const wanted = PACKAGES[end];
    // A name that begins with a line is of a part that others import.
    if (!wanted || !plugins.includes(wanted) || posix.basename(name).startsWith("_")) continue;
    const base = name.slice(0, -end.length);
    if (files.has(`${base}.wxss`)) continue;
    const own = base.split("/").at(-1) === "app" || files.has(`${base}.wxml`);
    const text = await compiled(wanted, directory, name, path, own);
    if (text !== undefined) made.set(`${base}.wxss`, text);
  }
  return made;
}

async function compiled(
  wanted: "less" | "sass",
  directory: string,
  name: string,
  path: string,
  own: boolean,
): Promise<string | undefined> {
  const compiler = await load(wanted, directory, name);
  // A style sheet of the program stays an import: the host reads it.
  const text = (await readFile(path, "utf8")).replace(
    /@import\s+(["'][^"']+\.wxss["'])/g,
    wanted === "less" ? "@import (css) $1" : "@import url($1)",
  );
  try {
    if (wanted === "less")
      return (await (compiler as Less).render(text, { filename: path, javascriptEnabled: false }))
        .css;
    return (compiler as Sass).compileString(text, {
      url: pathToFileURL(path),
      syntax: name.endsWith(".sass") ? "indented" : "scss",
      loadPaths: [directory],
      charset: false,
    }).css;
  } catch (error) {
    // What belongs to no page may be a part that makes sense only where it is imported.
    if (!own) return undefined;
    const { message, line, span } = error as Error & {
      line?: number;
      span?: { start: { line: number } };
    };
    const at = line ?? (span ? span.start.line + 1 : undefined);
    throw new Failure(
      t("styleFailed", { file: at ? `${name}:${at}` : name, why: message.split("\n")[0]! }),
    );
  }
}

/** The compiler, as a script of the project would get it. */
async function load(
  wanted: "less" | "sass",
  directory: string,
  name: string,
): Promise<Less | Sass> {
  let file: string;
  try {
    file = createRequire(resolve(directory, "package.json")).resolve(wanted);
  } catch {
    throw new Failure(t("noStyleCompiler", { file: name, name: wanted, directory }));
  }
  const loaded = (await import(pathToFileURL(file).href)) as { default?: Less | Sass } & (
    | Less
    | Sass
  );
  return loaded.default ?? loaded;
}
