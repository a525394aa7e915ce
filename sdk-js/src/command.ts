/**
 * What a command is, how its words are read, and its help. Every command takes --json and --help.
 *
 * @module
 */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { EXIT, Failure } from "./failure.js";
import { self } from "./self.js";
import { t } from "./texts.js";

export interface Option {
  /** What stands after the name, such as "ID"; without it the option is a switch. */
  value?: string;
  /** May be given many times. */
  many?: boolean;
  /** The values that it takes, when they are few. */
  of?: readonly string[];
  /** Throws when a value is not valid. */
  check?: (value: string) => void;
  about: string;
}

export interface Command {
  name: string;
  about: string;
  /** The words after the name. Those with ? may be left out. */
  words: string[];
  options: Record<string, Option>;
  /** Lines for the end of the help. */
  more?: string;
  run(call: Call): Promise<number>;
}

/** One call of a command, as it was typed. */
export class Call {
  constructor(
    readonly command: Command,
    readonly words: string[],
    private readonly values: Record<string, string | boolean | string[] | undefined>,
  ) {}

  get json(): boolean {
    return this.values.json === true;
  }

  on(option: string): boolean {
    return this.values[option] === true;
  }

  value(option: string): string | undefined {
    return this.values[option] as string | undefined;
  }

  all(option: string): string[] {
    return (this.values[option] as string[] | undefined) ?? [];
  }

  /** A word that the command cannot do without. */
  need(index: number): string {
    return this.words[index]!; // parse() has refused calls without it
  }

  /** Prints the answer: as it is for machines, in words for people. */
  answer(value: unknown, words: () => string): void {
    process.stdout.write(`${this.json ? JSON.stringify(value, null, 2) : words()}\n`);
  }

  /** Something for people on the way; machines get the answer only. */
  say(text: string): void {
    if (!this.json) process.stdout.write(`${text}\n`);
  }
}

const EVERYWHERE: Record<string, Option> = {
  json: { about: t("aboutJSON") },
  help: { about: t("aboutHelp") },
};

/** Reads the words after a command's name; help asked for is undefined. */
export function parse(command: Command, args: string[]): Call | undefined {
  const options = { ...command.options, ...EVERYWHERE };
  const config: NonNullable<ParseArgsConfig["options"]> = {};
  for (const [name, option] of Object.entries(options)) {
    config[name] = { type: option.value ? "string" : "boolean", multiple: option.many ?? false };
  }
  config.help!.short = "h";
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args, options: config, allowPositionals: true, strict: true });
  } catch (error) {
    throw new Failure(misread(command, options, error as NodeJS.ErrnoException, args), EXIT.usage);
  }
  const values = parsed.values as Record<string, string | boolean | string[] | undefined>;
  if (values.help) return undefined;
  for (const [name, option] of Object.entries(options)) {
    const given = values[name];
    if (typeof given !== "string") continue;
    if (option.of && !option.of.includes(given)) {
      const values = option.of.join(", ");
      throw new Failure(t("oneOf", { name, values, given }), EXIT.usage);
    }
    option.check?.(given);
  }
  const words = parsed.positionals;
  const missing = command.words.find((word, index) => !word.endsWith("?") && !words[index]);
  if (missing)
    throw new Failure(
      t("needsWord", { command: command.name, word: missing, see: seeHelp(command) }),
      EXIT.usage,
    );
  if (words.length > command.words.length) {
    const extra = words[command.words.length]!;
    throw new Failure(t("extraWord", { word: extra, see: seeHelp(command) }), EXIT.usage);
  }
  return new Call(command, words, values);
}

function misread(
  command: Command,
  options: Record<string, Option>,
  error: NodeJS.ErrnoException,
  args: string[],
): string {
  const name = /'-{1,2}([^'\s,]+)/.exec(error.message)?.[1] ?? "";
  if (error.code === "ERR_PARSE_ARGS_INVALID_OPTION_VALUE") {
    const option = options[name];
    return option?.value
      ? t("needsValue", { name, value: option.value })
      : t("takesNoValue", { name, see: seeHelp(command) });
  }
  const typed = args.find((arg) => arg.startsWith("-") && arg.includes(name)) ?? `--${name}`;
  const nearest = near(name, Object.keys(options));
  const values = { command: command.name, option: typed.split("=")[0]!, see: seeHelp(command) };
  return nearest ? t("noOptionMeant", { ...values, meant: nearest }) : t("noOption", values);
}

function seeHelp(command: Command): string {
  return t("see", { self: self(), command: command.name });
}

export function help(command: Command): string {
  const words = command.words.map((word) => (word.endsWith("?") ? `[${word.slice(0, -1)}]` : word));
  const options = Object.entries({ ...command.options, ...EVERYWHERE }).map(
    ([name, option]): [string, string] => [
      `--${name}${option.value ? ` ${option.value}` : ""}`,
      option.about + (option.of ? `: ${option.of.join(", ")}` : ""),
    ],
  );
  return [
    `${self()} ${[command.name, ...words].join(" ")}`,
    `  ${command.about}`,
    "",
    t("options"),
    table(options, "  "),
    ...(command.more ? ["", command.more] : []),
  ].join("\n");
}

/** Columns of text, each as wide as its widest cell. */
export function table(rows: string[][], indent = ""): string {
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((cell, i) => Math.max(most[i] ?? 0, columns(cell))),
    [],
  );
  return rows
    .map(
      (row) =>
        indent +
        row
          .map((cell, i) => cell + " ".repeat(widths[i]! - columns(cell)))
          .join("  ")
          .trimEnd(),
    )
    .join("\n");
}

/** How many columns of a terminal a text takes: Chinese characters take two. */
function columns(text: string): number {
  const wide =
    /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]/g;
  return text.length + (text.match(wide)?.length ?? 0);
}

/** The known name that was probably meant: at most two letters away. */
export function near(name: string, known: string[]): string | undefined {
  const close = known
    .map((candidate) => ({ candidate, far: distance(name, candidate) }))
    .filter(({ far, candidate }) => far <= Math.min(2, candidate.length - 1))
    .sort((a, b) => a.far - b.far);
  return close[0]?.candidate;
}

/** How many letters must be changed, added or taken away. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
