package compile

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/source"
)

// routes reads the pages of the main package and of the subpackages.
func (c *compilation) routes(doc node) {
	for _, n := range doc.elements("pages") {
		c.route(n, "")
	}
	for _, key := range []string{"subpackages", "subPackages"} {
		for _, n := range doc.elements(key) {
			c.subpackage(n)
		}
	}
	if !doc.member("pages").given() || len(c.img.App.Pages) == 0 && !c.found.Failed {
		doc.report(source.Error, "no-pages",
			`app.json names no page. Write "pages": ["pages/index/index"].`)
	}
	c.preloadRules(doc.object("preloadRule"))
}

func (c *compilation) subpackage(n node) {
	at := n.member("root")
	text, ok := at.string()
	root := inBundle(text)
	if !ok || root == "" {
		n.report(source.Error, "config-value", "%s.root should be the folder of the subpackage.", n.path)
		return
	}
	sub := image.Subpackage{Root: root + "/"}
	for _, other := range c.img.App.Subpackages {
		if strings.HasPrefix(sub.Root, other.Root) || strings.HasPrefix(other.Root, sub.Root) {
			at.report(source.Error, "subpackage-twice", "The folders %q and %q of two subpackages contain each other.",
				other.Root, sub.Root)
			return
		}
	}
	n.setText("name", &sub.Name)
	n.setBool("independent", &sub.Independent)
	c.plugins(n)
	c.img.App.Subpackages = append(c.img.App.Subpackages, sub)
	for _, page := range n.elements("pages") {
		c.route(page, sub.Root)
	}
}

// preloadRules checks that the packages of preloadRule exist. Nothing is loaded in advance: code stays
// on the server, which has all of it.
func (c *compilation) preloadRules(rules node) {
	for _, page := range rules.keys() {
		for _, n := range rules.object(page).elements("packages") {
			text, _ := n.string()
			if text != "__APP__" && !slices.ContainsFunc(c.img.App.Subpackages, func(s image.Subpackage) bool {
				return s.Name == text || s.Root == inBundle(text)+"/"
			}) {
				n.wrong(source.Warning, "the name or root of a subpackage")
			}
		}
	}
}

// pluginCode is the code of diagnostics about what a program uses of a plugin.
const pluginCode = "plugins-not-supported"

// plugins tells of the plugins of a program. They are programs of others, which only the vendor has.
// What does not need them still works.
func (c *compilation) plugins(n node) {
	object := n.object("plugins")
	for _, name := range object.keys() {
		object.member(name).report(source.Warning, pluginCode, "The plugin %q cannot be used here: "+
			"plugins are programs of others that only the vendor's client has. Its components are empty boxes, and its "+
			"functions fail; put components of your own in its place.", name)
	}
}

// extendedLibs are the packages of the libraries that the vendor's client contains.
var extendedLibs = map[string]string{"weui": "weui-miniprogram", "kbone": "miniprogram-element"}

// extendedSheets are the style sheets that such a library gives to every page without an @import.
var extendedSheets = map[string]string{"weui": "miniprogram_npm/weui-miniprogram/weui-wxss/dist/style/weui.wxss"}

// extendedLib finds the style sheets of the libraries of useExtendedLib, and tells what to do for a library
// that is not there.
func (c *compilation) extendedLib(doc node) {
	object := doc.object("useExtendedLib")
	for _, name := range object.keys() {
		if sheet := extendedSheets[name]; sheet != "" && c.files[sheet] != nil {
			c.libSheets = append(c.libSheets, sheet)
		}
		if lib := extendedLibs[name]; lib != "" && !c.hasFolder(lib) {
			object.member(name).report(source.Warning, "npm-not-built",
				"The library %q comes with the vendor's client alone. Add the package %s. %s", name, lib, npmAdvice)
		}
	}
}

// crossing reports a module that is required at once from a package that cannot have it yet. It runs
// here, because the server has all packages, but not in the vendor's client.
func (c *compilation) crossing(m *module, r requirement, target string) {
	from, to := c.img.App.SubpackageOf(m.out.Path), c.img.App.SubpackageOf(target)
	switch {
	case r.later || from == to:
	case to != nil:
		c.report(source.Warning, "subpackage-require", m.file, r.line, r.column,
			"%q is in the subpackage %s, which may not be there yet in the vendor's client. Use require.async.", r.id, to.Root)
	case from.Independent:
		c.report(source.Warning, "subpackage-require", m.file, r.line, r.column,
			"%q is in the main package, which the independent subpackage %s runs without in the vendor's client.", r.id, from.Root)
	}
}

// packedTypes are the files beside scripts and assets that count for the size of a package.
var packedTypes = []string{".wxml", ".wxss", ".wxs", ".json"}

