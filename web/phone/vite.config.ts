import { defineConfig } from "vite";

// The host that serves the API while the page is developed with `npm run dev`.
const host = process.env.TEAHOUSE_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
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
