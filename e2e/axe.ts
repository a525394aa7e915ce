// axe-core, run on what is on the screen.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Frame, Page } from "@playwright/test";
import type { AxeResults } from "axe-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The faults that axe finds on the screen, one line each. */
export async function violations(where: Page | Frame): Promise<string[]> {
  await where.evaluate(axe);
  const results = await where.evaluate(() => {
    const { run } = (
      window as unknown as {
        axe: { run: (root: Document, options: object) => Promise<AxeResults> };
      }
    ).axe;
    return run(document, { resultTypes: ["violations"], iframes: false });
  });
  return results.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, help, nodes }) =>
      nodes
        .slice(0, 4)
        .map(({ target, any }) =>
          `${id}: ${help}: ${target.join(" ")} ${any.map(({ message }) => message).join("; ")}`.trim(),
        ),
    );
}
