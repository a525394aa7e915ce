package compile_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/teahouse/teahouse/runtime/compile"
	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/source"
)

// shop is a small program without errors.
func shop() map[string]string {
	return map[string]string{
		"app.json": "\ufeff" + `{
	// the vendor's tools take comments
	"pages": ["pages/index/index", "pages/cart/cart",],
	"window": {"navigationBarTitleText": "Shop", "navigationBarBackgroundColor": "#FFF"},
	"tabBar": {"list": [
		{"pagePath": "pages/index/index", "text": "Home", "iconPath": "/img/home.png"},
		{"pagePath": "pages/cart/cart", "text": "Cart"}
	]}
}`,
		"app.js":                 "App({})",
		"app.wxss":               "page{background:#eee}",
		"pages/index/index.js":   "const util = require('../../util')\nPage({onLoad() {\n\twx.login({})\n\twx.showToast({title: util.hi})\n}})",
		"pages/index/index.wxml": `<view class="a" bindtap="go">{{hi}}</view>`,
		"pages/index/index.wxss": ".a{width:10rpx;background:url(../../img/home.png)}",
		"pages/index/index.json": `{"navigationBarTitleText": "Home", "enablePullDownRefresh": true} // a comment without an end of its line`,
		"pages/cart/cart.ts":     "import {hi} from '../../util'\ninterface A { b: number }\nconst a: A = {b: 1}\nPage({data: {hi, a}})",
		"pages/cart/cart.wxml":   `<text>{{hi}}</text>`,
		"util.js":                "export const hi = 'hi'\nexport default 1",
		"img/home.png":           "png",
		"README.md":              "not public",
	}
}

// working are the members of wx that the tests' engine has.
var working = []string{"login", "showToast", "request", "requestPayment", "navigateTo", "getStorageSync",
	"createSelectorQuery", "checkSession", "getUserProfile", "authorize"}

func run(program map[string]string, change map[string]string) *compile.Result {
	files := map[string][]byte{}
	for name, content := range program {
		files[name] = []byte(content)
	}
	for name, content := range change {
		if content == "" {
			delete(files, name)
		} else {
			files[name] = []byte(content)
		}
	}
	return compile.Compile(context.Background(), files, compile.Options{
		Supported: func(name string) bool { return slices.Contains(working, name) },
		Members:   append([]string{"startBeaconDiscovery"}, working...),
	})
}

func lines(diagnostics []source.Diagnostic) []string {
	var out []string
	for _, d := range diagnostics {
		out = append(out, fmt.Sprintf("%s %s %s:%d:%d", d.Severity, d.Code, d.File, d.Line, d.Column))
	}
	return out
}

func TestCompile_MakesAnImage(t *testing.T) {
	t.Parallel()
	r := run(shop(), nil)
	if len(r.Diagnostics) > 0 || r.Image == nil {
		t.Fatalf("diagnostics: %v", r.Diagnostics)
	}
	want := []string{"app.json", "img/home.png",
		"pages/pages/cart/cart.css", "pages/pages/cart/cart.json",
		"pages/pages/index/index.css", "pages/pages/index/index.json"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(r.Public))); diff != "" {
		t.Errorf("public files (-want +got):\n%s", diff)
	}
	css := string(r.Public["pages/pages/index/index.css"])
	wantCSS := "wx-page{background:#eee;}\n.a{width:calc(10 * var(--rpx, 0.5px));background:url(\"\x00aimg/home.png\");}\n"
	if css != wantCSS {
		t.Errorf("style sheet: %q", css)
	}
	page := r.Image.Page("pages/index/index")
	if page.Background != "#eee" || page.Config.BackgroundColorContent != "#eee" || page.Config.NavigationBarTitleText != "Home" ||
		!page.Config.EnablePullDownRefresh || page.Config.NavigationBarBackgroundColor != "#ffffff" {
		t.Errorf("page: %+v", page)
	}
	if cart := r.Image.Page("pages/cart/cart"); cart.Config.NavigationBarTitleText != "Shop" {
		t.Errorf("page without page.json: %+v", cart.Config)
	}
	var modules []string
	for _, m := range r.Image.Modules {
		modules = append(modules, m.File+" → "+m.Path)
	}
	wantModules := []string{"app.js → app.js", "pages/cart/cart.ts → pages/cart/cart.js",
		"pages/index/index.js → pages/index/index.js", "util.js → util.js"}
	if diff := cmp.Diff(wantModules, modules); diff != "" {
		t.Errorf("modules (-want +got):\n%s", diff)
	}
	wantReport := compile.Report{
		AppName: "Shop", Pages: []string{"pages/index/index", "pages/cart/cart"},
		Scopes: []string{"login"}, Domains: []string{},
		APIs: []compile.APIUse{
			{Name: "login", Supported: true, File: "pages/index/index.js", Line: 3, Column: 2},
			{Name: "showToast", Supported: true, File: "pages/index/index.js", Line: 4, Column: 2},
		},
		Hosts: []compile.HostUse{},
	}
	if diff := cmp.Diff(wantReport, r.Report); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
}

