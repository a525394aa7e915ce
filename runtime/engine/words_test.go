//go:build engine

package main

import (
	"strings"
	"testing"

	"github.com/dop251/goja"
)

// message is a script that tells the text of the error of what it is given, written as a function's body.
const message = `(body) => { try { return 'nothing: ' + new Function(body)() } catch (e) { return e.name + ': ' + e.message } }`

// Ensure that errors have the words that Node.js has for them. A comment says where they differ a little.
func TestErrorsHaveTheWordsOfV8(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`let a; a.b`:                                          "TypeError: Cannot read properties of undefined (reading 'b')",
		`const a = null; a.b`:                                 "TypeError: Cannot read properties of null (reading 'b')",
		`const a = {}; a.名.字`:                                 "TypeError: Cannot read properties of undefined (reading '字')",
		`const a = {}; a.b[0]`:                                "TypeError: Cannot read properties of undefined (reading '0')",
		`const a = null; a['b c']()`:                          "TypeError: Cannot read properties of null (reading 'b c')",
		`const a = {}; a.b.c()`:                               "TypeError: Cannot read properties of undefined (reading 'c')",
		`let a; a[Symbol('s')]`:                               "TypeError: Cannot read properties of undefined (reading 'Symbol(s)')",
		`let a; a.b = 1`:                                      "TypeError: Cannot set properties of undefined (setting 'b')",
		`let a; return a.b = 1`:                               "TypeError: Cannot set properties of undefined (setting 'b')",
		`'use strict'; let a; a.b = 1`:                        "TypeError: Cannot set properties of undefined (setting 'b')",
		`'use strict'; let a; return a.b = 1`:                 "TypeError: Cannot set properties of undefined (setting 'b')",
		`'use strict'; let a = null; a[1] = 1`:                "TypeError: Cannot set properties of null (setting '1')",
		`let a = null; return a[1] = 1`:                       "TypeError: Cannot set properties of null (setting '1')",
		`let a = null; a['x' + 1] = 1`:                        "TypeError: Cannot set properties of null (setting 'x1')",
		`const o = {}; o.reduce(1)`:                           "TypeError: o.reduce is not a function",
		`const o = { a: 1 }; o.a()`:                           "TypeError: o.a is not a function",
		`let f; f(1, (2))`:                                    "TypeError: f is not a function",
		`this.data = {}; this.data . each ( )`:                "TypeError: this.data.each is not a function",
		`const o = { p: [{}] }; o.p[0].q()`:                   "TypeError: o.p[0].q is not a function",
		`const f = () => ({}); f(1).g()`:                      "TypeError: f(...).g is not a function",
		`const o = { f: () => ({}) }; o.f().g()`:              "TypeError: o.f(...).g is not a function",
		`const o = {}; o?.a()`:                                "TypeError: o?.a is not a function",
		`const o = {}; o['x']()`:                              "TypeError: o.x is not a function",
		`const o = {}; return (o)["missing"]()`:               "TypeError: o.missing is not a function",
		`const o = {}; o['x y'](1)`:                           "TypeError: o['x y'] is not a function", // Node.js: o.x y
		`const o = {}, k = 'x'; o[k]()`:                       "TypeError: o[k] is not a function",
		`const m = {}; (0, m.f)(1)`:                           "TypeError: m.f is not a function", // Node.js: (0 , m.f)
		`(1, [])()`:                                           "TypeError: #<Array> is not a function",
		`const o = {}; o()`:                                   "TypeError: o is not a function",
		`const o = {}; o(...[1])`:                             "TypeError: o is not a function",
		`const o = { é: 1 }; o.é()`:                           "TypeError: o.é is not a function",
		`[1].map(undefined)`:                                  "TypeError: undefined is not a function",
		`[1].forEach({})`:                                     "TypeError: #<Object> is not a function",
		`[1].forEach('x')`:                                    `TypeError: "x" is not a function`, // Node.js: x
		`let C; new C(1)`:                                     "TypeError: C is not a constructor",
		`const o = { C: () => 1 }; new o.C()`:                 "TypeError: o.C is not a constructor",
		`const o = { C: 1 }; new (0, o.C)()`:                  "TypeError: o.C is not a constructor", // Node.js: (intermediate value)
		`const [a] = undefined`:                               "TypeError: undefined is not iterable (cannot read property Symbol(Symbol.iterator))",
		`new Map(5)`:                                          "TypeError: number 5 is not iterable (cannot read property Symbol(Symbol.iterator))",
		`new Set({})`:                                         "TypeError: object is not iterable (cannot read property Symbol(Symbol.iterator))",
		`const {} = null`:                                     "TypeError: Cannot destructure 'null' as it is null.",
		`JSON.parse(undefined)`:                               `SyntaxError: "undefined" is not valid JSON`,
		`JSON.parse('1 x')`:                                   `SyntaxError: Unexpected token 'x', "1 x" is not valid JSON`, // Node.js: Unexpected non-whitespace character after JSON at position 2
		`JSON.parse('')`:                                      "SyntaxError: Unexpected end of JSON input",
		`JSON.parse('{"a":')`:                                 "SyntaxError: Unexpected end of JSON input",
		`JSON.parse('<html>')`:                                `SyntaxError: Unexpected token '<', "<html>" is not valid JSON`,
		`JSON.parse('<!DOCTYPE html><html></html>')`:          `SyntaxError: Unexpected token '<', "<!DOCTYPE "... is not valid JSON`,
		`JSON.parse('{"a":1,"b":2,"c":3,x:4,"d":5,"e":"中"}')`: `SyntaxError: Unexpected token 'x', ..."":2,"c":3,x:4,"d":5,"... is not valid JSON`, // Node.js: Expected double-quoted property name in JSON at position 19
		`let f = 1; return typeof f.g + f.g?.()`:              "nothing: undefinedundefined",
		`const o = { get x() { throw new RangeError('own') } }; o.x()`: "RangeError: own",
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			rt := goja.New()
			tell, err := rt.RunString(message)
			if err != nil {
				t.Fatal(err)
			}
			call, _ := goja.AssertFunction(tell)
			got, err := call(goja.Undefined(), rt.ToValue(body))
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != want {
				t.Errorf("\n got %s\nwant %s", got, want)
			}
		})
	}
}

