import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What the second script takes from the first instead of having it again: main.ts lists it, by file. */
function takenFromFirst(): Plugin {
  const files = new Map<string, string>();
  for (const [, names, path] of readFileSync(here("./src/main.ts"), "utf8").matchAll(
    /^export (\{[^}]+\}) from "\.\/(.+)";$/gm,
  ))
    files.set(here(`./src/${path}.ts`), `export const ${names} = teahouseView;`);
  const MARK = "\0first:";
  return {
    name: "taken-from-first",
    enforce: "pre",
    async resolveId(source, importer) {
      const found = importer && (await this.resolve(source, importer, { skipSelf: true }));
      return found && files.has(found.id) ? MARK + found.id : null;
    },
    load: (id) => (id.startsWith(MARK) ? files.get(id.slice(MARK.length)) : null),
  };
}

/** The frame's document names the files that it needs; the host adds the headers that lock it in. */
function frameDocument(): Plugin {
  return {
    name: "frame-document",
    writeBundle() {
      // The first build has emptied the folder, so each is there once.
      const names = readdirSync(here("../dist/view/assets"));
      const named = (begin: string, end: string) =>
        `/view/assets/${names.find((name) => name.startsWith(begin) && name.endsWith(end))}`;
      const document = readFileSync(here("./frame.html"), "utf8")
        .replace("%SCRIPT%", named("view-", ".js"))
        .replace("%STYLE%", named("view-", ".css"))
        .replace("%EXTRA%", named("extra-", ".js"));
      writeFileSync(here("../dist/view/frame.html"), document);
    },
  };
}

// Two builds, the first script and then (--mode extra) the second. Both are classic scripts: a frame
// without an origin and network can load no module.
export default defineConfig(({ mode }) => {
  const extra = mode === "extra";
  const name = extra ? "extra" : "view";
  return {
    plugins: extra ? [takenFromFirst(), frameDocument()] : [],
    build: {
      outDir: "../dist/view",
      emptyOutDir: !extra,
      target: "es2022",
      lib: {
        entry: extra ? "src/extra.ts" : "src/main.ts",
        formats: ["iife"],
        name: extra ? "teahouseExtra" : "teahouseView",
        // Names change with the content, so that browsers keep them for ever.
        fileName: () => `assets/${name}-[hash].js`,
      },
      rollupOptions: { output: { assetFileNames: `assets/${name}-[hash][extname]` } },
    },
    test: {
      environment: "happy-dom",
      include: ["test/**/*.test.ts"],
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  } as Parameters<typeof defineConfig>[0];
});
