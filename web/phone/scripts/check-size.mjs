// Fails the build when the first route outgrows its budget. The budget is what a cheap phone on a
// slow line can load within two seconds; the figures are gzip bytes of what index.html pulls in.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const KB = 1024;
const LIMITS = { js: 100 * KB, css: 15 * KB, lazyRoute: 40 * KB };

const dist = new URL("../../dist/phone/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));
const gzipped = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;

function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, seen);
  return seen;
}

const entry = closure("index.html");
const js = [...entry].reduce((sum, key) => sum + gzipped(manifest[key].file), 0);
const css = [...entry]
  .flatMap((key) => manifest[key].css ?? [])
  .reduce((sum, file) => sum + gzipped(file), 0);

const failures = [];
const report = (name, bytes, limit) => {
  console.log(`${name}\t${(bytes / KB).toFixed(1)} KB gzip\tlimit ${limit / KB} KB`);
  if (bytes > limit) failures.push(name);
};
report("first route, JS", js, LIMITS.js);
report("first route, CSS", css, LIMITS.css);

for (const [key, chunk] of Object.entries(manifest)) {
  if (!chunk.isDynamicEntry) continue;
  const own = [...closure(key)].filter((k) => !entry.has(k));
  report(
    `lazy ${key}`,
    own.reduce((s, k) => s + gzipped(manifest[k].file), 0),
    LIMITS.lazyRoute,
  );
}

if (failures.length > 0) {
  console.error(`Over budget: ${failures.join(", ")}`);
  process.exit(1);
}
