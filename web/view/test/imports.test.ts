// Holds who imports whom in the view script, types included: the core knows nothing above it,
// components know the core and the little that a page gives them, and nothing goes round in a circle.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";

const src = join(import.meta.dirname, "../src");
const imports = new Map<string, string[]>();
for (const entry of readdirSync(src, { recursive: true, encoding: "utf8" })) {
  if (!entry.endsWith(".ts")) continue;
  const text = readFileSync(join(src, entry), "utf8");
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(([, path]) =>
    normalize(join(dirname(entry), path!)),
  );
  imports.set(entry.replace(/\.ts$/, ""), found);
}

/** What each folder may import besides its own files; "" is the top. */
const ALLOWED: Record<string, RegExp> = {
  core: /^\.\.\/\.\.\/shared\/protocol$/,
  components: /^(core\/.*|component|limits|motion|refresher|texts|\.\.\/\.\.\/shared\/protocol)$/,
};

test.each(Object.keys(ALLOWED))("what %s imports", (folder) => {
  const files = [...imports].filter(([file]) => file.startsWith(`${folder}/`));
  expect(files.length).toBeGreaterThan(3);
  for (const [file, targets] of files) {
    const wrong = targets.filter(
      (target) => !target.startsWith(`${folder}/`) && !ALLOWED[folder]!.test(target),
    );
    expect(wrong, file).toEqual([]);
  }
});

test("no import leads back to where it began", () => {
  const done = new Set<string>();
  const walk = (file: string, path: string[]): void => {
    expect(path, `a circle: ${[...path, file].join(" -> ")}`).not.toContain(file);
    if (done.has(file)) return;
    for (const target of imports.get(file) ?? []) walk(target, [...path, file]);
    done.add(file);
  };
  for (const file of imports.keys()) walk(file, []);
  expect(done.size).toBeGreaterThan(20);
});