func TestCompile_ReadsStyleSettingsOfTheAppAndOfAPage(t *testing.T) {
	t.Parallel()
	r := run(shop(), map[string]string{
		"app.json":             `{"pages":["pages/index/index","pages/cart/cart"],"style":"v2","darkmode":true}`,
		"pages/cart/cart.json": `{"style":"v3"}`,
	})
	if got := lines(r.Diagnostics); len(got) != 1 || got[0] != "warning config-value pages/cart/cart.json:1:10" {
		t.Errorf("diagnostics: %v", got)
	}
	if r.Image == nil || !r.Image.App.Darkmode || r.Image.App.Window.Style != "v2" ||
		r.Image.Page("pages/cart/cart").Config.Style != "v2" {
		t.Errorf("image: %+v", r.Image)
	}
	if plain := run(shop(), nil).Image; plain.App.Darkmode || plain.App.Window.Style != "" {
		t.Errorf("without the keys: %+v", plain.App)
	}
}

func TestCompile_SameFilesGiveSameImage(t *testing.T) {
	t.Parallel()
	encode := func(change map[string]string) string {
		r := run(shop(), change)
		if r.Image == nil {
			t.Fatalf("diagnostics: %v", r.Diagnostics)
		}
		encoded, err := r.Image.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		decoded, err := image.Decode(encoded, image.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		again, err := decoded.MarshalBinary()
		if err != nil || string(again) != string(encoded) {
			t.Fatalf("decoding and encoding changed the image (%v)", err)
		}
		return image.Name(encoded)
	}
	first := encode(nil)
	if second := encode(nil); first != second {
		t.Errorf("two compilations of the same files: %s and %s", first, second)
	}
	if other := encode(map[string]string{"img/home.png": "another png"}); other == first {
		t.Error("the image's name is the same after a picture changed")
	}
	if other := encode(map[string]string{"app.wxss": "page{background:#eef}"}); other == first {
		t.Error("the image's name is the same after a style sheet changed")
	}
}

func TestCompile_ReportsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change map[string]string
		want   []string
	}{
		{"no app.json", map[string]string{"app.json": ""}, []string{"error app-json-not-found app.json:0:0"}},
		{"broken app.json", map[string]string{"app.json": "{\n  \"pages\": [\"日本\" \"b\"]\n}"},
			[]string{"error json-syntax app.json:2:18"}},
		{"app.json is a list", map[string]string{"app.json": "\n []"}, []string{"error json-type app.json:2:2"}},
		{"empty app.json", map[string]string{"app.json": " "}, []string{"error no-pages app.json:1:1"}},
		{"not UTF-8", map[string]string{"app.json": "{\"a\":\"\xff\"}"}, []string{"error json-encoding app.json:1:7"}},
		{"unknown page", map[string]string{"app.json": "{\"pages\": [\n\"pages/index/index\",\n  \"pages/nowhere/nowhere\"]}"},
			[]string{"error page-not-found app.json:3:3"}},
		{"page outside the program", map[string]string{"app.json": `{"pages": ["pages/index/index", "../x"]}`},
			[]string{"error config-value app.json:1:33"}},
		{"page that is a number", map[string]string{"app.json": `{"pages": ["pages/index/index", 7]}`},
			[]string{"error config-value app.json:1:33"}},
		{"pages that are not a list", map[string]string{"app.json": `{"pages": "pages/index/index"}`},
			[]string{"error config-value app.json:1:11"}},
		{"one tab", map[string]string{"app.json": `{"pages":["pages/index/index"],"tabBar":{"list":[{"pagePath":"pages/index/index"}]}}`},
			[]string{"error tab-count app.json:1:49"}},
		{"tab with an unknown page", map[string]string{"app.json": `{"pages":["pages/index/index"],"tabBar":{"list":[{"pagePath":"pages/index/index"},{"pagePath":"x"}]}}`},
			[]string{"error tab-page-not-found app.json:1:95"}},
		{"wrong values in the window", map[string]string{"pages/index/index.json": "{\"navigationBarTextStyle\":\"#fff\",\n\"backgroundColor\":\"red-ish\",\"enablePullDownRefresh\":\"true\",\n\"onReachBottomDistance\":-1}"},
			[]string{"warning config-value pages/index/index.json:1:27", "warning config-value pages/index/index.json:2:19",
				"warning config-value pages/index/index.json:2:53", "warning config-value pages/index/index.json:3:25"}},
		{"unknown scope and domain", map[string]string{"app.json": "{\"pages\":[\"pages/index/index\"],\n\"teahouse\":{\"scopes\":[\"login\",\"root\"],\"domains\":[\"https://a.example\"]}}"},
			[]string{"error config-value app.json:2:31", "error config-value app.json:2:50"}},
		{"script that does not parse", map[string]string{"util.js": "var a = 1\nvar 日本 = a +* 2"}, []string{"error js-syntax util.js:2:13"}},
		{"TypeScript that does not parse", map[string]string{"pages/cart/cart.ts": "const a: = 1"}, []string{"error js-syntax pages/cart/cart.ts:1:10"}},
		{"script that the engine refuses", map[string]string{"util.js": "// one\nvar a = 1; export const hi = /(?i:x)/"},
			[]string{"error js-engine util.js:2:30"}},
		{"top-level await", map[string]string{"util.js": "export const hi = await 1"}, []string{"error js-syntax util.js:1:19"}},
		{"broken script that nothing needs", map[string]string{"gulpfile.js": "var ="}, []string{"warning js-syntax gulpfile.js:1:5"}},
		{"missing module", map[string]string{"app.js": "App({})\n  require('./nowhere')"}, []string{"warning module-not-found app.js:2:3"}},
		{"style with a missing import", map[string]string{"app.wxss": "@import 'x.wxss';"}, []string{"error wxss-import-not-found app.wxss:1:1"}},
		{"unsupported API", map[string]string{"app.js": "\nwx.startBeaconDiscovery({})\nApp({})"}, []string{"warning api-not-supported app.js:2:1"}},
		{"scope that was not declared", map[string]string{"app.json": `{"pages":["pages/index/index"],"teahouse":{"scopes":[]}}`},
			[]string{"warning scope-not-declared pages/index/index.js:3:2"}},
		{"misspelled API", map[string]string{"app.js": "\n\nwx.requst({})\nApp({})"}, []string{"warning api-unknown app.js:3:1"}},
		{"members that the program makes", map[string]string{"app.js": "(wx['webpackJsonp'] = wx['webpackJsonp'] || []).push(1); wx.createApp = () => App({}); wx.request = null",
			"pages/cart/cart.js": "wx.createApp(); Page({})"}, []string{}},
		{"markup in GBK", map[string]string{"pages/cart/cart.wxml": "<text>\n\xb2\xe8</text>"},
			[]string{"error wxml-encoding pages/cart/cart.wxml:2:1"}},
		{"style in GBK", map[string]string{"app.wxss": "/* \xb2\xe8 */"}, []string{"error wxss-encoding app.wxss:1:4"}},
		{"script in GBK", map[string]string{"util.js": "export const hi = '\xb2\xe8'"}, []string{"error js-encoding util.js:1:20"}},
		{"style in another language", map[string]string{"pages/index/index.wxss": "", "pages/index/index.less": "@a: 1;"},
			[]string{"warning style-not-compiled pages/index/index.less:0:0"}},
		{"style in another language that the vendor's tool compiles", map[string]string{"pages/index/index.wxss": "",
			"pages/index/index.scss": "a{b:c}", "project.config.json": `{"setting":{"useCompilerPlugins":["typescript","sass"]}}`},
			[]string{"error style-not-compiled pages/index/index.scss:0:0"}},
		{"style in another language, without plugins", map[string]string{"pages/index/index.wxss": "",
			"pages/index/index.less": "@a: 1;", "project.config.json": `{"setting":{"useCompilerPlugins":false}}`},
			[]string{"warning style-not-compiled pages/index/index.less:0:0"}},
		{"style of a component in another language", map[string]string{"pages/cart/cart.json": `{"usingComponents":{"c-a":"/c/a"}}`,
			"c/a.json": `{"component":true}`, "c/a.wxml": "<view/>", "c/a.js": "Component({})", "c/a.less": "@a: 1;"},
			[]string{"warning style-not-compiled c/a.less:0:0"}},
		{"style in another language, compiled", map[string]string{"pages/index/index.less": "@a: 1;"}, []string{}},
		{"component of a package that is not there", map[string]string{"pages/cart/cart.json": "{\"usingComponents\": {\n\"van-a\": \"@vant/weapp/a/index\",\n\"van-b\": \"@vant/weapp/b/index\"}}"},
			[]string{"warning npm-not-built pages/cart/cart.json:2:10"}},
		{"module of a package that is not there", map[string]string{"app.js": "App({})\n  require('dayjs')"},
			[]string{"warning npm-not-built app.js:2:3"}},
		{"no app.js", map[string]string{"app.js": ""}, []string{"error app-js-not-found app.js:0:0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := run(shop(), c.change)
			if c.want != nil {
				if diff := cmp.Diff(c.want, lines(r.Diagnostics), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("diagnostics (-want +got):\n%s\n%v", diff, r.Diagnostics)
				}
			} else if len(r.Diagnostics) == 0 || r.Diagnostics[0].Severity != source.Error || r.Diagnostics[0].Line == 0 {
				t.Errorf("diagnostics: %v", r.Diagnostics)
			}
			failed := slices.ContainsFunc(r.Diagnostics, func(d source.Diagnostic) bool {
				part := d.Code == "page-not-found" || strings.HasPrefix(d.Code, "wxss-import") ||
					strings.HasPrefix(d.Code, "js-")
				return d.Severity == source.Error && !part // else the rest can be tried
			})
			if failed != (r.Image == nil) || failed != (r.Public == nil) {
				t.Errorf("failed %v, image %v", failed, r.Image != nil)
			}
		})
	}
}

