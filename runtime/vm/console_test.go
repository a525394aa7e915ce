package vm_test

import (
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/apptest"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/vm"
)

func TestConsolePrintsWhatItIsGiven(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`const o = {a: 1, b: 'x', c: [1, , null], d: new Date(0), f() {}, g: {h: {i: {j: {}}}}}; o.self = o;
		console.log(o, undefined, -0.5, 10n, Symbol('s'));
		console.log({get boom() { throw new Error('x'); }, toString() { throw 1; }}, new Map([[1, 2]]));
		console.error(new TypeError('bad'));
		console.assert(1 === 2, 'no'); console.count(); console.count();
		console.group('g'); console.warn('in'); console.groupEnd(); console.log('out');`))
	lines := strings.Split(b.Printed(), "\n")
	if lines[0] != `{a: 1, b: "x", c: [1, undefined, null], d: 1970-01-01T00:00:00.000Z, f: [Function f], g: {h: {i: {j: {…}}}}, self: [Circular]} undefined -0.5 10 Symbol()` {
		t.Error(lines[0])
	}
	if lines[1] != `{boom: [threw], toString: [Function toString]} {}` {
		t.Error(lines[1])
	}
	if lines[2] != "TypeError: bad" || !strings.Contains(lines[3], "pages/index/index.js:7:") {
		t.Error(lines[2:4])
	}
	if got := strings.Join(lines[4:], "|"); got != "Assertion failed: no|default: 1|default: 2|g|  in|out" {
		t.Error(got)
	}
	if e := b.Logs[0]; e.File != "pages/index/index.js" || e.Line != 5 || e.Kind != protocol.LogConsole {
		t.Errorf("%+v", e)
	}
}

func TestAnErrorIsLoggedAfterMorePrintedLinesThanATurnMayHave(t *testing.T) {
	t.Parallel()
	b := apptest.Open(t, apptest.OnePage(`for (let i = 0; i < 300; i++) console.log(i); throw new Error('lost');`))
	if got := b.Problems(); !strings.Contains(got, "More than 200 lines") || !strings.Contains(got, "Error: lost") {
		t.Error(got)
	}
	if got := strings.Count(b.Printed(), "\n") + 1; got != vm.MaxLogsPerTurn {
		t.Errorf("%d lines were printed", got)
	}
}
