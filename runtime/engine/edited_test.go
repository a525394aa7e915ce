//go:build engine

package main

import (
	"maps"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dop251/goja"
	"pgregory.net/rapid"
)

// These tests are of the edited goja: `make` builds them with -tags=engine, beside the second go.mod.

// Ensure that a program prints what the standard says, for what each edit touches.
func TestTheEditedEngineKeepsTheStandard(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ src, want string }{
		"proxy takes the accessor that the target has": {`
			const p = new Proxy({}, { defineProperty: (t, k, d) => Reflect.defineProperty(t, k, d) })
			Object.defineProperty(p, 'a', { get() { return 7 }, set() {} })
			Object.defineProperty(p, 'b', { get() { return 8 } })
			p.a + ',' + p.b`, "7,8"},
		"proxy refuses another accessor": {`
			const t = {}
			Object.defineProperty(t, 'a', { get() { return 1 } })
			const p = new Proxy(t, { defineProperty: () => true })
			try { Object.defineProperty(p, 'a', { get() { return 2 } }); 'taken' } catch (e) { e.name }`, "TypeError"},
		"length and name of every kind of function": {`
			class C { m(a) {} static s() {} get g() { return 1 } }
			[function f(a, b) {}, (a) => a, async () => 1, function* g(a) {}, C, C.prototype.m, C.s, parseInt, (function h(a, b, c) {}).bind(null, 1)]
				.map(f => f.name + '/' + f.length).join(' ')`, "f/2 /1 /0 g/1 C/0 m/1 s/0 parseInt/2 bound h/2"},
		"order of own names": {`
			const f = (a) => 1; f.x = 1; Object.getOwnPropertyNames(f).join()`, "length,name,x"},
		"length can be redefined, deleted and is not written": {`
			function f(a) {}
			const o = []
			f.length = 5; o.push(f.length)
			Object.defineProperty(f, 'length', { value: 9 }); o.push(f.length)
			o.push(delete f.name, 'name' in f, f.hasOwnProperty('name'), f.name === '')
			o.join()`, "1,9,true,true,false,true"},
		"a frozen function keeps its name": {`
			const f = Object.freeze(function g() {}); try { 'use strict'; f.name = 'x' } catch (e) {} ; f.name + Object.isFrozen(f)`, "gtrue"},
		"an object that inherits from a function": {`
			const f = function g(a) {}; const o = Object.create(f); o.name + o.length + Object.keys(o).length`, "g10"},
		"static method called name": {`class C { static name() { return 'n' } } ; typeof C.name + C.name()`, "functionn"},
		"integer names come first":  {`const o = { b: 1, 2: 1, a: 1, 1: 1 }; for (const k of 'cdefgh') o[k] = 1; o[0] = 1; Object.keys(o).join('')`, "012bacdefgh"},
		"values move with their names": {`
			const o = { b: 'b', 2: 'two', a: 'a', 1: 'one' }; o[0] = 'zero'; delete o.b; o.c = 'c'
			Object.entries(o).join('|')`, "0,zero|1,one|2,two|a,a|c,c"},
		"the stack of an error is its first property": {`
			const e = new Error('m'); e.a = 1; e.b = 2
			const found = typeof e.stack + Object.getOwnPropertyNames(e).join(); found + e.message + e.a + e.b`, "stringstack,message,a,bm12"},
		"objects of one literal share nothing that they change": {`
			const make = (x) => ({ a: x, b: 2, 'c d': 3 })
			const [o, p, q, r] = [1, 2, 3, 4].map(make)
			delete o.a; p.e = 5; q[7] = 7; delete q.b; for (const k in r) delete r[k]; r.a = 6;
			[o, p, q, r, make(8)].map(x => JSON.stringify(x)).join(' ')`,
			`{"b":2,"c d":3} {"a":2,"b":2,"c d":3,"e":5} {"7":7,"a":3,"c d":3} {"a":6} {"a":8,"b":2,"c d":3}`},
		"literals of every size take more and lose some": {`
			const made = () => [{ a: 1 }, { a: 1, b: 2 }, { a: 1, b: 2, c: 3 }, { a: 1, b: 2, c: 3, d: 4 }, { a: 1, b: 2, c: 3, d: 4, e: 5 },
				{ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 }, { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8 }]
			const first = made(), o = made().map((o, i) => { for (let n = 0; n < i + 2; n++) o['x' + n] = n; delete o.a; o.a = 'last'; return o })
			o.map(o => Object.entries(o).join('')).join(' ') + (JSON.stringify(first) === JSON.stringify(made()))`,
			"x0,0x1,1a,last b,2x0,0x1,1x2,2a,last b,2c,3x0,0x1,1x2,2x3,3a,last b,2c,3d,4x0,0x1,1x2,2x3,3x4,4a,last " +
				"b,2c,3d,4e,5x0,0x1,1x2,2x3,3x4,4x5,5a,last b,2c,3d,4e,5f,6g,7x0,0x1,1x2,2x3,3x4,4x5,5x6,6a,last " +
				"b,2c,3d,4e,5f,6g,7h,8x0,0x1,1x2,2x3,3x4,4x5,5x6,6x7,7a,lasttrue"},
		"numbers before and behind texts": {`
			const long = 'x'.repeat(300), o = []
			for (const n of [0, 7, -5, 2 ** 53 - 1, -(2 ** 53 - 1), -0, 1.5, 1e21, NaN, 10n, true, null]) o.push('a' + n, n + 'a', '' + n, 'é' + n, n + 'é', (long + n).slice(299), (n + long).slice(0, 3))
			let s = ''; for (let i = 0; i < 200; i++) s += i; o.push(s.length, s.slice(-6)); try { o.push('a' + Symbol('b')) } catch (e) { o.push(e.name) } o.join()`,
			"a0,0a,0,é0,0é,x0,0xx,a7,7a,7,é7,7é,x7,7xx,a-5,-5a,-5,é-5,-5é,x-5,-5x,a9007199254740991,9007199254740991a,9007199254740991,é9007199254740991," +
				"9007199254740991é,x9007199254740991,900,a-9007199254740991,-9007199254740991a,-9007199254740991,é-9007199254740991,-9007199254740991é," +
				"x-9007199254740991,-90,a0,0a,0,é0,0é,x0,0xx,a1.5,1.5a,1.5,é1.5,1.5é,x1.5,1.5,a1e+21,1e+21a,1e+21,é1e+21,1e+21é,x1e+21,1e+,aNaN,NaNa,NaN," +
				"éNaN,NaNé,xNaN,NaN,a10,10a,10,é10,10é,x10,10x,atrue,truea,true,étrue,trueé,xtrue,tru,anull,nulla,null,énull,nullé,xnull,nul,490,198199,TypeError"},
		"a literal takes its values in their order": {`
			const log = []; const f = (x) => { log.push(x); return x }
			const o = { z: f(1), y: f(2), x: { in: f(3) }, w: [f(4)] }; log.join('') + Object.keys(o).join('')`, "1234zyxw"},
		"functions of a literal have its names": {`
			const o = { a: () => 1, b: function () {}, c: class {}, d: function own() {}, e: async () => 1, 'f g': (1, () => 1) }
			Object.values(o).map(f => f.name).join()`, "a,b,c,own,e,"},
		"literals with names that are not plain": {`
			const k = 'c'; const __proto__ = { own: 1 };
			[{ a: 1, a: 2 }, { b: 1, 3: 2, '1': 3 }, { [k]: 1, d: 2 }, { get e() { return 5 }, f: 6 }, { __proto__: { g: 1 }, h: 8 }, { __proto__ }, { ...{ i: 9 }, j: 1 }, { k() {}, l: 1 }]
				.map(o => Object.getOwnPropertyNames(o).join()).join(' ')`, "a 1,3,b c,d e,f h __proto__ i,j k,l"},
		"a literal in the middle of a generator": {`
			const g = (function* () { return { a: 1, b: yield 2, c: yield 3 } })(); g.next(); g.next('x'); JSON.stringify(g.next('y').value)`, `{"a":1,"b":"x","c":"y"}`},
		"a literal that throws in the middle": {`
			const f = () => { throw 1 }; let n = 0; for (let i = 0; i < 3; i++) { try { ({ a: 1, b: f() }) } catch (e) { n += e } }; n`, "3"},
		"maps and sets of all sizes": {`
			const o = [], keys = [0, -0, NaN, 1.5, '1', 1, true, null, undefined, {}, Symbol('s'), 10n, 'é', () => 1]
			const m = new Map(keys.map((k, i) => [k, i])); o.push(m.size, m.get(0), m.get(-0), m.get(NaN), m.get('1'), m.get(1), keys.every(k => m.has(k)))
			keys.forEach((k, i) => { if (i % 2) m.delete(k) }); o.push(m.size, [...m.values()].join('.'))
			const s = new Set(); for (let i = 0; i < 1000; i++) { s.add(i); s.add('k' + i); s.add(i / 7) }
			for (let i = 0; i < 1000; i += 2) { s.delete(i); s.delete('k' + i) }
			let n = 0; for (let i = 0; i < 1000; i++) n += s.has(i) + s.has('k' + i) + s.has(i / 7); o.push(n, s.size)
			s.clear(); o.push(s.size, s.has(1)); s.add('again'); s.add('again'); o.push([...s].join())
			const seen = [], w = new Map([[1, 1]]); for (const [k] of w) { seen.push(k); if (k < 40) { w.set(k + 1, k); w.delete(k); w.set(k, 0); if (k % 3) w.delete(k) } if (seen.length > 200) break }
			const by = {}; const symbols = Array.from({ length: 20 }, (_, i) => Symbol(i)); symbols.forEach((y, i) => { by[y] = i }); symbols.forEach((y, i) => { if (i % 3) delete by[y] })
			o.push(seen.length, Object.getOwnPropertySymbols(by).map(y => by[y]).join('.')); o.join()`,
			"13,1,1,2,4,5,true,6,2.4.6.8.10.12,1928,1857,0,false,again,201,0.3.6.9.12.15.18"},
		"a function answers like any other however it is asked first": {`
			const asked = {
				length: f => f.length, name: f => f.name, proto: f => f.prototype.constructor === f, text: f => String(f).slice(0, 12),
				unknown: f => f.x, inherited: f => typeof f.call + typeof f.toString, index: f => f[0], symbol: f => f[Symbol.iterator] + '' + (Symbol.hasInstance in f),
				own: f => ['length', 'name', 'prototype', 'call'].map(n => f.hasOwnProperty(n)), names: f => Object.getOwnPropertyNames(f) + Object.keys(f),
				write: f => { f.x = 1; f[2] = 2; return f.x + f[2] }, define: f => Object.defineProperty(f, 'name', { value: 'other' }).name,
				forget: f => delete f.length && f.length, parent: f => { Object.setPrototypeOf(f, { call: 'mine', y: 2 }); return f.call + f.y },
				frozen: f => Object.isExtensible(f) + '' + Object.isExtensible(Object.freeze(f)), kind: f => typeof f + Object.prototype.toString.call(f),
				make: f => new f(3, 4).sum, instance: f => new f() instanceof f, call: f => f.call({ z: 5 }, 1), bind: f => f.bind({ z: 6 })(1), apply: f => f.apply({ z: 7 }, [1]),
				plain: f => [1].map(f) + '', reflect: f => Reflect.construct(f, [1, 2]).sum, extends: f => { class K extends f {}; return new K(1, 1).sum },
				heir: f => { const o = Object.create(f); return o.name + o.length + typeof o.call }, assigned: f => Object.assign(f, { a: 1 }).a, in: f => 'x' in f,
				forin: f => { let s = ''; for (const k in f) s += k; return s + 'none' }, key: f => new Map([[f, 1]]).get(f) + new WeakMap([[f, 2]]).get(f),
				caller: f => { try { return f.caller } catch (e) { return e.name } }, proxy: f => new Proxy(f, {})(1), json: f => JSON.stringify({ f, g: 1 }),
			}
			const out = []
			for (const way in asked) {
				const f = function given(a, b) { if (new.target) this.sum = a + b; return this && this.z || undefined }
				const first = String(asked[way](f))
				const twice = ['write', 'define', 'forget', 'parent', 'frozen', 'assigned', 'forin'].includes(way) ? first : String(asked[way](f))
				out.push(way + ':' + first + (first === twice ? '' : ' then ' + twice))
			}
			out.join(' ')`, "length:2 name:given proto:true text:function giv unknown:undefined inherited:functionfunction index:undefined symbol:undefinedtrue " +
			"own:true,true,true,false names:prototype,length,name write:3 define:other forget:0 parent:mine2 frozen:truefalse kind:function[object Function] " +
			"make:7 instance:true call:5 bind:6 apply:7 plain: reflect:3 extends:2 heir:given2function assigned:1 in:false forin:none key:3 caller:undefined proxy:undefined json:{\"g\":1}"},
		"a strict function tells no caller, whatever was asked before": {`
			function f() { 'use strict' }; function g() { 'use strict' }; g.x = 1;
			[f, g].map(f => { try { return String(f.caller) } catch (e) { return e.name } }).join()`, "TypeError,TypeError"},
		"what a function throws, awaits and remembers": {`
			const make = (n) => function () { if (n > 2) throw new Error('n' + n); return ++n }
			const f = make(1), o = []; o.push(f(), f()); try { f() } catch (e) { o.push(e.message) } f.x = 1; try { f() } catch (e) { o.push(e.message) }
			o.push(function self(n) { return n ? self(n - 1) + n : 0 }(4), (function () { return arguments.length + typeof arguments.callee })(1, 2)); o.join()`,
			"2,3,n3,n3,10,2function"},
		"push tells the length and keeps to the array's rules": {`
			const o = [], a = [1]
			o.push(a.push(2, 3), a.push(), a.length)
			for (const b of [Object.freeze([1]), Object.seal([1]), Object.defineProperty([1], 'length', { writable: false })]) {
				try { b.push(2); o.push('taken') } catch (e) { o.push(e.name + b.length) }
			}
			const far = []; far[5000000] = 1; o.push(far.push(2), far.length, far[5000001])
			const alike = { length: 1 }; o.push([].push.call(alike, 'x'), alike[1])
			o.join()`, "3,3,3,TypeError1,TypeError1,TypeError1,5000002,5000002,2,2,x"},
		"an array asks its prototypes for what it does not have": {`
			let o = '', took = ''
			Object.defineProperty(Array.prototype, 3, { set(v) { took += v }, get() { return 'got' }, configurable: true })
			const a = [1, 2, 3]; o += a.push('x') + ',' + a.length + a[3]; a[3] = 'y'
			Object.defineProperty(Object.prototype, 7, { value: 'fixed', writable: false, configurable: true })
			a[7] = 'z'; o += a[7] + Object.keys(a).length
			delete Array.prototype[3]; delete Object.prototype[7]; a[7] = 'z'
			o + took + a[7]`, "4,4gotfixed3xyz"},
		"properties whose names are symbols": {`
			const s = Symbol('s'), t = Symbol('t'); const o = { [s]: 1, a: 2 }, f = () => 1, l = [1]
			f[s] = 3; l[t] = 4; Object.defineProperty(o, t, { get: () => 5, configurable: true }); const p = Object.create(o)
			p[s] = 6; delete l[t]
			class K { static [s] = 7; [t]() { return 8 } get [Symbol.toStringTag]() { return 'K' } };
			[o[s], o[t], Object.getOwnPropertySymbols(o).length, f[s], l[t], t in l, p[s], p[t], K[s], new K()[t](), String(new K()), JSON.stringify(o), [...new Set([1, 2])]].join()`,
			"1,5,2,3,,false,6,5,7,8,[object K],{\"a\":2},1,2"},
		"a frozen literal": {`
			const make = () => ({ a: 1, b: 2 }); const o = Object.freeze(make()); try { 'use strict'; o.a = 3; delete o.b } catch (e) {} ; const p = make(); p.a = 4
			JSON.stringify([o, p])`, `[{"a":1,"b":2},{"a":4,"b":2}]`},
		"private elements beside few and many properties": {`
			class P { #x; constructor(x) { this.#x = x; this.a = 'a' } x() { return this.#x } static has(o) { return #x in o } }
			const p = new P(5), q = new P(6); for (const k of 'bcdefghij') q[k] = k;
			[p.x(), q.x(), p.a, q.a, q.j, Object.keys(q).length, P.has(q), P.has({})].join()`, "5,6,a,a,j,10,true,false"},
		"length of a bound function": {`
			const f = (a, b) => 1, g = () => 1; Object.defineProperty(g, 'length', { value: Infinity })
			Object.defineProperty(f, 'length', { value: 2 ** 40 }); [f.bind().length, g.bind().length].join()`, "1099511627776,Infinity"},
		"deleted and put again goes to the end": {`
			const o = { a: 1, b: 2, c: 3 }; delete o.a; o.a = 4; Object.entries(o).join('|')`, "b,2|c,3|a,4"},
		"delete while a loop runs": {`
			const o = { a: 1, b: 2, c: 3, d: 4 }; const seen = []; for (const k in o) { seen.push(k); delete o.c; o.e = 1 } seen.join('')`, "abd"},
		"arguments stay bound to parameters": {`
			(function (a, b) { arguments[0] = 9; b = 8; delete arguments[1]; return [a, arguments[1], b] })(1, 2).join()`, "9,,8"},
		"properties of characters": {`
			[/^\p{L}+$/u.test('Zażółć中文'), 'a1b!'.replace(/\P{L}/gu, ''), 'x中y文'.replace(/\p{Script=Han}/gu, '-'),
				'x中'.match(/[^\p{sc=Hani}]/u)[0], /^[\p{Lu}\d_-]+$/u.test('ÉA-9_'), /\p{Emoji_Presentation}/u.test('😀'),
				/^\p{gc=Decimal_Number}$/u.test('٣'), /(?<=\p{L})\d/u.exec('1a2')[0], /\p{Lu}/iu.test('a'),
				/^\p{Alphabetic}\P{White_Space}$/u.test('éx'), /\p{L}/.test('p{L}'), '\\p{L}'.length].join()`,
			"true,ab,x-y-,x,true,true,true,2,true,true,true,5"},
		"low bits of large numbers": {`
			[1e21 | 0, -1e21 | 0, 2 ** 63 | 0, 1e21 >>> 0, ~1e21, 2 ** 70 + 2 ** 33 | 0, 1e300 | 0, new Uint8Array([1e21])[0], new Int16Array([1e21])[0]].join()`,
			"-559939584,559939584,0,3735027712,559939583,0,0,0,0"},
		"unknown properties are errors": {`
			['Foo', 'Han', 'Script=Foo', 'scx=Han', 'Other_Math', ''].map(n => {
				try { new RegExp('\\p{' + n + '}', 'u'); return 'taken' } catch (e) { return e.name } }).join()`,
			"SyntaxError,SyntaxError,SyntaxError,SyntaxError,SyntaxError,SyntaxError"},
		"a prefix of a growing string stays": {`
			let s = 'x'.repeat(300); const kept = []; for (let i = 0; i < 50; i++) { s += String(i % 10); kept.push(s) }
			const other = kept[10] + 'Z'
			kept.every((k, i) => k.length === 301 + i && k[300 + i] === String(i % 10)) + other.slice(-2) + kept[11].slice(-1)`, "true0Z1"},
		"two strings grow from one": {`
			let a = 'é'.repeat(300), b; a += '1'; a += '2'; b = a; a += 'A'; b += 'B'; a.slice(-3) + b.slice(-3) + a.length`, "12A12B303"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, err := goja.New().RunString(tc.src)
			if err != nil {
				t.Fatal(err)
			}
			if got := v.String(); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

type naming interface {
	NamedFunction(name string, fn func(goja.FunctionCall) goja.Value) *goja.Object
}

// Ensure that a function of Go answers the same whether it was asked something before or not, and what it should.
func TestAFunctionOfGoAnswersHoweverItIsAskedFirst(t *testing.T) {
	t.Parallel()
	rt := goja.New()
	if err := rt.Set("make", func(goja.FunctionCall) goja.Value {
		return any(rt).(naming).NamedFunction("given", func(c goja.FunctionCall) goja.Value {
			if obj, ok := c.This.(*goja.Object); ok && obj.Get("z") != nil {
				return obj.Get("z")
			}
			return rt.ToValue(len(c.Arguments))
		})
	}); err != nil {
		t.Fatal(err)
	}
	v, err := rt.RunString(`
		const asked = {
			length: f => f.length, name: f => f.name, proto: f => f.prototype, text: f => String(f), unknown: f => f.x, inherited: f => typeof f.call + typeof f.toString,
			index: f => f[0], symbol: f => f[Symbol.iterator] + '' + (Symbol.hasInstance in f), own: f => ['length', 'name', 'prototype', 'call'].map(n => f.hasOwnProperty(n)),
			names: f => Object.getOwnPropertyNames(f) + Object.keys(f), write: f => { f.x = 1; f[2] = 2; return f.x + f[2] }, strict: f => { 'use strict'; try { f.name = 'x' } catch (e) { return e.name } },
			define: f => Object.defineProperty(f, 'name', { value: 'other' }).name, forget: f => delete f.length && f.length, parent: f => { Object.setPrototypeOf(f, { call: 'mine', y: 2 }); return f.call + f.y },
			frozen: f => Object.isExtensible(f) + '' + Object.isExtensible(Object.freeze(f)), kind: f => typeof f + Object.prototype.toString.call(f) + (f instanceof Function),
			make: f => { try { return new f() } catch (e) { return e.name } }, instance: f => { try { return {} instanceof f } catch (e) { return e.name } },
			call: f => f.call({ z: 5 }, 1) + f(1, 2, 3), bind: f => f.bind({ z: 6 })(1) + f.bind().name + f.bind().length, apply: f => f.apply({ z: 7 }, [1]), plain: f => [1].map(f) + '',
			reflect: f => { try { return Reflect.construct(f, []) } catch (e) { return e.name } }, extends: f => { try { class K extends f {} } catch (e) { return e.name } },
			heir: f => { const o = Object.create(f); return o.name + o.length + typeof o.call }, assigned: f => Object.assign(f, { a: 1 }).a, in: f => 'x' in f, forin: f => { let s = ''; for (const k in f) s += k; return s + 'none' },
			key: f => new Map([[f, 1]]).get(f) + new WeakMap([[f, 2]]).get(f), proxy: f => new Proxy(f, {})(1), json: f => JSON.stringify({ f, g: 1 }), getter: f => Object.defineProperty({}, 'a', { get: f }).a,
			member: f => ({ f, z: 8 }).f(), same: f => f === f && f == f, private: f => { class P { #x = 1; static has(o) { return #x in o } } return P.has(f) }, sort: f => [2, 1].sort(f) + '',
			then: f => typeof Promise.resolve(1).then(f), replace: f => 'a'.replace('a', f), descriptor: f => JSON.stringify(Object.getOwnPropertyDescriptor(f, 'name')),
		}
		const out = []
		for (const way in asked) {
			const f = make(), g = make()
			g.x = 1; delete g.x // it is asked for more than a call
			const first = String(asked[way](f)), known = String(asked[way](g))
			out.push(way + ':' + first + (first === known ? '' : ' and known ' + known))
			if (typeof make().call(null) !== 'number') out.push('spoiled')
		}
		out.join(' ')`)
	if err != nil {
		t.Fatal(err)
	}
	want := "length:0 name:given proto:undefined text:function given() { [native code] } unknown:undefined inherited:functionfunction index:undefined symbol:undefinedtrue " +
		"own:true,true,false,false names:length,name write:3 strict:TypeError define:other forget:0 parent:mine2 frozen:truefalse kind:function[object Function]true make:TypeError " +
		"instance:TypeError call:8 bind:6bound given0 apply:7 plain:3 reflect:TypeError extends:TypeError heir:given0function assigned:1 in:false forin:none key:3 proxy:1 " +
		"json:{\"g\":1} getter:0 member:8 same:true private:false sort:2,1 then:object replace:3 descriptor:{\"value\":\"given\",\"writable\":false,\"enumerable\":false,\"configurable\":true}"
	if got := v.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Ensure that dates are in the zone of their runtime, whatever that of the process is.
func TestDatesAreInTheZoneOfTheirRuntime(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Asia/Shanghai":    "2021-9-3 6:30 -480 2021-09-02T22:30:00.000Z 2021-09-02T16:00:00.000Z Fri Sep 03 2021 06:30:00 GMT+0800 (CST) 15",
		"America/New_York": "2021-9-2 18:30 240 2021-09-03T10:30:00.000Z 2021-09-03T04:00:00.000Z Thu Sep 02 2021 18:30:00 GMT-0400 (EDT) 15",
		"Asia/Kathmandu":   "2021-9-3 4:15 -345 2021-09-03T00:45:00.000Z 2021-09-02T18:15:00.000Z Fri Sep 03 2021 04:15:00 GMT+0545 (+0545) 15",
	} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		vm := goja.New()
		located, ok := any(vm).(interface{ SetLocation(zone *time.Location) })
		if !ok {
			t.Fatal("the engine has no SetLocation")
		}
		located.SetLocation(zone)
		v, err := vm.RunString(`
			const d = new Date(Date.UTC(2021, 8, 2, 22, 30))
			const set = new Date(+d); set.setDate(15);
			[d.getFullYear() + '-' + (d.getMonth() + 1) + '-' + d.getDate(), d.getHours() + ':' + d.getMinutes(), d.getTimezoneOffset(),
				new Date(2021, 8, 3, 6, 30).toISOString(), new Date('2021-09-03T00:00').toISOString(), d.toString(), set.getDate()].join(' ')`)
		if err != nil {
			t.Fatal(err)
		}
		if got := v.String(); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
}

// Ensure that appending to one string many times copies each of its characters a few times only: a
// hundred times the appends must cost less than five hundred times the memory, not ten thousand.
// Ensure that functions which call themselves go deep, and that those which go through Go end early.
func TestPlainCallsGoDeepAndOthersEndEarly(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		src         string
		least, most int64 // calls, counted in n
	}{
		"plain":         {`var n = 0; (function f(k) { n++; return k && f(k - 1) })(7000)`, 7001, 7001},
		"endless":       {`var n = 0; const f = () => { n++; f() }; f()`, 7000, 9000},
		"a getter":      {`var n = 0; const o = { get x() { n++; return this.x } }; o.x`, 100, 250},
		"a callback":    {`var n = 0; const f = () => { n++; [1].forEach(f) }; f()`, 100, 250},
		"a constructor": {`var n = 0; class A { constructor() { n++; new A() } }; new A()`, 100, 250},
		"both":          {`var n = 0; const g = () => { n++; [1].map(g) }; const f = (k) => k ? f(k - 1) : g(); f(3000)`, 100, 250},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rt := goja.New()
			rt.SetMaxCallStackSize(400)
			_, err := rt.RunString(tc.src)
			if n := rt.Get("n").ToInteger(); n < tc.least || n > tc.most || (err == nil) != (name == "plain") {
				t.Errorf("%d calls, and %v", n, err)
			}
		})
	}
}

