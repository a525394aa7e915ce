// Runs the code of WXS modules. It interprets what the compiler has made of them: no text is ever
// evaluated as a script here. Code sees the values that it is given and the library of WXS, nothing of
// the browser. Every step is counted, so that no code can hold the page for long.
//
// docs/wxs.md describes the code. A node is an array whose first element says what it is; numbers, texts
// and booleans stand for themselves.

import {
  WXS_DEPTH as MAX_DEPTH,
  WXS_ITEMS as MAX_ITEMS,
  WXS_LOG_CHARS,
  WXS_STEPS as MAX_STEPS,
  WXS_TEXT as MAX_TEXT,
} from "../limits";
import type { Code } from "../../../shared/protocol";

/** A line for the program's log. */
export interface LogLine {
  level: "log" | "info" | "warn" | "error";
  text: string;
  /** Of the developer's source. */
  file: string;
  line: number;
}

/** One module as the structure of a page has it. */
export interface ModuleCode {
  path: string;
  code: Code;
}

export type Callable = (this: unknown, ...args: unknown[]) => unknown;

type Eval = (scope: Scope) => unknown;
type Key = string | number;

/** The variables of one call of a function. */
interface Scope {
  vars: unknown[];
  up: Scope | null;
  self: unknown;
  args: unknown[];
}

/** How a statement ends. */
const NEXT = 0;
const BREAK = 1;
const CONTINUE = 2;
const RETURN = 3;
type Exec = (scope: Scope) => typeof NEXT | typeof BREAK | typeof CONTINUE | typeof RETURN;

// --- Values ----------------------------------------------------------------------------------------

function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** Own functions of a built-in prototype, except what leads to the browser's own functions. */
function methodsOf(prototype: object): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (typeof value === "function" && name !== "constructor" && !name.startsWith("__"))
      found.set(name, value);
  }
  return found;
}

const OBJECT = methodsOf(Object.prototype);
const METHODS: Record<string, Map<string, unknown>> = {
  String: methodsOf(String.prototype),
  Number: methodsOf(Number.prototype),
  Boolean: methodsOf(Boolean.prototype),
  Array: methodsOf(Array.prototype),
  Date: methodsOf(Date.prototype),
  RegExp: methodsOf(RegExp.prototype),
  Function: new Map<string, unknown>(
    (["call", "apply", "bind"] as const).map((name) => [name, Function.prototype[name]]),
  ),
};
const REGEXP_FIELDS = new Set(["source", "flags", "global", "ignoreCase", "multiline"]);

function pick(from: object, names: string): Readonly<Record<string, unknown>> {
  const source = from as Record<string, unknown>;
  return Object.freeze(Object.fromEntries(names.split(" ").map((name) => [name, source[name]])));
}

function getDate(...args: number[]): Date {
  if (args.length === 0) return new Date();
  if (args.length === 1) return new Date(args[0]!);
  const [year, month, date = 1, hours = 0, minutes = 0, seconds = 0, ms = 0] = args;
  return new Date(year!, month!, date, hours, minutes, seconds, ms);
}

const LIBRARY: Record<string, unknown> = {
  Math: pick(
    Math,
    "E LN10 LN2 LOG2E LOG10E PI SQRT1_2 SQRT2 abs acos asin atan atan2 ceil cos exp floor log max min pow random round sin sqrt tan sign trunc",
  ),
  JSON: pick(JSON, "parse stringify"),
  Number: pick(Number, "MAX_VALUE MIN_VALUE NEGATIVE_INFINITY POSITIVE_INFINITY NaN"),
  Date: pick(Date, "parse UTC now"),
  getDate,
  getRegExp: (pattern: string, flags?: string) => new RegExp(pattern, flags),
  parseInt,
  parseFloat,
  isNaN,
  isFinite,
  decodeURI,
  decodeURIComponent,
  encodeURI,
  encodeURIComponent,
  NaN,
  Infinity,
};

function read(object: unknown, name: unknown): unknown {
  if (object === undefined || object === null)
    throw new TypeError(`Cannot read properties of ${object} (reading '${String(name)}')`);
  const key = typeof name === "number" ? name : String(name);
  if (typeof object === "object") {
    if (Object.hasOwn(object, key)) return (object as Record<Key, unknown>)[key];
  } else if (typeof object === "string") {
    if (key === "length" || Object.hasOwn(Object(object), key))
      return (object as unknown as Record<Key, unknown>)[key];
  } else if (typeof object === "function" && Object.hasOwn(object, key)) {
    return key === "prototype" ? undefined : (object as unknown as Record<Key, unknown>)[key];
  }
  if (typeof key === "number") return undefined;
  const kind = kindOf(object);
  if (key === "constructor") return kind;
  if (kind === "RegExp" && REGEXP_FIELDS.has(key)) return (object as never)[key];
  return METHODS[kind]?.get(key) ?? OBJECT.get(key);
}