func TestCompile_AFaultInMarkupFailsOnePageAlone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		change  map[string]string
		want    []string
		failure string
	}{
		{"markup that does not close", map[string]string{"pages/cart/cart.wxml": "<view>\n  <text>"},
			[]string{"error wxml-unclosed-element pages/cart/cart.wxml:1:1", "error wxml-unclosed-element pages/cart/cart.wxml:2:3"},
			"pages/cart/cart.wxml:2:3: <text> is not closed."},
		{"JSON that does not parse", map[string]string{"pages/cart/cart.json": "{\n,}"},
			[]string{"error json-syntax pages/cart/cart.json:2:1"}, "pages/cart/cart.json cannot be read."},
		{"no markup", map[string]string{"pages/cart/cart.wxml": ""},
			[]string{"error page-not-found app.json:3:33"}, "There is no pages/cart/cart.wxml."},
		{"no script", map[string]string{"pages/cart/cart.ts": ""},
			[]string{"error page-not-found app.json:3:33"}, "There is no pages/cart/cart.js."},
		{"component that is not there", map[string]string{"pages/cart/cart.json": `{"usingComponents":{"x-a":"./a"}}`, "pages/cart/cart.wxml": "\n<x-a/>"},
			[]string{"error component-not-found pages/cart/cart.wxml:2:1"}, `<x-a> is the component "./a" of pages/cart/cart.json, which is not there.`},
		{"component of a package that is not there", map[string]string{"pages/cart/cart.json": `{"usingComponents":{"x-a":"@p/a/b"}}`, "pages/cart/cart.wxml": "<x-a/>"},
			[]string{"error npm-not-built pages/cart/cart.wxml:1:1"}, "the package @p/a"},
	} {
		r := run(shop(), c.change)
		if diff := cmp.Diff(c.want, lines(r.Diagnostics)); diff != "" {
			t.Errorf("%s: diagnostics (-want +got):\n%s", c.name, diff)
		}
		if r.Image == nil {
			t.Fatalf("%s: there is no image", c.name)
		}
		if got := r.Image.Page("pages/cart/cart").Failure; !strings.Contains(got, c.failure) {
			t.Errorf("%s: the page fails with %q, want %q", c.name, got, c.failure)
		}
		if other := r.Image.Page("pages/index/index").Failure; other != "" {
			t.Errorf("%s: another page fails: %s", c.name, other)
		}
	}
}