func TestAppendsAreNotQuadratic(t *testing.T) { //nolint:paralleltest // it counts what the process allocates
	for name, unit := range map[string]string{"ascii": "x", "unicode": "中"} {
		few, many := bytesOf(t, unit, 1000), bytesOf(t, unit, 100_000)
		if many > 500*few {
			t.Errorf("%s: 1,000 appends allocate %d bytes, 100,000 allocate %d", name, few, many)
		}
	}
}

func bytesOf(t *testing.T, unit string, appends int) uint64 {
	t.Helper()
	vm := goja.New()
	if err := vm.Set("n", appends); err != nil {
		t.Fatal(err)
	}
	if err := vm.Set("unit", unit); err != nil {
		t.Fatal(err)
	}
	p := goja.MustCompile("appends", `var s = unit.repeat(256); for (let i = 0; i < n; i++) s += unit`, false)
	// Goroutines of the test runner allocate too, so the figure is the least of a few runs.
	least := uint64(math.MaxUint64)
	for range 3 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := vm.RunProgram(p); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	return least
}

// Ensure that + of any strings in any order gives what Go's + gives, whatever was remembered.
func TestAppendedStringsAreTheirParts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		vm := goja.New()
		want := []string{"", strings.Repeat("a", 260), strings.Repeat("ü", 260), strings.Repeat("z", 255)}
		if err := vm.Set("all", []any{}); err != nil {
			t.Fatal(err)
		}
		push := func(src string) {
			if _, err := vm.RunString("all = all.concat([" + src + "])"); err != nil {
				t.Fatal(err)
			}
		}
		push(`'', 'a'.repeat(260), 'ü'.repeat(260), 'z'.repeat(255)`)
		for range rapid.IntRange(1, 60).Draw(t, "appends") {
			left := rapid.IntRange(0, len(want)-1).Draw(t, "left")
			right := rapid.SampledFrom([]string{"", "b", "é", "𝄞", "0123456789"}).Draw(t, "right")
			want = append(want, want[left]+right)
			if err := vm.Set("right", right); err != nil {
				t.Fatal(err)
			}
			if _, err := vm.RunString("all.push(all[" + strconv.Itoa(left) + "] + right)"); err != nil {
				t.Fatal(err)
			}
		}
		v, err := vm.RunString("all.join('|')")
		if err != nil {
			t.Fatal(err)
		}
		if v.String() != strings.Join(want, "|") {
			t.Fatalf("got %q, want %q", v.String(), strings.Join(want, "|"))
		}
	})
}

