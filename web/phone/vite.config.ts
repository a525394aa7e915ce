import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";

// The host that serves the API while the page is developed with `npm run dev`.
const host = process.env.TEAHOUSE_URL ?? "http://127.0.0.1:8080";

/** Writes sw.js beside what was built: src/service-worker.js with the list of what it keeps. */
function serviceWorker(): Plugin {
  let directory = "";
  return {
    name: "service-worker",
    apply: "build",
    configResolved: (config) => {
      directory = join(config.root, config.build.outDir);
    },
    closeBundle: () => {
      const files = readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(html|js|css|svg)$/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((file) => file !== join(directory, "sw.js"))
        .sort();
      const hash = createHash("sha256");
      for (const file of files)
        hash.update(file.slice(directory.length)).update(readFileSync(file));
      const addresses = files.map((file) =>
        file.slice(directory.length).replace("/index.html", "/"),
      );
      writeFileSync(
        join(directory, "sw.js"),
        readFileSync("src/service-worker.js", "utf8")
          .replace("__VERSION__", hash.digest("hex").slice(0, 12))
          .replace("__FILES__", JSON.stringify(addresses)),
      );
    },
  };
}

export default defineConfig({
  plugins: [serviceWorker()],
  // Libraries written for React run on Preact; the switch back is these three lines.
  resolve: {
    alias: [
      { find: /^react\/jsx-runtime$/, replacement: "preact/jsx-runtime" },
      { find: /^react-dom(\/client)?$/, replacement: "preact/compat" },
      { find: /^react$/, replacement: "preact/compat" },
    ],
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../dist/phone",
    emptyOutDir: true,
    target: "es2022",
    // The manifest tells scripts/check-size.mjs what the first route loads.
    manifest: true,
    assetsInlineLimit: 2048,
  },
  server: {
    proxy: {
      "/api": host,
      "/media": host,
      "/images": host,
      "/view": host,
      "/realtime": { target: host, ws: true },
      "/open": { target: host, ws: true },
    },
  },
});