func TestCompile_TheBrowserKnowsADatasetThatAStyleSheetNames(t *testing.T) {
	t.Parallel()
	r := run(shop(), map[string]string{
		"app.wxss":               "@import 'steps.wxss'; [data-Theme = dark] view { color: red }",
		"steps.wxss":             ".num::before { content: attr( data-index ) }",
		"pages/index/index.wxml": `<view data-theme="dark" data-index="{{i + 1}}" data-id="{{i}}"/>`,
	})
	page := string(r.Public["pages/pages/index/index.json"])
	if !strings.Contains(page, `"attrs":{"data-theme":"dark"}`) || !strings.Contains(page, `"data-index"`) ||
		strings.Contains(page, "data-id") {
		t.Errorf("%s\n%v", page, r.Diagnostics)
	}
}

func TestCompile_FindsComponents(t *testing.T) {
	t.Parallel()
	r := run(shop(), map[string]string{
		"app.json": `{"pages":["pages/index/index"],"usingComponents":{"g-a":"parts/a","x-b":"parts/none","g-unused":"/parts/unused"}}`,
		"pages/index/index.json": `{"usingComponents":{"x-b":"../../parts/b","x-npm":"lib/c","x-gone":"/parts/gone"},
			"componentPlaceholder":{"x-gone":"view"}}`,
		"pages/index/index.wxml":           `<g-a/><x-b generic:row="x-npm"/><x-gone/><template name="t"><x-npm/></template>`,
		"parts/a.wxml":                     `<row/>`,
		"parts/a.json":                     `{"component":true,"componentGenerics":{"row":{"default":"./b"},"head":true},"styleIsolation":"apply-shared"}`,
		"parts/b/index.js":                 "Component({})",
		"parts/unused.wxml":                "<g-a/>",
		"miniprogram_npm/lib/c/index.wxml": " ",
		"parts/nobody.wxml":                "<view>",
	})
	if r.Image == nil {
		t.Fatal(r.Diagnostics)
	}
	if diff := cmp.Diff([]string{"warning component-not-found app.json:1:73"}, lines(r.Diagnostics)); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
	want := []image.Component{
		{Path: "miniprogram_npm/lib/c/index"},
		{Path: "parts/a", Generics: map[string]string{"row": "parts/b/index", "head": ""}, Declared: true, StyleIsolation: "apply-shared"},
		{Path: "parts/b/index"},
		{Path: "parts/unused", Using: map[string]string{"g-a": "parts/a"}},
	}
	ignore := cmpopts.IgnoreFields(image.Component{}, "Template")
	if diff := cmp.Diff(want, r.Image.Components, ignore); diff != "" {
		t.Errorf("components (-want +got):\n%s", diff)
	}
	page := image.Component{Path: "pages/index/index", Placeholders: map[string]string{"x-gone": "view"},
		Using: map[string]string{"g-a": "parts/a", "x-b": "parts/b/index", "x-npm": "miniprogram_npm/lib/c/index"}}
	if diff := cmp.Diff(page, r.Image.Page("pages/index/index").Component, ignore); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
	var scripts []string
	for _, m := range r.Image.Modules {
		scripts = append(scripts, m.File)
	}
	if !slices.Contains(scripts, "parts/b/index.js") {
		t.Errorf("the script of a component is left out: %v", scripts)
	}
}

