// The steps of a new developer, from nothing to a paid order and a message, only with
// docs/first-mini-program.md: the test contains no label, no command and no file; it reads them from
// the page and follows it. So the page is always correct.
import { spawn, execFile, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test, type Locator, type Page } from "@playwright/test";
import { DESKTOP, PHONE, device, hostURL, miniPage, typePIN } from "../phone.ts";

const document = readFileSync(
  resolve(import.meta.dirname, "../../docs/first-mini-program.md"),
  "utf8",
);

/** What a reader does at one place of the page. */
type Step =
  | { kind: "line"; text: string }
  | { kind: "block"; language: string; name: string; text: string };

/** The steps of the page, in order: the items of its lists until the last part, and the blocks. */
function stepsOf(markdown: string): Step[] {
  const steps: Step[] = [];
  const parts = /^```(\w+)([^\n]*)\n([\s\S]*?)^```$|^- ([^\n]+)$/gm;
  for (const [, language, name = "", text = "", line] of markdown.matchAll(parts)) {
    if (language !== undefined) steps.push({ kind: "block", language, name: name.trim(), text });
    else if (!line!.startsWith("[") && !line!.startsWith("`"))
      steps.push({ kind: "line", text: line! });
  }
  return steps;
}

/** What the reader has noted down, and where the page's examples are on this machine. */
const kept = new Map<string, string>();

function here(text: string): string {
  return text
    .replaceAll("http://localhost:8080", hostURL())
    .replaceAll("127.0.0.1:8090", process.env.NEWCOMER_SHOP!)
    .replaceAll("listen(8090,", `listen(${process.env.NEWCOMER_SHOP!.split(":")[1]},`)
    .replaceAll(/<([A-Z_]+)>/g, (_, name: string) => {
      expect(kept.has(name), `the page uses ${name}, which nobody has kept`).toBe(true);
      return kept.get(name)!;
    });
}

// --- The terminal -------------------------------------------------------------------------------

let folder = "";
let printed = ""; // by the last commands
let shop: ChildProcess | undefined;
let shopPrinted = "";

/** A newcomer's own home, and npm without its questions to the registry. */
function newcomer(): NodeJS.ProcessEnv {
  const home = join(process.env.SCRATCH!, "newcomer");
  mkdirSync(home, { recursive: true });
  return {
    PATH: process.env.PATH,
    HOME: home,
    npm_config_audit: "false",
    npm_config_fund: "false",
    npm_config_update_notifier: "false",
  };
}

/** Runs the commands of a block in a shell, and stays in the directory in which they end. */
async function type(commands: string): Promise<void> {
  const where = join(process.env.SCRATCH!, "where");
  printed = await new Promise((done, failed) => {
    execFile(
      "bash",
      ["-euc", `${commands}\npwd > ${where}`],
      { cwd: folder, env: newcomer() },
      (error, out, err) =>
        error ? failed(new Error(`${commands}\n${out}${err}`)) : done(out + err),
    );
  });
  folder = readFileSync(where, "utf8").trim();
}

/** Starts a command that keeps running, and waits until it is ready. */
async function leaveRunning(command: string): Promise<void> {
  shop = spawn("bash", ["-c", `exec ${command}`], { cwd: folder, env: newcomer() });
  const hear = (chunk: Buffer) => {
    shopPrinted += chunk.toString();
  };
  shop.stdout!.on("data", hear);
  shop.stderr!.on("data", hear);
  await expect.poll(() => shopPrinted).not.toBe("");
}

/** Each line of an example of output, up to what differs from time to time, was printed. */
async function wasPrinted(example: string, output: () => string): Promise<void> {
  for (const line of example.trim().split("\n")) {
    for (const part of line.split("…")) {
      if (part.trim()) await expect.poll(output).toContain(part.trim());
    }
  }
}

test.afterAll(async () => {
  if (!shop) return;
  const ended = new Promise((done) => shop!.once("exit", done));
  shop.kill("SIGTERM");
  await ended;
});

