/**
 * The host's own program, which checks and replays what the host itself would run.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { access, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { checkFolder, hasStyles, unpack } from "./bundle.js";
import { Failure, systemReason } from "./failure.js";
import { t } from "./texts.js";

/**
 * Runs the host's program on a project; `words` makes its arguments for the folder that it is to read. That
 * is the project itself, or a copy when the project has style sheets that only the project's compilers read.
 * What it prints is the terminal's, or goes to `read`.
 */
export async function runOn(
  project: string,
  words: (folder: string) => string[],
  read?: (output: string) => void,
): Promise<number> {
  await checkFolder(project);
  const program = await hostProgram();
  if (!(await hasStyles(project))) return run(program, words(project), read);
  const folder = await mkdtemp(join(tmpdir(), "teahouse-project-"));
  try {
    await unpack(project, folder);
    return await run(program, words(folder), read);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(program: string, args: string[], read?: (output: string) => void): Promise<number> {
  const child = spawn(program, args, { stdio: ["inherit", read ? "pipe" : "inherit", "inherit"] });
  if (read) child.stdout?.setEncoding("utf8").on("data", read);
  return new Promise((resolve, reject) => {
    child.on("error", (error) =>
      reject(
        new Failure(t("cannotRun", { file: program, why: systemReason(error) ?? error.message })),
      ),
    );
    child.on("close", (code) => resolve(code ?? 1));
  });
}

/**
 * The path of the host's program. It has the same name as this command, and npx puts this command first on
 * the PATH: a script of that name would start this command again, without end.
 */
async function hostProgram(): Promise<string> {
  if (process.env.TEAHOUSE_BIN) return process.env.TEAHOUSE_BIN;
  const name = process.platform === "win32" ? "teahouse.exe" : "teahouse";
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(directory, name);
    if (directory !== "" && (await isProgram(path))) return path;
  }
  throw new Failure(t("noProgram"));
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
      return bytesRead === 2 && buffer.toString("latin1") !== "#!";
    } finally {
      await file.close();
    }
  } catch {
    return false; // not there, or not ours to run
  }
}