func TestCompile_SaysWhatToDo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		change map[string]string
		want   string
	}{
		{map[string]string{"app.js": "wx.requst({})\nApp({})"}, "Did you mean wx.request?"},
		{map[string]string{"app.js": "wx.navigatoTo({})\nApp({})"}, "Did you mean wx.navigateTo?"},
		{map[string]string{"app.js": "wx.reqeust({})\nApp({})"}, "Did you mean wx.request?"},
		{map[string]string{"app.js": "wx.Login({})\nApp({})"}, "Did you mean wx.login?"},
		{map[string]string{"app.js": "wx.brewTea({})\nApp({})"}, "There is no wx.brewTea; it is undefined."},
		{map[string]string{"pages/cart/cart.wxml": "\xb2\xe8"}, "iconv -f GBK -t UTF-8 pages/cart/cart.wxml"},
		{map[string]string{"pages/cart/cart.wxml": "\xff\xfe<\x00"}, "iconv -f UTF-16 "},
		{map[string]string{"pages/cart/cart.wxml": "<text>\xff\xff</text>"}, "This file is not UTF-8. Save it again as UTF-8."},
		{map[string]string{"pages/cart/cart.scss": "a{b:c}"}, "npx sass --no-source-map pages/cart/cart.scss pages/cart/cart.wxss"},
		{map[string]string{"app.styl": "a", "app.wxss": ""}, "npx stylus < app.styl > app.wxss"},
		{map[string]string{"app.json": `{"pages":["pages/index/index"],"usingComponents":{"a":"@vant/weapp/a/index"}}`}, `"npm install"`},
	} {
		r := run(shop(), c.change)
		if !slices.ContainsFunc(r.Diagnostics, func(d source.Diagnostic) bool { return strings.Contains(d.Message, c.want) }) {
			t.Errorf("%v: %v, want %q", c.change, r.Diagnostics, c.want)
		}
	}
}