/** A value as the console shows it. */
function shown(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "function") return "[Function]";
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value); // it contains itself, or is too deep
  }
}

function write(object: unknown, name: unknown, value: unknown): void {
  if (object === null || (typeof object !== "object" && typeof object !== "function"))
    throw new TypeError(`Cannot set property '${String(name)}' of ${String(object)}`);
  const key = typeof name === "number" ? name : String(name);
  if (Array.isArray(object)) {
    const size = key === "length" ? Number(value) : Number(key) + 1;
    if (size > MAX_ITEMS) throw new RangeError(`A list has more than ${MAX_ITEMS} elements`);
  }
  if (key === "__proto__") return;
  // A function of the module may have fields; one of the browser may not be changed.
  if (typeof object === "function" && !made.has(object))
    throw new TypeError("This function cannot be changed");
  (object as Record<Key, unknown>)[key] = value;
}

/** The functions that modules have made. */
const made = new WeakSet<object>();

function checked(value: unknown): unknown {
  if (typeof value === "string" && value.length > MAX_TEXT)
    throw new RangeError(`A text is longer than ${MAX_TEXT} letters`);
  return value;
}

type Binary = (a: never, b: never) => unknown;
const BINARY: Record<string, Binary> = {
  "+": (a: number, b: number) => checked(a + b),
  "-": (a: number, b: number) => a - b,
  "*": (a: number, b: number) => a * b,
  "/": (a: number, b: number) => a / b,
  "%": (a: number, b: number) => a % b,
  "&": (a: number, b: number) => a & b,
  "|": (a: number, b: number) => a | b,
  "^": (a: number, b: number) => a ^ b,
  "<<": (a: number, b: number) => a << b,
  ">>": (a: number, b: number) => a >> b,
  ">>>": (a: number, b: number) => a >>> b,
  // biome-ignore lint/suspicious/noDoubleEquals: it is the operator of the module.
  "==": (a: unknown, b: unknown) => a == b,
  // biome-ignore lint/suspicious/noDoubleEquals: it is the operator of the module.
  "!=": (a: unknown, b: unknown) => a != b,
  "===": (a: unknown, b: unknown) => a === b,
  "!==": (a: unknown, b: unknown) => a !== b,
  "<": (a: number, b: number) => a < b,
  ">": (a: number, b: number) => a > b,
  "<=": (a: number, b: number) => a <= b,
  ">=": (a: number, b: number) => a >= b,
  instanceof: (a: unknown, kind: string) =>
    ((typeof a === "object" && a !== null) || typeof a === "function") &&
    (kind === "Object" || kindOf(a) === kind),
  in: (a: string, b: object) => {
    if (b === null || typeof b !== "object") throw new TypeError("in needs an object");
    return Object.hasOwn(b, a) || METHODS[kindOf(b)]?.has(a) || OBJECT.has(a);
  },
};

const UNARY: Record<string, (value: never) => unknown> = {
  "!": (v: unknown) => !v,
  "~": (v: number) => ~v,
  "+": (v: unknown) => Number(v),
  "-": (v: number) => -v,
  typeof: (v: unknown) => typeof v,
  void: () => undefined,
};

// --- Modules ---------------------------------------------------------------------------------------

/** The modules of one page while it is open. */
export class Interpreter {
  private readonly exports = new Map<string, { exports: unknown }>();
  private steps = 0;
  private depth = 0;
  private line = 0;
  private path = "";
  private label = "";
  private result: unknown;

  readonly console = Object.freeze(
    Object.fromEntries(
      (["log", "info", "warn", "error", "debug"] as const).map((name) => [
        name,
        (...values: unknown[]) => {
          const text = values.map((value) => shown(value)).join(" ");
          this.write(name === "debug" ? "log" : name, text);
        },
      ]),
    ),
  );

  /** `log` gets what modules write to their console, and the error of one, which ends its call. */
  constructor(private readonly log: (line: LogLine) => void) {}

