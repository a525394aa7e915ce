package wxml_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teahouse/teahouse/runtime/source"
	"github.com/teahouse/teahouse/runtime/template"
	"github.com/teahouse/teahouse/runtime/wxml"
)

type files map[string]string

func (f files) ReadFile(path string) ([]byte, bool) {
	text, ok := f[path]
	return []byte(text), ok
}

func page(text string) files { return files{"pages/a/a.wxml": text} }

func compile(t testing.TB, f files) (*template.Template, []source.Diagnostic) {
	t.Helper()
	return wxml.Compile(f, "pages/a/a.wxml", wxml.Options{})
}

// structure compiles a page that must compile and returns the fragments for the browser.
func structure(t *testing.T, f files) string {
	t.Helper()
	compiled, diagnostics := compile(t, f)
	if compiled == nil {
		t.Fatalf("it does not compile: %v", diagnostics)
	}
	var s struct {
		Hash      string
		Fragments json.RawMessage
	}
	if err := json.Unmarshal(compiled.Structure(), &s); err != nil {
		t.Fatal(err)
	}
	if s.Hash != compiled.Hash() || len(s.Hash) != 32 {
		t.Errorf("hash %q, want %q", s.Hash, compiled.Hash())
	}
	return string(s.Fragments)
}

func TestStructureKeepsConstantsAndNumbersHoles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ src, want string }{
		"static": {
			`<view class="a" hidden>hi <text> x </text></view>`,
			`[{"kids":[{"tag":"view","id":0,"attrs":{"class":"a","hidden":true},"kids":` +
				`["hi ",{"tag":"text","id":1,"kids":[" x "]}]}],"holes":0}]`,
		},
		"holes in document order": {
			`<view class="{{a}}" style="{{b}}">{{c}}</view>{{d}}`,
			`[{"kids":[{"tag":"view","id":0,"dyn":[[0,"class"],[1,"style"]],"kids":[{"t":2}]},{"t":3}],"holes":4}]`,
		},
		"constant expressions are static": {
			`<slider value="{{1 + 2}}" show="{{true}}" min="{{-1}}">{{'a' + 'b'}}</slider>`,
			`[{"kids":[{"tag":"slider","id":0,"attrs":{"value":3,"show":true,"min":-1},"kids":["ab"]}],"holes":0}]`,
		},
		"if chain": {
			`<view wx:if="{{a}}">1</view> <!-- note --> <view wx:elif="{{b}}">2</view><block wx:else>3</block>`,
			`[{"kids":[{"if":0,"frags":[1,2,3]}],"holes":1},` +
				`{"kids":[{"tag":"view","id":0,"kids":["1"]}],"holes":0},` +
				`{"kids":[{"tag":"view","id":0,"kids":["2"]}],"holes":0},{"kids":["3"],"holes":0}]`,
		},
		"a text in a block with a slot's name stands in an element, which can have one": {
			`<block slot="head">Tea {{n}}<image/></block>`,
			`[{"kids":[{"tag":"text","id":0,"attrs":{"slot":"head"},"kids":[{"t":0}]},{"tag":"image","id":1,"attrs":{"slot":"head"}}],"holes":1}]`,
		},
		"for is outside of if": {
			`<view wx:if="{{item}}" wx:for="{{list}}">{{item}}</view>`,
			`[{"kids":[{"for":0,"frag":1}],"holes":1},{"kids":[{"if":0,"frags":[2]}],"holes":1},` +
				`{"kids":[{"tag":"view","id":0,"kids":[{"t":0}]}],"holes":1}]`,
		},
		"events without handlers' names": {
			`<view bindtap="a" catch:touchmove="b" capture-bind:tap="c" mut-bind:tap="d" data-x="1" mark:y="2"/>`,
			`[{"kids":[{"tag":"view","id":0,"on":{"touchmove":"catch","tap":"capture-bind"}}],"holes":0}]`,
		},
		"what changes data bound by model: is heard without a handler, and once beside one": {
			`<input model:value="{{a}}"/><swiper model:current="{{b}}" bindchange="c"/><view model:value="{{a}}"/>`,
			`[{"kids":[{"tag":"input","id":0,"dyn":[[0,"value"]],"on":{"input":"bind","change":"bind"}},` +
				`{"tag":"swiper","id":1,"dyn":[[1,"current"]],"on":{"change":"bind"}},` +
				`{"tag":"view","id":2,"dyn":[[2,"value"]]}],"holes":3}]`,
		},
		"entities": {
			`<view title="a&quot;&nbsp;b?x=1&copy=2">1 &lt; 2 &amp;&amp; x &unknown;</view>`,
			`[{"kids":[{"tag":"view","id":0,"attrs":{"title":"a\"` + "\u00a0" + `b?x=1&copy=2"},` +
				`"kids":["1 < 2 && x &unknown;"]}],"holes":0}]`,
		},
		"less-than and quotes inside expressions": {
			`<view class="{{a < b ? "x" : 'y'}}">{{ a<b }} 1 < 2</view>`,
			`[{"kids":[{"tag":"view","id":0,"dyn":[[0,"class"]],"kids":[{"t":1}]}],"holes":2}]`,
		},
		"left open as in HTML": {
			`<view><input value=a><image src='b'>x</view>`,
			`[{"kids":[{"tag":"view","id":0,"kids":[{"tag":"input","id":1,"attrs":{"value":"a"}},` +
				`{"tag":"image","id":2,"attrs":{"src":"b"}},"x"]}],"holes":0}]`,
		},
		"space between tags is dropped, in text too, and kept beside words": {
			"<text> </text> <text>\n <text>a</text> b\n</text>\n",
			`[{"kids":[{"tag":"text","id":0},{"tag":"text","id":1,"kids":[{"tag":"text","id":2,"kids":["a"]}," b\n"]}],"holes":0}]`,
		},
	} {
		if diff := cmp.Diff(c.want, structure(t, page(c.src))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestTemplatesAndIncludes(t *testing.T) {
	t.Parallel()
	f := files{
		"pages/a/a.wxml": `<import src="../b"/><include src="/c.wxml"/>
			<template is="row" data="{{...x}}"/><template is="deep"/>`,
		"pages/b.wxml": `<import src="d"/><template name="row"><text>{{label}}</text></template>not shown`,
		"pages/d.wxml": `<template name="deep">too far</template>`,
		"c.wxml":       `<template name="hidden">never</template><view>{{shared}}</view>`,
	}
	want := `[{"kids":[{"tag":"view","id":0,"kids":[{"t":0}]},{"use":1},{"use":2}],"holes":3},` +
		`{"kids":[{"tag":"text","id":0,"kids":[{"t":0}]}],"holes":1}]`
	if diff := cmp.Diff(want, structure(t, f)); diff != "" {
		t.Error(diff)
	}
	_, diagnostics := compile(t, f)
	if got := summary(diagnostics); got != "warning pages/a/a.wxml:2:54 wxml-unknown-template" {
		t.Errorf("imports must not reach further than one file: %s", got)
	}
}

func summary(diagnostics []source.Diagnostic) string {
	lines := make([]string, len(diagnostics))
	for i, d := range diagnostics {
		lines[i] = fmt.Sprintf("%s %s:%d:%d %s", d.Severity, d.File, d.Line, d.Column, d.Code)
	}
	return strings.Join(lines, "\n")
}

func TestDiagnosticsSayWhereAndHowToFix(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]struct{ at, word string }{
		"<view>\n  <view>\n</view>":     {"error 1:1 wxml-unclosed-element", "</view>"},
		"<view><text>a</view>":          {"warning 1:7 wxml-unclosed-element", "</text>"},
		"<view/></view>":                {"warning 1:8 wxml-stray-end-tag", "Remove"},
		"<view":                         {"error 1:1 wxml-unclosed-tag", ">"},
		"<view class=\"a>":              {"error 1:13 wxml-unclosed-quote", "closing"},
		"<!-- a":                        {"error 1:1 wxml-unclosed-comment", "-->"},
		"中文<view>{{ a + }}</view>":      {"error 1:16 wxml-expression", "too early"},
		"<view\n class=\"{{ a b }}\"/>": {"error 2:14 wxml-expression", "“b”"},
		"<view wx:else/>":               {"warning 1:1 wxml-else-without-if", "wx:if"},
		"<view wx:if='{{a}}'/>x<view wx:elif='{{b}}'/>": {"warning 1:23 wxml-else-without-if", "wx:if"},
		"<view a='1' a='2'/>":                           {"warning 1:13 wxml-duplicate-attribute", "last"},
		"<view wx:idx='1'/>":                            {"warning 1:7 wxml-unknown-directive", "wx:i"},
		"<view wx:for='{{a}}' wx:key='{{item.id}}'/>":   {"warning 1:30 wxml-key-expression", `"id"`},
		"<view wx:for='{{a}} '/>":                       {"warning 1:15 wxml-text-around-list", "row"},
		"<view wx:if=' {{a}}'/>":                        {"warning 1:14 wxml-text-around-condition", "true"},
		"<my-card/>":                                    {"warning 1:1 wxml-unknown-component", "box"},
		"<include src='none'/>":                         {"warning 1:15 wxml-missing-file", "none.wxml"},
		"<include/>":                                    {"error 1:1 wxml-missing-src", "src"},
		"<template is='x'/>":                            {"warning 1:15 wxml-unknown-template", "import"},
		"<view>{{a.slice(1)}}</view>":                   {"warning 1:7 wxml-call", "data"},
		"<include src='a'/>":                            {"error 1:15 wxml-include-cycle", "itself"},
		strings.Repeat("<view>", 102):                   {"error 1:601 wxml-too-deep", "template"},
		"<template name='t'/><template name='t'/><template is='t'/>":      {"warning 1:21 wxml-duplicate-template", "rename"},
		"<wxs>var a</wxs><view a='{{a}}'/>":                               {"error 1:1 wxs-without-name", "module"},
		"<wxs module='m'>\n let a</wxs>{{m.a}}":                           {"error 2:2 wxs-syntax", "var"},
		"<wxs module='m' src='no'/>{{m.a}}":                               {"error 1:22 wxs-missing-file", "relative"},
		"<wxs module='m'>exports.a = 1</wxs>{{m.b}}":                      {"warning 1:36 wxs-unknown-member", "no b"},
		"<wxs module='m'/><wxs module='m'/>{{m.b}}":                       {"warning 1:31 wxs-duplicate-module", "rename"},
		"<wxs module='m'>exports.f = 1</wxs><view bindtap='{{m.f(1)}}'/>": {"warning 1:51 wxs-computed-handler", "m.move"},
		"<wxs module='m'/><view change:a='{{b}}'/>":                       {"warning 1:34 wxs-change", "m.changed"},
	} {
		_, diagnostics := compile(t, page(src))
		if len(diagnostics) == 0 {
			t.Errorf("%s: nothing was found", src)
			continue
		}
		d := diagnostics[0]
		at := fmt.Sprintf("%s %d:%d %s", d.Severity, d.Line, d.Column, d.Code)
		if at != want.at || !strings.Contains(d.Message, want.word) {
			t.Errorf("%.60s: got %s %q, want %s and %q", src, at, d.Message, want.at, want.word)
		}
	}
}

func TestReportsNameTagsAndHandlersOnce(t *testing.T) {
	t.Parallel()
	compiled, _ := compile(t, page("<view bindtap='a'/>\n<view bindtap='a' catchtap='b'/><text bindtap='{{c}}'/>"))
	want := []template.Use{
		{Name: "view", File: "pages/a/a.wxml", Line: 1, Column: 1},
		{Name: "text", File: "pages/a/a.wxml", Line: 2, Column: 33},
	}
	if diff := cmp.Diff(want, compiled.Tags); diff != "" {
		t.Error(diff)
	}
	want = []template.Use{
		{Name: "a", File: "pages/a/a.wxml", Line: 1, Column: 7},
		{Name: "b", File: "pages/a/a.wxml", Line: 2, Column: 19},
	}
	if diff := cmp.Diff(want, compiled.Handlers); diff != "" {
		t.Error(diff)
	}
}

func TestIncludesThatDoubleAreStopped(t *testing.T) {
	t.Parallel()
	f := files{"pages/a/a.wxml": "<include src='0'/>", "pages/a/15.wxml": strings.Repeat("{{a}} ", 200)}
	for i := range 15 {
		f[fmt.Sprintf("pages/a/%d.wxml", i)] = strings.Repeat(fmt.Sprintf("<include src='%d'/>", i+1), 2)
	}
	compiled, diagnostics := compile(t, f)
	if compiled != nil || !strings.Contains(summary(diagnostics), "wxml-include-size") {
		t.Errorf("16 levels of doubling compiled: %s", summary(diagnostics))
	}
}

func TestADamagedTemplateIsRefused(t *testing.T) {
	t.Parallel()
	compiled, _ := compile(t, page(`<view wx:for="{{a}}" class="{{item}}" bindtap="t">{{a[0] + 1}}</view>`))
	encoded, err := compiled.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if err := new(template.Template).UnmarshalBinary(encoded); err != nil {
		t.Errorf("a complete template: %v", err)
	}
	for end := range encoded {
		if new(template.Template).UnmarshalBinary(encoded[:end]) == nil {
			t.Errorf("cut after %d of %d bytes it was accepted", end, len(encoded))
		}
	}
}

// FuzzCompile looks for markup that makes the compiler panic, hang, or produce a template that its
// own decoder or a browser would refuse.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{
		`<view class="a {{b}}">{{c}}</view>`, `<block wx:for="{{a}}" wx:key="*this" wx:if="{{item}}">x</block>`,
		`<view wx:if="{{a}}"/><view wx:elif="{{b}}"/><view wx:else/>`, `<a b='c"d' e=f g/>`, `<!-- x --><`, `</a>`,
		`<template name="t"><template is="t" data="{{...x}}"/></template><template is="{{t}}"/>`,
		`<include src="a"/><import src="/pages/a/a"/>`, `<wxs>a</wxs>`, `<view>{{"}}"}}<text> </text></view>`,
		`<view bindtap="x" capture-catch:tap="{{y}}" mark:a="1" data-a-b="{{c}}" model:value="{{d}}"/>`,
		"<input>\xff&amp;&#x41;&bogus;", `<view wx:for="{{[1,2]}}" wx:for-item="i">{{i}}</view>`, `{{{a}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		compiled, diagnostics := compile(t, page(src))
		for _, d := range diagnostics {
			if d.Line < 1 || d.Column < 1 || d.Message == "" || d.Code == "" {
				t.Fatalf("%q: %+v", src, d)
			}
		}
		if compiled == nil {
			if len(diagnostics) == 0 {
				t.Fatalf("%q: refused without a diagnostic", src)
			}
			return
		}
		if !json.Valid(compiled.Structure()) {
			t.Fatalf("%q: %s", src, compiled.Structure())
		}
		encoded, err := compiled.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		decoded := new(template.Template)
		if err := decoded.UnmarshalBinary(encoded); err != nil {
			t.Fatalf("%q: %v", src, err)
		}
		if string(decoded.Structure()) != string(compiled.Structure()) {
			t.Fatalf("%q: the decoded template is different", src)
		}
	})
}
