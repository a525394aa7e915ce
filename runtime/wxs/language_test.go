package wxs_test

import "testing"

// Ensure that the language means the same on the server, in the view script and in JavaScript.
func TestLanguage_IsJavaScript(t *testing.T) {
	t.Parallel()
	var list []evaluation
	for _, body := range []string{
		`return 1 + 2 * 3 - 4 / 8 % 3;`,
		`return [1 + '2', '3' * '4', [] + {}, null + 1, undefined + 1, true + true, '5' - 2];`,
		`return [5 & 3, 5 | 3, 5 ^ 3, ~5, 1 << 31, -1 >> 1, -1 >>> 0, 1e21, 0.1 + 0.2, -0, 1 / 3];`,
		`return [1 == '1', null == undefined, null === undefined, 0 == '', NaN == NaN, [1] == 1, 'b' > 'a', '10' < '9', 10 < '9'];`,
		`var a = 1, b; b = a++ + ++a; a += 5; a -= 1; a *= 3; a /= 2; a %= 4; return [a, b, a--, --a];`,
		`var s = 'x'; s += 1; s += null; return s;`,
		`var o = {a: 1, 'b-c': 2, 3: 4}; o.d = 5; o['e' + 1] = 6; o.a += 10; o.a++; delete o[3]; return o;`,
		`var l = [1, , 3]; l[5] = 6; l.length = 6; return [l, l.length];`,
		`return typeof undefinedName + typeof 1 + typeof 'a' + typeof null + typeof function () {} + typeof [] + typeof true;`,
		`return [void 0, !0, !!'a', +'12', -'3', +'x', +[], +null];`,
		`var r = []; for (var i = 0; i < 5; i++) { if (i === 1) continue; if (i === 4) break; r.push(i); } return r;`,
		`var r = [], i = 0; while (true) { i++; if (i % 2) continue; if (i > 8) break; r.push(i); } return r;`,
		`var r = [], i = 0; do { r.push(i); } while (++i < 3); return r;`,
		`var r = []; outer: for (var i = 0; i < 3; i++) { for (var j = 0; j < 3; j++) { if (j === 1) continue outer; if (i === 2) break outer; r.push([i, j]); } } return r;`,
		`var r = []; a: { r.push(1); if (r.length) break a; r.push(2); } return r;`,
		`var r = []; for (var k in {x: 1, y: 2}) r.push(k); for (k in ['a', 'b']) r.push(k); for (k in 'hi') r.push(k); return [r, k];`,
		`function f(x) { switch (x) { case 1: return 'one'; case '1': return 'text'; default: return 'other'; case 2: case 3: return 'few'; } } return [f(1), f('1'), f(2), f(3), f(9)];`,
		`var r = []; switch (2) { case 1: r.push(1); case 2: r.push(2); case 3: r.push(3); break; case 4: r.push(4); } return r;`,
		`function fact(n) { return n < 2 ? 1 : n * fact(n - 1); } return fact(10);`,
		`var fib = function me(n) { return n < 2 ? n : me(n - 1) + me(n - 2); }; return fib(12);`,
		`function counter() { var n = 0; return function () { return ++n; }; } var a = counter(), b = counter(); return [a(), a(), b(), a()];`,
		`function f() { return arguments.length + ':' + arguments[1]; } return [f(), f(1, 2), f.call(undefined, 7, 8, 9), f.apply(undefined, [1, 'z'])];`,
		`var o = {n: 3, get: function () { return this.n; }}; var g = o.get; return [o.get(), g.call({n: 4}), g.bind({n: 5})()];`,
		`return [early(2), typeof later]; function early(x) { return x * 2; } var later = 1;`,
		`if (true) { function inner() { return 'in'; } } return inner();`,
		`return (1, 2, 3);`,
		`var f = function () {}; return [[] instanceof Array, ({}) instanceof Array, [] instanceof Object, ({}) instanceof Object, f instanceof Function, f instanceof Object];`,
		`return ['a' instanceof Array, 'a' instanceof Object, null instanceof Object, undefined instanceof Array, 1 instanceof Object, [] instanceof Date, !([] instanceof Array)];`,
		`var x = 0; false && (x = 1); true || (x = 2); var y = null || 'd'; return [x, y, 0 && 1, '' || 0];`,
		`implicit = 5; return implicit + 1;`,
		`var a = [3, 1, 2]; a.sort(function (x, y) { return y - x; }); return [a, a.map(function (x, i) { return x * i; }), a.filter(function (x) { return x > 1; }), a.reduce(function (s, x) { return s + x; }, 0)];`,
		`var a = [1, 2, 3, 4]; return [a.splice(1, 2, 'x'), a, a.concat([9], 8), a.slice(-1), a.indexOf('x'), a.join('-'), a.reverse(), a.every(function (v) { return v; }), a.some(function (v) { return v === 4; }), a.pop(), a.shift(), a.unshift(0), a.toString()];`,
		`var r = []; [5, 6].forEach(function (v, i, l) { r.push(v + i + l.length); }); return r;`,
		`return ['abc'.charAt(1), 'abc'.charCodeAt(1), 'abc'[2], 'abc'.length, 'a,b'.split(','), ' x '.trim(), 'abcabc'.lastIndexOf('b'), 'aXa'.replace('X', '-'), 'Ab'.toLowerCase(), 'Ab'.toUpperCase(), 'hello'.substring(3, 1), 'hello'.substr(-3, 2), 'hello'.slice(1, -1), 'a'.concat('b', 1), 'a'.localeCompare('b'), '茶a'.length];`,
		`return 'a1b22'.replace(getRegExp('\\d+', 'g'), function (m) { return '<' + m + '>'; });`,
		`var r = getRegExp('(a)(b)?', 'gi'); return [r.test('xAB'), r.lastIndex, r.source, r.global, r.ignoreCase, r.exec('zz'), 'aAb'.match(getRegExp('a', 'gi')), 'x-y'.split(getRegExp('-')), 'abc'.search(getRegExp('c'))];`,
		`return [(1.005).toFixed(2), (255).toString(16), (1234.5678).toPrecision(6), (0.00001).toString(), (12).toExponential(2), 5..toString()];`,
		`return [Math.max(), Math.max(1, '3', 2), Math.round(-2.5), Math.floor(-1.2), Math.abs('-3'), Math.pow(2, 10), Math.sqrt(16), Math.PI, Math.atan2(1, 1) > 0.78];`,
		`return [parseInt('12px'), parseInt('ff', 16), parseFloat('3.5e2x'), isNaN('x'), isFinite(1 / 0), encodeURIComponent('茶 &'), decodeURIComponent('%E8%8C%B6'), encodeURI('a b?c=1'), Number.MAX_VALUE, Infinity, NaN];`,
		`return [JSON.stringify({a: [1, 'x', null, undefined, function () {}], b: undefined}), JSON.parse('{"a":[1,{"b":null}]}')];`,
		`var d = getDate(2020, 1, 29, 4, 5, 6, 7); return [d.getFullYear(), d.getMonth(), d.getDate(), d.getDay(), d.getHours(), d.getMinutes(), d.getSeconds(), d.getMilliseconds(), d.toISOString(), d.getTimezoneOffset()];`,
		`var d = getDate('2021/05/06 07:08:09'); d.setDate(d.getDate() + 40); d.setHours(0, 0, 0, 0); return [d.getTime(), getDate(0).toISOString(), getDate('2020-02-03T04:05:06.000Z').getTime(), getDate('2021-05-06').getTime(), getDate(getDate(5)).valueOf(), Date.UTC(2020, 0), Date.parse('2020-01-01T00:00:00Z')];`,
		`return [getDate('nonsense').getTime(), getDate(2021, 5).getMonth()];`,
		`return [(1).constructor, 'a'.constructor, true.constructor, [].constructor, ({}).constructor, (function () {}).constructor, getDate().constructor, getRegExp('a').constructor, ({constructor: 7}).constructor];`,
		`return [({a: 1}).hasOwnProperty('a'), ({a: 1}).hasOwnProperty('b'), 'a' in {a: 1}, 'b' in {a: 1}, ({}).toString(), [1, [2, 3]].toString(), '' + {}, ({valueOf: function () { return 4; }}) * 2, '' + {toString: function () { return 'mine'; }}];`,
		`var o = {}; o['__proto__'] = 5; return o;`,
		`var a = {}; var b = a; b.x = 1; return [a.x, a === b, {} === {}, [1].concat([[2]])];`,
		`return undefined.x;`, `var a; return a.b.c;`, `return null[0];`, `var f = 5; return f();`, `return ({}).missing();`,
		`var s = ''; for (var i = 0; i < 300; i++) s += String.fromCharCode ? 'a' : 'b'; return s.length;`,
		`return;`, ``, `return '\u2028\n\t"\'\\';`, `return [0x1f, 1e3, .5, 5., 1e400];`,
		`var i = 10; { var i = 20; } return i;`,
		`var class$ = 1; return 'class' + class$;`, `/* class = */ var o = {'new': 1}; return o['new']; // new = 1
`,
		`var package = 1, interface = 2, let = 3, static = 4; return package + interface + let + static;`,
		`return [1, 2, 3].length > 2 ? 'long' : 'short';`,
		`for (var i = 0, j = 10; i < j; i++, j--); return [i, j];`,
		`if (0) ; else return 'else';`,
		`if (1) if (0) return 'a'; else return 'b'; return 'c';`,
		`var f = function () {}; f.count = 1; f.count++; return [f.count, f()];`,
		`var r = []; for (;;) { r.push(1); if (r.length > 2) break; } return r;`,
		`return - -1 + + +2 - (-(-3));`,
		`var o = {f: function () { return {g: [function () { return 'deep'; }]}; }}; return o.f().g[0]();`,
		`var f = function (a = 1, b = a + 1) { return [a, b]; }, c = 3; return [f(), f(5), f(null, undefined), {c}];`,
		`return typeof Array + typeof Object + typeof wx + typeof window + typeof document;`,
	} {
		list = append(list, evaluation{Main: "m.wxs", Files: files{"m.wxs": "module.exports.f = function () {" + body + "};"},
			Calls: []call{{"f", []any{}}}})
	}
	compare(t, list)
}