  private write(level: LogLine["level"], text: string): void {
    const file = this.path.replace(/#.*/, "");
    this.log({ level, text: text.slice(0, WXS_LOG_CHARS), file, line: this.line });
  }

  /** What a module exports. It runs when it is first asked for. */
  module(modules: (ModuleCode | null)[], index: number): unknown {
    const module = modules[index];
    if (!module) return undefined;
    const known = this.exports.get(module.path);
    if (known) return known.exports;
    const own = { exports: {} as unknown };
    this.exports.set(module.path, own);
    const main = this.function(module.code as Code[], modules, module.path);
    this.call(main(null), undefined, [own, own.exports]);
    return own.exports;
  }

  /** Calls a function of a module from outside. An error is reported, and the result is undefined. */
  call(fn: unknown, self: unknown, args: unknown[]): unknown {
    if (typeof fn !== "function") return undefined;
    if (this.depth > 0) return (fn as Callable).apply(self, args);
    this.steps = 0;
    try {
      return (fn as Callable).apply(self, args);
    } catch (error) {
      this.depth = 0;
      const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      this.write("error", `WXS: ${text}`);
      return undefined;
    }
  }

  private step(): void {
    if (++this.steps > MAX_STEPS)
      throw new RangeError(`The code took more than ${MAX_STEPS} steps`);
  }

  /** What makes a function of the code, in the scope around it. */
  private function(
    code: Code[],
    modules: (ModuleCode | null)[],
    path: string,
  ): (up: Scope | null) => Callable {
    const [, params, slots, selfSlot, inner, body] = code as [
      string,
      number,
      number,
      number,
      [number, Code[]][],
      Code[],
    ];
    const compile = new Compiler(this, modules, path);
    const functions = inner.map(
      ([slot, one]) => [slot, this.function(one, modules, path)] as const,
    );
    let run: Exec[] | null = null;
    const machine = this;
    return (up) => {
      function wxs(this: unknown, ...args: unknown[]): unknown {
        machine.step();
        if (++machine.depth > MAX_DEPTH) throw new RangeError("Too many calls inside calls");
        const caller = machine.path;
        machine.path = path;
        run ??= body.map((one) => compile.statement(one)); // most functions of a module are never called
        const vars = new Array<unknown>(slots);
        for (let i = 0; i < params; i++) vars[i] = args[i];
        const scope: Scope = { vars, up, self: this, args };
        if (selfSlot >= 0) vars[selfSlot] = wxs;
        for (const [slot, make] of functions) vars[slot] = make(scope);
        let value: unknown;
        for (const one of run) {
          if (one(scope) === RETURN) {
            value = machine.result;
            machine.result = undefined;
            break;
          }
        }
        machine.depth--;
        machine.path = caller;
        return value;
      }
      made.add(wxs);
      return wxs;
    };
  }

  // What compiled code calls of the interpreter.

  /** @internal */
  make(code: Code[], modules: (ModuleCode | null)[], path: string): Eval {
    return this.function(code, modules, path);
  }
  /** @internal */
  at(line: number): void {
    this.line = line;
  }
  /** @internal */
  loop(): void {
    this.step();
  }
  /** @internal */
  leave(label: string): void {
    this.label = label;
  }
  /** Whether a break or continue is for a statement with these labels; then it goes no further. @internal */
  mine(labels: string[]): boolean {
    if (this.label !== "" && !labels.includes(this.label)) return false;
    this.label = "";
    return true;
  }
  /** @internal */
  returns(value: unknown): void {
    this.result = value;
  }
  /** @internal */
  invoke(fn: unknown, self: unknown, args: unknown[], name: () => string): unknown {
    if (typeof fn !== "function") throw new TypeError(`${name()} is not a function`);
    this.step();
    return checked((fn as Callable).apply(self, args));
  }
}

/** Turns code into closures: each node is looked at once, not each time it runs. */
class Compiler {
  constructor(
    private readonly machine: Interpreter,
    private readonly modules: (ModuleCode | null)[],
    private readonly path: string,
  ) {}

