import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

/** The distribution's browser; CHROMIUM names another. */
const chromium = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
  (path) => path && existsSync(path),
);

export default defineConfig({
  testDir: "tests",
  outputDir: "results",
  // These end a test that hangs. They are long enough for a machine with several times its load.
  timeout: 600_000,
  expect: { timeout: 60_000 },
  workers: 1, // two cores: the host, its workers and the browser are busy already
  retries: 0, // a flaky test is a bug
  reporter: [["list"]],
  globalSetup: "./host.ts",
  use: {
    actionTimeout: 60_000,
    viewport: { width: 390, height: 844 },
    locale: "en-US",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      ...(chromium ? { executablePath: chromium } : {}),
      // Root cannot use Chromium's own sandbox; the rest keeps it from calling home.
      args: [
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
      ],
    },
  },
});
