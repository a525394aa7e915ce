// Runs modules of WXS twice: as plain JavaScript in Node, and with the view script's interpreter. It reads
// {interpreter, cases: [{files, main, modules, calls}]} and writes one line of JSON: for each case and each
// call the two answers. An answer is a text that tells types apart; an error is "!".
import { readFileSync } from "node:fs";
import { dirname, posix } from "node:path";
import vm from "node:vm";

const { interpreter, cases } = JSON.parse(readFileSync(0, "utf8"));
const { Interpreter } = await import(interpreter);

// A constructor is a text in WXS. JavaScript itself needs the real one, so the text has another name.
const PRELUDE = `
Object.defineProperty(Object.prototype, "$constructor", {get() {
  "use strict";
  if (typeof this === "object" && Object.prototype.hasOwnProperty.call(this, "constructor")) return this.constructor;
  return Object.prototype.toString.call(this).slice(8, -1);
}});
globalThis.getDate = (...a) => a.length < 2 ? new Date(...a) : new Date(a[0], a[1], ...a.slice(2));
globalThis.getRegExp = (p, f) => new RegExp(p, f);
globalThis.$kinds = { Array, Object, Function, Date, RegExp };
`;
// What WXS does not have, is not there while a module runs.
const ABSENT = "Array, Object, String, Boolean, RegExp, Function, Symbol, Promise, globalThis";

// The vendor's compiler keeps the backslashes of a pattern that JavaScript drops.
function withBackslashes(pattern) {
  return pattern.replace(/\\([^])/g, (both, one) =>
    one === "\n" ? "" : one === "\\" || one === "'" || one === '"' ? one : both,
  );
}

function asJavaScript({ files }) {
  const context = vm.createContext({ console });
  vm.runInContext(PRELUDE, context);
  const loaded = new Map();
  const load = (path) => {
    if (loaded.has(path)) return loaded.get(path).exports;
    const module = { exports: vm.runInContext("({})", context) };
    loaded.set(path, module);
    const text = files[path]
      .replace(/\.constructor\b/g, ".$constructor")
      .replace(/\binstanceof (\w+)/g, "instanceof $kinds.$1")
      .replace(
        /getRegExp\((["'])((?:\\.|(?!\1)[^\\])*)\1/g,
        (_, _quote, pattern) => `getRegExp(${JSON.stringify(withBackslashes(pattern))}`,
      );
    const run = vm.runInContext(`(function (module, exports, require, ${ABSENT}) {${text}\n})`, context);
    run(module, module.exports, (to) => {
      const path2 = to.startsWith("/") ? to.slice(1) : posix.join(dirname(path), to);
      return load(path2.endsWith(".wxs") ? path2 : `${path2}.wxs`);
    });
    return module.exports;
  };
  return { load, json: (text) => vm.runInContext(`(${text})`, context) };
}

function answers(list, one) {
  return list.map((call) => {
    try {
      return one(call);
    } catch {
      return "!";
    }
  });
}

const results = cases.map((c) => {
  const node = asJavaScript(c);
  let failed = "";
  const interpreted = new Interpreter(({ level, text }) => {
    if (level === "error") failed = text;
  });
  const load = (path) =>
    interpreted.module(
      c.modules,
      c.modules.findIndex((m) => m.path === path),
    );
  return {
    node: answers(c.calls, ([name, args]) =>
      node.load("show.wxs").one(node.load(c.main), node.json(JSON.stringify([name, args]))),
    ),
    view: c.calls.map(([name, args]) => {
      failed = "";
      const result = interpreted.call(load("show.wxs").one, undefined, [load(c.main), JSON.parse(JSON.stringify([name, args]))]);
      return failed ? "!" : result;
    }),
  };
});
console.log(JSON.stringify(results));