  statement(code: Code, labels: string[] = []): Exec {
    if (!Array.isArray(code)) return () => NEXT;
    const { machine } = this;
    const [op, line, ...kids] = code as [string, number, ...Code[]];
    switch (op) {
      case "e": {
        const value = this.value(kids[0]!);
        return (s) => {
          machine.at(line);
          value(s);
          return NEXT;
        };
      }
      case "R": {
        const value = this.optional(kids[0]!);
        return (s) => {
          machine.at(line);
          machine.returns(value?.(s));
          return RETURN;
        };
      }
      case "I": {
        const test = this.value(kids[0]!);
        const then = this.statement(kids[1]!);
        const otherwise = this.statement(kids[2]!);
        return (s) => {
          machine.at(line);
          return test(s) ? then(s) : otherwise(s);
        };
      }
      case "{":
        return this.block(line as unknown as Code[]);
      case "F": {
        const start = this.optional(kids[0]!);
        const next = this.optional(kids[2]!);
        return this.repeat(line, labels, kids[1]!, kids[3]!, start, next, false);
      }
      case "W":
        return this.repeat(line, labels, kids[0]!, kids[1]!, undefined, undefined, false);
      case "D":
        return this.repeat(line, labels, kids[1]!, kids[0]!, undefined, undefined, true);
      case "N":
        return this.each(line, labels, kids);
      case "B":
      case "C": {
        const [label] = kids as [string];
        const end = op === "B" ? BREAK : CONTINUE;
        return () => {
          machine.leave(label);
          return end;
        };
      }
      case "L": {
        const [label, body] = kids as [string, Code];
        const run = this.statement(body, [...labels, label]);
        return (s) => {
          const end = run(s);
          return end === BREAK && machine.mine([label]) ? NEXT : end;
        };
      }
      case "S":
        return this.choose(line, kids);
    }
    throw new Error(`the code has no statement ${op}`);
  }

  private block(list: Code[]): Exec {
    const body = list.map((one) => this.statement(one));
    return (s) => {
      for (const one of body) {
        const end = one(s);
        if (end !== NEXT) return end;
      }
      return NEXT;
    };
  }

  private repeat(
    line: number,
    labels: string[],
    testCode: Code,
    bodyCode: Code,
    start: Eval | undefined,
    next: Eval | undefined,
    bodyFirst: boolean,
  ): Exec {
    const { machine } = this;
    const test = this.optional(testCode);
    const body = this.statement(bodyCode);
    return (s) => {
      machine.at(line);
      start?.(s);
      for (let first = bodyFirst; first || !test || test(s); first = false) {
        machine.loop();
        const end = body(s);
        if (end === RETURN) return end;
        if (end !== NEXT && !machine.mine(labels)) return end;
        if (end === BREAK) break;
        next?.(s);
      }
      return NEXT;
    };
  }

  private each(line: number, labels: string[], [target, object, body]: Code[]): Exec {
    const { machine } = this;
    const assign = this.assign(target!);
    const value = this.value(object!);
    const run = this.statement(body!);
    return (s) => {
      machine.at(line);
      const over = value(s);
      if (over === null || over === undefined) return NEXT;
      for (const key of Object.keys(over)) {
        machine.loop();
        if (!Object.hasOwn(over, key)) continue;
        assign(s, () => key);
        const end = run(s);
        if (end === RETURN) return end;
        if (end !== NEXT && !machine.mine(labels)) return end;
        if (end === BREAK) break;
      }
      return NEXT;
    };
  }

  private choose(line: number, [on, ...cases]: Code[]): Exec {
    const { machine } = this;
    const value = this.value(on!);
    const list = (cases as [string, Code, Code[]][]).map(([, test, body]) => ({
      test: this.optional(test),
      body: this.block(body),
    }));
    const otherwise = list.findIndex(({ test }) => !test);
    return (s) => {
      machine.at(line);
      const wanted = value(s);
      let at = list.findIndex(({ test }) => test && test(s) === wanted);
      if (at < 0) at = otherwise;
      if (at < 0) return NEXT;
      for (const { body } of list.slice(at)) {
        const end = body(s);
        if (end === BREAK && machine.mine([])) return NEXT;
        if (end !== NEXT) return end;
      }
      return NEXT;
    };
  }

  private optional(code: Code): Eval | undefined {
    return code === null || code === undefined ? undefined : this.value(code);
  }

