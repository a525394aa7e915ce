package vm_test

import (
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/runtime/framework"
)

func TestClockAndRandomSeedComeFromTheRequest(t *testing.T) {
	t.Parallel()
	files := apptest.OnePage(`console.log(new Date().toISOString(), Math.random(), Math.random());`)
	one, two := apptest.Open(t, files), apptest.Open(t, files)
	if one.Printed() != two.Printed() || !strings.HasPrefix(one.Printed(), "2026-01-02T03:04:05.000Z 0.") {
		t.Errorf("%s\n%s", one.Printed(), two.Printed())
	}
	three := apptest.Open(t, files, func(r *framework.OpenRequest) { r.Seed = 8 })
	if three.Printed() == one.Printed() {
		t.Error("another seed gave the same numbers")
	}
}

func TestMissingPartsOfTheLanguageAreAdded(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		console.log(JSON.stringify(Object.groupBy([1, 2, 3], (n) => n % 2 ? 'odd' : 'even')));
		const {promise, resolve} = Promise.withResolvers(); resolve('resolved'); promise.then(console.log);
		queueMicrotask(() => console.log('micro'));
		const d = structuredClone({a: [new Date(5)], b: undefined}); console.log(d.a[0].getTime(), 'b' in d);
		console.log(atob('5LiA').length, btoa('abc'), new TextDecoder().decode(new TextEncoder().encode('茶')));
		console.log((1234567.891).toLocaleString('en-US'), (5).toLocaleString('en-US', {minimumFractionDigits: 2}));
		console.log(new Function('return this')() === globalThis, typeof eval, global === globalThis, (() => {}) instanceof Function);
		for (const f of [() => new Function('return 1')(), () => (async () => {}).constructor('1'), () => (function* () {}).constructor('1'), () => (() => {}).constructor('return process'), () => eval('1'), () => (0, eval)('1')]) {
			try { f(); console.log('ran'); } catch (e) { console.log(e.name); }
		}
		wx.base64ToArrayBuffer && console.log(new Uint8Array(wx.base64ToArrayBuffer('AQI=')).length, wx.arrayBufferToBase64(new Uint8Array([9, 1, 2]).subarray(1)));
		console.log(typeof Symbol.asyncIterator, typeof WeakRef);
		(async () => { async function* g() { yield 1; yield 2; } for await (const x of g()) console.log('for await', x); })();
	`))
	b.WantPrinted(`{"odd":[1,3],"even":[2]}`, "5 true", "3 YWJj 茶", "1,234,567.891 5.00", "true function true true",
		"EvalError", "EvalError", "EvalError", "EvalError", "EvalError", "EvalError", "2 AQI=", "symbol function",
		"resolved", "micro", "for await 1", "for await 2")
	b.WantClean()
}

func TestNamesOfABrowserAreUndefinedAsInTheVendorsModules(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`
		console.log(typeof window, typeof document, [self, navigator, localStorage].every((v) => v === undefined));
		(function (root, factory) { console.log(root, factory()); })(window, () => 'bundled for a browser');
		XMLHttpRequest = function () {}; console.log(typeof XMLHttpRequest, Object.keys(globalThis).includes('window'));
	`))
	b.WantPrinted("undefined undefined true", "undefined bundled for a browser", "function false")
	b.WantClean()
}
