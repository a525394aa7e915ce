// Fails the build when a console outgrows its budget: what it loads before the first page, and what
// the largest page needs in all. The figures are gzip bytes of scripts and styles.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const KB = 1024;
const LIMITS = { shell: 180 * KB, page: 400 * KB };

const dist = new URL("../../dist/console/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));
const sizes = new Map();

function gzipped(file) {
  if (!sizes.has(file))
    sizes.set(file, gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length);
  return sizes.get(file);
}

function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, seen);
  return seen;
}

function weight(keys) {
  const files = new Set(
    [...keys].flatMap((key) => [manifest[key].file, ...(manifest[key].css ?? [])]),
  );
  return [...files].reduce((sum, file) => sum + gzipped(file), 0);
}

/** The pages that an entry loads on demand, through the chunks that it shares. */
function pagesOf(keys) {
  return new Set([...keys].flatMap((key) => manifest[key].dynamicImports ?? []));
}

const failures = [];
function report(name, bytes, limit) {
  console.log(`${name}\t${(bytes / KB).toFixed(1)} KB gzip\tlimit ${limit / KB} KB`);
  if (bytes > limit) failures.push(name);
}

for (const entry of ["developer/index.html", "admin/index.html"]) {
  const shell = closure(entry);
  report(`${entry} shell`, weight(shell), LIMITS.shell);
  let largest = ["", 0];
  for (const page of pagesOf(shell)) {
    const bytes = weight(new Set([...shell, ...closure(page)]));
    if (bytes > largest[1]) largest = [page, bytes];
    if (process.argv.includes("--all"))
      console.log(`  ${page}\t${(bytes / KB).toFixed(1)} KB gzip`);
  }
  report(`${entry} largest page ${largest[0]}`, largest[1], LIMITS.page);
}

if (failures.length > 0) {
  console.error(`Over budget: ${failures.join(", ")}`);
  process.exit(1);
}