  value(code: Code): Eval {
    if (!Array.isArray(code)) return () => code;
    const { machine } = this;
    const [op, ...parts] = code as [string, ...Code[]];
    switch (op) {
      case "_":
        return () => undefined;
      case "0":
        return () => null;
      case "l":
        return this.variable(parts as [number, number]);
      case "g": {
        const name = parts[0] as string;
        const found = name === "console" ? machine.console : LIBRARY[name];
        return () => found;
      }
      case "q": {
        const index = parts[0] as number;
        return () => machine.module(this.modules, index);
      }
      case "t":
        return (s) => s.self;
      case "r":
        return (s) => s.args;
      case "f":
        return machine.make(code, this.modules, this.path);
      case "a": {
        const items = parts.map((one) => this.value(one));
        return (s) => items.map((item) => item(s));
      }
      case "o": {
        const fields = (parts as [string, string, Code][]).map(
          ([, name, value]) => [name, this.value(value)] as const,
        );
        return (s) => {
          const object = {};
          for (const [name, value] of fields) write(object, name, value(s));
          return object;
        };
      }
      case ".": {
        const object = this.value(parts[0]!);
        const key = this.value(parts[1]!);
        return (s) => read(object(s), key(s));
      }
      case "c":
        return this.call(parts);
      case "?": {
        const [test, yes, no] = parts.map((one) => this.value(one)) as [Eval, Eval, Eval];
        return (s) => (test(s) ? yes(s) : no(s));
      }
      case ",": {
        const list = parts.map((one) => this.value(one));
        return (s) => {
          let last: unknown;
          for (const one of list) last = one(s);
          return last;
        };
      }
      case "u":
        return this.unary(parts as [string, Code]);
      case "b":
        return this.binary(parts as [string, Code, Code]);
      case "=": {
        const [sign, target, right] = parts as [string, Code, Code];
        const assign = this.assign(target);
        const value = this.value(right);
        if (sign === "") return (s) => assign(s, () => value(s));
        const apply = BINARY[sign]!;
        return (s) => assign(s, (old) => apply(old() as never, value(s) as never));
      }
      case "+": {
        const [by, before, target] = parts as [number, number, Code];
        const assign = this.assign(target);
        return (s) => {
          let was = 0;
          const now = assign(s, (old) => {
            was = Number(old());
            return was + by;
          });
          return before ? now : was;
        };
      }
    }
    throw new Error(`the code has no expression ${op}`);
  }

  private variable([hops, slot]: [number, number]): Eval {
    if (hops === 0) return (s) => s.vars[slot];
    if (hops === 1) return (s) => s.up!.vars[slot];
    return (s) => {
      let at = s;
      for (let i = 0; i < hops; i++) at = at.up!;
      return at.vars[slot];
    };
  }

  /** Sets a variable or a member to what `make` makes of its old value. */
  private assign(code: Code): (s: Scope, make: (old: () => unknown) => unknown) => unknown {
    const [op, ...parts] = code as [string, ...Code[]];
    if (op === "l") {
      const [hops, slot] = parts as [number, number];
      return (s, make) => {
        let at = s;
        for (let i = 0; i < hops; i++) at = at.up!;
        const value = make(() => at.vars[slot]);
        at.vars[slot] = value;
        return value;
      };
    }
    const object = this.value(parts[0]!);
    const key = this.value(parts[1]!);
    return (s, make) => {
      const on = object(s);
      const name = key(s);
      const value = make(() => read(on, name));
      write(on, name, value);
      return value;
    };
  }

  private call([callee, ...rest]: Code[]): Eval {
    const { machine } = this;
    const args = rest.map((one) => this.value(one));
    if (Array.isArray(callee) && callee[0] === ".") {
      const object = this.value(callee[1]!);
      const key = this.value(callee[2]!);
      return (s) => {
        const on = object(s);
        const name = key(s);
        const fn = read(on, name);
        return machine.invoke(
          fn,
          on,
          args.map((arg) => arg(s)),
          () => String(name),
        );
      };
    }
    const value = this.value(callee!);
    return (s) => {
      const fn = value(s);
      return machine.invoke(
        fn,
        undefined,
        args.map((arg) => arg(s)),
        () => "the value",
      );
    };
  }

  private unary([sign, operand]: [string, Code]): Eval {
    if (sign === "delete") {
      const [, object, key] = (operand as Code[]).map((one, i) =>
        i === 0 ? null : this.value(one),
      ) as [null, Eval, Eval];
      return (s) => {
        const on = object(s);
        if (on === null || on === undefined || typeof on !== "object")
          throw new TypeError("delete needs a member of an object");
        return Reflect.deleteProperty(on, key(s) as Key);
      };
    }
    const value = this.value(operand);
    const apply = UNARY[sign]!;
    return (s) => apply(value(s) as never);
  }

  private binary([sign, left, right]: [string, Code, Code]): Eval {
    const a = this.value(left);
    const b = this.value(right);
    if (sign === "&&") return (s) => a(s) && b(s);
    if (sign === "||") return (s) => a(s) || b(s);
    const apply = BINARY[sign]!;
    return (s) => apply(a(s) as never, b(s) as never);
  }
}
