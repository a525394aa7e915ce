// The prelude adds builtins that the engine lacks and apps rely on, and removes eval and Function.
// It runs in every VM before the app, so it defines as little as it can: every function here costs
// memory per session.
(function (native) {
  'use strict';
  const define = (target, name, value) => {
    if (!(name in target)) {
      Object.defineProperty(target, name, { value, writable: true, configurable: true });
    }
  };

  // Adding to a builtin makes the engine create it, so only builtins that the app's source names
  // are changed.
  if (native.names('asyncIterator') || native.names('ispose')) {
    for (const name of ['asyncIterator', 'dispose', 'asyncDispose']) {
      if (!Symbol[name]) Object.defineProperty(Symbol, name, { value: Symbol.for('Symbol.' + name) });
    }
  }
  if (native.names('groupBy')) {
    define(Object, 'groupBy', (items, keyOf) => {
      const groups = Object.create(null);
      let i = 0;
      for (const item of items) {
        const key = keyOf(item, i++);
        (groups[key] || (groups[key] = [])).push(item);
      }
      return groups;
    });
    define(Map, 'groupBy', (items, keyOf) => {
      const groups = new Map();
      let i = 0;
      for (const item of items) {
        const key = keyOf(item, i++);
        if (groups.has(key)) groups.get(key).push(item);
        else groups.set(key, [item]);
      }
      return groups;
    });
  }
  if (native.names('withResolvers')) {
    define(Promise, 'withResolvers', function () {
      let resolve, reject;
      const promise = new this((a, b) => { resolve = a; reject = b; });
      return { promise, resolve, reject };
    });
  }
  if (native.names('Promise.try')) {
    define(Promise, 'try', function (fn, ...args) {
      return new this((resolve) => resolve(fn(...args)));
    });
  }
  if (native.names('fromAsync')) {
    define(Array, 'fromAsync', async (items, map) => {
      const out = [];
      const add = async (item) => {
        const value = await item;
        out.push(map ? await map(value, out.length) : value);
      };
      const start = items[Symbol.asyncIterator];
      if (start === undefined || start === null) {
        for (const item of Array.from(items)) await add(item);
        return out;
      }
      const iterator = start.call(items);
      for (let step = await iterator.next(); !step.done; step = await iterator.next()) await add(step.value);
      return out;
    });
  }
  if (native.names('isWellFormed')) {
    define(String.prototype, 'isWellFormed', function () {
      return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(String(this));
    });
  }
  if (native.names('toWellFormed')) {
    define(String.prototype, 'toWellFormed', function () {
      return String(this).replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
    });
  }
  if (native.names('__lookup') || native.names('__define')) {
    const find = (object, name, part) => {
      for (let at = Object(object); at !== null; at = Object.getPrototypeOf(at)) {
        const found = Object.getOwnPropertyDescriptor(at, name);
        if (found) return found[part];
      }
    };
    define(Object.prototype, '__lookupGetter__', function (name) { return find(this, name, 'get'); });
    define(Object.prototype, '__lookupSetter__', function (name) { return find(this, name, 'set'); });
    const accessor = (part) => function (name, fn) {
      Object.defineProperty(this, name, { [part]: fn, enumerable: true, configurable: true });
    };
    define(Object.prototype, '__defineGetter__', accessor('get'));
    define(Object.prototype, '__defineSetter__', accessor('set'));
  }
  if (native.names('RegExp.$')) {
    // The groups of the last match, which old date formatters read.
    const exec = RegExp.prototype.exec;
    let last = [];
    RegExp.prototype.exec = {
      exec(text) {
        const match = exec.call(this, text);
        if (match) last = match;
        return match;
      },
    }.exec;
    RegExp.prototype.test = { test(text) { return this.exec(text) !== null; } }.test;
    for (let i = 1; i <= 9; i++) {
      Object.defineProperty(RegExp, '$' + i, {
        configurable: true,
        get: () => (last[i] === undefined ? '' : last[i]),
      });
    }
  }

  // Old date formatters add 1900 to the year.
  if (native.names('getYear')) {
    define(Date.prototype, 'getYear', function () { return this.getFullYear() - 1900; });
  }
  if (native.names('setYear')) {
    define(Date.prototype, 'setYear', function (year) {
      const number = Math.trunc(year);
      return this.setFullYear(number >= 0 && number <= 99 ? 1900 + number : year);
    });
  }
  if (native.names('toGMTString')) define(Date.prototype, 'toGMTString', Date.prototype.toUTCString);

  // Rarely used builtins are made at their first use.
  const lazy = (name, make) => {
    Object.defineProperty(globalThis, name, {
      configurable: true,
      get() {
        const value = make();
        Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
        return value;
      },
      set(value) {
        Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
      },
    });
  };
  let web;
  for (const name of ['TextEncoder', 'TextDecoder', 'URL', 'URLSearchParams', 'structuredClone']) {
    if (native.names(name)) lazy(name, () => (web || (web = native.web()))[name]);
  }
  // A weak reference that holds its target is allowed: nobody can know when memory is needed.
  const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';
  if (native.names('WeakRef')) lazy('WeakRef', () => class WeakRef {
    #target;
    constructor(target) {
      if (!isObject(target)) throw new TypeError('WeakRef: the target must be an object');
      this.#target = target;
    }
    deref() { return this.#target; }
    get [Symbol.toStringTag]() { return 'WeakRef'; }
  });
  if (native.names('FinalizationRegistry')) lazy('FinalizationRegistry', () => class FinalizationRegistry {
    #tokens = new WeakSet();
    constructor(cleanup) {
      if (typeof cleanup !== 'function') throw new TypeError('FinalizationRegistry: cleanup must be a function');
    }
    register(target, held, token) {
      if (!isObject(target)) throw new TypeError('FinalizationRegistry.register: the target must be an object');
      if (isObject(token)) this.#tokens.add(token);
    }
    unregister(token) {
      if (!isObject(token)) throw new TypeError('FinalizationRegistry.unregister: the token must be an object');
      return this.#tokens.delete(token);
    }
    get [Symbol.toStringTag]() { return 'FinalizationRegistry'; }
  });

  // Code made from text was not reviewed. Only the idiom that finds the global object is allowed.
  const refuse = () => { throw new EvalError('new Function and eval are not available in mini programs'); };
  // The name stays: libraries read it without a call.
  const evaluate = { eval(text) { return typeof text === 'string' ? refuse() : text; } }.eval;
  Object.defineProperty(globalThis, 'eval', { value: evaluate, writable: true, configurable: true });
  const original = Function;
  const compiler = function Function(...args) {
    if (args.length === 1 && /^\s*return\s+this\s*;?\s*$/.test(args[0])) {
      return function anonymous() { return globalThis; };
    }
    return refuse();
  };
  compiler.prototype = original.prototype;
  const seal = (proto) => {
    Object.defineProperty(proto, 'constructor', { value: compiler, writable: true, configurable: true });
  };
  seal(original.prototype);
  if (native.names('async')) seal(Object.getPrototypeOf(async function () {}));
  if (native.names('*')) seal(Object.getPrototypeOf(function* () {}));
  Object.defineProperty(globalThis, 'Function', { value: compiler, writable: true, configurable: true });
});
