package compile_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/teahouse/teahouse/runtime/image"
)

func TestCompile_ReadsSubpackages(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"app.json": `{"pages":["pages/index/index"],"subpackages":[
			{"root":"shop","pages":["a/a"]},{"root":"./alone/","name":"n","independent":true,"pages":["/b"]}],
			"preloadRule":{"pages/index/index":{"packages":["shop","n","__APP__"]}}}`,
		"app.wxss":      ".shared{}",
		"shop/a/a.js":   "require('../../util'); require.async('../../alone/c'); require('../../alone/c', () => {})",
		"shop/a/a.wxml": " ", "alone/b.ts": "require('./c')", "alone/b.wxml": " ", "alone/b.wxss": ".own{}", "alone/c.js": ";",
	}
	r := run(shop(), files)
	if r.Image == nil || len(r.Diagnostics) > 0 {
		t.Fatal(r.Diagnostics)
	}
	want := []image.Subpackage{{Root: "shop/"}, {Root: "alone/", Name: "n", Independent: true}}
	if diff := cmp.Diff(want, r.Image.App.Subpackages); diff != "" {
		t.Errorf("subpackages (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"pages/index/index", "shop/a/a", "alone/b"}, r.Image.App.Pages); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
	if got := string(r.Public["pages/alone/b.css"]); strings.Contains(got, "shared") || !strings.Contains(got, "own") {
		t.Errorf("the style of an independent page: %s", got)
	}
	if got := string(r.Public["pages/shop/a/a.css"]); !strings.Contains(got, "shared") {
		t.Errorf("the style of a page in a subpackage: %s", got)
	}
	var modules []string
	for _, m := range r.Image.Modules {
		modules = append(modules, m.Path)
	}
	if diff := cmp.Diff([]string{"alone/b.js", "alone/c.js", "app.js", "pages/index/index.js", "shop/a/a.js", "util.js"}, modules); diff != "" {
		t.Errorf("modules (-want +got):\n%s", diff)
	}
}

func TestCompile_SaysWhatIsWrongWithPackages(t *testing.T) {
	t.Parallel()
	// Three quarters of this are gone when it is minified; every line is another.
	code := func(lines int) string {
		var b strings.Builder
		for range lines {
			b.WriteString("exports.a = exports.a + 1                                                       + 1;\n")
		}
		return b.String()
	}
	page := map[string]string{"shop/a.js": ";", "shop/a.wxml": " ", "other/b.js": ";", "other/b.wxml": " "}
	two := `"subpackages":[{"root":"shop","pages":["a"]},{"root":"other","pages":["b"],"independent":true}]`
	for _, c := range []struct {
		name   string
		change map[string]string
		want   []string
		says   string
	}{
		{"root that is not a folder", map[string]string{"app.json": `{"pages":["pages/index/index"],"subpackages":[{"root":"/","pages":["a"]}]}`},
			[]string{"error config-value app.json:1:47"}, "folder of the subpackage"},
		{"one in the other", map[string]string{"app.json": `{"pages":["pages/index/index"],"subpackages":[{"root":"shop","pages":["a"]},{"root":"shop/b","pages":[]}]}`},
			[]string{"error subpackage-twice app.json:1:85"}, "contain each other"},
		{"rule for a package that is not there", map[string]string{"app.json": `{"pages":["pages/index/index"],"preloadRule":{"pages/index/index":{"packages":["x"]}}}`},
			[]string{"warning config-value app.json:1:80"}, "name or root of a subpackage"},
		{"plugin", map[string]string{"app.json": `{"pages":["pages/index/index"],"plugins":{"map":{"version":"1"}}}`},
			[]string{"warning plugins-not-supported app.json:1:49"}, `The plugin "map" cannot be used here`},
		{"component of a plugin", map[string]string{"pages/index/index.json": `{"usingComponents":{"x-map":"plugin://map/view"}}`, "pages/index/index.wxml": "<view>\n<x-map/></view>"},
			[]string{"warning plugins-not-supported pages/index/index.wxml:2:1"}, `<x-map> is the component "plugin://map/view" of a plugin and is shown as an empty box`},
		{"library of the vendor's client", map[string]string{"app.json": `{"pages":["pages/index/index"],"useExtendedLib":{"weui":true}}`},
			[]string{"warning npm-not-built app.json:1:57"}, "Add the package weui-miniprogram"},
		{"library that is there", map[string]string{"app.json": `{"pages":["pages/index/index"],"useExtendedLib":{"weui":true}}`, "miniprogram_npm/weui-miniprogram/a.js": ";"}, []string{}, ""},
		{"tab in a subpackage", map[string]string{"app.json": `{"pages":["pages/index/index"],` + two + `,"tabBar":{"list":[{"pagePath":"pages/index/index","text":"a"},{"pagePath":"shop/a","text":"b"}]}}`},
			[]string{"error tab-in-subpackage app.json:1:202"}, "in the main package"},
		{"require across", map[string]string{"app.json": `{"pages":["pages/index/index"],` + two + `}`, "shop/a.js": "\nrequire('../other/b')", "other/b.js": "require('../util')"},
			[]string{"warning subpackage-require other/b.js:1:1", "warning subpackage-require shop/a.js:2:1"}, "require.async"},
		{"large main package", map[string]string{"img/tea.png": strings.Repeat("x", 1900<<10), "img/more.jpg": strings.Repeat("x", 300<<10)},
			[]string{"error package-too-large app.json:0:0"}, "The main package has 2201 KB; a package may have 2048. Its largest files are img/tea.png (1900 KB)"},
		{"large subpackage", map[string]string{"app.json": `{"pages":["pages/index/index"],` + two + `}`, "shop/p.png": strings.Repeat("x", 2100<<10), "img/more.jpg": strings.Repeat("x", 1900<<10)},
			[]string{"error package-too-large app.json:0:0"}, "The subpackage shop/ has 2100 KB"},
		{"large only before it is minified", map[string]string{"img/tea.png": strings.Repeat("x", 1500<<10), "util.js": code(12_000)}, []string{}, ""},
		{"alias", map[string]string{"app.json": `{"pages":["pages/index/index"],"resolveAlias":{"~/*":"/lib/index"}}`},
			[]string{"error config-value app.json:1:54"}, `a path such as "/lib/index"`},
		{"sitemap that is not there", map[string]string{"app.json": `{"pages":["pages/index/index"],"sitemapLocation":"sitemap.json"}`},
			[]string{"warning sitemap-not-found app.json:1:50"}, "sitemap.json"},
		{"sitemap", map[string]string{"app.json": `{"pages":["pages/index/index"],"sitemapLocation":"sitemap.json"}`, "sitemap.json": `{"rules":[{"action":"allow","page":"*"},{"action":"hide"}]}`},
			[]string{"warning config-value sitemap.json:1:51"}, `"allow" or "disallow"`},
	} {
		files := map[string]string{}
		for _, m := range []map[string]string{page, c.change} {
			maps.Copy(files, m)
		}
		r := run(shop(), files)
		if diff := cmp.Diff(c.want, lines(r.Diagnostics)); len(c.want)+len(r.Diagnostics) > 0 && diff != "" {
			t.Errorf("%s: diagnostics (-want +got):\n%s", c.name, diff)
			continue
		}
		if len(r.Diagnostics) > 0 && !strings.Contains(r.Diagnostics[len(r.Diagnostics)-1].Message, c.says) {
			t.Errorf("%s: %v, want %q", c.name, r.Diagnostics, c.says)
		}
	}
}

func TestCompile_ALibraryOfTheClientStylesEveryPageWithoutAnImport(t *testing.T) {
	t.Parallel()
	r := run(shop(), map[string]string{
		"app.json": `{"pages":["pages/index/index"],"useExtendedLib":{"weui":true}}`,
		"app.wxss": ".own{color:red}",
		"miniprogram_npm/weui-miniprogram/weui-wxss/dist/style/weui.wxss": ".weui-cell{display:flex}",
	})
	if css := string(r.Public["pages/pages/index/index.css"]); !strings.HasPrefix(css, ".weui-cell{display:flex;}\n.own{color:red;}\n") {
		t.Errorf("%s\n%v", css, r.Diagnostics)
	}
}

func TestCompile_ReadsExtJSON(t *testing.T) {
	t.Parallel()
	r := run(shop(), map[string]string{"ext.json": "\ufeff" + `{"extEnable": true, "ext": {"name": "a", /* deep */ "list": [1, {"x": null},],},
		"window": {"navigationBarTitleText": "Branch"}, "extPages": {"pages/cart/cart": {"navigationBarTitleText": "Basket"}}}`})
	if r.Image == nil || len(r.Diagnostics) > 0 {
		t.Fatal(r.Diagnostics)
	}
	if got := string(r.Image.App.Ext); got != `{"name":"a","list":[1,{"x":null}]}` {
		t.Errorf("ext is %s", got)
	}
	if got := r.Image.App.Window.NavigationBarTitleText; got != "Branch" {
		t.Errorf("the title is %q", got)
	}
	if got := r.Image.Page("pages/cart/cart").Config.NavigationBarTitleText; got != "Basket" {
		t.Errorf("the title of the page is %q", got)
	}
	if r := run(shop(), map[string]string{"ext.json": `{"ext": {"name": "a"}}`}); r.Image == nil || len(r.Image.App.Ext) > 0 {
		t.Error("ext.json counts without extEnable")
	}
}
