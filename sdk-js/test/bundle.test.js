import assert from "node:assert/strict";
import { mkdtemp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
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
  assert.deepEqual(Object.keys(unzipSync((await pack(directory)).zip)).sort(), [
    "project.config.json",
    "src/app.json",
  ]);
});

// The same cases are those of server/host/project_test.go: an upload and a check read the same files.
for (const { name, files, packed } of JSON.parse(
  await readFile(new URL("projects.json", import.meta.url), "utf8"),
))
  test(`of a project is packed: ${name}`, async (t) => {
    const { zip } = await pack(await program(t, files));
    assert.deepEqual(Object.keys(unzipSync(zip)).sort(), packed);
  });

/** A project whose style sheets are compiled, with or without the compilers in its node_modules. */
async function styled(t, plugins, files, compilers = ["less", "sass"]) {
  const directory = await program(t, {
    "app.json": "{}",
    "project.config.json": JSON.stringify({ setting: { useCompilerPlugins: plugins } }),
    ...files,
  });
  await mkdir(join(directory, "node_modules"), { recursive: true });
  for (const name of compilers)
    await symlink(
      join(import.meta.dirname, "../node_modules", name),
      join(directory, "node_modules", name),
    );
  return directory;
}

const sheets = async (directory) => {
  const files = unzipSync((await pack(directory)).zip);
  const names = Object.keys(files).filter((name) => name.endsWith(".wxss"));
  return Object.fromEntries(
    names.map((name) => [name, Buffer.from(files[name]).toString().replace(/\s+/g, " ").trim()]),
  );
};

test("Less and Sass become style sheets when the project asks for it", async (t) => {
  const directory = await styled(t, ["typescript", "less", "sass"], {
    "app.less":
      '@import "parts/colours.less"; @import "base.wxss"; page { color: @red; .a { top: 10rpx } }',
    "parts/colours.less": "@red: #f00;",
    "parts/needs-colours.less": ".b { color: @red }",
    "base.wxss": ".base { top: 0 }",
    "pages/a/a.wxml": "",
    "pages/a/a.scss":
      '@use "mixins"; @import "/base.wxss"; .a { @include mixins.big; &-b { width: 2rpx * 3 } }',
    "pages/a/_mixins.scss": "@mixin big { height: 10rpx }",
    "pages/b/b.wxml": "",
    "pages/b/b.sass": ".c\n  top: 1rpx",
    "pages/c/c.less": "broken {",
    "pages/c/c.wxss": ".own { top: 0 }",
  });
  const made = await sheets(directory);
  assert.deepEqual(made, {
    "app.wxss": '@import "base.wxss"; page { color: #f00; } page .a { top: 10rpx; }',
    "base.wxss": ".base { top: 0 }",
    "pages/a/a.wxss": '@import url("/base.wxss"); .a { height: 10rpx; } .a-b { width: 6rpx; }',
    "pages/b/b.wxss": ".c { top: 1rpx; }",
    "pages/c/c.wxss": ".own { top: 0 }",
    "parts/colours.wxss": "",
  });
});

test("a project that is named by a relative path has its own compiler", async (t) => {
  const directory = await styled(t, ["less"], { "app.less": "a { b { c: d } }" });
  assert.deepEqual(await sheets(relative(process.cwd(), directory)), {
    "app.wxss": "a b { c: d; }",
  });
});

test("styles are compiled only for the languages that the project names", async (t) => {
  for (const plugins of [false, undefined, ["typescript"], "less"])
    assert.deepEqual(await sheets(await styled(t, plugins, { "app.less": "a{b:c}" }, [])), {});
});

test("a project without the compiler is told how to get it, and a fault has its line", async (t) => {
  await assert.rejects(
    pack(await styled(t, ["less"], { "app.less": "a{b:c}" }, [])),
    /app\.less has to be compiled.*npm install --save-dev less/,
  );
  await assert.rejects(
    pack(await styled(t, ["less"], { "app.less": "\n\na { b: @c }" })),
    /app\.less:3: .*@c/,
  );
  await assert.rejects(
    pack(await styled(t, ["sass"], { "app.scss": "\na { b: $c }" })),
    /app\.scss:2: .*[Uu]ndefined/,
  );
});

test("a directory without app.json, and a link out of it, are refused by name", async (t) => {
  await assert.rejects(pack(await program(t, { "index.html": "" })), /no app\.json/);
  const directory = await program(t, { "app.json": "{}" });
  await symlink("/etc/passwd", join(directory, "link"));
  await assert.rejects(pack(directory), /symbolic link/);
});
