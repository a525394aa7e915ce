package wxss_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/teahouse/teahouse/runtime/wxss"
)

type files map[string]string

func (f files) ReadFile(path string) ([]byte, bool) {
	content, ok := f[path]
	return []byte(content), ok
}

var options = wxss.Options{
	Asset:   func(path string) bool { return path == "images/a b.png" || path == "fonts/x.woff" },
	Domains: []string{"cdn.example.com"},
}

func compile(f files) (string, []string) {
	sheet, diagnostics := wxss.Compile(f, "pages/a/a.wxss", options)
	var lines []string
	for _, d := range diagnostics {
		lines = append(lines, fmt.Sprintf("%s %s %s:%d:%d", d.Severity, d.Code, d.File, d.Line, d.Column))
	}
	return sheet.CSS, lines
}

func TestCompile_WritesCSS(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"rpx becomes a length of the frame", `.a{width:20rpx;margin:-1.5rpx auto 0rpx}`,
			".a{width:calc(20 * var(--rpx, 0.5px));margin:calc(-1.5 * var(--rpx, 0.5px)) auto 0px;}\n"},
		{"rpx inside calc", `.a{width:calc(100% - 20rpx)}`,
			".a{width:calc(100% - calc(20 * var(--rpx, 0.5px)));}\n"},
		{"rpx where var is not allowed", `@media (max-width: 750rpx){.a{top:1px}}`,
			"@media (max-width: 100vw){\n.a{top:1px;}\n}\n"},
		{"tags are mapped, classes and pseudo-classes are not",
			`page, view.text > text:first-child::before, .view #text[type=view]:not(button) {top:0}`,
			"wx-page,wx-view.text > wx-text:first-child::before,.view #text[type=view]:not(wx-button){top:0;}\n"},
		{"an nth-child is no selector", `view:nth-child(2n+1){top:0}`, "wx-view:nth-child(2n+1){top:0;}\n"},
		{"keyframes keep their words", `@keyframes a{from{top:1rpx}50.5%{top:0}to{top:2px}}`,
			"@keyframes a{\nfrom{top:calc(1 * var(--rpx, 0.5px));}\n50.5%{top:0;}\nto{top:2px;}\n}\n"},
		{"assets become paths of the image", `.a{background:url( ../../images/a%20b.png?x#y ) no-repeat}`,
			".a{background:url(\"\x00aimages/a%20b.png\") no-repeat;}\n"},
		{"absolute paths", `@font-face{src:url('/fonts/x.woff?#iefix') format("woff")}`,
			"@font-face{\nsrc:url(\"\x00afonts/x.woff\") format(\"woff\");}\n"},
		{"pictures in the sheet", `.a{background:url(data:image/png;base64,AA==)}`,
			".a{background:url(\"data:image/png;base64,AA==\");}\n"},
		{"declared domains", `.a{background:url(https://cdn.example.com/a.png)}`,
			".a{background:url(\"\x00rhttps%3A%2F%2Fcdn.example.com%2Fa.png\");}\n"},
		{"nesting", `.a{top:0;view:active{left:1rpx}&.b{top:1px}}`,
			".a{top:0;wx-view:active{left:calc(1 * var(--rpx, 0.5px));}\n&.b{top:1px;}\n}\n"},
		{"escapes", `.\31 a\:b{content:"\"\\</style>"}`,
			".\\31 a\\3a b{content:\"\\22 \\5c \\3c /style>\";}\n"},
		{"comments are nothing", "/* x */.a/* y */{top:0/**/}", ".a/**/{top:0/**/;}\n"},
		{"custom properties", `page{--gap:20rpx;--empty:;}`,
			"wx-page{--gap:calc(20 * var(--rpx, 0.5px));--empty:;}\n"},
		{"important", `.a{top:1rpx!important}`, ".a{top:calc(1 * var(--rpx, 0.5px))!important;}\n"},
		{"a length inside a string is text", `.a::after{content:'10rpx'}`, ".a::after{content:\"10rpx\";}\n"},
		{"safe areas", `.a{padding:calc(1px + env( safe-area-inset-bottom , 2px)) constant(safe-area-inset-TOP);top:env(x)}`,
			".a{padding:calc(1px + var(--safe-bottom , 2px)) var(--safe-top);top:env(x);}\n"},
		{"a byte order mark", "\ufeff.a{top:0}", ".a{top:0;}\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, diagnostics := compile(files{"pages/a/a.wxss": c.in})
			if diff := cmp.Diff(strings.ReplaceAll(c.want, "/**/", ""), strings.ReplaceAll(got, "/**/", "")); diff != "" {
				t.Errorf("CSS (-want +got):\n%s", diff)
			}
			if len(diagnostics) > 0 {
				t.Errorf("diagnostics: %v", diagnostics)
			}
		})
	}
}

