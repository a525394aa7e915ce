// The modules of Node.js around streams and requests: stream, http, https, zlib and string_decoder, and those whose
// work is not possible here but which packages load. Requests go out through the host, one answer at a time.
(function (native, node) {
  'use strict';

  const { Buffer } = node.buffer;
  const { URL = native.web().URL, URLSearchParams = native.web().URLSearchParams } = globalThis;
  const EventEmitter = node.events;
  const { inherits } = node.util;
  const { nextTick } = node.process;
  const methods = (made, list) => {
    for (const name of Object.keys(list)) Object.defineProperty(made.prototype, name, { value: list[name], writable: true, configurable: true });
  };
  const getters = (made, list) => {
    for (const name of Object.keys(list)) Object.defineProperty(made.prototype, name, { get: list[name], configurable: true });
  };
  const failure = (message, code) => Object.assign(new Error(message), { code });

  // string_decoder

  // A decoder keeps the bytes of a letter that is not complete yet.
  function StringDecoder(encoding) {
    if (!Buffer.isEncoding(encoding || 'utf8')) throw new TypeError('Unknown encoding: ' + encoding);
    this.encoding = String(encoding || 'utf8').toLowerCase();
    this._rest = Buffer.alloc(0);
  }
  const unfinished = (bytes, encoding) => {
    switch (encoding) {
      case 'base64': case 'base64url': return bytes.length % 3;
      case 'utf16le': case 'utf-16le': case 'ucs2': case 'ucs-2': return bytes.length % 2;
      case 'utf8': case 'utf-8':
        for (let n = 1; n <= Math.min(3, bytes.length); n++) {
          const byte = bytes[bytes.length - n];
          if (byte >= 0xc0) return byte >= (n === 1 ? 0xc0 : n === 2 ? 0xe0 : 0xf0) ? n : 0;
          if (byte < 0x80) return 0;
        }
    }
    return 0;
  };
  methods(StringDecoder, {
    write(chunk) {
      const bytes = Buffer.concat([this._rest, typeof chunk === 'string' ? Buffer.from(chunk) : chunk]);
      const at = bytes.length - unfinished(bytes, this.encoding);
      this._rest = bytes.subarray(at);
      return bytes.subarray(0, at).toString(this.encoding);
    },
    end(chunk) {
      const text = (chunk ? this.write(chunk) : '') + this._rest.toString(this.encoding);
      this._rest = Buffer.alloc(0);
      return text;
    },
  });

  // stream

  function Stream() {
    EventEmitter.call(this);
  }
  inherits(Stream, EventEmitter);
  methods(Stream, {
    pipe(target, options) {
      const onData = (chunk) => {
        if (target.write(chunk) === false && this.pause) this.pause();
      };
      const onDrain = () => {
        if (this.resume) this.resume();
      };
      const onEnd = () => {
        if (!options || options.end !== false) target.end();
      };
      const onError = (error) => {
        if (this.listenerCount('error') === 1) throw error;
      };
      this.on('data', onData);
      target.on('drain', onDrain);
      this.on('end', onEnd);
      if (!(this instanceof Readable)) this.on('error', onError);
      const stop = () => {
        this.off('data', onData).off('end', onEnd).off('error', onError);
        target.off('drain', onDrain);
      };
      this.once('end', stop);
      this.once('close', stop);
      target.once('close', stop);
      (this._pipes || (this._pipes = new Map())).set(target, stop);
      target.emit('pipe', this);
      return target;
    },
    unpipe(target) {
      for (const [one, stop] of this._pipes || []) {
        if (target !== undefined && one !== target) continue;
        stop();
        this._pipes.delete(one);
        one.emit('unpipe', this);
      }
      return this;
    },
  });

  function destroy(error, done) {
    if (this.destroyed) return this;
    this.destroyed = true;
    this._destroy(error || null, (failed) => {
      nextTick(() => {
        if (failed) this.emit('error', failed);
        this.emit('close');
        if (done) done(failed);
      });
    });
    return this;
  }

  function Readable(options = {}) {
    if (!(this instanceof Readable)) return new Readable(options);
    Stream.call(this);
    readable(this, options);
  }
  inherits(Readable, Stream);
  const readable = (stream, options) => {
    stream._readableState = {
      objectMode: Boolean(options.objectMode || options.readableObjectMode), queue: [], length: 0, flowing: null, ended: false, endEmitted: false,
      asked: false, decoder: null, highWaterMark: options.highWaterMark || 65536, encoding: null, scheduled: false, waiting: false,
    };
    stream.readable = true;
    stream.destroyed = false;
    stream._keepOpen = options.autoDestroy === false || options.emitClose === false;
    if (typeof options.read === 'function') stream._read = options.read;
    if (typeof options.destroy === 'function') stream._destroy = options.destroy;
    if (options.encoding) stream.setEncoding(options.encoding);
  };
  const sizeOf = (state, chunk) => (state.objectMode ? 1 : chunk.length);
  // later runs the stream once more, after what runs now.
  const later = (stream) => {
    const state = stream._readableState;
    if (state.scheduled) return;
    state.scheduled = true;
    nextTick(() => {
      state.scheduled = false;
      flow(stream);
    });
  };
  const ask = (stream) => {
    const state = stream._readableState;
    if (state.asked || state.ended || stream.destroyed || state.length >= state.highWaterMark) return;
    state.asked = true;
    stream._read(state.highWaterMark);
  };
  const flow = (stream) => {
    const state = stream._readableState;
    if (stream.destroyed) return;
    while (state.flowing && state.queue.length > 0) {
      const chunk = state.queue.shift();
      state.length -= sizeOf(state, chunk);
      stream.emit('data', chunk);
      if (stream.destroyed) return;
    }
    if (stream.listenerCount('readable') > 0 && (state.queue.length > 0 || state.ended) && state.waiting) {
      state.waiting = false;
      stream.emit('readable');
    }
    if (state.ended && state.queue.length === 0) {
      if (state.flowing || stream.listenerCount('readable') > 0) finishReading(stream);
      return;
    }
    if (state.flowing !== false && (state.flowing || stream.listenerCount('readable') > 0)) {
      ask(stream);
      if (state.queue.length > 0 && state.flowing) later(stream);
    }
  };
  const finishReading = (stream) => {
    const state = stream._readableState;
    if (state.endEmitted) return;
    state.endEmitted = true;
    stream.readable = false;
    nextTick(() => {
      stream.emit('end');
      const other = stream._writableState;
      if (!stream._keepOpen && (!other || other.finished)) stream.destroy();
    });
  };
  const readableMethods = {
    _read() {},
    _destroy(error, done) { done(error); },
    destroy,
    push(chunk, encoding) {
      const state = this._readableState;
      state.asked = false;
      if (chunk === null) {
        const rest = state.decoder && !state.ended ? state.decoder.end() : '';
        if (rest) {
          state.queue.push(rest);
          state.length += rest.length;
        }
        state.ended = true;
      } else if (chunk !== undefined) {
        let value = chunk;
        if (!state.objectMode) {
          if (typeof value === 'string') value = Buffer.from(value, encoding);
          else if (!(value instanceof Uint8Array)) throw new TypeError('a stream takes texts and Buffers');
          if (state.decoder) value = state.decoder.write(value);
          if (value.length === 0) {
            later(this);
            return true;
          }
        }
        state.queue.push(value);
        state.length += sizeOf(state, value);
      }
      state.waiting = true;
      later(this);
      return !state.ended && state.length < state.highWaterMark;
    },
    unshift(chunk) {
      const state = this._readableState;
      state.queue.unshift(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
      state.length += sizeOf(state, chunk);
    },
    read(count) {
      const state = this._readableState;
      if (state.queue.length === 0) {
        if (state.ended) finishReading(this);
        else ask(this);
        if (state.queue.length === 0) return null;
      }
      let chunk;
      if (state.objectMode) {
        chunk = state.queue.shift();
        state.length--;
      } else {
        const all = state.queue.length === 1 ? state.queue[0] : typeof state.queue[0] === 'string' ? state.queue.join('') : Buffer.concat(state.queue);
        if (count !== undefined && count > all.length && !state.ended) return null;
        chunk = count === undefined || count >= all.length ? all : all.slice(0, count);
        state.queue = chunk.length === all.length ? [] : [all.slice(chunk.length)];
        state.length = all.length - chunk.length;
      }
      state.waiting = true;
      later(this);
      if (this.listenerCount('data') > 0) this.emit('data', chunk);
      return chunk;
    },
    on(name, fn) {
      Stream.prototype.on.call(this, name, fn);
      if (name === 'data' && this._readableState.flowing !== false) this.resume();
      if (name === 'readable') {
        this._readableState.waiting = true;
        later(this);
      }
      return this;
    },
    addListener(name, fn) { return this.on(name, fn); },
    resume() {
      this._readableState.flowing = true;
      later(this);
      return this;
    },
    pause() {
      this._readableState.flowing = false;
      return this;
    },
    isPaused() { return this._readableState.flowing === false; },
    pipe(target, options) {
      Stream.prototype.pipe.call(this, target, options);
      return target;
    },
    setEncoding(encoding) {
      this._readableState.decoder = new StringDecoder(encoding);
      this._readableState.encoding = encoding;
      return this;
    },
    [Symbol.asyncIterator]() {
      const waiting = [];
      const chunks = [];
      let over = null;
      const settle = () => {
        while (waiting.length > 0 && (chunks.length > 0 || over)) {
          const { resolve, reject } = waiting.shift();
          if (chunks.length > 0) resolve({ value: chunks.shift(), done: false });
          else if (over.error) reject(over.error);
          else resolve({ value: undefined, done: true });
        }
      };
      const end = (error) => {
        over = over || { error };
        settle();
      };
      this.on('data', (chunk) => {
        chunks.push(chunk);
        settle();
      });
      this.once('end', () => end(null)).once('close', () => end(null)).once('error', end);
      return {
        next: () => new Promise((resolve, reject) => {
          waiting.push({ resolve, reject });
          settle();
        }),
        return: () => {
          this.destroy();
          return Promise.resolve({ value: undefined, done: true });
        },
        [Symbol.asyncIterator]() { return this; },
      };
    },
  };
  const readableGetters = {
    readableEnded() { return this._readableState.endEmitted; },
    readableFlowing() { return this._readableState.flowing; },
    readableLength() { return this._readableState.length; },
    readableObjectMode() { return this._readableState.objectMode; },
    readableHighWaterMark() { return this._readableState.highWaterMark; },
    readableEncoding() { return this._readableState.encoding; },
  };
  methods(Readable, readableMethods);
  Object.defineProperty(Readable.prototype, Symbol.asyncIterator, { value: readableMethods[Symbol.asyncIterator], writable: true, configurable: true });
  getters(Readable, readableGetters);
  Readable.from = (items, options) => {
    const list = typeof items === 'string' || items instanceof Uint8Array ? [items] : items;
    const iterator = list[Symbol.asyncIterator] ? list[Symbol.asyncIterator]() : list[Symbol.iterator]();
    return new Readable({ objectMode: true, ...options,
      read() {
        Promise.resolve(iterator.next()).then(({ value, done }) => this.push(done ? null : value)).catch((error) => this.destroy(error));
      } });
  };

  function Writable(options = {}) {
    if (!(this instanceof Writable)) return new Writable(options);
    Stream.call(this);
    writable(this, options);
  }
  inherits(Writable, Stream);
  const writable = (stream, options) => {
    stream._writableState = {
      objectMode: Boolean(options.objectMode || options.writableObjectMode), queue: [], length: 0, writing: false, ending: false, finished: false, drain: false,
      highWaterMark: options.highWaterMark || 65536, text: options.decodeStrings === false, encoding: 'utf8', corked: 0, finishing: false,
    };
    stream.writable = true;
    stream.destroyed = false;
    for (const name of ['write', 'writev', 'final', 'destroy']) if (typeof options[name] === 'function') stream['_' + name] = options[name];
  };
  const drain = (stream) => {
    const state = stream._writableState;
    if (state.writing || stream.destroyed || state.corked > 0) return;
    const next = state.queue.shift();
    if (next === undefined) {
      if (state.ending && !state.finishing) {
        state.finishing = true;
        const finish = (error) => {
          if (error) {
            stream.destroy(error);
            return;
          }
          nextTick(() => {
            state.finished = true;
            stream.emit('finish');
            const other = stream._readableState;
            if (!stream._keepOpen && (!other || other.endEmitted)) stream.destroy();
          });
        };
        if (typeof stream._final === 'function') stream._final(finish);
        else finish();
      }
      return;
    }
    state.writing = true;
    let called = false;
    stream._write(next.chunk, next.encoding, (error) => {
      if (called) return;
      called = true;
      state.writing = false;
      state.length -= next.size;
      if (next.done) nextTick(() => next.done(error || null));
      if (error) {
        stream.destroy(error);
        return;
      }
      nextTick(() => {
        drain(stream);
        if (state.drain && state.length < state.highWaterMark && !state.ending) {
          state.drain = false;
          stream.emit('drain');
        }
      });
    });
  };
  const writableMethods = {
    _write(chunk, encoding, done) {
      if (typeof this._writev === 'function') this._writev([{ chunk, encoding }], done);
      else done(new Error('The _write() method is not implemented'));
    },
    _destroy(error, done) { done(error); },
    destroy,
    write(given, encoding, done) {
      const state = this._writableState;
      const then = typeof encoding === 'function' ? encoding : done;
      const named = typeof encoding === 'string' ? encoding : state.encoding;
      if (state.ending || this.destroyed) {
        const error = state.ending ? failure('write after end', 'ERR_STREAM_WRITE_AFTER_END') : failure('Cannot call write after a stream was destroyed', 'ERR_STREAM_DESTROYED');
        nextTick(() => {
          if (then) then(error);
          this.destroy(error);
        });
        return false;
      }
      let chunk = given;
      let kind = 'buffer';
      if (!state.objectMode) {
        if (typeof chunk === 'string') {
          if (state.text) kind = named;
          else chunk = Buffer.from(chunk, named);
        } else if (chunk instanceof Uint8Array && !Buffer.isBuffer(chunk)) chunk = Buffer.from(chunk);
        else if (!Buffer.isBuffer(chunk)) throw Object.assign(new TypeError('The "chunk" argument must be of type string or an instance of Buffer or Uint8Array.'), { code: 'ERR_INVALID_ARG_TYPE' });
      } else kind = named;
      const size = state.objectMode ? 1 : chunk.length;
      state.length += size;
      state.queue.push({ chunk, encoding: kind, size, done: then });
      const room = state.length < state.highWaterMark;
      state.drain = state.drain || !room;
      drain(this);
      return room;
    },
    end(chunk, encoding, done) {
      const then = [chunk, encoding, done].find((value) => typeof value === 'function');
      if (chunk !== undefined && chunk !== null && typeof chunk !== 'function') this.write(chunk, typeof encoding === 'string' ? encoding : undefined);
      const state = this._writableState;
      if (then) {
        if (state.finished) nextTick(then);
        else this.once('finish', then);
      }
      if (!state.ending) {
        state.ending = true;
        state.corked = 0;
        this.writable = false;
        drain(this);
      }
      return this;
    },
    cork() { this._writableState.corked++; },
    uncork() {
      const state = this._writableState;
      state.corked = Math.max(0, state.corked - 1);
      drain(this);
    },
    setDefaultEncoding(encoding) {
      this._writableState.encoding = encoding;
      return this;
    },
  };
  const writableGetters = {
    writableEnded() { return this._writableState.ending; },
    writableFinished() { return this._writableState.finished; },
    writableLength() { return this._writableState.length; },
    writableObjectMode() { return this._writableState.objectMode; },
    writableHighWaterMark() { return this._writableState.highWaterMark; },
    writableNeedDrain() { return this._writableState.drain; },
    writableCorked() { return this._writableState.corked; },
  };
  methods(Writable, writableMethods);
  getters(Writable, writableGetters);
  Object.defineProperty(Writable, Symbol.hasInstance, { configurable: true, value(object) {
    return Function.prototype[Symbol.hasInstance].call(this, object) || (this === Writable && Boolean(object && object._writableState));
  } });

  function Duplex(options = {}) {
    if (!(this instanceof Duplex)) return new Duplex(options);
    Stream.call(this);
    readable(this, options);
    writable(this, options);
    this.allowHalfOpen = options.allowHalfOpen !== false;
  }
  inherits(Duplex, Readable);
  const { _destroy, destroy: shared, ...ofWritable } = writableMethods;
  methods(Duplex, ofWritable);
  getters(Duplex, writableGetters);

  function Transform(options = {}) {
    if (!(this instanceof Transform)) return new Transform(options);
    Duplex.call(this, options);
    if (typeof options.transform === 'function') this._transform = options.transform;
    if (typeof options.flush === 'function') this._flush = options.flush;
  }
  inherits(Transform, Duplex);
  methods(Transform, {
    _transform(chunk, encoding, done) { done(new Error('The _transform() method is not implemented')); },
    _write(chunk, encoding, done) {
      this._transform(chunk, encoding, (error, made) => {
        if (!error && made !== null && made !== undefined) this.push(made);
        done(error);
      });
    },
    _final(done) {
      const end = (error, made) => {
        if (!error) {
          if (made !== null && made !== undefined) this.push(made);
          this.push(null);
        }
        done(error);
      };
      if (typeof this._flush === 'function') this._flush(end);
      else end();
    },
  });
  function PassThrough(options) {
    if (!(this instanceof PassThrough)) return new PassThrough(options);
    Transform.call(this, options);
  }
  inherits(PassThrough, Transform);
  methods(PassThrough, { _transform(chunk, encoding, done) { done(null, chunk); } });

  // finished calls back once when a stream is over.
  const finished = (stream, options, callback) => {
    const done = typeof options === 'function' ? options : callback;
    let called = false;
    const end = (error) => {
      if (called) return;
      called = true;
      done(error);
    };
    const reads = Boolean(stream._readableState);
    const writes = Boolean(stream._writableState);
    const over = () => (!reads || stream._readableState.endEmitted || (options && options.readable === false)) && (!writes || stream._writableState.finished || (options && options.writable === false));
    const check = () => {
      if (over()) end();
    };
    stream.on('end', check).on('finish', check).on('error', end)
      .on('close', () => end(over() ? undefined : failure('Premature close', 'ERR_STREAM_PREMATURE_CLOSE')));
    if (over()) nextTick(() => end());
    return () => {
      called = true;
    };
  };
  const pipeline = (...given) => {
    const done = typeof given[given.length - 1] === 'function' ? given.pop() : () => undefined;
    const streams = Array.isArray(given[0]) ? given[0] : given;
    let called = false;
    const end = (error) => {
      if (called) return;
      called = true;
      if (error) for (const stream of streams) if (stream.destroy) stream.destroy();
      done(error);
    };
    streams.forEach((stream, i) => finished(stream, { writable: i > 0, readable: i < streams.length - 1 }, (error) => {
      if (error) end(error);
      else if (i === streams.length - 1) end();
    }));
    return streams.reduce((from, to) => from.pipe(to));
  };
  const promised = (fn) => (...values) => new Promise((resolve, reject) => {
    fn(...values, (error) => (error ? reject(error) : resolve()));
  });
  const promises = { pipeline: promised(pipeline), finished: promised(finished) };
  pipeline[node.util.promisify.custom] = promises.pipeline;
  finished[node.util.promisify.custom] = promises.finished;
  const stream = Object.assign(Stream, { Stream, Readable, Writable, Duplex, Transform, PassThrough, finished, pipeline, promises,
    isReadable: (one) => Boolean(one && one.readable), isErrored: () => false });

  // http and https

  const STATUS_CODES = {
    100: 'Continue', 101: 'Switching Protocols', 200: 'OK', 201: 'Created', 202: 'Accepted', 203: 'Non-Authoritative Information', 204: 'No Content', 205: 'Reset Content',
    206: 'Partial Content', 300: 'Multiple Choices', 301: 'Moved Permanently', 302: 'Found', 303: 'See Other', 304: 'Not Modified', 307: 'Temporary Redirect', 308: 'Permanent Redirect',
    400: 'Bad Request', 401: 'Unauthorized', 402: 'Payment Required', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 406: 'Not Acceptable', 408: 'Request Timeout',
    409: 'Conflict', 410: 'Gone', 411: 'Length Required', 412: 'Precondition Failed', 413: 'Payload Too Large', 414: 'URI Too Long', 415: 'Unsupported Media Type', 418: "I'm a Teapot",
    422: 'Unprocessable Entity', 425: 'Too Early', 426: 'Upgrade Required', 428: 'Precondition Required', 429: 'Too Many Requests', 500: 'Internal Server Error', 501: 'Not Implemented',
    502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Gateway Timeout', 505: 'HTTP Version Not Supported',
  };
  const METHODS = ['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE'];

  function Agent(options = {}) {
    if (!(this instanceof Agent)) return new Agent(options);
    EventEmitter.call(this);
    Object.assign(this, { options, maxSockets: options.maxSockets || Infinity, maxFreeSockets: 256, keepAlive: Boolean(options.keepAlive), requests: {}, sockets: {}, freeSockets: {} });
  }
  inherits(Agent, EventEmitter);
  Agent.defaultMaxSockets = Infinity;
  methods(Agent, { destroy() {}, getName: ({ host = 'localhost', port = '' } = {}) => host + ':' + port + ':' });

  // socket stands for the connection that the host has made.
  const socket = () => Object.assign(new EventEmitter(), {
    authorized: true, encrypted: true, writable: true, readable: true, destroyed: false, connecting: false, remoteAddress: '', remotePort: 0,
    setKeepAlive() { return this; }, setNoDelay() { return this; }, setTimeout() { return this; }, ref() { return this; }, unref() { return this; },
    destroy() { return this; }, end() { return this; }, getPeerCertificate: () => ({}), address: () => ({}), isSessionReused: () => false,
  });

  function IncomingMessage(connection) {
    Readable.call(this, {});
    Object.assign(this, { socket: connection, connection, httpVersion: '1.1', httpVersionMajor: 1, httpVersionMinor: 1, complete: false, aborted: false,
      headers: {}, rawHeaders: [], trailers: {}, rawTrailers: [], statusCode: null, statusMessage: null, url: '', method: null });
  }
  inherits(IncomingMessage, Readable);
  methods(IncomingMessage, {
    setTimeout() { return this; },
    _read() {},
  });

  // optionsOf joins the forms in which a request is given: an address, an address and options, or options alone.
  const optionsOf = (protocol, given, more) => {
    let options = {};
    if (typeof given === 'string') options = ofAddress(new URL(given));
    else if (given instanceof URL) options = ofAddress(given);
    else return { protocol, ...given };
    return { ...options, ...(typeof more === 'object' ? more : {}) };
  };
  const ofAddress = (address) => ({
    protocol: address.protocol, hostname: address.hostname.replace(/^\[|\]$/g, ''), port: address.port, path: address.pathname + address.search, href: address.href,
    auth: address.username ? decodeURIComponent(address.username) + ':' + decodeURIComponent(address.password) : undefined,
  });

  function OutgoingMessage() {
    Writable.call(this, {});
    Object.defineProperty(this, '_headers', { value: new Map(), writable: true });
    Object.assign(this, { headersSent: false, sendDate: true, shouldKeepAlive: true, chunkedEncoding: false, useChunkedEncodingByDefault: true });
  }
  inherits(OutgoingMessage, Writable);
  methods(OutgoingMessage, {
    setHeader(name, value) {
      if (value === undefined) throw Object.assign(new TypeError('Invalid value "undefined" for header "' + name + '"'), { code: 'ERR_HTTP_INVALID_HEADER_VALUE' });
      this._headers.set(String(name).toLowerCase(), [String(name), value]);
      return this;
    },
    getHeader(name) {
      const found = this._headers.get(String(name).toLowerCase());
      return found && found[1];
    },
    hasHeader(name) { return this._headers.has(String(name).toLowerCase()); },
    removeHeader(name) { this._headers.delete(String(name).toLowerCase()); },
    getHeaderNames() { return [...this._headers.keys()]; },
    getRawHeaderNames() { return [...this._headers.values()].map(([name]) => name); },
    getHeaders() {
      const made = Object.create(null);
      for (const [name, [, value]] of this._headers) made[name] = value;
      return made;
    },
    flushHeaders() {},
    setNoDelay() {},
    setSocketKeepAlive() {},
  });

  function ClientRequest(protocol, given, more, listener) {
    OutgoingMessage.call(this);
    const options = optionsOf(protocol, given, more);
    const { method = 'GET', headers = {}, timeout, auth } = options;
    const secure = options.protocol === 'https:';
    if (options.protocol !== 'http:' && !secure) throw Object.assign(new TypeError('Protocol "' + options.protocol + '" not supported. Expected "http:" or "https:"'), { code: 'ERR_INVALID_PROTOCOL' });
    const host = options.hostname || String(options.host || 'localhost').replace(/:\d+$/, '');
    const port = options.port || (/:(\d+)$/.exec(options.hostname ? '' : options.host || '') || [])[1] || options.defaultPort;
    const path = String(options.path || '/');
    const named = port && Number(port) !== (secure ? 443 : 80) ? ':' + port : '';
    Object.assign(this, { method: String(method).toUpperCase(), path, host, protocol: options.protocol, agent: options.agent, aborted: false, reusedSocket: false, res: null, maxHeadersCount: null,
      _address: options.protocol + '//' + (host.includes(':') ? '[' + host + ']' : host) + named + (path.startsWith('/') ? path : '/' + path), _parts: [], _size: 0, _timers: [] });
    const list = Array.isArray(headers) ? Array.from({ length: headers.length / 2 }, (_, i) => [headers[2 * i], headers[2 * i + 1]]) : Object.entries(headers);
    for (const [name, value] of list) if (value !== undefined) this.setHeader(name, value);
    if (!this.hasHeader('host')) this.setHeader('Host', host + named);
    if (auth && !this.hasHeader('authorization')) this.setHeader('Authorization', 'Basic ' + Buffer.from(auth).toString('base64'));
    if (listener) this.once('response', listener);
    if (timeout) this.setTimeout(timeout);
    if (options.signal) options.signal.addEventListener('abort', () => this.destroy(options.signal.reason));
    this.socket = this.connection = socket();
    nextTick(() => {
      if (!this.destroyed) this.emit('socket', this.socket);
    });
  }
  inherits(ClientRequest, OutgoingMessage);
  methods(ClientRequest, {
    _write(chunk, encoding, done) {
      this._parts.push(chunk);
      done();
    },
    _final(done) {
      this.headersSent = true;
      done();
      const headers = {};
      for (const [name, value] of this._headers.values()) headers[name] = Array.isArray(value) ? value.join(name.toLowerCase() === 'cookie' ? '; ' : ', ') : String(value);
      const body = Buffer.concat(this._parts);
      this._parts = [];
      const fields = { url: this._address, method: this.method, headers, response: 'base64', redirect: 'manual', ...(body.length > 0 ? { body_base64: body.toString('base64') } : {}) };
      native.request(fields, (answer) => this._answered(answer), (reason, slug) => {
        const codes = { 'request-timeout': 'ETIMEDOUT', 'domain-not-declared': 'ECONNREFUSED', 'bad-url': 'ENOTFOUND', 'request-failed': 'ECONNRESET' };
        this.destroy(failure(reason, codes[slug] || 'ECONNREFUSED'));
      });
    },
    _answered({ status, headers, cookies, body, body_base64: coded }) {
      this._stopWaiting();
      if (this.destroyed) return;
      const response = new IncomingMessage(this.socket);
      response.statusCode = status;
      response.statusMessage = STATUS_CODES[status] || '';
      for (const name of Object.keys(headers)) {
        const lower = name.toLowerCase();
        if (lower === 'content-encoding' || lower === 'content-length' || lower === 'transfer-encoding' || lower === 'set-cookie') continue;
        response.headers[lower] = headers[name];
        response.rawHeaders.push(name, headers[name]);
      }
      if (cookies && cookies.length > 0) {
        response.headers['set-cookie'] = cookies;
        for (const cookie of cookies) response.rawHeaders.push('Set-Cookie', cookie);
      }
      const bytes = coded ? Buffer.from(coded, 'base64') : Buffer.from(body || '');
      if (this.method !== 'HEAD') response.headers['content-length'] = String(bytes.length);
      response.req = this;
      this.res = response;
      if (this.method !== 'HEAD') for (let at = 0; at < bytes.length; at += 65536) response.push(bytes.subarray(at, at + 65536));
      response.complete = true;
      response.push(null);
      if (!this.emit('response', response)) response.resume();
    },
    _stopWaiting() {
      for (const timer of this._timers) clearTimeout(timer);
      this._timers = [];
    },
    _destroy(error, done) {
      this._stopWaiting();
      if (this.res && !this.res.readableEnded) this.res.destroy(error);
      done(error || (this.res ? null : failure('socket hang up', 'ECONNRESET')));
    },
    setTimeout(ms, listener) {
      if (listener) this.once('timeout', listener);
      this._timers.push(setTimeout(() => this.emit('timeout'), ms));
      return this;
    },
    abort() {
      if (this.aborted) return;
      this.aborted = true;
      nextTick(() => this.emit('abort'));
      this.destroy();
    },
  });
  // A request stays open until its answer has come.
  Object.defineProperty(ClientRequest.prototype, '_keepOpen', { value: true, writable: true });

  const noServers = () => {
    throw failure('functions open no ports: a function is called by its program', 'ENOSYS');
  };
  const web = (protocol, defaultPort) => {
    const globalAgent = Object.assign(new Agent({ keepAlive: true }), { protocol, defaultPort });
    const request = (given, more, listener) => new ClientRequest(protocol, given, more, [given, more, listener].find((value) => typeof value === 'function'));
    return {
      Agent, globalAgent, IncomingMessage, METHODS, STATUS_CODES, OutgoingMessage, maxHeaderSize: 16384,
      ClientRequest: Object.assign(function (given, more, listener) { return request(given, more, listener); }, { prototype: ClientRequest.prototype }),
      request,
      get(given, more, listener) {
        const made = request(given, more, listener);
        made.end();
        return made;
      },
      createServer: noServers, Server: noServers, ServerResponse: noServers,
      validateHeaderName: () => undefined, validateHeaderValue: () => undefined,
    };
  };
  const http = web('http:', 80);
  const https = web('https:', 443);

  // zlib

  const zlib = { constants: { Z_NO_FLUSH: 0, Z_PARTIAL_FLUSH: 1, Z_SYNC_FLUSH: 2, Z_FULL_FLUSH: 3, Z_FINISH: 4, Z_BLOCK: 5, Z_OK: 0, Z_BEST_SPEED: 1, Z_BEST_COMPRESSION: 9, Z_DEFAULT_COMPRESSION: -1 } };
  Object.assign(zlib, zlib.constants);
  for (const [name, kind] of [['Gzip', 'gzip'], ['Gunzip', 'gunzip'], ['Deflate', 'deflate'], ['Inflate', 'inflate'], ['DeflateRaw', 'deflateRaw'], ['InflateRaw', 'inflateRaw'], ['Unzip', 'unzip']]) {
    const sync = (data) => Buffer.from(native.zip(kind, typeof data === 'string' ? Buffer.from(data) : data));
    zlib[kind + 'Sync'] = (data) => sync(data);
    zlib[kind] = (data, options, done) => {
      const then = typeof options === 'function' ? options : done;
      let made;
      try {
        made = sync(data);
      } catch (error) {
        nextTick(() => then(error));
        return;
      }
      nextTick(() => then(null, made));
    };
    zlib['create' + name] = () => {
      const parts = [];
      return new Transform({
        transform(chunk, _, done) {
          parts.push(chunk);
          done();
        },
        flush(done) {
          let made;
          try {
            made = sync(Buffer.concat(parts));
          } catch (error) {
            done(error);
            return;
          }
          done(null, made);
        },
      });
    };
  }

  // Modules that packages load, though what they do is not possible here: each function says so when it is called.
  const refusing = (module, reason, names, more) => {
    const made = { ...more };
    for (const name of names.split(' ')) {
      made[name] = (...values) => {
        const error = failure(module + '.' + name + ' is not supported: ' + reason, 'ENOSYS');
        const done = values[values.length - 1];
        if (typeof done !== 'function' || name.endsWith('Sync')) throw error;
        nextTick(() => done(error));
      };
    }
    return made;
  };
  const files = native.reason('fs');
  const fs = refusing('fs', files, 'access accessSync appendFile appendFileSync chmod close closeSync copyFile copyFileSync createReadStream createWriteStream fstat fstatSync lstat lstatSync mkdir mkdirSync mkdtemp mkdtempSync ' +
    'open openSync read readSync readFile readFileSync readdir readdirSync realpath realpathSync rename renameSync rm rmSync rmdir rmdirSync stat statSync unlink unlinkSync utimes watch write writeSync writeFile writeFileSync', {
    existsSync: () => false,
    exists: (_, done) => nextTick(() => done(false)),
    constants: { F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1 }, Stats: function () {}, ReadStream: function () {}, WriteStream: function () {},
  });
  const rejecting = (list) => Object.fromEntries(Object.keys(list).filter((name) => typeof list[name] === 'function').map((name) => [name, (...values) => new Promise((_, reject) => {
    list[name](...values, reject);
  })]));
  fs.promises = rejecting(refusing('fs', files, 'access appendFile copyFile lstat mkdir mkdtemp open readFile readdir realpath rename rm rmdir stat unlink writeFile'));
  const sockets = native.reason('net');
  const four = (text) => /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.test(text) && text.split('.').every((part) => Number(part) < 256);
  const six = (text) => /^[0-9a-fA-F:.]+$/.test(text) && text.includes(':') && (() => {
    try {
      return Boolean(new URL('http://[' + text + ']/'));
    } catch {
      return false;
    }
  })();
  const net = refusing('net', sockets, 'connect createConnection createServer', {
    isIP: (text) => (four(String(text)) ? 4 : six(String(text)) ? 6 : 0), isIPv4: (text) => four(String(text)), isIPv6: (text) => six(String(text)),
    Socket: noSocket, Server: noSocket,
  });
  function noSocket() {
    throw failure('net.Socket is not supported: ' + sockets, 'ENOSYS');
  }
  const processes = native.reason('child_process');
  const dns = refusing('dns', sockets, 'lookup resolve resolve4 resolve6 resolveTxt reverse', { ADDRCONFIG: 0, V4MAPPED: 0, Resolver: noSocket });
  dns.promises = rejecting(refusing('dns', sockets, 'lookup resolve resolve4 resolve6'));
  const os = {
    EOL: '\n', arch: () => 'x64', cpus: () => [], endianness: () => 'LE', freemem: () => 0, homedir: () => '/var/user', hostname: () => 'function', loadavg: () => [0, 0, 0], networkInterfaces: () => ({}),
    platform: () => 'linux', release: () => '5.0.0', tmpdir: () => '/tmp', totalmem: () => 0, type: () => 'Linux', uptime: () => 0, userInfo: () => ({ username: 'function', uid: 0, gid: 0, homedir: '/var/user', shell: null }), constants: { signals: {} },
  };
  const frozen = {};
  const http2 = refusing('http2', sockets, 'connect createServer createSecureServer', { constants: new Proxy(frozen, {
    get: (_, name) => {
      const [kind, ...words] = String(name).split('_').slice(1);
      const text = words.join('-').toLowerCase();
      const pseudo = ['scheme', 'method', 'path', 'authority', 'status'];
      if (String(name).startsWith('HTTP2_HEADER_')) return (pseudo.includes(text) ? ':' : '') + text;
      return kind === 'METHOD' ? words.join('-') : undefined;
    },
  }) });
  const tls = refusing('tls', sockets, 'connect createServer createSecureContext', { rootCertificates: [], TLSSocket: noSocket, checkServerIdentity: () => undefined, DEFAULT_MIN_VERSION: 'TLSv1.2', DEFAULT_MAX_VERSION: 'TLSv1.3' });
  const child = refusing('child_process', processes, 'exec execSync execFile execFileSync fork spawn spawnSync');
  const tty = { isatty: () => false, ReadStream: function () {}, WriteStream: function () {} };
  class AsyncLocalStorage {
    run(value, fn, ...values) {
      const before = this._value;
      this._value = value;
      try {
        return fn(...values);
      } finally {
        this._value = before;
      }
    }
    getStore() { return this._value; }
    enterWith(value) { this._value = value; }
    exit(fn, ...values) { return this.run(undefined, fn, ...values); }
    disable() { this._value = undefined; }
  }
  const performance = { now: () => Date.now() - started, timeOrigin: Date.now(), mark: () => undefined, measure: () => undefined };
  const started = Date.now();

  // fetch

  class AbortSignal {
    constructor() {
      Object.assign(this, { aborted: false, reason: undefined, onabort: null });
      Object.defineProperty(this, '_events', { value: new EventEmitter() });
    }
    addEventListener(name, fn) { this._events.on(name, fn); }
    removeEventListener(name, fn) { this._events.off(name, fn); }
    throwIfAborted() { if (this.aborted) throw this.reason; }
    _abort(reason) {
      if (this.aborted) return;
      this.aborted = true;
      this.reason = reason === undefined ? Object.assign(new Error('This operation was aborted'), { name: 'AbortError', code: 'ABORT_ERR' }) : reason;
      const event = { type: 'abort', target: this };
      if (typeof this.onabort === 'function') this.onabort(event);
      this._events.emit('abort', event);
    }
    static abort(reason) {
      const made = new AbortSignal();
      made._abort(reason);
      return made;
    }
    static timeout(ms) {
      const made = new AbortSignal();
      setTimeout(() => made._abort(Object.assign(new Error('The operation was aborted due to timeout'), { name: 'TimeoutError' })), ms);
      return made;
    }
  }
  class AbortController {
    constructor() {
      this.signal = new AbortSignal();
    }
    abort(reason) { this.signal._abort(reason); }
  }
  class Headers {
    constructor(given = {}) {
      this._list = new Map();
      const pairs = given instanceof Headers ? given.entries() : Array.isArray(given) ? given : Object.entries(given);
      for (const [name, value] of pairs) this.append(name, value);
    }
    append(name, value) {
      const key = String(name).toLowerCase();
      this._list.set(key, this._list.has(key) ? this._list.get(key) + ', ' + value : String(value));
    }
    set(name, value) { this._list.set(String(name).toLowerCase(), String(value)); }
    get(name) {
      const found = this._list.get(String(name).toLowerCase());
      return found === undefined ? null : found;
    }
    has(name) { return this._list.has(String(name).toLowerCase()); }
    delete(name) { this._list.delete(String(name).toLowerCase()); }
    forEach(fn, self) { for (const [name, value] of this._list) fn.call(self, value, name, this); }
    entries() { return this._list.entries(); }
    keys() { return this._list.keys(); }
    values() { return this._list.values(); }
    [Symbol.iterator]() { return this._list.entries(); }
  }
  class Response {
    constructor(bytes, { status, statusText, headers, url, redirected }) {
      Object.defineProperty(this, '_bytes', { value: bytes });
      Object.assign(this, { status, statusText, headers, url, redirected, ok: status >= 200 && status < 300, bodyUsed: false, type: 'basic' });
    }
    _take() {
      if (this.bodyUsed) return Promise.reject(new TypeError('Body is unusable: Body has already been read'));
      this.bodyUsed = true;
      return Promise.resolve(this._bytes);
    }
    text() { return this._take().then((bytes) => bytes.toString()); }
    json() { return this.text().then((text) => JSON.parse(text)); }
    arrayBuffer() { return this._take().then((bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)); }
    bytes() { return this._take().then((bytes) => new Uint8Array(bytes)); }
    clone() { return new Response(this._bytes, this); }
  }
  const fetch = (target, options = {}) => new Promise((resolve, reject) => {
    const headers = new Headers(options.headers);
    let body = options.body;
    if (body instanceof URLSearchParams) {
      if (!headers.has('content-type')) headers.set('content-type', 'application/x-www-form-urlencoded;charset=UTF-8');
      body = String(body);
    } else if (typeof body === 'string' && !headers.has('content-type')) headers.set('content-type', 'text/plain;charset=UTF-8');
    if (body !== undefined && body !== null && typeof body !== 'string' && !(body instanceof Uint8Array) && !(body instanceof ArrayBuffer)) {
      throw new TypeError('fetch: the body should be a text, a Buffer or URLSearchParams');
    }
    const bytes = body === undefined || body === null ? Buffer.alloc(0) : Buffer.from(body);
    const { signal } = options;
    if (signal) {
      signal.throwIfAborted();
      signal.addEventListener('abort', () => reject(signal.reason));
    }
    const fields = { url: new URL(String(target)).href, method: String(options.method || 'GET').toUpperCase(), headers: Object.fromEntries(headers), response: 'base64',
      ...(options.redirect === 'manual' ? { redirect: 'manual' } : {}), ...(bytes.length > 0 ? { body_base64: bytes.toString('base64') } : {}) };
    native.request(fields, (answer) => {
      const made = new Headers();
      for (const name of Object.keys(answer.headers)) if (!/^(content-encoding|content-length|transfer-encoding|set-cookie)$/i.test(name)) made.set(name, answer.headers[name]);
      for (const cookie of answer.cookies || []) made.append('set-cookie', cookie);
      resolve(new Response(answer.body_base64 ? Buffer.from(answer.body_base64, 'base64') : Buffer.from(answer.body || ''),
        { status: answer.status, statusText: STATUS_CODES[answer.status] || '', headers: made, url: fields.url, redirected: false }));
    }, (reason) => reject(Object.assign(new TypeError('fetch failed: ' + reason), { cause: new Error(reason) })));
  });

  return {
    stream, 'stream/promises': promises, http, https, http2, zlib, string_decoder: { StringDecoder }, fs, 'fs/promises': fs.promises, net, tls, dns, os, tty, child_process: child,
    async_hooks: { AsyncLocalStorage }, perf_hooks: { performance }, 'util/types': node.util.types,
    'timers/promises': { setTimeout: (ms, value) => new Promise((done) => setTimeout(() => done(value), ms)), setImmediate: (value) => new Promise((done) => setTimeout(() => done(value), 0)) },
    fetch, Headers, Response, AbortController, AbortSignal,
  };
});
