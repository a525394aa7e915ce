package wxs_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

var (
	seed     = flag.Uint64("seed", 1, "of the random modules")
	programs = flag.Int("programs", 200, "how many random modules are compared")
)

// Ensure that random modules give the same on the server, in the view script and in JavaScript.
func TestRandomModules_GiveTheSameEverywhere(t *testing.T) {
	t.Parallel()
	r := &random{rand.New(rand.NewPCG(*seed, 2))}
	var list []evaluation
	for range *programs {
		list = append(list, evaluation{Main: "m.wxs", Files: files{"m.wxs": r.module()}, Calls: []call{
			{"f", []any{1, "a", []any{3, 1, 2}}}, {"f", []any{-2.5, "", map[string]any{"x": 1, "y": "z"}}}, {"f", []any{nil}}}})
	}
	compare(t, list)
	if t.Failed() {
		t.Logf("seed %d", *seed)
	}
}

// random writes modules. Every loop ends, and no text becomes long.
type random struct{ *rand.Rand }

func (r *random) one(of ...string) string { return of[r.IntN(len(of))] }

var variables = []string{"a", "b", "c", "x", "y", "n"}

func (r *random) module() string {
	var b strings.Builder
	b.WriteString("var n = 0, x, c, y = [1, 'two', {three: 3}];\n")
	fmt.Fprintf(&b, "function g(a, b) { %s return %s; }\n", r.statements(2, false), r.value(2))
	fmt.Fprintf(&b, "module.exports.f = function (a, b, c) { var x; %s return [a, b, c, x, y, n, %s]; };\n",
		r.statements(5, true), r.value(3))
	return b.String()
}

func (r *random) statements(count int, calls bool) string {
	var b strings.Builder
	for range count {
		b.WriteString(r.statement(2, calls))
		b.WriteByte('\n')
	}
	return b.String()
}

func (r *random) statement(depth int, calls bool) string {
	if depth == 0 {
		return r.one(variables...) + r.one(" = ", " = ", " += ", " -= ", " |= ") + r.value(2) + ";"
	}
	inner := func() string { return r.statement(depth-1, calls) }
	switch r.IntN(10) {
	case 0:
		return fmt.Sprintf("if (%s) { %s } else { %s }", r.value(2), inner(), inner())
	case 1:
		return fmt.Sprintf("for (var i%d = 0; i%d < %d; i%d++) { %s if (%s) %s; }", depth, depth, r.IntN(4), depth, inner(),
			r.value(1), r.one("break", "continue", "n++"))
	case 2:
		return fmt.Sprintf("switch (%s) { case %s: %s %s default: %s case %s: %s }", r.value(1), r.value(1), inner(),
			r.one("break;", ""), inner(), r.value(0), inner())
	case 3:
		if calls {
			return fmt.Sprintf("%s = g(%s, %s);", r.one(variables...), r.value(1), r.value(1))
		}
		return "n++;"
	case 4:
		return fmt.Sprintf("for (var k%d in %s) { %s = k%d; %s }", depth, r.one("[7, 'z']", "{p: 1, q: 2}", "'hi'"), r.one("x", "b"), depth, inner())
	case 5:
		return fmt.Sprintf("if (y && y.constructor === 'Array' && y.length < 9) y%s;", r.one(".push("+r.value(1)+")",
			".reverse()", ".slice(1)", "[1] = "+r.value(2), "[0] = "+r.value(1)))
	case 6:
		return fmt.Sprintf("{ var j%d = 0; do { j%d++; %s } while (j%d < %d); }", depth, depth, inner(), depth, r.IntN(4))
	}
	return r.statement(0, calls)
}

func (r *random) value(depth int) string {
	if depth == 0 || r.IntN(6) == 0 {
		return r.one("0", "1", "-1", "2.5", "7", "'a'", "''", "'10'", "true", "false", "null", "undefined", "NaN",
			"[]", "[1, 2]", "({})", "'茶x'", "a", "b", "c", "x", "n", "1e15", "0.1")
	}
	in := func() string { return r.value(depth - 1) }
	switch r.IntN(12) {
	case 0:
		return "(" + in() + " ? " + in() + " : " + in() + ")"
	case 1:
		return "(" + in() + r.one(" && ", " || ") + in() + ")"
	case 2:
		return "(" + r.one("!", "- ", "+ ", "~", "typeof ", "void ") + in() + ")"
	case 3:
		return "[" + in() + ", " + in() + "]"
	case 4:
		return "({p: " + in() + ", 'q r': " + in() + "})"
	case 5:
		return "(function (v) { return " + r.one("v", "[v, v]", "typeof v", "v === n", "arguments.length") + "; })(" + in() + ")"
	case 6:
		return "('' + " + in() + ")" + r.one(".length", ".charAt(0)", ".split('')", ".indexOf('a')", ".slice(0, 3)", "[0]", ".toUpperCase()")
	case 7:
		return "[" + in() + ", 'k', 3]" + r.one(".length", ".indexOf(3)", ".concat([1])", ".join('+')", ".slice(1)",
			".map(function (v) { return typeof v; })", ".filter(function (v) { return v; })", "[1]")
	case 8:
		return r.one("parseInt", "isNaN", "parseFloat") + "(" + in() + ")"
	case 9:
		return r.one("Math.floor", "Math.abs", "Math.round", "JSON.stringify") + "(" + in() + ")"
	}
	return "(" + in() + r.one(" + ", " - ", " * ", " / ", " % ", " === ", " == ", " != ", " < ", " >= ", " & ", " | ", " << ", " >>> ") + in() + ")"
}