// Ensure that what programs have most of stays small: half of a program's heap is functions.
func TestFunctionsAndObjectsAreSmall(t *testing.T) { //nolint:paralleltest // it counts what the process holds
	for one, most := range map[string]uint64{
		`function () {}`: 215, `({ a: i, b: 2, c: 3 })`: 230, `[i, 2]`: 330, `class { a() {} b() {} }`: 1400,
	} {
		vm := goja.New()
		before := heap()
		v, err := vm.RunString(`const all = []; for (let i = 0; i < 20000; i++) all.push(` + one + `); all`)
		if err != nil {
			t.Fatal(err)
		}
		if each := (heap() - before) / 20000; each > most {
			t.Errorf("%s is %d bytes, want at most %d", one, each, most)
		}
		runtime.KeepAlive(v)
		runtime.KeepAlive(vm)
	}
}

// Ensure that an object does with a random list of operations what a plain list of pairs does, its
// integer names first and in their order.
func TestPropertiesAreAPlainList(t *testing.T) {
	t.Parallel()
	ways := map[string]string{"keys": "Object.keys(o).map(k => k + '=' + o[k]).join()",
		"in a loop": "(() => { const all = []; for (const k in o) all.push(k + '=' + o[k]); return all.join() })()"}
	rapid.Check(t, func(t *rapid.T) {
		vm := goja.New()
		if _, err := vm.RunString("var o = {}"); err != nil {
			t.Fatal(err)
		}
		var names []string
		values := map[string]string{}
		many := rapid.Bool().Draw(t, "many") // more than an index is made again for
		most := 50
		if many {
			most = 250
		}
		for operation := range rapid.IntRange(1, most).Draw(t, "operations") {
			name := rapid.SampledFrom(strings.Split("0 1 2 7 a b c d e f g h i j k", " ")).Draw(t, "name")
			if many {
				name = rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "before") + name + rapid.SampledFrom([]string{"", "0", "1"}).Draw(t, "behind")
			}
			_, there := values[name]
			if rapid.Bool().Draw(t, "delete") && there {
				if _, err := vm.RunString("delete o['" + name + "']"); err != nil {
					t.Fatal(err)
				}
				delete(values, name)
				names = slices.DeleteFunc(names, func(n string) bool { return n == name })
			} else {
				value := strconv.Itoa(rapid.IntRange(0, 99).Draw(t, "value"))
				if _, err := vm.RunString("o['" + name + "'] = " + value); err != nil {
					t.Fatal(err)
				}
				if !there {
					names = append(names, name)
				}
				values[name] = value
			}
			if many && operation%10 > 0 {
				continue
			}
			way := rapid.SampledFrom(slices.Sorted(maps.Keys(ways))).Draw(t, "read")
			var integers []int
			var others []string
			for _, name := range names {
				if n, err := strconv.Atoi(name); err == nil && strconv.Itoa(n) == name {
					integers = append(integers, n)
				} else {
					others = append(others, name+"="+values[name])
				}
			}
			slices.Sort(integers)
			var all []string
			for _, n := range integers {
				all = append(all, strconv.Itoa(n)+"="+values[strconv.Itoa(n)])
			}
			v, err := vm.RunString(ways[way])
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.Join(append(all, others...), ","); v.String() != want {
				t.Fatalf("%s: got %s, want %s", way, v, want)
			}
		}
	})
}

