// A stage for looking at the view script and the container without a host: hand-made structures, a
// scripted app on a stand-in for the session's websocket. Nothing of this is shipped.

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
// The stage trusts whatever stands in the frame's document; the host names it by hash.
const CSP =
  "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; " +
  "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self'; connect-src 'none'; " +
  "form-action 'none'; base-uri 'none'; frame-ancestors 'self'";
const TYPES: Record<string, string> = {
  html: "text/html",
  js: "text/javascript",
  css: "text/css",
  json: "application/json",
  svg: "image/svg+xml",
};

function stage(): Plugin {
  return {
    name: "stage",
    configureServer(server) {
      server.middlewares.use(async (request, response, next) => {
        const path = (request.url ?? "").split("?")[0]!;
        const type = TYPES[path.split(".").pop()!];
        if (type) response.setHeader("Content-Type", `${type}; charset=utf-8`);
        if (path.startsWith("/view/")) {
          const file = here(`../../dist/view/${path.slice("/view/".length)}`);
          if (path.endsWith(".html")) response.setHeader("Content-Security-Policy", CSP);
          return existsSync(file) ? response.end(readFileSync(file)) : next();
        }
        const page = /^\/images\/dev\/pages\/(.+)\.(json|css)$/.exec(path);
        if (!page) return next();
        const { PAGES } = (await server.ssrLoadModule(
          here("./pages.ts"),
        )) as typeof import("./pages");
        const found = PAGES[page[1]!];
        if (!found) return next();
        response.end(page[2] === "json" ? JSON.stringify(found.structure) : found.css);
      });
    },
  };
}

export default defineConfig({
  root: here("."),
  publicDir: here("./public"),
  plugins: [stage()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  // One Preact for the stage and for the container, which has its own copy beside it.
  resolve: { dedupe: ["preact"], alias: [{ find: /^react$/, replacement: "preact/compat" }] },
  server: { fs: { allow: [here("../..")] } },
} as Parameters<typeof defineConfig>[0]);
