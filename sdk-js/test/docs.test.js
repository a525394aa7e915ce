// What the guides tell people to type is what the command line takes.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { parse } from "../dist/command.js";

const root = resolve(import.meta.dirname, "../..");

async function commands() {
  const folder = resolve(import.meta.dirname, "../dist/commands");
  const found = new Map();
  for (const file of await readdir(folder)) {
    if (!file.endsWith(".js")) continue;
    for (const made of Object.values(await import(join(folder, file))))
      if (made?.run && made.name) found.set(made.name, made);
  }
  return found;
}

/** The calls in a page's blocks of code, without comments. `serve`, `admin` and the like are the host's alone. */
function calls(page) {
  return [...page.matchAll(/^```sh.*\n([\s\S]*?)^```/gm)].flatMap(([, block]) =>
    block
      .split("\n")
      .map(
        (line) =>
          /^(?:npx |bin\/)?teahouse (?!serve|ledger|admin|version )(.*?)(?: +#.*)?$/.exec(
            line,
          )?.[1],
      )
      .filter((words) => words !== undefined),
  );
}

/** The words of a line, as a shell has them, with something in the place of what people put in. */
const words = (line) =>
  [...line.matchAll(/(?:"([^"]*)"|[^\s"])+/g)].map(([word]) =>
    word.replaceAll('"', "").replace(/<[A-Z_]+>|ta…/g, "ta0"),
  );

test("every call in the guides is one that the command line takes", async () => {
  const known = await commands();
  const docs = (await readdir(join(root, "docs"))).filter((name) => name.endsWith(".md"));
  const pages = ["README.md", "sdk-js/README.md", ...docs.map((name) => join("docs", name))];
  let count = 0;
  for (const file of pages) {
    for (const line of calls(await readFile(join(root, file), "utf8"))) {
      count += 1;
      const [name, ...rest] = words(line);
      assert.ok(known.has(name), `${file}: ${line}`);
      assert.doesNotThrow(() => parse(known.get(name), rest), `${file}: teahouse ${line}`);
    }
  }
  assert.ok(count > 15, `only ${count} calls were found`);
});