func TestCompile_FindsPackagesOfNpmWhereTheyWereBuilt(t *testing.T) {
	t.Parallel()
	r := run(shop(), map[string]string{
		"pages/cart/cart.json":                    `{"usingComponents": {"a": "@vant/weapp/a/index", "b": "parts/b/b", "c": "c"}}`,
		"miniprogram_npm/@vant/weapp/a/index.js":  "Component({})",
		"pages/parts/b/b.js":                      "",
		"parts/b/b.js":                            "Component({})",
		"pages/cart/c.js":                         "Component({})",
		"app.js":                                  "require('dayjs'); App({})",
		"pages/cart/miniprogram_npm/none/none.js": "1",
		"miniprogram_npm/dayjs/index.js":          "module.exports = 1",
	})
	for _, d := range r.Diagnostics {
		if d.Code == "npm-not-built" {
			t.Error(d)
		}
	}
}

func TestCompile_FindsTheProgramBelowMiniprogramRoot(t *testing.T) {
	t.Parallel()
	files := map[string]string{"project.config.json": `{"miniprogramRoot": "src/", "projectname": "shop"}`, "app.js": "var ="}
	for name, content := range shop() {
		files["src/"+name] = content
	}
	r := run(files, map[string]string{"src/pages/index/index.json": `{"disableScroll": 1}`})
	want := []string{"warning config-value src/pages/index/index.json:1:19"}
	if diff := cmp.Diff(want, lines(r.Diagnostics)); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
	if r.Image == nil || r.Report.AppName != "shop" || r.Report.APIs[0].File != "src/pages/index/index.js" {
		t.Errorf("report: %+v", r.Report)
	}
}

