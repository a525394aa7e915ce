import assert from "node:assert/strict";
import { mkdtemp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { unzipSync } from "fflate";
import { pack } from "../dist/bundle.js";

async function program(t, files) {
  const directory = await mkdtemp(join(tmpdir(), "teahouse-bundle-"));
  t.after(() => rm(directory, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(directory, name, ".."), { recursive: true });
    await writeFile(join(directory, name), content);
  }
  return directory;
}

test("the bundle holds the program and nothing of the workshop", async (t) => {
  const directory = await program(t, {
    "app.json": "{}",
    "pages/a/a.js": "Page({})",
    "node_modules/x/index.js": "x",
    ".git/config": "x",
  });
  const { zip, files } = await pack(directory);
  assert.deepEqual(Object.keys(unzipSync(zip)).sort(), ["app.json", "pages/a/a.js"]);
  assert.equal(files, 2);
});

test("the same files make the same bundle", async (t) => {
  const directory = await program(t, { "app.json": "{}", "a.js": "1" });
  assert.deepEqual((await pack(directory)).zip, (await pack(directory)).zip);
});

test("the program's root comes from project.config.json", async (t) => {
  const directory = await program(t, {
    "project.config.json": '{"miniprogramRoot": "src/"}',
    "src/app.json": "{}",
    "README.md": "x",
  });
  assert.deepEqual(Object.keys(unzipSync((await pack(directory)).zip)), ["app.json"]);
});

test("a directory without app.json, and a link out of it, are refused by name", async (t) => {
  await assert.rejects(pack(await program(t, { "index.html": "" })), /no app\.json/);
  const directory = await program(t, { "app.json": "{}" });
  await symlink("/etc/passwd", join(directory, "link"));
  await assert.rejects(pack(directory), /symbolic link/);
});
