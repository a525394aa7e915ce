package wxs_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/teahouse/teahouse/runtime/source"
	"github.com/teahouse/teahouse/runtime/wxs"
)

// compile compiles one file and gives its diagnostics as "file:line:column code".
func compile(t testing.TB, all files, name string) (*wxs.Set, []string) {
	t.Helper()
	findings := &source.Findings{Max: wxs.MaxDiagnostics}
	set := wxs.NewSet(all, findings)
	if _, ok := set.File("page.wxml", name); !ok {
		t.Fatalf("there is no %s", name)
	}
	var out []string
	for _, d := range findings.List {
		out = append(out, fmt.Sprintf("%s:%d:%d %s %s", d.File, d.Line, d.Column, d.Severity, d.Code))
	}
	return set, out
}

// exported lists the functions of a module, by what the compiler knows.
func exported(t testing.TB, all files, name string) []string {
	t.Helper()
	set, diagnostics := compile(t, all, "/"+name)
	if len(diagnostics) > 0 {
		t.Errorf("%s: %q", name, diagnostics)
	}
	if exports := set.Modules()[0].Exports; exports != nil {
		return exports
	}
	return []string{""} // it exports a function
}

func TestCompile_RefusesWhatWXSDoesNotHave(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"var a = 1;\nlet b = 2;": "m.wxs:2:1 error wxs-syntax",
		"const b = 2;":           "m.wxs:1:1 error wxs-syntax",
		"var f = () => 1;":       "m.wxs:1:9 error wxs-syntax",
		"var f = function () {\n\treturn new Date();\n};": "m.wxs:2:9 error wxs-syntax",
		"try { a(); } catch (e) {}":                       "m.wxs:1:1 error wxs-syntax",
		"throw 1;":                                        "m.wxs:1:1 error wxs-syntax",
		"var r = /a/g;":                                   "m.wxs:1:9 error wxs-syntax",
		"var s = `a`;":                                    "m.wxs:1:9 error wxs-syntax",
		"for (var a of b) {}":                             "m.wxs:1:1 error wxs-syntax",
		"class A {}":                                      "m.wxs:1:1 error wxs-syntax",
		"var a = {...b};":                                 "m.wxs:1:13 error wxs-syntax",
		"var a = [...b];":                                 "m.wxs:1:13 error wxs-syntax",
		"var {a} = b;":                                    "m.wxs:1:5 error wxs-syntax",
		"function f(...a) {}":                             "m.wxs:1:15 error wxs-syntax",
		"var a = module?.b;":                              "m.wxs:1:9 error wxs-syntax",
		"var a = 2 ** 3;":                                 "m.wxs:1:10 error wxs-syntax",
		"with (module) {}":                                "m.wxs:1:1 error wxs-syntax",
		"var a = {;":                                      "m.wxs:1:11 error wxs-syntax",
		"require('./missing.wxs');":                       "m.wxs:1:9 error wxs-missing-file",
		"require(module);":                                "m.wxs:1:1 error wxs-syntax",
		"Math = 1;":                                       "m.wxs:1:1 error wxs-syntax",
		"var a = wx.request;":                             "m.wxs:1:9 warning wxs-unknown-name",
		"var a = Math.cbrt(2);":                           "m.wxs:1:14 warning wxs-unknown-member",
		"var a = " + strings.Repeat("(", wxs.MaxBrackets+1) + "1" + strings.Repeat(")", wxs.MaxBrackets+1): fmt.Sprintf("m.wxs:1:%d error wxs-too-deep", 9+wxs.MaxBrackets),
		"var a = " + strings.Repeat("!", wxs.MaxNesting) + "1;":                                            "m.wxs:1:508 error wxs-too-deep",
		strings.Repeat(" ", wxs.MaxFileBytes+1):                                                            "m.wxs:1:1 error wxs-too-large",
	} {
		_, got := compile(t, files{"m.wxs": text}, "m.wxs")
		if len(got) != 1 || got[0] != want {
			t.Errorf("%.60q gives %q, not %q", text, got, want)
		}
	}
}

func TestCompile_NamesAPlaceInsideTheMarkup(t *testing.T) {
	t.Parallel()
	findings := &source.Findings{Max: 10}
	set := wxs.NewSet(files{}, findings)
	set.Inline("page.wxml", "m", "var a;\nvar b = () => 1", 3, 20)
	set.Inline("page.wxml", "n", " let c", 8, 15)
	got := []string{}
	for _, d := range findings.List {
		got = append(got, fmt.Sprintf("%s:%d:%d", d.File, d.Line, d.Column))
	}
	if want := []string{"page.wxml:4:9", "page.wxml:8:16"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestExports_AreKnownWhenTheTextSaysThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"module.exports = {a: 1, b: function () { return module; }};": nil,
		"module.exports = {a: 1, 'b': 2};":                            {"a", "b"},
		"module.exports.a = 1; exports.b = 2;":                        {"a", "b"},
		"function f() {} module.exports = f;":                         nil,
		"var e = exports; e.a = 1;":                                   nil,
		"var a = 1;":                                                  {},
		"module.exports = {a: 1}; function f() { exports.late = 1; }": nil,
	} {
		set, _ := compile(t, files{"m.wxs": text}, "m.wxs")
		got := set.Modules()[0].Exports
		if !slices.Equal(got, want) || (got == nil) != (want == nil) {
			t.Errorf("%s exports %q, not %q", text, got, want)
		}
	}
}

func FuzzCompile(f *testing.F) {
	f.Add("module.exports = {f: function (a, b) { return a ? b : [a, {c: b}]; }};")
	f.Add("a: for (var i = 0; i < 3; i++) { switch (i) { case 1: continue a; default: break a; } }")
	f.Add("if (x) function f() {} else do y-- ; while (delete o.p in q)")
	f.Add("require('./m.wxs');\nexports['__proto__'] = -0x1F + 1e400;")
	f.Fuzz(func(t *testing.T, text string) {
		findings := &source.Findings{Max: 10}
		set := wxs.NewSet(files{"m.wxs": text}, findings)
		set.File("page.wxml", "m.wxs")
		if findings.Failed {
			return
		}
		check(t, set)
	})
}

// Ensure that words of later JavaScript are names in WXS, as the vendor's compiler has it, and that what they
// begin there is still told.
func TestCompile_TakesWordsOfLaterJavaScriptAsNames(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"module.exports.f = function (s) { var class = ''; if (s) { class = s + '-x'; } return class; };",
		"var new = [1], enum = 2, const = new[0]\nvar export = {import: enum}; export.import += const; module.exports = {super: export};",
	} {
		set, findings := compile(t, files{"m.wxs": text}, "m.wxs")
		if len(findings) > 0 {
			t.Errorf("%s: %v", text, findings)
		}
		check(t, set)
	}
	for _, text := range []string{"var a = new Date();", "class A {}", "const a = 1;", "export default {};", "import a from 'a';"} {
		if _, findings := compile(t, files{"m.wxs": text}, "m.wxs"); len(findings) == 0 {
			t.Errorf("%s is taken", text)
		}
	}
}