// quick is what the edited engine adds to an object; the linter reads goja as it is.
type quick interface {
	AppendFields(names []string, fields []goja.Value) ([]string, []goja.Value, bool)
	AppendElements(elements []goja.Value) ([]goja.Value, bool)
	Replace(name string, v goja.Value) bool
}

// Ensure that an object is read at once as name by name, and that one which computes anything is not.
func TestPlainObjectsAreReadAtOnce(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ src, want string }{
		"plain":                        {`({ b: 1, 2: 'two', é: true, a: undefined })`, "2=two b=1 é=true a=undefined"},
		"nothing":                      {`({})`, ""},
		"many":                         {`({ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, 0: 0 })`, "0=0 a=1 b=2 c=3 d=4 e=5 f=6 g=7 h=8 i=9"},
		"one was deleted":              {`const o = { a: 1, b: 2, c: 3 }; delete o.b; o`, "a=1 c=3"},
		"hidden":                       {`Object.defineProperty({ a: 1 }, 'b', { value: 2 })`, "a=1"},
		"not writable":                 {`Object.defineProperty({ a: 1 }, 'b', { value: 2, enumerable: true })`, "a=1 b=2"},
		"of a class, without its own":  {`class A { x = 1; m() {} } new A()`, "x=1"},
		"inherits":                     {`Object.create({ a: 1 }, { b: { value: 2, enumerable: true } })`, "b=2"},
		"has a getter":                 {`({ a: 1, get b() { return 2 } })`, "not at once: a b"},
		"has a hidden getter":          {`Object.defineProperty({ a: 1 }, 'b', { get() { return 2 } })`, "not at once: a"},
		"Proxy":                        {`new Proxy({ a: 1 }, {})`, "not at once: a"},
		"function":                     {`Object.assign(() => 1, { a: 1 })`, "not at once: a"},
		"array":                        {`[1, 'b']`, "1 b"},
		"array with a hole":            {`[1, , 2]`, "not at once: 0 2"},
		"array with a getter":          {`Object.defineProperty([1, 2], 0, { get() { return 1 }, enumerable: true })`, "not at once: 0 1"},
		"array that is longer":         {`const l = [1]; l.length = 3; l`, "not at once: 0"},
		"array that was long and wide": {`const l = []; l[100000] = 1; l`, "not at once: 100000"},
	} {
		v, err := goja.New().RunString(tc.src)
		if err != nil {
			t.Fatal(err)
		}
		object, _ := v.(*goja.Object)
		var got []string
		engine, isEdited := any(object).(quick)
		if !isEdited {
			t.Fatal("the engine is not the edited one")
		}
		names, values, ok := engine.AppendFields(nil, nil)
		if !ok {
			values, ok = engine.AppendElements(nil)
		}
		for i, value := range values {
			if got = append(got, value.String()); names != nil {
				got[i] = names[i] + "=" + got[i]
			}
		}
		if !ok {
			got = append([]string{"not at once:"}, object.Keys()...)
		} else if names != nil && !slices.Equal(names, object.Keys()) {
			t.Errorf("%s: the names are %q, but Keys says %q", name, names, object.Keys())
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%s: got %q, want %q", name, strings.Join(got, " "), tc.want)
		}
	}
}