// --- The browser --------------------------------------------------------------------------------

/** Where a reader looks, in this order: a dialog in front, the mini program, the page. */
function places(page: Page): Locator[] {
  const scopes: Locator[] = [page.getByRole("dialog").last()];
  if (new URL(page.url()).pathname.startsWith("/a/")) scopes.push(miniPage(page).locator("body"));
  return [...scopes, page.locator("body")];
}

/** The first of the things that a name may mean which can be seen. */
async function visible(
  page: Page,
  name: string,
  meant: (scope: Locator) => Locator[],
): Promise<Locator> {
  let found: Locator | undefined;
  await expect
    .poll(
      async () => {
        for (const scope of places(page)) {
          for (const candidate of meant(scope)) {
            const seen = candidate.filter({ visible: true }).first();
            if (await seen.isVisible()) {
              found = seen;
              return true;
            }
          }
        }
        return false;
      },
      { message: `"${name}" can be seen` },
    )
    .toBe(true);
  return found!;
}

const pressable = (name: string) => (scope: Locator) => [
  ...(["button", "link", "tab", "menuitem"] as const).map((role) =>
    scope.getByRole(role, { name, exact: true }),
  ),
  scope.getByText(name, { exact: true }),
];

async function follow(page: Page, line: string): Promise<void> {
  const [, verb, first = "", second = ""] =
    /^(Open|Press|Fill|Keep|Type|See) (?:the address after |the copied text|the PIN )?[*`]*([^*`]*)[*`]*(?: (?:with|as) `([^`]*)`)?\.?$/.exec(
      line,
    ) ?? [];
  const what = here(first);
  switch (verb) {
    case "Open":
      if (line.includes("the address after"))
        await page.goto(new RegExp(`${what}\\s+(\\S+)`).exec(printed)![1]!);
      else await page.goto(what);
      return page.setViewportSize(what.startsWith("/developer") ? DESKTOP : PHONE);
    case "Press":
      return (await visible(page, what, pressable(what))).click();
    case "Fill":
      return (await visible(page, what, (scope) => [scope.getByLabel(what, { exact: true })])).fill(
        here(second),
      );
    case "Keep": {
      const value = line.includes("the copied text")
        ? await page.evaluate(() => navigator.clipboard.readText())
        : await (
            await visible(page, what, (scope) => [scope.getByLabel(what, { exact: true })])
          ).inputValue();
      expect(value, line).not.toBe("");
      kept.set(second, value);
      return;
    }
    case "Type":
      await visible(page, "the number pad", (scope) => [
        scope.getByRole("group", { name: "Number pad" }),
      ]);
      return typePIN(page, what);
    case "See":
      await visible(page, what, (scope) => [scope.getByText(what)]);
      return;
    default:
      throw new Error(`The page says something that nobody can do: ${line}`);
  }
}

test("a new developer follows the page, from nothing to a paid order and a message", async ({
  browser,
}) => {
  const page = await device(browser, {
    viewport: DESKTOP,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  folder = mkdtempSync(join(process.env.SCRATCH!, "newcomer-"));
  for (const step of stepsOf(document)) {
    if (step.kind === "line") {
      await test.step(step.text, () => follow(page, step.text));
      continue;
    }
    const text = here(step.text);
    const file = /^file=(.+)$/.exec(step.name)?.[1];
    await test.step(`${step.language} ${step.name}`, async () => {
      if (file) {
        mkdirSync(dirname(join(folder, file)), { recursive: true });
        writeFileSync(join(folder, file), text);
      } else if (step.language === "text") {
        await wasPrinted(text, () => (step.name === "shop" ? shopPrinted : printed));
      } else if (step.name === "background") {
        await leaveRunning(text.trim());
      } else if (step.name !== "host") {
        await type(text);
      }
    });
  }
  expect(kept.size).toBe(5);
  await page.context().close();
});