func TestCompile_AComponentsSheetHoldsForTheComponent(t *testing.T) {
	t.Parallel()
	scoped := options
	scoped.Scope = "c3"
	for in, want := range map[string]string{
		".a .b:not(.c, view) > .d-e{top:0}": ".c3--a .c3--b:not(.c3--c,wx-view) > .c3--d-e{top:0;}\n",
		":host{top:0}.a{top:1rpx}":          "[wx-host=\"c3\"]{top:0;}\n.c3--a{top:calc(1 * var(--rpx, 0.5px));}\n",
		":host .a,:HOST.b::before{top:0}":   "[wx-host=\"c3\"] .c3--a,[wx-host=\"c3\"].c3--b::before{top:0;}\n",
		":host(.b.c-d, :not(.e)) .a{top:0}": "[wx-host=\"c3\"]:is([wx-class~=\"b\"][wx-class~=\"c-d\"],:not([wx-class~=\"e\"])) .c3--a{top:0;}\n",
		":host([hidden]),.a{top:0}":         "[wx-host=\"c3\"]:is([hidden]),.c3--a{top:0;}\n",
		"view #x[a=\".b\"]{content:\".c\"}": "wx-view #x[a=\".b\"]{content:\".c\";}\n",
		"@media print{.a{top:0}}":           "@media print{\n.c3--a{top:0;}\n}\n",
		"@keyframes a{50%{top:0.5px}}":      "@keyframes a{\n50%{top:0.5px;}\n}\n@keyframes c3--a{\n50%{top:0.5px;}\n}\n",
		".x{animation:1s a,b 2s}@-webkit-keyframes \"a\"{to{top:0}}": ".c3--x{animation:1s c3--a,b 2s;}\n" +
			"@-webkit-keyframes \"a\"{\nto{top:0;}\n}\n@-webkit-keyframes c3--a{\nto{top:0;}\n}\n",
		".a{color:a;animation-name:spin}": ".c3--a{color:a;animation-name:spin;}\n", // of another sheet
		".a{&.b{top:0}.c{top:1px}}":       ".c3--a{&.c3--b{top:0;}\n.c3--c{top:1px;}\n}\n",
		"::host{top:0}":                   "::host{top:0;}\n",
	} {
		sheet, found := wxss.Compile(files{"a.wxss": in}, "a.wxss", scoped)
		if sheet.CSS != want || len(found) > 0 {
			t.Errorf("%s gives %q, want %q; %v", in, sheet.CSS, want, found)
		}
	}
}