// Ensure that Replace sets what is a plain value, and leaves to Set what is not.
func TestAPlainPropertyIsReplaced(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		`({ a: 1, b: 2 })`:        `true {"a":7,"b":2}`,
		`({ b: 2 })`:              `false {"b":2}`,
		`Object.freeze({ a: 1 })`: `false {"a":1}`,
		`({ set a(v) { this.b = v }, get a() { return 3 } })`: `false {"a":3}`,
		`[1]`:                     `false [1]`,
		`Object.create({ a: 1 })`: `false {}`,
		`({ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9 })`: `true {"a":7,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9}`,
	} {
		vm := goja.New()
		v, err := vm.RunString(src)
		if err != nil {
			t.Fatal(err)
		}
		object, _ := v.(*goja.Object)
		engine, isEdited := any(object).(quick)
		if !isEdited {
			t.Fatal("the engine is not the edited one")
		}
		done := engine.Replace("a", vm.ToValue(7))
		text, err := object.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if got := strconv.FormatBool(done) + " " + string(text); got != want {
			t.Errorf("%s: got %s, want %s", src, got, want)
		}
	}
}

// Ensure that the compiler computes nothing whose time the source does not bound: this would take half a minute.
func TestPowersOfBigIntegersAreNotComputedByTheCompiler(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		`const f = () => 7n ** (10n ** 9n); typeof f`: "function",
		`2n ** 10n + ''`: "1024",
		`1 + 2 * 3 - -4 + (0 || 5) + (1 && 6) + (null ?? 7)`:         "29",
		`typeof 1n + !0 + (-1n < 0) + ('a' + 'b' + 'c' + 'd' + 'e')`: "biginttruetrueabcde",
		`({['a' + 'b']: 1})['a' + 'b'] + (false || 'x')`:             "1x",
		`try { 1n + 1 } catch (e) { e.name }`:                        "TypeError",
	} {
		got, err := goja.New().RunString(src)
		if err != nil || got.String() != want {
			t.Errorf("%s: %v %v, want %s", src, got, err, want)
		}
	}
}

// Ensure that a sum of eight times the terms takes about eight times the time to compile, not 64. It is not parallel,
// because it measures the CPU time of the process.
func TestLongSumsCompileInTimeByTheirLength(t *testing.T) {
	cpuTime := func() time.Duration {
		var used syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
			t.Fatal(err)
		}
		return time.Duration(used.Utime.Nano() + used.Stime.Nano())
	}
	for _, term := range []string{"x+", "1+", "x||", "!0&&", "x.x()[0]."} {
		least := func(terms int) time.Duration {
			best := time.Hour
			for range 3 {
				start := cpuTime()
				if _, err := goja.Compile("sum.js", "var x = 1, y = "+strings.Repeat(term, terms)+"x", false); err != nil {
					t.Fatal(err)
				}
				best = min(best, cpuTime()-start)
			}
			return best
		}
		short, long := least(10_000), least(80_000)
		if long > 30*short {
			t.Errorf("%s: 10,000 terms take %v, 80,000 take %v", term, short, long)
		}
	}
}
