import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { access, open } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Command } from "../command.js";
import { Failure } from "../failure.js";

/** Runs the host binary's own check, which is the same code that review runs. */
export const check: Command = {
  name: "check",
  about: "run it headless: every page, every tap target",
  words: ["DIR"],
  options: { strict: { about: "warnings and unsupported APIs fail too" } },
  more: "This needs the teahouse program of the host on the PATH, or its path in TEAHOUSE_BIN.",
  async run(call) {
    const binary = await hostProgram();
    const args = ["check", call.need(0)];
    if (call.on("strict")) args.push("--strict");
    if (call.json) args.push("--json");
    const child = spawn(binary, args, { stdio: "inherit" });
    return new Promise((resolve, reject) => {
      child.on("error", (error) =>
        reject(new Failure(`${binary} cannot be run: ${error.message}`)),
      );
      child.on("exit", (code) => resolve(code ?? 1));
    });
  },
};

/**
 * The host's program. It has our own name, and npx puts us first on the PATH: a script of that name
 * is us, and running it would run us again, and again.
 */
async function hostProgram(): Promise<string> {
  if (process.env.TEAHOUSE_BIN) return process.env.TEAHOUSE_BIN;
  const name = process.platform === "win32" ? "teahouse.exe" : "teahouse";
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(directory, name);
    if (directory !== "" && (await isProgram(path))) return path;
  }
  throw new Failure(
    "The check runs in the host's own program, teahouse, which is not on the PATH. Put it there, or its " +
      "path into TEAHOUSE_BIN; in Teahouse's repository `make build` makes bin/teahouse.",
  );
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
