import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

// The host that serves the API while the consoles are developed with `npm run dev`.
const host = process.env.TEAHOUSE_URL ?? "http://127.0.0.1:8080";

/** In development, as the host does it: every address of a console answers with its document. */
function consoleAddresses(): Plugin {
  return {
    name: "console-addresses",
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const match = /^\/(developer|admin)(?:\/|$)/.exec(request.url ?? "");
        if (match) request.url = `/console/${match[1]}/index.html`;
        next();
      });
    },
  };
}

export default defineConfig({
  base: "/console/",
  appType: "mpa",
  plugins: [consoleAddresses(), react()],
  build: {
    outDir: "../dist/console",
    emptyOutDir: true,
    target: "es2022",
    // The manifest tells scripts/check-size.mjs what each page loads.
    manifest: true,
    chunkSizeWarningLimit: 700,
    rollupOptions: { input: { developer: "developer/index.html", admin: "admin/index.html" } },
  },
  server: {
    proxy: {
      "/api": host,
      "/media": host,
      "/images": host,
      "/realtime": { target: host, ws: true },
    },
  },
});
