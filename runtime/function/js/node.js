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

  class EventEmitter {
    _of(name) {
      if (!Object.hasOwn(this, '_events')) Object.defineProperty(this, '_events', { value: new Map() });
      return this._events.get(name) || [];
    }
    _add(name, listener, first) {
      const list = this._of(name);
      this._events.set(name, first ? [listener, ...list] : [...list, listener]);
      return this;
    }
    on(name, fn) { return this._add(name, { fn, run: fn }, false); }
    addListener(name, fn) { return this.on(name, fn); }
    prependListener(name, fn) { return this._add(name, { fn, run: fn }, true); }
    once(name, fn) {
      const listener = { fn, run: (...values) => {
        this.off(name, fn);
        return fn.apply(this, values);
      } };
      return this._add(name, listener, false);
    }
    off(name, fn) {
      const list = this._of(name);
      const at = list.map((listener) => listener.fn).lastIndexOf(fn);
      if (at >= 0) this._events.set(name, list.filter((_, i) => i !== at));
      return this;
    }
    removeListener(name, fn) { return this.off(name, fn); }
    removeAllListeners(name) {
      this._of(name);
      if (name === undefined) this._events.clear();
      else this._events.delete(name);
      return this;
    }
    emit(name, ...values) {
      const list = this._of(name);
      if (name === 'error' && list.length === 0) throw values[0] instanceof Error ? values[0] : new Error('Unhandled error. (' + values[0] + ')');
      for (const listener of list) listener.run.apply(this, values);
      return list.length > 0;
    }
    listeners(name) { return this._of(name).map((listener) => listener.fn); }
    listenerCount(name) { return this._of(name).length; }
    eventNames() {
      this._of('');
      return [...this._events.keys()].filter((name) => this._events.get(name).length > 0);
    }
    setMaxListeners() { return this; }
  }
  EventEmitter.EventEmitter = EventEmitter;
  EventEmitter.defaultMaxListeners = 10;

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
      isNativeError: (v) => v instanceof Error, isAsyncFunction: (v) => kind(v) === 'AsyncFunction',
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

  const bytes = (data, encoding) => (typeof data === 'string' ? Buffer.from(data, encoding) : data);
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
    digest(encoding) {
      if (this._done) throw new Error('Digest already called');
      this._done = true;
      const sum = new Buffer(native.hash(this._name, this._key, Buffer.concat(this._parts)));
      return encoding === undefined || encoding === 'buffer' ? sum : sum.toString(encoding);
    }
  }
  const random = (size) => new Buffer(native.random(size));
  const cipherNotHere = (name) => () => {
    throw new Error('crypto.' + name + ' is not supported here: there are createHash, createHmac, randomBytes, randomInt, randomUUID and timingSafeEqual');
  };
  const crypto = {
    createHash: (name) => new Digest(name),
    createHmac: (name, key) => new Digest(name, bytes(key)),
    getHashes: () => ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'],
    randomBytes(size, done) {
      const made = random(size);
      if (typeof done !== 'function') return made;
      Promise.resolve().then(() => done(null, made));
    },
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
  for (const name of ['createCipheriv', 'createDecipheriv', 'createSign', 'createVerify', 'publicEncrypt', 'privateDecrypt', 'pbkdf2', 'pbkdf2Sync', 'scrypt', 'scryptSync', 'generateKeyPair']) {
    crypto[name] = cipherNotHere(name);
  }

  // process and timers

  const setImmediate = (fn, ...values) => setTimeout(fn, 0, ...values);
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
    memoryUsage: () => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0 }),
    emitWarning: (warning) => console.warn(warning),
    exit() {
      throw new Error('process.exit is not supported: return from main');
    },
  });
  const timers = { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate: clearTimeout };

  return { assert, buffer: { Buffer, kMaxLength: 2 ** 31 - 1 }, crypto, events: EventEmitter, path, process, querystring, timers, url, util };
});
