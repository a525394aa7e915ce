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
      let i = 0;
      for (const item of Array.from(items)) {
        const value = await item;
        out.push(map ? await map(value, i) : value);
        i++;
      }
      return out;
    });
  }
  if (native.names('isWellFormed')) {
    define(String.prototype, 'isWellFormed', function () {
      return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(String(this));
    });
  }
  if (native.names('toLocaleString')) {
    // The engine reads a locale as a radix and throws.
    const plain = Number.prototype.toString;
    Object.defineProperty(Number.prototype, 'toLocaleString', {
      writable: true,
      configurable: true,
      value: function (locale, options) {
        if (!isFinite(this)) return plain.call(this);
        const most = options && options.maximumFractionDigits;
        const least = (options && options.minimumFractionDigits) || 0;
        const limit = most === undefined ? Math.max(3, least) : most;
        const parts = Math.abs(this).toFixed(limit).split('.');
        let fraction = parts[1] || '';
        while (fraction.length > least && fraction.endsWith('0')) fraction = fraction.slice(0, -1);
        const whole = parts[0].replace(/\B(?=(\d{3})+$)/g, ',');
        return (this < 0 ? '-' : '') + whole + (fraction ? '.' + fraction : '');
      },
    });
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
  if (native.names('TextEncoder')) lazy('TextEncoder', () => class TextEncoder {
    get encoding() { return 'utf-8'; }
    encode(text = '') { return new Uint8Array(native.utf8Encode(String(text))); }
  });
  if (native.names('TextDecoder')) lazy('TextDecoder', () => class TextDecoder {
    constructor(label = 'utf-8') {
      if (!/^utf-?8$/i.test(label)) throw new RangeError('TextDecoder supports utf-8 only');
    }
    get encoding() { return 'utf-8'; }
    decode(bytes) {
      if (bytes === undefined) return '';
      if (bytes instanceof ArrayBuffer) return native.utf8Decode(bytes);
      const { buffer, byteOffset, byteLength } = bytes;
      return native.utf8Decode(buffer.slice(byteOffset, byteOffset + byteLength));
    }
  });
  if (native.names('WeakRef')) lazy('WeakRef', () => class WeakRef {
    #target;
    constructor(target) { this.#target = target; }
    deref() { return this.#target; }
  });
  if (native.names('FinalizationRegistry')) lazy('FinalizationRegistry', () => class FinalizationRegistry {
    register() {}
    unregister() { return false; }
  });

  // Code made from text was not reviewed. Only the idiom that finds the global object is allowed.
  delete globalThis.eval;
  const original = Function;
  const compiler = function Function(...args) {
    if (args.length === 1 && /^\s*return\s+this\s*;?\s*$/.test(args[0])) {
      return function anonymous() { return globalThis; };
    }
    throw new EvalError('new Function and eval are not available in mini programs');
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
