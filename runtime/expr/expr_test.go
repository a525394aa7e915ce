package expr_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dop251/goja"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/teahouse/teahouse/runtime/expr"
)

const data = `({
	name: 'Tea', zero: 0, one: 1, n: 42, half: 0.5, empty: '', yes: true, no: false, nothing: null,
	list: ['a', 'b', 'c'], user: { name: 'Li', age: 30, tags: ['x'] }, text: '5', 中文: '茶',
	date: new Date(0), fn: function() { return 1 }, key: 'name', big: 1e21, small: 1e-7,
})`

func environment(t testing.TB) (*goja.Runtime, *expr.Env) {
	t.Helper()
	rt := goja.New()
	v, err := rt.RunString(data)
	if err != nil {
		t.Fatal(err)
	}
	root := expr.Of(v)
	return rt, &expr.Env{Root: &root}
}

func TestTextShowsWhatJavaScriptShows(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"plain":                                    "plain",
		"a{{name}}b":                               "aTeab",
		"a{{missing}}b":                            "ab",
		"a{{nothing}}b":                            "ab",
		"{{missing}}":                              "",
		"{{user.missing.deep[0].x}}":               "",
		"{{'x' + missing}}":                        "xundefined",
		"{{n + 1}}":                                "43",
		"{{n + '1'}}":                              "421",
		"{{text - 1}}":                             "4",
		"{{text * '2'}}":                           "10",
		"{{1 / 0}} {{-1 / 0}} {{0 / 0}}":           "Infinity -Infinity NaN",
		"{{0.1 + 0.2}}":                            "0.30000000000000004",
		"{{big}} {{small}}":                        "1e+21 1e-7",
		"{{7 % 3}} {{-7 % 3}}":                     "1 -1",
		"{{1 + 2 * 3}} {{(1 + 2) * 3}}":            "7 9",
		"{{yes ? 'on' : 'off'}}":                   "on",
		"{{zero || 'none'}}":                       "none",
		"{{zero ?? 'none'}}":                       "0",
		"{{nothing ?? 'none'}}":                    "none",
		"{{one && name}}":                          "Tea",
		"{{!empty}} {{!!empty}}":                   "true false",
		"{{list}}":                                 "a,b,c",
		"{{list[1]}} {{list.length}}":              "b 3",
		"{{list[list.length - 1]}}":                "c",
		"{{user[key]}} {{user['age']}}":            "Li 30",
		"{{user}}":                                 "[object Object]",
		"{{name.length}} {{name[0]}}":              "3 T",
		"{{中文}}":                                   "茶",
		"{{[1, 2, ...list].length}}":               "5",
		"{{ {a: {b: 1}}.a.b }}":                    "1",
		"{{typeof missing}}":                       "undefined",
		"{{typeof n}} {{typeof name}}":             "number string",
		"{{void 0}}":                               "",
		"{{~5}} {{5 & 3}} {{5 | 3}}":               "-6 1 7",
		"{{5 ^ 3}} {{1 << 4}}":                     "6 16",
		"{{-16 >> 2}} {{-1 >>> 28}}":               "-4 15",
		"{{n > 41}} {{n <= 41}}":                   "true false",
		"{{'10' < '9'}} {{10 < 9}}":                "true false",
		"{{text == 5}} {{text === 5}}":             "true false",
		"{{nothing == missing}}":                   "true",
		"{{nothing == 0}}":                         "false",
		"{{name != 'Tea'}}":                        "false",
		`{{"it's"}} {{'a\'b\n'}}`:                  "it's a'b\n",
		"{{'}}'}}":                                 "}}",
		"{{ /* note */ n }}":                       "42",
		"{{user?.name}} {{missing?.[0]}}":          "Li ",
		"{{0x10}} {{.5}} {{1e3}}":                  "16 0.5 1000",
		"{{+text + 1}}":                            "6",
		"{{}}":                                     "",
		"{{fn()}}":                                 "",
		"{{user.age > 18 ? user.name + '!' : ''}}": "Li!",
		"{{typeofx}}":                              "",
	} {
		_, env := environment(t)
		node, err := expr.ParseText(src, expr.Options{})
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if got := node.Eval(env).Display(); got != want {
			t.Errorf("%s = %q, want %q", src, got, want)
		}
	}
}

func TestALoneExpressionKeepsItsType(t *testing.T) {
	t.Parallel()
	rt, env := environment(t)
	for src, want := range map[string]any{
		"{{n}}": int64(42), "{{half}}": 0.5, "{{yes}}": true, "{{name}}": "Tea", "{{nothing}}": nil,
		" {{n}}":             " 42",
		"{{list}}":           []any{"a", "b", "c"},
		"{{[n, 'x']}}":       []any{int64(42), "x"},
		"{{ {a: n, name} }}": map[string]any{"a": int64(42), "name": "Tea"},
		"{{a: n, name}}":     map[string]any{"a": int64(42), "name": "Tea"},
		"{{...user, age: 1}}": map[string]any{
			"name": "Li", "age": int64(1), "tags": []any{"x"},
		},
		"{{name,}}": map[string]any{"name": "Tea"},
	} {
		node, err := expr.ParseText(src, expr.Options{})
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if diff := cmp.Diff(want, node.Eval(env).Export(rt).Export()); diff != "" {
			t.Errorf("%s: %s", src, diff)
		}
	}
}

