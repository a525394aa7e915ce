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
