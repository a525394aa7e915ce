package image_test

import (
	"slices"
	"testing"

	"github.com/teahouse/teahouse/runtime/image"
)

func TestResolveModule(t *testing.T) {
	t.Parallel()
	files := []string{"app.js", "lib/a.js", "lib/index.js", "lib/b/index.js", "data.json", "miniprogram_npm/tea/index.js",
		"miniprogram_npm/big.js/index.js", "shop/miniprogram_npm/tea/index.js", "shop/page.js", "tea.js", "x.cjs"}
	aliases := []image.Alias{{Name: "~/*", Target: "/*"}, {Name: "~/deep/*", Target: "lib/*"}, {Name: "@a", Target: "/lib/a"}}
	for _, c := range []struct{ from, id, want string }{
		{"app.js", "./lib/a", "lib/a.js"},
		{"app.js", "lib/a.js", "lib/a.js"},
		{"app.js", "./lib", "lib/index.js"},
		{"lib/a.js", "..", ""},
		{"lib/a.js", ".", "lib/index.js"},
		{"lib/a.js", "./b/", "lib/b/index.js"},
		{"lib/a.js", "../data", "data.json"},
		{"lib/a.js", "../x.cjs", "x.cjs"},
		{"shop/page.js", "/lib/a", "lib/a.js"},
		{"shop/page.js", "../../../lib/a", "lib/a.js"},
		{"shop/page.js", "tea", "shop/miniprogram_npm/tea/index.js"},
		{"lib/b/index.js", "tea", "miniprogram_npm/tea/index.js"},
		{"lib/b/index.js", "big.js", "miniprogram_npm/big.js/index.js"},
		{"lib/a.js", "./tea", "miniprogram_npm/tea/index.js"},
		{"app.js", "./tea", "tea.js"},
		{"shop/page.js", "~/lib/a", "lib/a.js"},
		{"shop/page.js", "~/deep/b", "lib/b/index.js"},
		{"shop/page.js", "@a", "lib/a.js"},
		{"shop/page.js", "@ab", ""},
		{"shop/page.js", "", ""},
		{"shop/page.js", "none", ""},
	} {
		got := image.ResolveModule(aliases, func(file string) bool { return slices.Contains(files, file) }, c.from, c.id)
		if got != c.want {
			t.Errorf("%s in %s is %q, want %q", c.id, c.from, got, c.want)
		}
	}
}