// Ensure that rules for a theme hold by the shell's theme, with no more weight than they had.
func TestCompile_RulesForAThemeFollowTheFrame(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"@media (prefers-color-scheme: dark){.a, view:not(.b,.c){top:0}}": ":where([data-theme=\"dark\"]) .a," +
			":where([data-theme=\"dark\"]) wx-view:not(.b,.c){top:0;}\n",
		"@media (PREFERS-color-scheme:light) and (min-width: 75rpx){.a{top:0}}": "@media (min-width: 10vw){\n" +
			":where([data-theme=\"light\"]) .a{top:0;}\n}\n",
		"@media screen and (prefers-color-scheme: dark){.a{top:0}}":  "@media screen{\n:where([data-theme=\"dark\"]) .a{top:0;}\n}\n",
		"@media not all and (prefers-color-scheme: dark){.a{top:0}}": ":where([data-theme=\"light\"]) .a{top:0;}\n",
		"@media not (prefers-color-scheme: light){.a{top:0}}":        ":where([data-theme=\"dark\"]) .a{top:0;}\n",
		"@media print, (prefers-color-scheme: dark){.a{top:0}}": "@media print{\n.a{top:0;}\n}\n" +
			":where([data-theme=\"dark\"]) .a{top:0;}\n",
		".a{top:0;@media (prefers-color-scheme: dark){top:1px}}": ".a{top:0;:where([data-theme=\"dark\"]) &{\ntop:1px;}\n}\n",
		"@media (prefers-color-scheme: dark){@media (prefers-color-scheme: light), print{.a{top:0}}}": "@media print{\n" +
			":where([data-theme=\"dark\"]) .a{top:0;}\n}\n",
		"@media (prefers-color-scheme: dark){@media (prefers-color-scheme: light){.a{top:0}}}.b{top:0}": ".b{top:0;}\n",
		"@media (prefers-color-scheme: dark){@supports (top: 0){.a .b{top:0}}}":                         "@supports (top: 0){\n:where([data-theme=\"dark\"]) .a .b{top:0;}\n}\n",
		"@media (prefers-color-scheme: dark){@keyframes a{to{top:0}}}":                                  "@media (prefers-color-scheme: dark){\n@keyframes a{\nto{top:0;}\n}\n}\n",
		"@import 'dark.wxss' (prefers-color-scheme: dark);.b{top:0}":                                    ":where([data-theme=\"dark\"]) .d{top:0;}\n.b{top:0;}\n",
		"@media (prefers-color-scheme: dark) or (width: 1px){.a{top:0}}":                                "@media (prefers-color-scheme: dark) or (width: 1px){\n.a{top:0;}\n}\n",
	} {
		got, found := compile(files{"pages/a/a.wxss": in, "pages/a/dark.wxss": ".d{top:0}"})
		if got != want || len(found) > 0 {
			t.Errorf("%s gives\n%s\nnot\n%s\n%v", in, got, want, found)
		}
	}
}

func TestCompile_AnImportMayLackItsSemicolon(t *testing.T) {
	t.Parallel()
	got, found := compile(files{"pages/a/a.wxss": "@import 'b.wxss'\n\n.a{top:0}.c{top:0}", "pages/a/b.wxss": ".b{top:0}"})
	if want := ".b{top:0;}\n.a{top:0;}\n.c{top:0;}\n"; got != want || len(found) > 0 {
		t.Errorf("%q, not %q; %v", got, want, found)
	}
}

func TestCompile_AnImportMayLackTheEndingOfItsFile(t *testing.T) {
	t.Parallel()
	got, found := compile(files{"pages/a/a.wxss": "@import '/theme/b'; @import 'c';", "theme/b.wxss": ".b{top:0}",
		"pages/a/c": ".c{top:0}", "pages/a/c.wxss": ".other{top:0}"})
	if want := ".b{top:0;}\n.c{top:0;}\n"; got != want || len(found) > 0 {
		t.Errorf("%q, not %q; %v", got, want, found)
	}
	_, found = compile(files{"pages/a/a.wxss": "@import 'b';", "pages/a/b.wxss": "@import 'a';"})
	if len(found) != 1 || !strings.HasPrefix(found[0], "error wxss-import-cycle pages/a/b.wxss:1:1") {
		t.Errorf("a cycle: %v", found)
	}
}