// Ensure that modules find each other, run once, and may require each other.
func TestRequire_GivesOtherModules(t *testing.T) {
	t.Parallel()
	compare(t, []evaluation{{Main: "a/b/m.wxs", Files: files{
		"a/b/m.wxs": `var x = require('../x.wxs'), y = require('/a/y'), z = require('./z.wxs');
			exports.f = function (n) { return [x.twice(n), y.name, z.back(), require('../x.wxs') === x, x.count()]; }; exports.own = 'm';`,
		"a/x.wxs":   `var n = 0; module.exports = {twice: function (v) { n++; return v * 2; }, count: function () { return n; }};`,
		"a/y.wxs":   `exports.name = 'y';`,
		"a/b/z.wxs": `var m = require('./m.wxs'); module.exports.back = function () { return m.own; };`,
	}, Calls: []call{{"f", []any{4}}, {"f", []any{"5"}}, {"f", []any{}}}}})
}

// Ensure that a pattern is read as the vendor's compiler reads it: with the backslashes that JavaScript drops.
func TestGetRegExp_KeepsTheBackslashesOfItsPattern(t *testing.T) {
	t.Parallel()
	body := `return ['20'.replace(getRegExp('^-?\d+(\.\d+)?$'), 'number'), '1.5'.replace(getRegExp("^\\d\\.\\d$"), 'number'),
		'a-b_c'.replace(getRegExp('[\-\_]', 'g'), ''), 'it\'s'.replace(getRegExp('\'s\b'), ''), '\n'.replace(getRegExp('\n'), 'line')];`
	e := evaluation{Main: "m.wxs", Files: files{"m.wxs": "module.exports.f = function () {" + body + "};"}, Calls: []call{{"f", []any{}}}}
	const want = `["number", "number", "abc", "it", "line"]`
	if got := evaluate(t, []evaluation{e})[0][0]; got != [3]string{want, want, want} {
		t.Errorf("%q", got)
	}
}
