#!/usr/bin/env node
import { help, near, parse, table, type Command } from "./command.js";
import { check } from "./commands/check.js";
import { init } from "./commands/init.js";
import { apps, login, logout } from "./commands/login.js";
import { logs } from "./commands/logs.js";
import { release, status, submit, upload, versions, withdraw } from "./commands/versions.js";
import { hint } from "./developer.js";
import { EXIT, Failure } from "./failure.js";
import { Problem } from "./problem.js";
import { self } from "./self.js";

const COMMANDS: Command[] = [
  init,
  login,
  logout,
  apps,
  check,
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
  return `${self()}: tools for mini programs

${table(lines, "  ")}

Every command takes --json, and --help, which lists its options.

TEAHOUSE_URL and TEAHOUSE_TOKEN stand in for login, TEAHOUSE_APP for --app, for CI.
It ends with 0 when done, 1 when the host refused or the program has errors, 2 when a command was
typed wrongly, 3 when the host cannot be reached, 4 when there is no valid token.
`;
}

async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    const about = COMMANDS.find((command) => command.name === rest[0]);
    process.stdout.write(about ? `${help(about)}\n` : usage());
    return name === undefined ? EXIT.usage : EXIT.done;
  }
  const command = COMMANDS.find((one) => one.name === name);
  if (!command) throw new Failure(unknown(name), EXIT.usage);
  const call = parse(command, rest);
  if (call) return command.run(call);
  process.stdout.write(`${help(command)}\n`);
  return EXIT.done;
}

function unknown(name: string): string {
  if (name.startsWith("-")) return `The name of a command comes first. See: ${self()} --help`;
  const meant = near(
    name,
    COMMANDS.map((command) => command.name),
  );
  return `There is no command "${name}"${meant ? `; did you mean ${meant}?` : "."} See: ${self()} --help`;
}

/** What went wrong, for a script: one JSON document, as for an answer. */
function forMachines(error: Error): object {
  if (error instanceof Problem) {
    const { message, slug, status, requestID, fields } = error;
    return { error: { message, slug, status, request_id: requestID, fields } };
  }
  return { error: { message: error.message } };
}

function forPeople(error: Error): string {
  if (!(error instanceof Problem)) return error.message;
  const fields = error.fields.map(
    ({ path, message }) => `\n  ${[path, message].filter(Boolean).join(": ")}`,
  );
  const id = error.requestID ? ` (request ${error.requestID})` : "";
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
