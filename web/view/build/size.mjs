// Fails the build when a file of the view outgrows its budget.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const KB = 1024;
const BUDGETS = [
  // It is fetched before the first page of any program, and run in every page's frame: what few pages
  // need belongs into the second script.
  { begin: "view-", end: ".js", limit: 36 * KB },
  // It is run only in frames of pages that need it, and may grow by a component such as the map.
  { begin: "extra-", end: ".js", limit: 22 * KB },
  // One sheet for both scripts, because its rules must stand before those of the program.
  { begin: "view-", end: ".css", limit: 8 * KB },
];
const folder = new URL("../../dist/view/assets/", import.meta.url);

let failed = false;
for (const { begin, end, limit } of BUDGETS) {
  const name = readdirSync(folder).find((file) => file.startsWith(begin) && file.endsWith(end));
  const bytes = gzipSync(readFileSync(new URL(name, folder)), { level: 9 });
  console.log(`${name}\t${(bytes.length / KB).toFixed(1)} KB gzip\tlimit ${limit / KB} KB`);
  if (bytes.length > limit) failed = true;
}
if (failed) {
  console.error("A file of the view is over its budget.");
  process.exit(1);
}
