import { defineConfig } from "@playwright/test";
import config from "./playwright.config.ts";

/** Pictures for people to look at; nothing here fails a build. */
export default defineConfig(config, {
  testDir: "pictures",
  expect: { timeout: 10_000 },
  use: { actionTimeout: 10_000, trace: "off", navigationTimeout: 20_000 },
});
