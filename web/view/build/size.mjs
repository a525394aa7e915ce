// Fails the build when the view script outgrows its budget: it is loaded into every page's frame.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const KB = 1024;
const LIMITS = { "view.js": 40 * KB, "view.css": 8 * KB };

let failed = false;
for (const [name, limit] of Object.entries(LIMITS)) {
  const bytes = gzipSync(readFileSync(new URL(`../../dist/view/${name}`, import.meta.url)), {
    level: 9,
  });
  console.log(`${name}\t${(bytes.length / KB).toFixed(1)} KB gzip\tlimit ${limit / KB} KB`);
  if (bytes.length > limit) failed = true;
}
if (failed) {
  console.error("The view script is over its budget.");
  process.exit(1);
}