func TestSyntaxErrorsNameTheirPlaceAndCause(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]struct {
		offset int
		part   string
	}{
		"abc {{ n":      {4, "not closed"},
		"{{ n + }}":     {7, "ends too early"},
		"{{ a ? b }}":   {9, "“:”"},
		"{{ (a }}":      {6, "“)”"},
		"{{ [a }}":      {6, "“]”"},
		"{{ 'a }}":      {3, "string"},
		"{{ a = 1 }}":   {5, "“=”"},
		"{{ a b }}":     {5, "“b”"},
		"{{ a. }}":      {6, "member"},
		"{{ `${a}` }}":  {3, "quotes"},
		"{{ 1a }}":      {3, "not a number"},
		"{{ #a }}":      {3, "“#a”"},
		"{{ /* a }}":    {3, "comment"},
		"{{ '\\u12' }}": {6, "hexadecimal"},
	} {
		_, err := expr.ParseText(src, expr.Options{})
		var syntax *expr.SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%s: got %v, want a syntax error", src, err)
			continue
		}
		if syntax.Offset != want.offset || !strings.Contains(syntax.Message, want.part) {
			t.Errorf("%s: %d %q, want %d and %q", src, syntax.Offset, syntax.Message, want.offset, want.part)
		}
	}
}

func TestDependenciesAreStaticPrefixes(t *testing.T) {
	t.Parallel()
	lookup := func(name string) (expr.Var, int, bool) {
		switch name {
		case "item":
			return expr.Item, 0, true
		case "outer":
			return expr.Item, 1, true
		}
		return 0, 0, false
	}
	for src, want := range map[string][]expr.Path{
		"{{a.b.c}}":       {{Keys: []string{"a", "b", "c"}}},
		"{{a[0].c}}":      {{Keys: []string{"a", "0", "c"}}},
		"{{a[i].c}}":      {{Keys: []string{"a"}}, {Keys: []string{"i"}}},
		"{{a.length}}":    {{Keys: []string{"a"}}},
		"{{(a || b).c}}":  {{Keys: []string{"a"}}, {Keys: []string{"b"}}},
		"{{item.x + a}}":  {{Var: expr.Item, Keys: []string{"x"}}, {Keys: []string{"a"}}},
		"{{outer.x}}":     {{Var: expr.Item, Depth: 1, Keys: []string{"x"}}},
		"{{a.b}} {{a}}":   {{Keys: []string{"a", "b"}}, {Keys: []string{"a"}}},
		"{{a}} {{a.b}}":   {{Keys: []string{"a"}}},
		"{{...a, b: 1}}":  {{Keys: []string{"a"}}},
		"no expressions.": nil,
	} {
		node, err := expr.ParseText(src, expr.Options{Lookup: lookup})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, node.Deps()); diff != "" {
			t.Errorf("%s: %s", src, diff)
		}
	}
}

// TestOperatorsAgreeWithJavaScript compares the operators with those of the virtual machine.
func TestOperatorsAgreeWithJavaScript(t *testing.T) {
	t.Parallel()
	rt := goja.New()
	operands := []string{"0", "1", "-1", "2.5", "''", "'a'", "'10'", "' 7 '", "true", "false", "null",
		"undefined", "1e15", "4294967296", "-0.5", "[]", "[3]", "'0x1f'", "'1_0'"}
	operators := []string{"+", "-", "*", "/", "%", "<", ">", "<=", ">=", "==", "!=", "===", "!==",
		"&", "|", "^", "<<", ">>", ">>>", "&&", "||", "??"}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SampledFrom(operands).Draw(t, "a"), rapid.SampledFrom(operands).Draw(t, "b")
		op := rapid.SampledFrom(operators).Draw(t, "op")
		unary := rapid.SampledFrom([]string{"", "!", "-", "+", "~", "typeof "}).Draw(t, "unary")
		src := unary + "(" + a + ") " + op + " (" + b + ")" // "--1" is not an expression
		want, err := rt.RunString("String(" + src + ")")
		if err != nil {
			t.Fatal(err)
		}
		node, err := expr.ParseText("{{ "+src+" }}", expr.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := node.Eval(&expr.Env{}).ToString(); got != want.String() {
			t.Fatalf("%s = %q, JavaScript says %q", src, got, want)
		}
	})
}

func TestNumbersAreFormattedAsInJavaScript(t *testing.T) {
	t.Parallel()
	rt := goja.New()
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64().Draw(t, "f")
		if got, want := expr.FormatNumber(f), rt.ToValue(f).String(); got != want {
			t.Fatalf("%v: %q, JavaScript says %q", f, got, want)
		}
	})
}

func FuzzParseText(f *testing.F) {
	for _, seed := range []string{
		"{{a}}", "x{{a.b[c]}}y", "{{...a, b: 1}}", "{{a ? b : c}}", "{{[1,,2]}}", "{{'\\u0041'}}",
		"{{((((", "{{a?.b?.[0]}}", "{{-{a:1}}}", "{{a b", "{{\"", "{{`x`}}", "{{1..}}", "{{0x}}",
	} {
		f.Add(seed)
	}
	rt := goja.New()
	object, err := rt.RunString("({a: {b: [1]}, c: 'x'})")
	if err != nil {
		f.Fatal(err)
	}
	root := expr.Of(object)
	f.Fuzz(func(t *testing.T, src string) {
		node, err := expr.ParseText(src, expr.Options{Fields: len(src)%2 == 0})
		if err != nil {
			var syntax *expr.SyntaxError
			if !errors.As(err, &syntax) || syntax.Offset < 0 || syntax.Offset > len(src) {
				t.Fatalf("%q: %v", src, err)
			}
			return
		}
		node.Deps()
		node.Eval(&expr.Env{Root: &root}).Display()
	})
}