func TestCompile_AddsPagesOfSubpackagesToThePages(t *testing.T) {
	t.Parallel()
	r := run(shop(), map[string]string{
		"app.json":      `{"pages":["pages/index/index"],"subPackages":[{"root":"more/","pages":["x/x"]}]}`,
		"more/x/x.js":   "Page({})",
		"more/x/x.wxml": "<view/>",
	})
	if diff := cmp.Diff([]string{"pages/index/index", "more/x/x"}, r.Report.Pages); diff != "" || r.Image == nil {
		t.Errorf("pages (-want +got):\n%s\n%v", diff, r.Diagnostics)
	}
}

func TestCompile_FindsAPIsInEverySpelling(t *testing.T) {
	t.Parallel()
	r := run(shop(), map[string]string{"app.js": `// wx.inComment
const s = "wx.inString"
const {request, getStorageSync: get} = wx
wx['uploadFile']({}); wx?.scanCode(); function f(a = wx.inDefault) { return class { b = wx.inField } }
App({globalData: {x: () => wx.inArrow}})`})
	var names []string
	for _, use := range r.Report.APIs {
		names = append(names, fmt.Sprint(use.Name, use.Line))
	}
	want := []string{"getStorageSync3", "inArrow5", "inDefault4", "inField4", "login3", "request3", "scanCode4", "showToast4", "uploadFile4"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("APIs (-want +got):\n%s\n%v", diff, r.Diagnostics)
	}
	if diff := cmp.Diff([]string{"login", "network"}, r.Report.Scopes); diff != "" {
		t.Errorf("scopes (-want +got):\n%s", diff)
	}
}

func TestCollectionsOfTheCloudAreDeclared(t *testing.T) {
	t.Parallel()
	const script = "const db = wx.cloud.database();\ndb.collection('todos').get(); db.collection('posts').get(); db.collection('posts').count(); App({})"
	r := run(shop(), map[string]string{"app.js": script, "app.json": `{"pages": ["pages/index/index"], "teahouse": {"scopes": [],
		"collections": {"todos": "PRIVATE", "9": "PRIVATE", "goods": "EVERYBODY"}}}`})
	var got []string
	for _, d := range r.Diagnostics {
		if d.Code == "config-value" || d.Code == "collection-not-declared" {
			got = append(got, fmt.Sprintf("%s %s:%d:%d", d.Code, d.File, d.Line, d.Column))
		}
	}
	want := []string{"collection-not-declared app.js:2:31", "config-value app.json:2:44", "config-value app.json:2:64"}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"todos": "PRIVATE"}, r.Report.Collections); diff != "" {
		t.Errorf("collections (-want +got):\n%s", diff)
	}
}

func TestReadingWhatEverybodyMayReadNeedsNoScope(t *testing.T) {
	t.Parallel()
	for script, want := range map[string][]string{
		"App({ ask() { wx.getUserProfile({desc: 'x'}) } })":                                          {"login"},
		"App({ ask() { wx.authorize({scope: 'scope.userInfo'}); wx.getUserProfile({desc: 'x'}) } })": {"login", "profile"},
	} {
		r := run(shop(), map[string]string{"app.js": script})
		if diff := cmp.Diff(want, r.Report.Scopes); diff != "" {
			t.Errorf("%s (-want +got):\n%s", script, diff)
		}
	}
}

func TestCompile_AcceptsScriptsThatCompileToNothing(t *testing.T) {
	t.Parallel()
	for _, script := range []string{"", "export {}", "// only a comment", "interface A {}"} {
		r := run(shop(), map[string]string{"app.js": "require('./empty'); App({})", "empty.ts": script + "\n"})
		if r.Image == nil || len(r.Diagnostics) > 0 {
			t.Errorf("%q: %v", script, r.Diagnostics)
		}
	}
}

