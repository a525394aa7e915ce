/**
 * How this command was started, so that what it tells people to type next works for them too.
 * "npx teahouse" alone would not: outside a folder that has the package, npx asks the public
 * registry for the name, and takes what a stranger may have put there.
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

let known: string | undefined;

/** The words before the name of a command: "teahouse", or "npx --yes http://host/sdk/teahouse.tgz". */
export function self(): string {
  known ??= find(dirname(fileURLToPath(import.meta.url)));
  return known;
}

/** The version of this package. */
export function version(): string {
  const file = new URL("../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

function find(directory: string): string {
  for (let at = directory; dirname(at) !== at; at = dirname(at)) {
    // npx keeps what it has fetched in a folder of its own, with the address as a dependency.
    if (!at.endsWith("node_modules")) continue;
    const project = join(dirname(at), "package.json");
    const spec = existsSync(project) ? dependency(readFileSync(project, "utf8")) : undefined;
    if (spec && dirname(at).includes("_npx")) return `npx --yes ${spec}`;
    return "npx teahouse";
  }
  return process.env.npm_command === "exec" ? "npx teahouse" : "teahouse";
}

function dependency(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { dependencies?: Record<string, string> }).dependencies?.teahouse;
  } catch {
    return undefined; // not a project of npm's
  }
}
