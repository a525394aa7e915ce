#!/usr/bin/env node
import { help, near, parse, table, type Command } from "./command.js";
import { check } from "./commands/check.js";
import { init } from "./commands/init.js";
import { apps, login, logout } from "./commands/login.js";
import { logs } from "./commands/logs.js";
import { replay } from "./commands/replay.js";
import { release, status, submit, upload, versions, withdraw } from "./commands/versions.js";
import { hint } from "./developer.js";
import { EXIT, Failure, systemReason } from "./failure.js";
import { Problem } from "./problem.js";
import { self, version } from "./self.js";
import { t } from "./texts.js";

const COMMANDS: Command[] = [
  init,
  login,
  logout,
  apps,
  check,
  replay,
  upload,
  versions,
  status,
  submit,
  withdraw,
  release,
  logs,
];

function usage(): string {
  const lines = COMMANDS.map(({ name, words, about }) => [
    [name, ...words.map((word) => (word.endsWith("?") ? `[${word.slice(0, -1)}]` : word))].join(
      " ",
    ),
    about,
  ]);
  return `${t("usage", { self: self(), commands: table(lines, "  ") })}\n`;
}

async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    const asked = name === "help" ? rest.find((word) => !word.startsWith("-")) : undefined;
    process.stdout.write(asked ? `${help(commandOf(asked))}\n` : usage());
    return name === undefined ? EXIT.usage : EXIT.done;
  }
  if (name === "--version" || name === "version") {
    process.stdout.write(
      rest.includes("--json") ? `${JSON.stringify({ version: version() })}\n` : `${version()}\n`,
    );
    return EXIT.done;
  }
  const command = commandOf(name);
  const call = parse(command, rest);
  if (call) return command.run(call);
  process.stdout.write(`${help(command)}\n`);
  return EXIT.done;
}

function commandOf(name: string): Command {
  const command = COMMANDS.find((one) => one.name === name);
  if (!command) throw new Failure(unknown(name), EXIT.usage);
  return command;
}

function unknown(name: string): string {
  if (name.startsWith("-")) return t("commandFirst", { self: self() });
  const meant = near(
    name,
    COMMANDS.map((command) => command.name),
  );
  return meant
    ? t("noCommandMeant", { name, meant, self: self() })
    : t("noCommand", { name, self: self() });
}

/** The error, for a script: one JSON document, as for an answer. */
function forMachines(error: Error): object {
  if (error instanceof Problem) {
    const { message, slug, status, requestID, fields } = error;
    return { error: { message, slug, status, request_id: requestID, fields } };
  }
  return { error: { message: words(error) } };
}

/** The text of an error; errors of the system are told in plain words, with the file. */
function words(error: Error): string {
  const why = systemReason(error);
  if (!why) return error.message;
  const { path, syscall } = error as NodeJS.ErrnoException;
  return t("fileFailed", { file: path ?? syscall!, why });
}

function forPeople(error: Error): string {
  if (!(error instanceof Problem)) return words(error);
  const fields = error.fields.map(
    ({ path, message }) => `\n  ${[path, message].filter(Boolean).join(": ")}`,
  );
  const id = error.requestID ? t("request", { id: error.requestID }) : "";
  return `${error.message}${hint(error)}${fields.join("")}${id}`;
}

// A reader that has seen enough (`teahouse logs | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? EXIT.done : EXIT.refused);
});

const args = process.argv.slice(2);
main(args).then(
  (code) => (process.exitCode = code),
  (error: Error) => {
    if (args.includes("--json"))
      process.stdout.write(`${JSON.stringify(forMachines(error), null, 2)}\n`);
    else process.stderr.write(`teahouse: ${forPeople(error)}\n`);
    process.exitCode = error instanceof Failure ? error.exit : EXIT.refused;
  },
);
