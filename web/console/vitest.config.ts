import { defineConfig } from "vitest/config";

export default defineConfig({
  // A test that hangs ends; a busy machine is no reason to.
  test: { include: ["test/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
});
