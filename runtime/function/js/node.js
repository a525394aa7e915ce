// The modules of Node.js that cloud functions have: the parts of them that programs use. Paths are those of Linux.
(function (native) {
  'use strict';

  // buffer

  const encodings = { 'utf8': 'utf8', 'utf-8': 'utf8', 'hex': 'hex', 'base64': 'base64', 'base64url': 'base64url', 'latin1': 'latin1',
    'binary': 'latin1', 'ascii': 'ascii', 'ucs2': 'utf16le', 'ucs-2': 'utf16le', 'utf16le': 'utf16le', 'utf-16le': 'utf16le' };
  const encodingOf = (name) => {
    if (name === undefined || name === null) return 'utf8';
    const known = encodings[String(name).toLowerCase()];
    if (!known) throw new TypeError('Unknown encoding: ' + name);
    return known;
  };
  class Buffer extends Uint8Array {
    // Old packages write new Buffer(text, encoding).
    constructor(value, second, third) {
      if (typeof value === 'string') super(native.bytes(value, encodingOf(second)));
      else super(value, second, third);
    }
    static from(value, second, third) {
      if (typeof value === 'string') return new Buffer(native.bytes(value, encodingOf(second)));
      if (value instanceof ArrayBuffer) return new Buffer(value, second, third);
      if (value instanceof Uint8Array) return new Buffer(native.joined([value]));
      if (value && value.type === 'Buffer' && Array.isArray(value.data)) return Buffer.from(value.data);
      if (value && typeof value === 'object') {
        const made = new Buffer(value.length);
        made.set(Array.from(value));
        return made;
      }
      throw new TypeError('Buffer.from takes a text, an array, a buffer or an ArrayBuffer, not ' + (value === null ? 'null' : typeof value));
    }
    static alloc(size, fill, encoding) {
      const made = new Buffer(size);
      return fill === undefined ? made : made.fill(fill, 0, size, encoding);
    }
    static allocUnsafe(size) { return new Buffer(size); }
    // It is also asked of Called, below, which the engine takes for no function here.
    static [Symbol.hasInstance](value) { return value instanceof Uint8Array && Object.prototype.isPrototypeOf.call(Buffer.prototype, value); }
    static isBuffer(value) { return value instanceof Buffer; }
    static isEncoding(name) { return encodings[String(name).toLowerCase()] !== undefined; }
    static byteLength(value, encoding) { return typeof value === 'string' ? native.bytes(value, encodingOf(encoding)).byteLength : value.byteLength; }
    static compare(a, b) { return native.compared(a, b); }
    static concat(list, total) { return new Buffer(native.joined(list, total)); }
    toString(encoding, start = 0, end = this.length) {
      const part = start === 0 && end >= this.length ? this : this.subarray(start, end);
      return native.text(part, encodingOf(encoding));
    }
    toJSON() { return { type: 'Buffer', data: Array.from(this) }; }
    equals(other) { return Buffer.compare(this, other) === 0; }
    compare(other) { return Buffer.compare(this, other); }
    slice(start, end) { return this.subarray(start, end); }
    copy(target, at = 0, start = 0, end = this.length) {
      return native.copied(target, at, this.subarray(start, Math.min(end, start + target.length - at)));
    }
    write(text, at = 0, length = this.length - at, encoding) {
      if (typeof at === 'string') return this.write(text, 0, this.length, at);
      if (typeof length === 'string') return this.write(text, at, this.length - at, length);
      return Buffer.from(text, encoding).copy(this, at, 0, length);
    }
    fill(value, start = 0, end = this.length, encoding) {
      const bytes = typeof value === 'number' ? new Buffer([value]) : Buffer.from(value, encoding);
      native.filled(this.subarray(start, end), bytes);
      return this;
    }
    indexOf(value, from = 0) {
      const bytes = typeof value === 'number' ? new Buffer([value]) : typeof value === 'string' ? Buffer.from(value) : value;
      const start = from < 0 ? Math.max(0, this.length + from) : Math.min(from, this.length);
      const at = native.found(this.subarray(start), bytes);
      return at < 0 ? -1 : start + at;
    }
    includes(value, from) { return this.indexOf(value, from) >= 0; }
  }
  // Old packages call it without new, and copy its functions one by one.
  const Called = new Proxy(Buffer, { apply: (made, _, values) => (typeof values[0] === 'number' ? Buffer.alloc(...values) : Buffer.from(...values)) });
  Buffer.prototype.constructor = Called;
  for (const name of Object.getOwnPropertyNames(Buffer)) {
    if (name !== 'prototype' && typeof Buffer[name] === 'function') Object.defineProperty(Buffer, name, { enumerable: true });
  }
  const view = (buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  for (const [name, of, bytes] of [['UInt8', 'Uint8', 1], ['Int8', 'Int8', 1], ['UInt16', 'Uint16', 2], ['Int16', 'Int16', 2],
    ['UInt32', 'Uint32', 4], ['Int32', 'Int32', 4], ['Float', 'Float32', 4], ['Double', 'Float64', 8]]) {
    for (const [end, little] of bytes === 1 ? [['', false]] : [['LE', true], ['BE', false]]) {
      Object.defineProperty(Buffer.prototype, 'read' + name + end, { writable: true, configurable: true,
        value(at = 0) { return view(this)['get' + of](at, little); } });
      Object.defineProperty(Buffer.prototype, 'write' + name + end, { writable: true, configurable: true,
        value(number, at = 0) {
          view(this)['set' + of](at, number, little);
          return at + bytes;
        } });
    }
  }

  // events

  // It is a function and no class, because old packages call it on what they have made.
  function EventEmitter() {}
  const emitting = {
    _of(name) {
      if (!Object.hasOwn(this, '_events')) Object.defineProperty(this, '_events', { value: new Map() });
      return this._events.get(name) || [];
    },
    _add(name, listener, first) {
      const list = this._of(name);
      this._events.set(name, first ? [listener, ...list] : [...list, listener]);
      if (name !== 'newListener' && this._events.has('newListener')) this.emit('newListener', name, listener.fn);
      return this;
    },
    _remove(name, chosen) {
      this._events.set(name, this._of(name).filter((listener) => listener !== chosen));
      if (this._events.has('removeListener')) this.emit('removeListener', name, chosen.fn);
    },
    _once(name, fn, first) {
      const listener = { fn, run: (...values) => {
        this._remove(name, listener);
        return fn.apply(this, values);
      } };
      return this._add(name, listener, first);
    },
    on(name, fn) { return this._add(name, { fn, run: fn }, false); },
    addListener(name, fn) { return this.on(name, fn); },
    prependListener(name, fn) { return this._add(name, { fn, run: fn }, true); },
    once(name, fn) { return this._once(name, fn, false); },
    prependOnceListener(name, fn) { return this._once(name, fn, true); },
    off(name, fn) {
      const found = this._of(name).findLast((listener) => listener.fn === fn);
      if (found) this._remove(name, found);
      return this;
    },
    removeListener(name, fn) { return this.off(name, fn); },
    removeAllListeners(name) {
      this._of(name);
      if (name === undefined) this._events.clear();
      else this._events.delete(name);
      return this;
    },
    emit(name, ...values) {
      const list = this._of(name);
      if (name === 'error' && list.length === 0) throw values[0] instanceof Error ? values[0] : new Error('Unhandled error. (' + values[0] + ')');
      for (const listener of list) listener.run.apply(this, values);
      return list.length > 0;
    },
    listeners(name) { return this._of(name).map((listener) => listener.fn); },
    rawListeners(name) { return this.listeners(name); },
    listenerCount(name) { return this._of(name).length; },
    eventNames() {
      this._of('');
      return [...this._events.keys()].filter((name) => this._events.get(name).length > 0);
    },
    setMaxListeners() { return this; },
    getMaxListeners() { return EventEmitter.defaultMaxListeners; },
  };
  for (const name of Object.keys(emitting)) Object.defineProperty(EventEmitter.prototype, name, { value: emitting[name], writable: true, configurable: true });
  EventEmitter.EventEmitter = EventEmitter;
  EventEmitter.defaultMaxListeners = 10;
  EventEmitter.listenerCount = (emitter, name) => emitter.listenerCount(name);
  EventEmitter.once = (emitter, name) => new Promise((resolve, reject) => {
    const failed = (error) => reject(error);
    emitter.once(name, (...values) => {
      emitter.off('error', failed);
      resolve(values);
    });
    if (name !== 'error') emitter.once('error', failed);
  });

  // path

  const normal = (parts, absolute) => {
    const made = [];
    for (const part of parts) {
      if (part === '' || part === '.') continue;
      if (part !== '..') made.push(part);
      else if (made.length > 0 && made[made.length - 1] !== '..') made.pop();
      else if (!absolute) made.push('..');
    }
    return made.join('/');
  };
  const path = {
    sep: '/', delimiter: ':',
    normalize(p) {
      const absolute = p.startsWith('/');
      let made = normal(p.split('/'), absolute);
      if (made === '' && !absolute) made = '.';
      if (made !== '' && p.endsWith('/')) made += '/';
      return (absolute ? '/' : '') + made;
    },
    join: (...parts) => path.normalize(parts.filter((part) => part !== '').join('/') || '.'),
    resolve(...parts) {
      let made = '';
      for (let i = parts.length - 1; i >= 0 && !made.startsWith('/'); i--) if (parts[i] !== '') made = parts[i] + (made === '' ? '' : '/' + made);
      if (!made.startsWith('/')) made = '/var/user/' + made;
      return '/' + normal(made.split('/'), true);
    },
    isAbsolute: (p) => p.startsWith('/'),
    dirname(p) {
      const trimmed = p.replace(/\/+$/, '');
      const at = trimmed.lastIndexOf('/');
      if (at < 0) return p.startsWith('/') ? '/' : '.';
      return at === 0 ? '/' : trimmed.slice(0, at);
    },
    basename(p, suffix = '') {
      const base = p.replace(/\/+$/, '').split('/').pop();
      return suffix !== '' && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base;
    },
    extname(p) {
      const base = path.basename(p);
      const at = base.lastIndexOf('.');
      return at <= 0 ? '' : base.slice(at);
    },
    relative(from, to) {
      const a = path.resolve(from).split('/').filter(Boolean);
      const b = path.resolve(to).split('/').filter(Boolean);
      let same = 0;
      while (same < a.length && same < b.length && a[same] === b[same]) same++;
      return [...a.slice(same).map(() => '..'), ...b.slice(same)].join('/');
    },
    parse(p) {
      const base = path.basename(p);
      const ext = path.extname(p);
      const dir = path.dirname(p);
      return { root: p.startsWith('/') ? '/' : '', dir: dir === '.' && !p.startsWith('.') ? '' : dir, base, ext, name: ext === '' ? base : base.slice(0, -ext.length) };
    },
    format: ({ dir, root, base, name = '', ext = '' }) => (dir ? dir + (dir === root ? '' : '/') : root || '') + (base || name + ext),
  };
  path.posix = path;

  // querystring

  const escape = (text) => encodeURIComponent(text);
  const unescape = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  const primitive = (v) => (typeof v === 'string' || typeof v === 'boolean' || typeof v === 'bigint' || (typeof v === 'number' && Number.isFinite(v)) ? String(v) : '');
  const querystring = {
    escape, unescape,
    stringify: (object, separator = '&', equals = '=') => Object.keys(object || {}).flatMap((key) =>
      (Array.isArray(object[key]) ? object[key] : [object[key]]).map((v) => escape(key) + equals + escape(primitive(v)))).join(separator),
    parse(text, separator = '&', equals = '=') {
      const made = Object.create(null);
      for (const pair of String(text).split(separator)) {
        if (pair === '') continue;
        const at = pair.indexOf(equals);
        const read = (part) => unescape(part.replace(/\+/g, ' '));
        const key = read(at < 0 ? pair : pair.slice(0, at));
        const value = at < 0 ? '' : read(pair.slice(at + equals.length));
        if (!(key in made)) made[key] = value;
        else if (Array.isArray(made[key])) made[key].push(value);
        else made[key] = [made[key], value];
      }
      return made;
    },
  };
  querystring.encode = querystring.stringify;
  querystring.decode = querystring.parse;

  // url

  const url = {
    parse(text, withQuery) {
      const made = { protocol: null, slashes: null, auth: null, host: null, port: null, hostname: null, hash: null, search: null, query: null, pathname: null, path: null };
      const match = /^(?:([A-Za-z][A-Za-z0-9+.-]*:)?(\/\/)?(?:([^/?#]*)))?([^?#]*)(\?[^#]*)?(#.*)?$/.exec(text);
      const [, protocol, slashes] = match;
      let [, , , host, pathname, search, hash] = match;
      if (!slashes) [host, pathname] = [undefined, (host || '') + pathname];
      if (protocol) made.protocol = protocol.toLowerCase();
      if (slashes) {
        made.slashes = true;
        const at = host.lastIndexOf('@');
        if (at >= 0) made.auth = unescape(host.slice(0, at));
        made.host = host.slice(at + 1).toLowerCase();
        const port = /:(\d+)$/.exec(made.host);
        made.port = port ? port[1] : null;
        made.hostname = port ? made.host.slice(0, port.index) : made.host;
        if (pathname === '' && /^(https?|wss?|ftp):$/.test(made.protocol || '')) pathname = '/';
      }
      if (hash) made.hash = hash;
      if (search) made.search = search;
      const query = search ? search.slice(1) : withQuery ? '' : null;
      made.query = withQuery ? querystring.parse(query) : query;
      made.pathname = pathname || null;
      made.path = made.pathname || made.search ? (made.pathname || '') + (made.search || '') : null;
      made.href = url.format(made);
      return made;
    },
    format(of) {
      if (typeof of === 'string') return url.parse(of).href;
      if (typeof of.toJSON === 'function') return of.href;
      const search = of.search || (of.query && typeof of.query === 'object' ? querystring.stringify(of.query) : '');
      const host = of.host || (of.hostname ? of.hostname + (of.port ? ':' + of.port : '') : '');
      const protocol = of.protocol ? of.protocol.replace(/:?$/, ':') : '';
      const slashes = of.slashes || (host && /^(https?|wss?|ftp):$/.test(protocol)) ? '//' : '';
      return protocol + slashes + (of.auth ? of.auth + '@' : '') + host + (of.pathname || '') +
        (search ? (search[0] === '?' ? '' : '?') + search : '') + (of.hash || '');
    },
    resolve: (from, to) => {
      const base = new URL(from, 'resolve://here/');
      const made = new URL(to, base);
      return made.protocol === 'resolve:' ? made.pathname + made.search + made.hash : made.href;
    },
    get URL() { return URL; },
    get URLSearchParams() { return URLSearchParams; },
  };

  // punycode

  const ucs2 = {
    decode: (text) => Array.from(text, (letter) => letter.codePointAt(0)),
    encode: (points) => String.fromCodePoint(...points),
  };
  // The numbers of RFC 3492: a state machine that takes the letters of a label as digits of base 36.
  const adapted = (delta, points, first) => {
    let left = Math.floor(delta / (first ? 700 : 2));
    left += Math.floor(left / points);
    let k = 0;
    for (; left > 455; k += 36) left = Math.floor(left / 35);
    return k + Math.floor((36 * left) / (left + 38));
  };
  const threshold = (k, bias) => Math.min(26, Math.max(1, k - bias));
  const digitOf = (code) => (code >= 48 && code < 58 ? code - 22 : code >= 97 && code < 123 ? code - 97 : code >= 65 && code < 91 ? code - 65 : 36);
  const letterOf = (digit) => String.fromCharCode(digit < 26 ? digit + 97 : digit + 22);
  const punycode = {
    version: '2.1.0', ucs2,
    decode(text) {
      const basic = Math.max(0, text.lastIndexOf('-'));
      const made = ucs2.decode(text.slice(0, basic));
      let [point, bias, i] = [128, 72, 0];
      for (let at = basic > 0 ? basic + 1 : 0; at < text.length;) {
        const before = i;
        for (let [weight, k] = [1, 36]; ; k += 36) {
          const digit = at < text.length ? digitOf(text.charCodeAt(at++)) : 36;
          if (digit >= 36) throw new RangeError('Invalid input');
          i += digit * weight;
          const t = threshold(k, bias);
          if (digit < t) break;
          weight *= 36 - t;
        }
        bias = adapted(i - before, made.length + 1, before === 0);
        point += Math.floor(i / (made.length + 1));
        i %= made.length + 1;
        made.splice(i++, 0, point);
      }
      return ucs2.encode(made);
    },
    encode(text) {
      const points = ucs2.decode(text);
      let made = points.filter((point) => point < 128).map((point) => String.fromCharCode(point)).join('');
      const basic = made.length;
      if (basic > 0) made += '-';
      let [least, bias, delta, done] = [128, 72, 0, basic];
      while (done < points.length) {
        const next = Math.min(...points.filter((point) => point >= least));
        delta += (next - least) * (done + 1);
        for (const point of points) {
          if (point < next) delta++;
          if (point !== next) continue;
          let q = delta;
          for (let k = 36; ; k += 36) {
            const t = threshold(k, bias);
            if (q < t) break;
            made += letterOf(t + ((q - t) % (36 - t)));
            q = Math.floor((q - t) / (36 - t));
          }
          made += letterOf(q);
          bias = adapted(delta, done + 1, done === basic);
          delta = 0;
          done++;
        }
        delta++;
        least = next + 1;
      }
      return made;
    },
    toASCII: (name) => String(name).split(/[.\u3002\uff0e\uff61]/).map((label) => (/[^\0-\x7f]/.test(label) ? 'xn--' + punycode.encode(label) : label)).join('.'),
    toUnicode: (name) => String(name).split('.').map((label) => (/^xn--/i.test(label) ? punycode.decode(label.slice(4).toLowerCase()) : label)).join('.'),
  };

  // util

  const kind = (v) => Object.prototype.toString.call(v).slice(8, -1);
  const show = (v, depth, seen) => {
    if (typeof v === 'string') return seen.length === 0 ? v : "'" + v + "'";
    if (typeof v === 'function') return '[Function: ' + (v.name || '(anonymous)') + ']';
    if (typeof v === 'bigint') return v + 'n';
    if (v === null || typeof v !== 'object') return String(v);
    if (v instanceof Error) return String(v.stack || v);
    if (v instanceof Date) return Number.isNaN(v.getTime()) ? 'Invalid Date' : v.toISOString();
    if (v instanceof RegExp) return String(v);
    if (seen.includes(v)) return '[Circular]';
    if (seen.length > depth) return Array.isArray(v) ? '[Array]' : '[Object]';
    const inner = [...seen, v];
    if (Array.isArray(v)) return v.length === 0 ? '[]' : '[ ' + v.slice(0, 100).map((one) => show(one, depth, inner)).join(', ') + (v.length > 100 ? ', ...' : '') + ' ]';
    const keys = Object.keys(v);
    return keys.length === 0 ? '{}' : '{ ' + keys.map((key) => key + ': ' + show(v[key], depth, inner)).join(', ') + ' }';
  };
  const inspect = (v, { depth = 2 } = {}) => (typeof v === 'string' ? "'" + v + "'" : show(v, depth === null ? Infinity : depth, []));
  const promisify = (fn) => {
    if (typeof fn !== 'function') throw new TypeError('promisify needs a function');
    return fn[promisify.custom] || function (...values) {
      return new Promise((resolve, reject) => fn.call(this, ...values, (error, value) => (error ? reject(error) : resolve(value))));
    };
  };
  promisify.custom = Symbol.for('nodejs.util.promisify.custom');
  const util = {
    inspect, promisify,
    format(first, ...values) {
      if (typeof first !== 'string') return [first, ...values].map((v) => show(v, 2, [])).join(' ');
      const text = first.replace(/%([sdifjoOc%])/g, (all, letter) => {
        if (letter === '%') return '%';
        if (values.length === 0) return all;
        const v = values.shift();
        switch (letter) {
          case 's': return show(v, 0, []);
          case 'd': return String(Number(v));
          case 'i': return String(parseInt(v, 10));
          case 'f': return String(parseFloat(v));
          case 'j': return JSON.stringify(v);
          case 'c': return '';
          default: return inspect(v, { depth: 4 });
        }
      });
      return [text, ...values.map((v) => show(v, 2, []))].join(' ');
    },
    inherits(child, parent) {
      child.super_ = parent;
      Object.setPrototypeOf(child.prototype, parent.prototype);
    },
    callbackify: (fn) => function (...values) {
      const done = values.pop();
      fn.apply(this, values).then((value) => done(null, value), (error) => done(error || new Error('the promise was rejected')));
    },
    deprecate: (fn) => fn,
    debuglog: () => () => undefined,
    isDeepStrictEqual: (a, b) => same(a, b),
    isArray: Array.isArray,
    types: {
      isPromise: (v) => kind(v) === 'Promise', isDate: (v) => kind(v) === 'Date', isRegExp: (v) => kind(v) === 'RegExp',
      isMap: (v) => kind(v) === 'Map', isSet: (v) => kind(v) === 'Set', isUint8Array: (v) => v instanceof Uint8Array,
      isNativeError: (v) => v instanceof Error, isAsyncFunction: (v) => kind(v) === 'AsyncFunction', isProxy: () => false,
      isArrayBuffer: (v) => v instanceof ArrayBuffer, isAnyArrayBuffer: (v) => v instanceof ArrayBuffer, isArrayBufferView: ArrayBuffer.isView, isDataView: (v) => v instanceof DataView,
      isTypedArray: (v) => ArrayBuffer.isView(v) && !(v instanceof DataView), isGeneratorFunction: (v) => kind(v) === 'GeneratorFunction', isGeneratorObject: (v) => kind(v) === 'Generator',
      isWeakMap: (v) => kind(v) === 'WeakMap', isWeakSet: (v) => kind(v) === 'WeakSet', isBoxedPrimitive: (v) => typeof v === 'object' && /^(String|Number|Boolean|Symbol|BigInt)$/.test(kind(v)),
    },
    get TextEncoder() { return TextEncoder; },
    get TextDecoder() { return TextDecoder; },
  };

  // assert

  const same = (a, b) => {
    if (Object.is(a, b)) return true;
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
    if (kind(a) !== kind(b) || Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
    if (a instanceof Date) return a.getTime() === b.getTime();
    if (a instanceof RegExp) return String(a) === String(b);
    const list = (v) => (v instanceof Map || v instanceof Set ? [...v] : null);
    if (list(a)) return same(list(a), list(b));
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
  };
  class AssertionError extends Error {
    constructor(message, actual, expected, operator) {
      super(message);
      Object.assign(this, { name: 'AssertionError', code: 'ERR_ASSERTION', actual, expected, operator });
    }
  }
  const check = (right, message, actual, expected, operator) => {
    if (right) return;
    if (message instanceof Error) throw message;
    throw new AssertionError(message || inspect(actual) + ' ' + operator + ' ' + inspect(expected), actual, expected, operator);
  };
  const assert = (value, message) => check(Boolean(value), message, value, true, '==');
  Object.assign(assert, {
    ok: assert, AssertionError,
    fail: (message = 'Failed') => check(false, message),
    equal: (a, b, message) => check(a == b, message, a, b, '=='),
    notEqual: (a, b, message) => check(a != b, message, a, b, '!='),
    strictEqual: (a, b, message) => check(Object.is(a, b), message, a, b, '==='),
    notStrictEqual: (a, b, message) => check(!Object.is(a, b), message, a, b, '!=='),
    deepEqual: (a, b, message) => check(same(a, b), message, a, b, 'deepEqual'),
    deepStrictEqual: (a, b, message) => check(same(a, b), message, a, b, 'deepStrictEqual'),
    notDeepStrictEqual: (a, b, message) => check(!same(a, b), message, a, b, 'notDeepStrictEqual'),
    throws(fn, message) {
      let threw = false;
      try {
        fn();
      } catch {
        threw = true;
      }
      check(threw, typeof message === 'string' ? message : 'Missing expected exception.');
    },
  });
  assert.strict = assert;

  // crypto

  const bytes = (data, encoding) => (typeof data === 'string' ? Buffer.from(data, encoding) : data && data.type === 'secret' && data._value ? data._value : data);
  class Digest {
    constructor(name, key) {
      native.hash(name, key, new Buffer(0)); // an unknown name is an error at once
      Object.assign(this, { _name: String(name), _key: key, _parts: [], _done: false });
    }
    update(data, encoding) {
      if (this._done) throw new Error('Digest already called');
      this._parts.push(Buffer.from(bytes(data, encoding)));
      return this;
    }
    copy() {
      const made = new Digest(this._name, this._key);
      made._parts = [...this._parts];
      return made;
    }
    digest(encoding) {
      if (this._done) throw new Error('Digest already called');
      this._done = true;
      const sum = new Buffer(native.hash(this._name, this._key, Buffer.concat(this._parts)));
      return encoding === undefined || encoding === 'buffer' ? sum : sum.toString(encoding);
    }
  }
  const random = (size) => new Buffer(native.random(size));
  const notHere = (name) => () => {
    throw new Error('crypto.' + name + ' is not supported here: there are hashes, HMAC, AES, signatures and encryption with RSA, pbkdf2 and random bytes');
  };
  // Cipher is createCipheriv and createDecipheriv. Blocks are padded as PKCS #7 does it.
  class Cipher {
    constructor(name, key, iv, encrypts) {
      const inner = native.cipher(String(name), bytes(key), iv === null || iv === undefined ? Buffer.alloc(0) : bytes(iv), encrypts);
      Object.assign(this, { _inner: inner, _encrypts: encrypts, _gcm: /-gcm$/i.test(name), _rest: Buffer.alloc(0), _pads: inner.block > 1, _aad: [], _tag: null, _out: null, _done: false });
    }
    _shown(out, encoding, last) {
      if (encoding === undefined || encoding === null || encoding === 'buffer') return out;
      if (!this._out) this._out = new (native.streams().string_decoder.StringDecoder)(encoding);
      return last ? this._out.end(out) : this._out.write(out);
    }
    update(data, given, encoding) {
      if (this._done) throw new Error('Unsupported state');
      const all = Buffer.concat([this._rest, Buffer.from(bytes(data, given))]);
      // The last block waits: it may be the one with the padding.
      const { block } = this._inner;
      const size = block === 1 ? all.length : Math.max(0, Math.floor((all.length - (this._encrypts || !this._pads ? 0 : 1)) / block) * block);
      this._rest = all.subarray(size);
      return this._shown(new Buffer(this._inner.update(all.subarray(0, size))), encoding, false);
    }
    final(encoding) {
      if (this._done) throw new Error('Unsupported state');
      this._done = true;
      let out = Buffer.alloc(0);
      const { block } = this._inner;
      if (this._gcm) this._tag = new Buffer(this._inner.seal(Buffer.concat(this._aad), this._encrypts ? Buffer.alloc(0) : this._tag || Buffer.alloc(0)));
      else if (this._encrypts && this._pads) {
        const more = block - this._rest.length;
        out = new Buffer(this._inner.update(Buffer.concat([this._rest, Buffer.alloc(more, more)])));
      } else if (this._rest.length > 0 || this._pads) {
        if (this._pads && this._rest.length !== block) throw new Error('wrong final block length');
        out = new Buffer(this._inner.update(this._rest));
        const more = out[out.length - 1];
        if (this._pads) {
          if (more < 1 || more > block || !out.subarray(block - more).every((byte) => byte === more)) throw Object.assign(new Error('bad decrypt'), { code: 'ERR_OSSL_BAD_DECRYPT' });
          out = out.subarray(0, block - more);
        }
      }
      return this._shown(out, encoding, true);
    }
    setAutoPadding(pads = true) {
      this._pads = pads && this._inner.block > 1;
      return this;
    }
    setAAD(data) {
      this._aad.push(Buffer.from(data));
      return this;
    }
    setAuthTag(tag) {
      this._tag = Buffer.from(tag);
      return this;
    }
    getAuthTag() { return this._tag; }
  }
  // KeyObject is a key of createSecretKey and the like.
  class KeyObject {
    constructor(type, value) {
      Object.defineProperty(this, '_value', { value });
      Object.assign(this, { type });
    }
    get asymmetricKeyType() { return this.type === 'secret' ? undefined : 'rsa'; }
    get asymmetricKeyDetails() { return this.type === 'secret' ? undefined : { modulusLength: native.modulus(this._value), publicExponent: 65537n }; }
    get symmetricKeySize() { return this.type === 'secret' ? this._value.length : undefined; }
    export() { return this._value; }
  }
  const pemOf = (key) => {
    if (key instanceof KeyObject) return String(key._value);
    return key && typeof key === 'object' && !Buffer.isBuffer(key) ? pemOf(key.key) : String(key);
  };
  const keyOf = (type) => (key) => {
    const pem = pemOf(key);
    if (!native.key(type, pem)) throw Object.assign(new Error('the key should be an RSA key as PEM'), { code: 'ERR_OSSL_UNSUPPORTED' });
    return new KeyObject(type, pem);
  };
  class Sign {
    constructor(name, verifies) {
      Object.assign(this, { _name: String(name), _parts: [], _verifies: verifies });
    }
    update(data, encoding) {
      this._parts.push(Buffer.from(bytes(data, encoding)));
      return this;
    }
    sign(key, encoding) {
      const made = new Buffer(native.sign(this._name, pemOf(key), Buffer.concat(this._parts)));
      return encoding === undefined ? made : made.toString(encoding);
    }
    verify(key, signature, encoding) {
      return native.verify(this._name, pemOf(key), Buffer.concat(this._parts), bytes(signature, encoding));
    }
  }
  const RSA_PKCS1_PADDING = 1;
  const RSA_PKCS1_OAEP_PADDING = 4;
  const rsa = (direction) => (key, data) => {
    const { padding = RSA_PKCS1_OAEP_PADDING, oaepHash = 'sha1' } = typeof key === 'object' && !Buffer.isBuffer(key) ? key : {};
    if (padding !== RSA_PKCS1_PADDING && padding !== RSA_PKCS1_OAEP_PADDING) throw new Error('the padding of RSA is RSA_PKCS1_PADDING or RSA_PKCS1_OAEP_PADDING');
    return new Buffer(native.rsa(direction, padding === RSA_PKCS1_PADDING ? 'pkcs1' : 'oaep ' + String(oaepHash).toLowerCase(), pemOf(key), bytes(data)));
  };
  const derived = (password, salt, rounds, size, name = 'sha1') => new Buffer(native.pbkdf2(bytes(password), bytes(salt), rounds, size, String(name)));
  const crypto = {
    createHash: (name) => new Digest(name),
    createHmac: (name, key) => new Digest(name, bytes(key)),
    getHashes: () => ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'],
    randomBytes(size, done) {
      const made = random(size);
      if (typeof done !== 'function') return made;
      Promise.resolve().then(() => done(null, made));
    },
    randomFillSync(target) {
      native.copied(target, 0, random(target.byteLength));
      return target;
    },
    getRandomValues: (target) => crypto.randomFillSync(target),
    randomInt(low, high) {
      if (high === undefined) [low, high] = [0, low];
      if (!(Number.isSafeInteger(low) && Number.isSafeInteger(high) && low < high && high - low < 2 ** 48)) throw new RangeError('randomInt: the range is not valid');
      const range = high - low;
      for (;;) { // numbers that would make the first results more likely are thrown away
        const n = random(6).reduce((made, byte) => made * 256 + byte, 0);
        if (n < 2 ** 48 - (2 ** 48 % range)) return low + (n % range);
      }
    },
    randomUUID() {
      const made = random(16);
      made[6] = (made[6] & 15) | 64;
      made[8] = (made[8] & 63) | 128;
      return made.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    },
    timingSafeEqual(a, b) {
      if (a.byteLength !== b.byteLength) throw new RangeError('Input buffers must have the same byte length');
      let different = 0;
      for (let i = 0; i < a.length; i++) different |= a[i] ^ b[i];
      return different === 0;
    },
  };
  Object.assign(crypto, {
    createCipheriv: (name, key, iv) => new Cipher(name, key, iv, true),
    createDecipheriv: (name, key, iv) => new Cipher(name, key, iv, false),
    getCiphers: () => ['128', '192', '256'].flatMap((bits) => ['cbc', 'ctr', 'ecb', 'gcm'].map((mode) => 'aes-' + bits + '-' + mode)),
    createSign: (name) => new Sign(name, false),
    createVerify: (name) => new Sign(name, true),
    sign: (name, data, key) => new Sign(name, false).update(data).sign(key),
    verify: (name, data, key, signature) => new Sign(name, true).update(data).verify(key, signature),
    KeyObject,
    createSecretKey: (key, encoding) => new KeyObject('secret', Buffer.from(bytes(key, encoding))),
    createPrivateKey: keyOf('private'),
    createPublicKey: keyOf('public'),
    publicEncrypt: rsa('encrypt'),
    privateDecrypt: rsa('decrypt'),
    pbkdf2Sync: derived,
    pbkdf2(password, salt, rounds, size, name, done) {
      const made = derived(password, salt, rounds, size, name);
      Promise.resolve().then(() => done(null, made));
    },
    constants: { RSA_PKCS1_PADDING, RSA_PKCS1_OAEP_PADDING },
  });
  for (const name of ['createCipher', 'createDecipher', 'privateEncrypt', 'publicDecrypt', 'scrypt', 'scryptSync', 'generateKeyPair', 'generateKeyPairSync', 'createECDH', 'createDiffieHellman', 'diffieHellman']) {
    crypto[name] = notHere(name);
  }

  // process and timers

  const setImmediate = (fn, ...values) => setTimeout(fn, 0, ...values);
  const output = (level) => ({ isTTY: false, fd: level === 'log' ? 1 : 2, columns: 80, write: (text) => {
    console[level](String(text).replace(/\n$/, ''));
    return true;
  } });
  const process = Object.assign(new EventEmitter(), {
    env: { NODE_ENV: 'production', TZ: 'UTC', ...native.variables },
    argv: ['node', '/var/user/index.js'], platform: 'linux', version: 'v18.0.0', versions: { node: '18.0.0' }, pid: 1,
    cwd: () => '/var/user',
    uptime: () => 0,
    nextTick: (fn, ...values) => queueMicrotask(() => fn(...values)),
    hrtime: Object.assign((since) => {
      const now = Date.now();
      const made = [Math.floor(now / 1000), (now % 1000) * 1e6];
      if (!since) return made;
      const past = (made[0] - since[0]) * 1e9 + made[1] - since[1];
      return [Math.floor(past / 1e9), past % 1e9];
    }, { bigint: () => BigInt(Date.now()) * 1000000n }),
    title: 'node', arch: 'x64', execPath: '/usr/bin/node', execArgv: [], release: { name: 'node' }, config: { variables: {} }, features: {},
    stdout: output('log'), stderr: output('error'), stdin: { isTTY: false, fd: 0 }, umask: () => 18, getuid: () => 0, cpuUsage: () => ({ user: 0, system: 0 }), 
    memoryUsage: () => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0 }),
    emitWarning: (warning) => console.warn(warning),
    exit() {
      throw new Error('process.exit is not supported: return from main');
    },
  });
  // Packages know Node.js by this.
  Object.defineProperty(process, Symbol.toStringTag, { value: 'process' });
  const timers = { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate: clearTimeout };

  return { assert, buffer: { Buffer: Called, SlowBuffer: Called, kMaxLength: 2 ** 31 - 1, INSPECT_MAX_BYTES: 50, constants: { MAX_LENGTH: 2 ** 31 - 1, MAX_STRING_LENGTH: 2 ** 29 }, Blob: undefined }, crypto, constants: {}, events: EventEmitter, path, process, punycode, querystring, timers, url, util };
});