// sizes checks that the main package and every subpackage are within the vendor's limit.
func (c *compilation) sizes() {
	if c.found.Failed {
		return
	}
	total := map[*image.Subpackage]int{}
	for name, content := range c.files {
		if !c.npm.plain[name] && (slices.Contains(packedTypes, path.Ext(name)) || c.isAsset(name)) {
			total[c.img.App.SubpackageOf(name)] += len(content)
		}
	}
	for i := range c.img.Modules {
		total[c.img.App.SubpackageOf(c.img.Modules[i].Path)] += len(c.img.Modules[i].Source)
	}
	packages := []*image.Subpackage{nil}
	for i := range c.img.App.Subpackages {
		packages = append(packages, &c.img.App.Subpackages[i])
	}
	for _, sub := range packages {
		// The vendor's tools count scripts when they are minified; it takes time, so it is done when
		// the answer depends on it.
		if size := total[sub]; size > MaxPackageBytes && size-c.saved(sub) > MaxPackageBytes {
			c.tooLarge(sub, size-c.saved(sub))
		}
	}
}

// saved is by how much the scripts of a package shrink when they are minified.
func (c *compilation) saved(sub *image.Subpackage) (bytes int) {
	for i := range c.img.Modules {
		m := &c.img.Modules[i]
		if c.ctx.Err() != nil || c.img.App.SubpackageOf(m.Path) != sub {
			continue
		}
		result := api.Transform(m.Source, api.TransformOptions{Loader: api.LoaderJS, Target: api.ES2022,
			MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, LogLevel: api.LogLevelSilent})
		if len(result.Errors) == 0 {
			bytes += len(m.Source) - len(result.Code)
		}
	}
	return bytes
}

func (c *compilation) tooLarge(sub *image.Subpackage, size int) {
	type part struct {
		name string
		size int
	}
	var parts []part
	for name := range c.public {
		if content, ok := c.files[name]; ok && c.img.App.SubpackageOf(name) == sub {
			parts = append(parts, part{name, len(content)})
		}
	}
	for i := range c.img.Modules {
		if m := &c.img.Modules[i]; c.img.App.SubpackageOf(m.Path) == sub {
			parts = append(parts, part{m.File, len(m.Source)})
		}
	}
	slices.SortFunc(parts, func(a, b part) int { return cmp.Or(b.size-a.size, strings.Compare(a.name, b.name)) })
	var largest []string
	for _, p := range parts[:min(len(parts), 3)] {
		largest = append(largest, fmt.Sprintf("%s (%d KB)", c.inBundle(p.name), p.size>>10))
	}
	what := "The main package"
	if sub != nil {
		what = "The subpackage " + sub.Root
	}
	// As with the vendor's tools a large program can be tried, and not uploaded.
	c.inPart(func() {
		c.report(source.Error, "package-too-large", "app.json", 0, 0,
			"%s has %d KB; a package may have %d. Its largest files are %s. Move pages into subpackages, and load pictures from a server.",
			what, size>>10, MaxPackageBytes>>10, strings.Join(largest, ", "))
	})
}

// aliases reads resolveAlias.
func (c *compilation) aliases(doc node) {
	object := doc.object("resolveAlias")
	for _, name := range object.keys() {
		entry := object.member(name)
		target, ok := entry.string()
		switch {
		case !ok || name == "" || strings.HasSuffix(name, "*") != strings.HasSuffix(target, "*"):
			entry.wrong(source.Error, `a path such as "/lib/index", or "/lib/*" if its name ends in "*" too`)
		case len(c.img.App.ResolveAlias) >= MaxAliases:
			entry.report(source.Error, "too-many-aliases", "A program may have %d aliases.", MaxAliases)
			return
		default:
			c.img.App.ResolveAlias = append(c.img.App.ResolveAlias, image.Alias{Name: name, Target: target})
		}
	}
}

// workers reads the folder whose scripts wx.createWorker runs: a text, or an object with a path.
func (c *compilation) workers(doc node) {
	named := doc.member("workers")
	folder, ok := named.string()
	if !ok && named.given() {
		named = doc.object("workers").member("path")
		folder, ok = named.string()
	}
	switch folder = inBundle(folder); {
	case !named.given():
	case !ok || folder == "":
		named.wrong(source.Error, `a folder such as "workers"`)
	default:
		c.workerFolder = folder + "/"
	}
}

// extConfig reads ext.json, with which a provider of many like programs changes one of them: what
// wx.getExtConfig gives, and settings over those of app.json.
func (c *compilation) extConfig() {
	const file = "ext.json"
	content, ok := c.files[file]
	if !ok {
		return
	}
	doc, ok := c.document(file, content)
	if !ok {
		return
	}
	enabled := false
	if doc.setBool("extEnable", &enabled); !enabled {
		return
	}
	c.ext = doc
	if ext := doc.object("ext"); ext.given() {
		standard := ext.value.Clone()
		standard.Standardize()
		standard.Minimize()
		c.img.App.Ext = json.RawMessage(standard.Pack())
	}
}

// sitemap checks the file that says which pages may be found by a search.
func (c *compilation) sitemap(doc node) {
	named := doc.member("sitemapLocation")
	file, _ := named.string()
	if file = inBundle(file); file == "" {
		return
	}
	content, ok := c.files[file]
	if !ok {
		named.report(source.Warning, "sitemap-not-found", "There is no file %q.", file)
		return
	}
	sitemap, ok := c.document(file, content)
	if !ok {
		return
	}
	for _, rule := range sitemap.elements("rules") {
		action := "allow"
		rule.setOneOf("action", &action, "allow", "disallow")
	}
}