func TestCompile_LeavesOutUnreachableScripts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		app  string
		want bool
	}{
		"constants only":          {"require('./util'); App({})", false},
		"a computed name":         {"const n = 'unused'; require('./' + n); App({})", true},
		"under another name":      {"const r = require; r('./unused'); App({})", true},
		"a property of that name": {"const x = {}; x.require = 1; App({})", false},
	} {
		r := run(shop(), map[string]string{"app.js": c.app, "unused.js": "wx.scanCode()"})
		kept := slices.ContainsFunc(r.Image.Modules, func(m image.Module) bool { return m.Path == "unused.js" })
		told := slices.ContainsFunc(r.Report.APIs, func(u compile.APIUse) bool { return u.Name == "scanCode" })
		if kept != c.want || told != c.want {
			t.Errorf("%s: kept %v, reported %v, want %v", name, kept, told, c.want)
		}
	}
}

func TestCompile_StopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	files := map[string][]byte{}
	for name, content := range shop() {
		files[name] = []byte(content)
	}
	r := compile.Compile(ctx, files, compile.Options{})
	if r.Image != nil || !strings.Contains(strings.Join(lines(r.Diagnostics), "\n"), "compile-timeout") {
		t.Errorf("image %v, diagnostics %v", r.Image != nil, r.Diagnostics)
	}
}

func FuzzAppJSON(f *testing.F) {
	for _, seed := range []string{
		shop()["app.json"], "{", "[]", `{"pages":{}}`, `{"pages":[null,{}],"tabBar":[],"window":3,"subpackages":[1]}`,
		`{"pages":["pages/index/index"],"tabBar":{"list":[1,{"pagePath":2}]}}`, `{"teahouse":{"scopes":3,"domains":[[]]}}`,
		"\ufeff{/**/\"pages\":[],}", `{"a":"\ud800"}`, `{"networkTimeout":{"request":1e999}}`,
	} {
		f.Add(seed)
	}
	base := map[string]string{"pages/index/index.js": "Page({})", "pages/index/index.wxml": "<view/>", "app.js": "App({})"}
	f.Fuzz(func(t *testing.T, text string) {
		r := run(base, map[string]string{"app.json": text})
		for _, d := range r.Diagnostics {
			if d.Line < 0 || d.Line > strings.Count(text, "\n")+1 && d.File == "app.json" {
				t.Fatalf("diagnostic outside of the file: %+v", d)
			}
		}
		if r.Image == nil {
			return
		}
		encoded, err := r.Image.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := image.Decode(encoded, image.DefaultLimits()); err != nil {
			t.Fatal(err)
		}
	})
}

// BenchmarkCompile compiles a program with 20 KB of code on each of five pages.
func BenchmarkCompile(b *testing.B) {
	files := map[string][]byte{}
	for name, content := range shop() {
		files[name] = []byte(content)
	}
	var pages []string
	script := "Page({\n" + strings.Repeat("\tgo(e) { const {a, b = 1} = e.detail; this.setData({x: a + b}); wx.showToast({title: `${a}`}) },\n", 200) + "})"
	for i := range 5 {
		route := fmt.Sprintf("pages/p%d/p", i)
		pages = append(pages, `"`+route+`"`)
		files[route+".js"] = []byte(script)
		files[route+".wxml"] = []byte(strings.Repeat(`<view class="a" bindtap="go">{{x + 1}}</view>`, 50))
		files[route+".wxss"] = []byte(strings.Repeat(".a view{width:20rpx;color:#fff}\n", 100))
	}
	files["app.json"] = []byte(`{"pages":[` + strings.Join(pages, ",") + `]}`)
	for b.Loop() {
		if r := compile.Compile(context.Background(), files, compile.Options{}); r.Image == nil {
			b.Fatal(r.Diagnostics)
		}
	}
}
