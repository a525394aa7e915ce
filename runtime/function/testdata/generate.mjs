// Asks Node.js what its modules do and writes node.json: node generate.mjs
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const expressions = `
require('path').join('/a', '..', 'b', './c', '')
require('path').join('')
require('path').join('a', '../../b/')
require('path').normalize('/a//b/../c/.')
require('path').normalize('../../a')
require('path').resolve('/a', 'b', '../c')
require('path').resolve('/a', '/b')
['/a/b.txt', 'b.tar.gz', '.bashrc', 'a.', '', '/'].map((p) => require('path').extname(p))
['/a/b.txt', 'b', '/', '/a/', 'a/b'].map((p) => [require('path').dirname(p), require('path').basename(p)])
require('path').basename('/a/b.html', '.html')
require('path').relative('/data/a/b', '/data/c')
require('path').parse('/home/u/f.txt')
require('path').parse('f.txt')
require('path').format({dir: '/home', name: 'f', ext: '.txt'})
require('path').isAbsolute('a/b')
require('crypto').createHash('md5').update('茶').digest('hex')
require('crypto').createHash('sha1').update('a').update('b').digest('base64')
require('crypto').createHash('sha256').update(Buffer.from([1, 2])).digest().length
require('crypto').createHash('SHA512').update('').digest('hex').slice(0, 20)
require('crypto').createHmac('sha256', 'key').update('text').digest('hex')
require('crypto').createHmac('sha1', Buffer.from('key')).update('text').digest('base64')
require('crypto').createHash('md5').update('x').digest('binary').length
require('crypto').createHash('none').update('')
require('crypto').randomBytes(16).toString('hex').length
/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(require('crypto').randomUUID())
[...Array(50)].every(() => { const n = require('crypto').randomInt(3, 6); return n >= 3 && n < 6; })
require('crypto').timingSafeEqual(Buffer.from('a'), Buffer.from('b'))
require('util').promisify(require('crypto').randomBytes)(4).then((b) => b.length)
Buffer.from('茶 tea').toString('base64')
Buffer.from('6Iy2IHRlYQ==', 'base64').toString()
Buffer.from('6Iy2IHRlYQ', 'base64url').toString('utf-8')
Buffer.from('zz', 'hex').length
Buffer.from('48656c6c6f', 'hex').toString('latin1')
Buffer.from('é', 'latin1')
Buffer.from([1, 2, 300])
Buffer.from(new Uint8Array([1, 2]).buffer)
Buffer.from(Buffer.from('abc')).toString()
Buffer.from(JSON.parse(JSON.stringify(Buffer.from('abc')))).toString()
Buffer.from(5)
Buffer.concat([Buffer.from('a'), Buffer.from('bc')]).toString()
Buffer.concat([Buffer.from('abc')], 2).toString()
Buffer.alloc(3, 'ab').toString()
Buffer.byteLength('茶')
Buffer.isBuffer(new Uint8Array(1))
Buffer.isBuffer(Buffer.from('abc').slice(1)) && Buffer.from('abc').slice(1).toString()
Buffer.from('abc').equals(Buffer.from('abc'))
Buffer.compare(Buffer.from('a'), Buffer.from('b'))
Buffer.from('hello').indexOf('lo')
Buffer.from('hello').includes('x')
(() => { const b = Buffer.alloc(6); b.writeUInt16BE(258, 0); b.writeInt32LE(-2, 2); return [b, b.readUInt16LE(0), b.readInt32LE(2)]; })()
(() => { const b = Buffer.alloc(5); return [b.write('ab', 1), b.write('c'), b.toString('hex')]; })()
Buffer.from('abc').toString('utf8', 1, 2)
Buffer.from('a', 'none')
Buffer.from('ab', 'ucs2')
require('buffer').Buffer === Buffer
require('querystring').stringify({a: 1, b: ['x y', '&'], c: '茶', d: null, e: true})
require('querystring').parse('a=1&b=x+y&b=%26&c&=d')
require('querystring').parse('a:1;b:2', ';', ':')
require('url').parse('https://u:p@Example.com:8080/a/b?x=1&y=2#h')
require('url').parse('https://example.com')
require('url').parse('/a?x=1', true)
require('url').parse('a/b')
require('url').parse('mailto:a@b.c').protocol
require('url').format({protocol: 'https', host: 'a.b', pathname: '/c', query: {x: 1}})
require('url').resolve('https://a.b/c/d', '../e?x=1')
require('url').resolve('/one/two/three', 'four')
new (require('url').URL)('https://a.b/c?d=1').searchParams.get('d')
require('util').format('%s is %d, %j%%', 'a', '42', {b: 1}, 'more', 5)
require('util').format('no', 'words')
require('util').inspect({a: [1, 'b', {c: {d: {}}}], e: null, f: undefined})
require('util').inspect([])
require('util').isDeepStrictEqual({a: [1, {b: 2}]}, {a: [1, {b: 2}]})
require('util').types.isDate(new Date())
(() => { function A() {} function B() {} B.prototype.x = 1; require('util').inherits(A, B); return [new A().x, A.super_ === B]; })()
new Promise((done) => require('util').callbackify(async (a) => a + 1)(1, (e, v) => done([e, v])))
require('util').promisify((a, done) => done(null, a * 2))(4)
(() => { const e = new (require('events'))(); const got = []; e.on('a', (x) => got.push(x)); e.once('a', (x) => got.push(-x)); return [e.emit('a', 1), e.emit('a', 2), e.emit('b'), got, e.listenerCount('a')]; })()
(() => { class C extends require('events').EventEmitter {} const e = new C(); const f = () => 1; e.on('a', f).off('a', f); return [e.emit('a'), e.eventNames()]; })()
new (require('events'))().emit('error', new RangeError('x'))
require('assert')(0)
require('assert').equal(1, '1')
require('assert').strictEqual(1, '1')
require('assert').deepStrictEqual({a: [1]}, {a: [1]})
require('assert').throws(() => {})
new Promise((done) => setImmediate(done, 5))
new Promise((done) => process.nextTick(done, 6))
process.hrtime().length
typeof process.env.NONE
process.platform
[typeof require('timers').setTimeout, typeof clearImmediate]
(() => { const c = require('crypto').createCipheriv('aes-128-cbc', '0123456789abcdef', 'fedcba9876543210'); return c.update('a pot of green tea, 茶', 'utf8', 'base64') + c.final('base64'); })()
(() => { const c = require('crypto').createCipheriv('AES-256-CBC', Buffer.alloc(32, 1), Buffer.alloc(16, 2)); return Buffer.concat([c.update('abc'), c.update(Buffer.alloc(40, 3)), c.final()]).toString('hex'); })()
(() => { const a = require('crypto'), k = Buffer.alloc(16, 5), c = a.createCipheriv('aes-128-cbc', k, k), e = c.update('{"openId":"o"}', 'utf8', 'binary') + c.final('binary'), d = a.createDecipheriv('aes-128-cbc', k, k); d.setAutoPadding(true); return d.update(e, 'binary', 'utf8') + d.final('utf8'); })()
(() => { const a = require('crypto'), k = Buffer.alloc(32, 5), c = a.createCipheriv('aes-256-cbc', k, k.slice(0, 16)), e = Buffer.concat([c.update(Buffer.alloc(32, 9)), c.final()]), d = a.createDecipheriv('aes-256-cbc', k, k.slice(0, 16)); return [e.length, ...[0, 15, 16, 17, 48].map((n, i, at) => d.update(e.subarray(i ? at[i - 1] : 0, n)).length), d.final().length]; })()
(() => { const c = require('crypto').createDecipheriv('aes-128-cbc', Buffer.alloc(16), Buffer.alloc(16)); c.update(Buffer.alloc(16, 7)); return c.final(); })()
(() => { const c = require('crypto').createDecipheriv('aes-128-cbc', Buffer.alloc(16), Buffer.alloc(16)); c.update(Buffer.alloc(17, 7)); return c.final(); })()
(() => { const c = require('crypto').createCipheriv('aes-128-cbc', Buffer.alloc(16), Buffer.alloc(16)); c.setAutoPadding(false); return [c.update(Buffer.alloc(16, 7)).toString('hex'), c.final().length]; })()
(() => { const c = require('crypto').createCipheriv('aes-128-ecb', Buffer.alloc(16, 4), ''); return c.update('sixteen letters!', 'utf8', 'hex') + c.final('hex'); })()
(() => { const c = require('crypto').createCipheriv('aes-192-ecb', Buffer.alloc(24, 4), null); return c.update('tea', 'utf8', 'hex') + c.final('hex'); })()
(() => { const c = require('crypto').createCipheriv('aes-256-ctr', Buffer.alloc(32, 4), Buffer.alloc(16, 255)); return c.update('a', 'utf8', 'hex') + c.update('longer text over a block', 'utf8', 'hex') + c.final('hex'); })()
(() => { const c = require('crypto').createCipheriv('aes-256-gcm', Buffer.alloc(32, 4), Buffer.alloc(12, 1)); c.setAAD(Buffer.from('transaction')); return [c.update('{"trade":', 'utf8', 'hex') + c.update('1}', 'utf8', 'hex') + c.final('hex'), c.getAuthTag().toString('base64')]; })()
(() => { const a = require('crypto'), k = Buffer.alloc(32, 4), n = 'abcdefghijkl', c = a.createCipheriv('aes-256-gcm', k, n), e = Buffer.concat([c.update('paid'), c.final()]), d = a.createDecipheriv('aes-256-gcm', k, n); d.setAuthTag(c.getAuthTag()); return d.update(e, null, 'utf8') + d.final('utf8'); })()
(() => { const d = require('crypto').createDecipheriv('aes-256-gcm', Buffer.alloc(32), Buffer.alloc(12)); d.setAuthTag(Buffer.alloc(16, 1)); d.update('x'); return d.final(); })()
require('crypto').createCipheriv('aes-128-cbc', Buffer.alloc(15), Buffer.alloc(16))
require('crypto').createCipheriv('aes-128-cbc', Buffer.alloc(16), Buffer.alloc(15))
require('crypto').createCipheriv('rot-13', Buffer.alloc(16), Buffer.alloc(16))
require('crypto').pbkdf2Sync('password', 'salt', 1000, 32, 'sha256').toString('hex')
new Promise((done) => require('crypto').pbkdf2('p', Buffer.from('s'), 10, 20, 'sha1', (e, k) => done([e, k.toString('base64')])))
(() => { const h = require('crypto').createHash('sha1').update('a'); return [h.copy().update('b').digest('hex'), h.digest('hex')]; })()
require('crypto').createHmac('sha256', require('crypto').createSecretKey(Buffer.from('key'))).update('text').digest('hex')
require('crypto').createPrivateKey('no key')
[new Buffer('6Iy2', 'base64').toString(), Buffer('ab').length, new Buffer([1, 2]).length, Buffer.isBuffer(new Buffer(3)), Object.keys(Buffer).includes('from')]
[Buffer.from('a') instanceof Buffer, new Uint8Array(1) instanceof Buffer, null instanceof Buffer, Buffer.from('a') instanceof Uint8Array, Buffer.from('a').subarray(0) instanceof require('buffer').Buffer]
[Buffer.from('tea').slice(1).toString(), Buffer.concat([Buffer.from('a'), Buffer.from('bc')], 2).toString(), Buffer.alloc(5, 'ab').toString(), Buffer.from('abcabc').indexOf('c', 3), Buffer.from('abc').indexOf('d'), Buffer.from('abc').includes('bc')]
[Buffer.compare(Buffer.from('a'), Buffer.from('b')), Buffer.from('a').equals(Buffer.from('a')), Buffer.from('hello').copy(Buffer.alloc(3), 1), Buffer.from('abc').fill('xy').toString()]
(() => { const B = require('util').inherits, E = require('events'); function Old() { E.call(this); } B(Old, E); const o = new Old(), got = []; o.once('a', (x) => got.push(x)); o.prependOnceListener('a', () => got.push('first')); o.emit('a', 1); o.emit('a', 2); return [got, o instanceof E, E.listenerCount(o, 'a')]; })()
(() => { const e = new (require('events'))(), got = []; e.on('newListener', (name) => got.push(name)); e.on('a', () => 1); e.on('removeListener', (name) => got.push('-' + name)); const f = () => 1; e.on('b', f); e.off('b', f); return got; })()
require('events').once(Object.assign(new (require('events'))(), {x: setTimeout(() => 0, 0)}), 'none') instanceof Promise
(async () => { const e = new (require('events'))(); process.nextTick(() => e.emit('go', 1, 2)); return require('events').once(e, 'go'); })()
['mañana', '茶馆', 'abc', 'bücher-und-tee', '☃'].map((w) => [require('punycode').encode(w), require('punycode').decode(require('punycode').encode(w)) === w])
[require('punycode').toASCII('茶馆.example'), require('punycode').toUnicode('xn--bcher-kva.example'), require('punycode').ucs2.decode('a💩')]
(async () => { const s = require('stream'), got = []; for await (const c of s.Readable.from(['a', 'b'])) got.push(c); return got; })()
new Promise((done) => { const s = require('stream'), got = []; const t = new s.Transform({transform(c, e, cb) { cb(null, String(c).toUpperCase()); }, flush(cb) { this.push('!'); cb(); }}); t.on('data', (c) => got.push(String(c))).on('end', () => done(got)); t.write('te'); t.end('a'); })
new Promise((done) => { const s = require('stream'); class W extends s.Writable { _write(c, e, cb) { (this.all = this.all || []).push([String(c), e]); setTimeout(cb, 1); } } const w = new W(); w.on('finish', () => done([w.all, w.writableEnded, w.writableFinished])); w.write('a'); w.write(Buffer.from('b')); w.end('c'); })
new Promise((done) => { const s = require('stream'); const r = new s.Readable({read() {}}); r.push('ab'); r.push('c'); r.push(null); const p = r.pipe(new s.PassThrough()); p.setEncoding('utf8'); let t = ''; p.on('data', (c) => (t += c)); p.on('end', () => done(t)); })
new Promise((done) => { const s = require('stream'), z = require('zlib'); s.pipeline(s.Readable.from([Buffer.from('tea '.repeat(3))]), z.createGzip(), z.createGunzip(), new s.Writable({write(c, e, cb) { this.t = (this.t || '') + c; cb(); }, final(cb) { done(this.t); cb(); }}), (e) => { if (e) done('failed'); }); })
new Promise((done) => { const s = require('stream'); s.pipeline(s.Readable.from(['a']), new s.Transform({transform(c, e, cb) { cb(new RangeError('bad')); }}), new s.PassThrough(), (e) => done(e.name)); })
new Promise((done) => { const s = require('stream'), w = new s.Writable({highWaterMark: 2, write(c, e, cb) { setTimeout(cb, 1); }}), got = [w.write('a'), w.write('bc')]; w.on('drain', () => done([...got, 'drained'])); })
new Promise((done) => { const s = require('stream'), w = new s.PassThrough(), got = []; w.on('error', (e) => got.push(e.code)).on('close', () => done(got)); w.end(); w.write('x'); })
new Promise((done) => { const s = require('stream'), r = new s.Readable({read() { this.push(null); }}), got = []; for (const n of ['end', 'close', 'error']) r.on(n, () => got.push(n)); r.resume(); r.on('close', () => done([got, r.destroyed, r.readableEnded])); })
new Promise((done) => { const s = require('stream'), r = new s.Readable({read() {}}); r.on('error', (e) => done(e.message)); r.destroy(new Error('gone')); })
new Promise((done) => { const s = require('stream'), r = new s.Readable({read() {}}), got = []; r.on('readable', () => { let c; while ((c = r.read(2)) !== null) got.push(String(c)); }).on('end', () => done(got)); r.push('abcd'); r.push('e'); r.push(null); })
(() => { const s = require('stream'); return [new s.Duplex({read() {}, write() {}}) instanceof s.Writable, new s.Transform() instanceof s.Readable, new s.Readable({read() {}}) instanceof s.Writable, require('stream').Stream === s, new s.PassThrough() instanceof require('events')]; })()
(() => { const D = require('string_decoder').StringDecoder, d = new D('utf8'), b = Buffer.from('茶é'); return [d.write(b.slice(0, 2)), d.write(b.slice(2, 4)), d.end(b.slice(4))]; })()
(() => { const D = require('string_decoder').StringDecoder, d = new D('base64'); return [d.write(Buffer.from('ab')), d.write(Buffer.from('cd')), d.end()]; })()
[require('zlib').gunzipSync(require('zlib').gzipSync('茶')).toString(), require('zlib').inflateSync(Buffer.from('eJwrSU0EAAKKATs=', 'base64')).toString(), require('zlib').inflateRawSync(require('zlib').deflateRawSync('x')).toString(), require('zlib').unzipSync(require('zlib').deflateSync('y')).toString()]
require('zlib').gunzipSync(Buffer.from('no gzip'))
new Promise((done) => require('zlib').gunzip(Buffer.from('no'), (e) => done(e.code)))
[require('net').isIP('1.2.3.4'), require('net').isIP('::1'), require('net').isIPv4('1.2.3.400'), require('net').isIP('tea')]
[require('os').EOL, require('os').platform(), require('tty').isatty(1), require('fs').existsSync('/none'), require('http').STATUS_CODES[404], require('https').globalAgent.defaultPort]
(() => { const {AsyncLocalStorage} = require('async_hooks'), s = new AsyncLocalStorage(); return [s.run(1, () => s.getStore()), s.getStore()]; })()
Object.prototype.toString.call(process)
[require('util').types.isProxy({}), require('util').types.isTypedArray(Buffer.alloc(1)), require('util').types.isArrayBuffer(new ArrayBuffer(1))]
new Promise((done) => { const c = new AbortController(); c.signal.addEventListener('abort', () => done([c.signal.aborted, c.signal.reason.name])); c.abort(); })
[new Headers({A: 1, b: 2}).get('a'), new Headers([['X', 'y']]).has('x'), new Headers().get('none')]
`.trim().split("\n");

globalThis.require = createRequire(import.meta.url);
const run = async (code) => {
  try {
    // biome-ignore lint/security/noGlobalEval: the expressions are above
    return JSON.stringify(await (0, eval)(`(async () => (${code}))()`)) ?? "undefined";
  } catch (error) {
    return error.name;
  }
};
const cases = [];
for (const code of expressions) cases.push([code, await run(code)]);
writeFileSync(new URL("node.json", import.meta.url), `${JSON.stringify(cases, null, 1)}\n`);
