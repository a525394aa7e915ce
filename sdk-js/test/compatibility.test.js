// docs/compatibility.md names every member of wx that the vendor declares.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import test from "node:test";
import ts from "typescript";

const folder = path.join(
  path.dirname(createRequire(import.meta.url).resolve("miniprogram-api-typings/package.json")),
  "types/wx",
);

function declared() {
  const names = new Set();
  for (const file of readdirSync(folder)) {
    const text = readFileSync(path.join(folder, file), "utf8");
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
    const visit = (node) => {
      if (ts.isInterfaceDeclaration(node) && node.name.text === "Wx")
        for (const { name } of node.members) if (name) names.add(name.getText(source));
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return [...names];
}

test("the page of compatibility has every member that the vendor declares", () => {
  const page = readFileSync(new URL("../../docs/compatibility.md", import.meta.url), "utf8");
  const listed = new Set(
    [...page.matchAll(/^\| `(\w+)` \| (?:yes|no: \S.*) \|$/gm)].map(([, name]) => name),
  );
  const names = declared();
  assert.ok(names.length >= 499, `only ${names.length} members are declared`);
  assert.deepEqual(
    names.filter((name) => !listed.has(name)),
    [],
  );
});
