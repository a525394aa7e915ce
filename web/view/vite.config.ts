import { readFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

/** The frame's document is static: the host only adds the headers that lock it in. */
function frameDocument(): Plugin {
  return {
    name: "frame-document",
    generateBundle() {
      const source = readFileSync(new URL("./frame.html", import.meta.url), "utf8");
      this.emitFile({ type: "asset", fileName: "frame.html", source });
    },
  };
}

export default defineConfig({
  plugins: [frameDocument()],
  build: {
    outDir: "../dist/view",
    emptyOutDir: true,
    target: "es2022",
    // A classic script: a module would be fetched with CORS, and the frame's origin is opaque.
    lib: {
      entry: "src/main.ts",
      formats: ["iife"],
      name: "teahouseView",
      fileName: () => "view.js",
    },
    rollupOptions: { output: { assetFileNames: "view[extname]" } },
  },
  test: {
    environment: "happy-dom",
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
} as Parameters<typeof defineConfig>[0]);