func TestCompile_Imports(t *testing.T) {
	t.Parallel()
	got, diagnostics := compile(files{
		"pages/a/a.wxss":   "@import '../../common.wxss';\n@import url(b.wxss) screen;\n.a{top:1px}",
		"pages/a/b.wxss":   `@import "/theme/c.wxss"; .b{top:2px}`,
		"common.wxss":      `.common{background:url(fonts/x.woff)}`,
		"theme/c.wxss":     `.c{background:url(../images/a%20b.png)}`,
		"unrelated/x.wxss": `}`,
	})
	want := ".common{background:url(\"\x00afonts/x.woff\");}\n" +
		"@media screen{\n.c{background:url(\"\x00aimages/a%20b.png\");}\n.b{top:2px;}\n}\n.a{top:1px;}\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("CSS (-want +got):\n%s", diff)
	}
	if len(diagnostics) > 0 {
		t.Errorf("diagnostics: %v", diagnostics)
	}
}

func TestCompile_ReportsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		in   files
		want string
	}{
		{"missing import", files{"pages/a/a.wxss": "\n  @import 'b.wxss';"},
			"error wxss-import-not-found pages/a/a.wxss:2:3"},
		{"import from outside", files{"pages/a/a.wxss": "@import '../../../b.wxss';"},
			"error wxss-import-not-found pages/a/a.wxss:1:1"},
		{"import from elsewhere", files{"pages/a/a.wxss": "@import 'https://example.com/b.css';"},
			"warning wxss-import-left-out pages/a/a.wxss:1:1"},
		{"import cycle", files{"pages/a/a.wxss": "@import 'b.wxss';", "pages/a/b.wxss": "\n@import 'a.wxss';"},
			"error wxss-import-cycle pages/a/b.wxss:2:1"},
		{"remote picture", files{"pages/a/a.wxss": ".日本{background:url(http://example.com/x.png)}"},
			"warning wxss-url-remote pages/a/a.wxss:1:16"},
		{"remote picture as a string", files{"pages/a/a.wxss": `.a{background:image-set("https://evil.example/x.png" 1x)}`},
			"warning wxss-url-remote pages/a/a.wxss:1:25"},
		{"missing picture", files{"pages/a/a.wxss": ".a{background:url(x.png)}"},
			"warning wxss-url-not-found pages/a/a.wxss:1:15"},
		{"unclosed block", files{"pages/a/a.wxss": ".a{top:0"}, "warning wxss-unclosed-block pages/a/a.wxss:1:9"},
		{"stray brace", files{"pages/a/a.wxss": ".a{}}"}, "warning wxss-syntax pages/a/a.wxss:1:5"},
		{"no rule", files{"pages/a/a.wxss": ".a"}, "warning wxss-syntax pages/a/a.wxss:1:1"},
		{"no declaration", files{"pages/a/a.wxss": ".a{*zoom:1;top:0}"}, "warning wxss-syntax pages/a/a.wxss:1:4"},
		{"unknown at-rule", files{"pages/a/a.wxss": "@tailwind base;"}, "warning wxss-unknown-at-rule pages/a/a.wxss:1:1"},
		{"deep nesting", files{"pages/a/a.wxss": strings.Repeat("a{", 17) + strings.Repeat("}", 17)},
			"error wxss-nesting pages/a/a.wxss:1:33"},
		{"no such file", files{}, "error wxss-import-not-found :0:0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, got := compile(c.in)
			if diff := cmp.Diff([]string{c.want}, got); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCompile_BoundsImportsThatDouble(t *testing.T) {
	t.Parallel()
	f := files{"pages/a/a.wxss": strings.Repeat("@import 'i0.wxss';", 10)}
	for i := range 14 {
		f[fmt.Sprintf("pages/a/i%d.wxss", i)] = strings.Repeat(fmt.Sprintf("@import 'i%d.wxss';", i+1), 10)
	}
	f["pages/a/i14.wxss"] = "/* nothing */"
	_, diagnostics := compile(f)
	if len(diagnostics) == 0 || !strings.HasPrefix(diagnostics[0], "error wxss-too-large") {
		t.Fatalf("diagnostics: %v", diagnostics)
	}
}

func TestCompile_FindsTheBackgroundOfThePage(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"page{background-color:#F8f8f8;height:100%}":                        "#F8f8f8",
		"page, .a{background:rgba(0, 0, 0, .5)}":                            "rgba(0, 0, 0, .5)",
		"page{background:red}page{background:blue}":                         "blue",
		"page.dark{background:red}":                                         "",
		"@media print{page{background:red}}":                                "",
		"page{background:url(data:image/png,)}":                             "",
		"page{background:transparent}":                                      "",
		"page{background-color:#fff;background-color:expression(alert(1))}": "#fff",
	} {
		sheet, _ := wxss.Compile(files{"a.wxss": in}, "a.wxss", options)
		if sheet.Background != want {
			t.Errorf("%s: got background %q, want %q", in, sheet.Background, want)
		}
	}
}

// Compiling the output again gives the same output: the compiler can read the CSS that it writes.
func TestCompile_OutputIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.SampledFrom([]string{"a", "view", ".b", "#c", "{", "}", ";", ":", "1rpx", "-2.5e3px",
			"1e3", "%", "url(x)", "url('/fonts/x.woff')", "\"s\"", "'</style>'", "\\<", "\\", "<", "/", "!", "(", ")",
			"[", "]", ",", " ", "\n", "/*", "*/", "@media", "@import", "@keyframes", "calc(", ":not(", "--x", "日", "&"})
		in := strings.Join(rapid.SliceOfN(piece, 0, 40).Draw(t, "pieces"), "")
		checkOutput(t, in)
	})
}