// Ensure that an error at the end of a long expression costs no more than its last part.
func TestTheNameOfACallIsCut(t *testing.T) {
	t.Parallel()
	rt := goja.New()
	_, err := rt.RunString("const a = []; const go = () => { try { a" + strings.Repeat("[0", 5000) + strings.Repeat("]", 5000) + ".b.c() } catch (e) { throw e } };\n" +
		"const o = {}; o." + strings.Repeat("p", 5000) + "()")
	if err == nil || len(err.Error()) > 400 {
		t.Errorf("got %d bytes: %.300v", len(err.Error()), err)
	}
}

// Ensure that a variable before its declaration is undefined where that was asked for, and an error elsewhere.
func TestVariablesBeforeTheirDeclarationAreUndefinedOnRequest(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		`(() => { const x = x && 1; return x })()`:                                                                  "undefined",
		`(() => { const before = typeof C; class C {} return before })()`:                                           "undefined",
		`(() => { const f = () => x; const early = f(); let x = 2; return early + ',' + f() })()`:                   "undefined,2",
		`(() => { x = 5; const seen = x; let x; return seen + ',' + x })()`:                                         "5,undefined",
		`(() => { const f = () => { x = 5 }; f(); const seen = x; let x = 1; return seen + ',' + x })()`:            "5,1",
		`(() => { let s = ''; for (let i = 0; i < 3; i++) { s += k; let k = i; s += k } return s })()`:              "undefined0undefined1undefined2",
		`(() => { const o = []; for (let i = 0; i < 2; i++) { o.push(() => i) } return o.map(f => f()).join() })()`: "0,1",
		`(() => { try { const x = 1; x = 2 } catch (e) { return e.message } })()`:                                   "Assignment to constant variable.",
		`(() => { try { return missing } catch (e) { return e.message } })()`:                                       "missing is not defined",
	} {
		t.Run(src, func(t *testing.T) {
			t.Parallel()
			rt := goja.New()
			setting, ok := any(rt).(interface{ SetEarlyUndefined(on bool) })
			if !ok {
				t.Fatal("the engine has no SetEarlyUndefined")
			}
			setting.SetEarlyUndefined(true)
			v, err := rt.RunString(src)
			if err != nil {
				t.Fatal(err)
			}
			if v.String() != want {
				t.Errorf("got %s, want %s", v, want)
			}
		})
	}
	if _, err := goja.New().RunString(`const x = x && 1`); err == nil {
		t.Error("without the setting it is no error")
	}
}
