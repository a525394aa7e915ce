// Classes and functions of the web that are not a part of the language: URL, URLSearchParams,
// TextEncoder, TextDecoder and structuredClone. A VM runs this when its app first uses one of them.
(function (native) {
  'use strict';
  const tag = (target, name) => {
    Object.defineProperty(target.prototype, Symbol.toStringTag, { value: name, configurable: true });
  };
  const named = (name, message) => Object.defineProperty(new Error(message), 'name', { value: name, configurable: true });

  // --- texts and bytes
  const bytesOf = (source) => {
    if (source === undefined) return new Uint8Array(0);
    if (source instanceof ArrayBuffer) return new Uint8Array(source);
    if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
    throw new TypeError('TextDecoder.decode needs an ArrayBuffer or a view of one');
  };
  class TextEncoder {
    get encoding() { return 'utf-8'; }
    encode(text = '') { return new Uint8Array(native.encode(String(text))); }
    encodeInto(text, into) {
      let read = 0;
      let written = 0;
      for (const character of String(text)) {
        const bytes = this.encode(character);
        if (written + bytes.length > into.length) break;
        into.set(bytes, written);
        written += bytes.length;
        read += character.length;
      }
      return { read, written };
    }
  }
  tag(TextEncoder, 'TextEncoder');
  class TextDecoder {
    #name;
    #fatal;
    #ignoreBOM;
    #rest = new Uint8Array(0); // the beginning of a character whose end is still to come
    #begun = false;
    constructor(label = 'utf-8', options = {}) {
      const name = native.encoding(String(label).trim());
      if (name === undefined) throw new RangeError('The encoding "' + label + '" is not known');
      this.#name = name;
      this.#fatal = Boolean(options && options.fatal);
      this.#ignoreBOM = Boolean(options && options.ignoreBOM);
    }
    get encoding() { return this.#name; }
    get fatal() { return this.#fatal; }
    get ignoreBOM() { return this.#ignoreBOM; }
    decode(source, options) {
      const given = bytesOf(source);
      const bytes = new Uint8Array(this.#rest.length + given.length);
      bytes.set(this.#rest);
      bytes.set(given, this.#rest.length);
      const more = Boolean(options && options.stream);
      let [text, used, broken] = native.decode(this.#name, bytes.buffer, more);
      this.#rest = bytes.slice(used);
      if (broken && this.#fatal) throw new TypeError('The bytes are not a text in ' + this.#name);
      if (!this.#begun && text !== '' && !this.#ignoreBOM && text[0] === '\ufeff') text = text.slice(1);
      this.#begun = more && (this.#begun || text !== '');
      return text;
    }
  }
  tag(TextDecoder, 'TextDecoder');

  // --- addresses
  const form = (text) => encodeURIComponent(native.wellFormed(text)).replace(/%20|[!'()~]/g, (c) => (c === '%20' ? '+' : '%' + c.charCodeAt(0).toString(16).toUpperCase()));
  const plain = (text) => native.decodeForm(text);
  let changed; // tells a URL that its parameters have changed
  class URLSearchParams {
    #pairs = [];
    #url = null;
    constructor(from = '') {
      if (typeof from === 'object' && from !== null) {
        if (typeof from[Symbol.iterator] === 'function') {
          for (const pair of from) {
            const [key, value, ...more] = pair;
            if (value === undefined || more.length) throw new TypeError('Each pair of URLSearchParams has a name and a value');
            this.#pairs.push([String(key), String(value)]);
          }
        } else {
          for (const key of Object.keys(from)) this.#pairs.push([key, String(from[key])]);
        }
        return;
      }
      this.#read(String(from));
    }
    #read(text) {
      this.#pairs = [];
      for (const part of text.replace(/^\?/, '').split('&')) {
        if (part === '') continue;
        const at = part.indexOf('=');
        this.#pairs.push(at < 0 ? [plain(part), ''] : [plain(part.slice(0, at)), plain(part.slice(at + 1))]);
      }
    }
    static {
      changed = {
        of(url, text) {
          const params = new URLSearchParams(text);
          params.#url = url;
          return params;
        },
        read(params, text) { params.#read(text); },
      };
    }
    #tell() {
      if (this.#url) this.#url(this.toString());
    }
    get size() { return this.#pairs.length; }
    append(key, value) {
      this.#pairs.push([String(key), String(value)]);
      this.#tell();
    }
    delete(key, value) {
      this.#pairs = this.#pairs.filter((p) => p[0] !== String(key) || (value !== undefined && p[1] !== String(value)));
      this.#tell();
    }
    get(key) {
      const found = this.#pairs.find((p) => p[0] === String(key));
      return found ? found[1] : null;
    }
    getAll(key) { return this.#pairs.filter((p) => p[0] === String(key)).map((p) => p[1]); }
    has(key, value) { return this.#pairs.some((p) => p[0] === String(key) && (value === undefined || p[1] === String(value))); }
    set(key, value) {
      const name = String(key);
      const at = this.#pairs.findIndex((p) => p[0] === name);
      if (at < 0) this.#pairs.push([name, String(value)]);
      else {
        this.#pairs[at][1] = String(value);
        this.#pairs = this.#pairs.filter((p, i) => i <= at || p[0] !== name);
      }
      this.#tell();
    }
    sort() {
      this.#pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
      this.#tell();
    }
    forEach(fn, self) { for (const [key, value] of this.#pairs) fn.call(self, value, key, this); }
    *entries() { for (const [key, value] of this.#pairs) yield [key, value]; }
    *keys() { for (const [key] of this.#pairs) yield key; }
    *values() { for (const [, value] of this.#pairs) yield value; }
    [Symbol.iterator]() { return this.entries(); }
    toString() { return this.#pairs.map(([key, value]) => form(key) + '=' + form(value)).join('&'); }
  }
  tag(URLSearchParams, 'URLSearchParams');

  const fields = ['href', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash', 'origin'];
  class URL {
    #parts;
    #params;
    constructor(text, base) {
      this.#parts = native.url(String(text), base === undefined ? undefined : String(base));
      if (!this.#parts) throw new TypeError('Invalid URL');
    }
    static canParse(text, base) { return Boolean(native.url(String(text), base === undefined ? undefined : String(base))); }
    static parse(text, base) { return URL.canParse(text, base) ? new URL(text, base) : null; }
    get searchParams() {
      if (!this.#params) {
        this.#params = changed.of((query) => { this.#set('search', query); }, this.#part('search'));
      }
      return this.#params;
    }
    #part(name) { return this.#parts[fields.indexOf(name)]; }
    #set(name, value) {
      const parts = name === 'href' ? native.url(value) : native.urlWith(this.#parts[0], name, value);
      if (parts) this.#parts = parts;
      else if (name === 'href') throw new TypeError('Invalid URL');
    }
    static {
      for (const name of fields) {
        const set = name === 'origin' ? undefined : function (value) {
          this.#set(name, String(value));
          if (this.#params && (name === 'href' || name === 'search')) changed.read(this.#params, this.#part('search'));
        };
        Object.defineProperty(URL.prototype, name, { get() { return this.#part(name); }, set, enumerable: true, configurable: true });
      }
    }
    toString() { return this.#parts[0]; }
    toJSON() { return this.#parts[0]; }
  }
  tag(URL, 'URL');

  // --- copies
  const errors = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
  const refused = (value) => {
    throw named('DataCloneError', Object.prototype.toString.call(value) + ' could not be cloned.');
  };
  const clone = (value, seen) => {
    if (typeof value === 'symbol' || typeof value === 'function') refused(value);
    if (typeof value !== 'object' || value === null) return value;
    if (seen.has(value)) return seen.get(value);
    const note = (copy) => {
      seen.set(value, copy);
      return copy;
    };
    const kind = native.classOf(value);
    switch (kind) {
      case 'Date': return note(new Date(value.getTime()));
      case 'RegExp': return note(new RegExp(value.source, value.flags));
      case 'Boolean': case 'Number': case 'String': return note(Object(value.valueOf()));
      case 'Error': {
        const copy = note(new (Object.hasOwn(errors, value.name) ? errors[value.name] : Error)(value.message));
        if (Object.hasOwn(value, 'cause')) {
          Object.defineProperty(copy, 'cause', { value: clone(value.cause, seen), writable: true, configurable: true });
        }
        return copy;
      }
      case 'Array': {
        const copy = note(new Array(value.length));
        for (const key of Object.keys(value)) copy[key] = clone(value[key], seen);
        return copy;
      }
      case 'Arguments': case 'Object': break;
      default: refused(value);
    }
    if (value instanceof Map) {
      const copy = note(new Map());
      for (const [k, v] of [...value]) copy.set(clone(k, seen), clone(v, seen));
      return copy;
    }
    if (value instanceof Set) {
      const copy = note(new Set());
      for (const v of [...value]) copy.add(clone(v, seen));
      return copy;
    }
    if (value instanceof ArrayBuffer) return note(value.slice(0));
    if (ArrayBuffer.isView(value)) {
      const buffer = clone(value.buffer, seen);
      const size = value instanceof DataView ? value.byteLength : value.length;
      return note(new (globalThis[Object.prototype.toString.call(value).slice(8, -1)])(buffer, value.byteOffset, size));
    }
    if (value instanceof WeakMap || value instanceof WeakSet || value instanceof Promise || typeof value.deref === 'function') refused(value);
    const copy = note({});
    for (const key of Object.keys(value)) {
      Object.defineProperty(copy, key, { value: clone(value[key], seen), writable: true, enumerable: true, configurable: true });
    }
    return copy;
  };
  const structuredClone = { structuredClone(value) { return clone(value, new Map()); } }.structuredClone;

  return { TextEncoder, TextDecoder, URL, URLSearchParams, structuredClone };
});