func checkOutput(t interface{ Fatalf(string, ...any) }, in string) {
	sheet, _ := wxss.Compile(files{"a.wxss": in}, "a.wxss", options)
	if strings.Contains(sheet.CSS, "</") || strings.Contains(sheet.CSS, "<!") {
		t.Fatalf("markup got through: %q gives %q", in, sheet.CSS)
	}
}

func FuzzWXSS(f *testing.F) {
	for _, seed := range []string{
		".a{width:20rpx}", "@import 'a.wxss';", "@media (a<b){page{color:red}}", ".a{background:url(x",
		"'\\", "@import", "a{b:c(d[e{f", ".\\3c /style{}", "a{b:\\</style>}", "@x{{{}}", "a{--b:{}", "\x00\r\f",
		"a{background:url(//evil.example/x)}", "@supports not (a:b){c{d:e}}",
		"@media (prefers-color-scheme:dark),not (prefers-color-scheme:light) or x{@media print,(prefers-color-scheme:dark){a{b:c}}",
		"a{@media (prefers-color-scheme:dark){b:c}}", "@import 'a' (prefers-color-scheme:dark),print{a{b:c}}",
		"@keyframes a{from{}}a{animation:a}", "@media (prefers-color-scheme:dark){@keyframes x{to{a:b}}@font-face{a:b}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) { checkOutput(t, in) })
}

func BenchmarkCompile(b *testing.B) {
	sheet := strings.Repeat(".card view > text:first-child{width:20rpx;margin:0 auto;background:#fff}\n", 500)
	b.SetBytes(int64(len(sheet)))
	for b.Loop() {
		wxss.Compile(files{"a.wxss": sheet}, "a.wxss", options)
	}
}

// Ensure that blocks that are read once for each theme do not double the work at every level.
func TestCompile_ThemesInsideThemesStaySmall(t *testing.T) {
	t.Parallel()
	open := "@media print,(prefers-color-scheme:dark),(prefers-color-scheme:light){"
	for _, around := range []string{"", ".x{"} {
		in := around + strings.Repeat(open, 15-len(around)/3) + ".a{top:0}" + strings.Repeat("}", 16)
		got, _ := compile(files{"pages/a/a.wxss": in})
		if count := strings.Count(got, "top:0"); count > 40 {
			t.Errorf("%s: the rule is there %d times", around, count)
		}
	}
}
