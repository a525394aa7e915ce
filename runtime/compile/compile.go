package compile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/source"
	"github.com/teahouse/teahouse/runtime/template"
	"github.com/teahouse/teahouse/runtime/wxml"
	"github.com/teahouse/teahouse/runtime/wxss"
)

// Compile turns the files of a mini program, by slash-separated path, into an image and its public
// files. It does not change the map. Only ctx stops it early.
func Compile(ctx context.Context, files map[string][]byte, opts Options) *Result {
	c := &compilation{
		ctx: ctx, opts: opts, all: files, result: &Result{}, public: map[string][]byte{}, isolations: map[string]string{},
		img: &image.Image{Format: image.Format}, found: source.Findings{Max: MaxDiagnostics},
	}
	c.run()
	if ctx.Err() != nil {
		c.report(source.Error, "compile-timeout", "", 0, 0,
			"Compiling took too long. Look for very large generated files, and remove them.")
	}
	return c.finish()
}

// compilation is the state of one call of Compile.
type compilation struct {
	ctx  context.Context
	opts Options
	// all holds the bundle; root is the folder of the mini program in it, "" or "x/y/".
	all  map[string][]byte
	root string
	// files contains the mini program: the files below root, with paths relative to it.
	files   map[string][]byte
	project project
	npm     npmBuild
	img     *image.Image
	public  map[string][]byte
	result  *Result
	// collections are those that reachable scripts name.
	collections []APIUse
	found       source.Findings
	// declared reports whether app.json names its scopes.
	declared bool
	// missing says of routes of app.json which have no page, and why.
	missing map[string]string
	// workerFolder is where the scripts of workers are, with a slash at the end, or "".
	workerFolder string
	// ext is ext.json when it is in force.
	ext   node
	theme theme
	// darkWindow is the window of app.json in the dark theme.
	darkWindow image.WindowConfig
	// inFunction is set while one cloud function is compiled, as if it were a program of its own.
	inFunction bool
	// asks is the first place where a cloud function can send requests, nil when none does.
	asks *HostUse
	// hostUses are the servers that all scripts name.
	hostUses []HostUse
	// isolations are the styleIsolation options in scripts, by the path of the module.
	isolations map[string]string
	// libSheets are the style sheets of libraries that come before app.wxss.
	libSheets []string
	// styled are the attributes data-* that style sheets name.
	styled map[string]bool
	// shared are the components that app.json gives to every file.
	shared []using
	// pending are the components that are still to be compiled; wanted are all that were ever put there.
	pending []string
	wanted  map[string]bool
}

// ReadFile gives WXML and WXSS the files of the program.
func (c *compilation) ReadFile(name string) ([]byte, bool) {
	content, ok := c.files[name]
	return content, ok
}

// run goes through all stages, even after errors: developers want to see all errors at once.
func (c *compilation) run() {
	c.readProject()
	c.programFiles()
	c.buildNPM()
	if !c.appConfig() {
		return
	}
	c.encodings()
	c.assets()
	c.findStyled()
	c.pages()
	c.components()
	c.uncompiledStyles()
	c.scripts()
	c.functions()
	c.hosts(c.hostUses)
	c.sizes()
	c.styles()
	c.permissions()
}

// programFiles selects the files below the root, without files that never belong to a program.
func (c *compilation) programFiles() {
	c.files = make(map[string][]byte, len(c.all))
	for name, content := range c.all {
		rel, ok := strings.CutPrefix(name, c.root)
		if !ok || rel == "" || strings.Contains("/"+rel, "/node_modules/") || c.project.leftOut(rel) ||
			c.project.functions != "" && strings.HasPrefix(name, c.project.functions+"/") {
			continue
		}
		c.files[rel] = content
	}
}

// assetTypes lists the types of files that browsers fetch. All other files stay on the server.
var assetTypes = []string{
	".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp", ".ico", ".avif",
	".ttf", ".otf", ".woff", ".woff2", ".eot",
	".mp3", ".m4a", ".aac", ".wav", ".ogg", ".mp4", ".webm",
}

func (c *compilation) assets() {
	for name, content := range c.files {
		if c.isAsset(name) {
			c.public[name] = content
		}
	}
}

func (c *compilation) isAsset(name string) bool {
	_, ok := c.files[name]
	return ok && slices.Contains(assetTypes, strings.ToLower(path.Ext(name)))
}

// pages compiles markup, style and configuration of every page; scripts come later.
func (c *compilation) pages() {
	for _, route := range c.img.App.Pages {
		if c.ctx.Err() != nil {
			return
		}
		page := image.Page{Component: image.Component{Path: route}, Config: c.img.App.Window}
		list := c.pageConfig(&page)
		if page.Failure = firstOf(c.missing[route], page.Failure); page.Failure == "" {
			c.markup(&page.Component, list, page.Declared)
		} else {
			page.Template = emptyTemplate(route + ".wxml")
		}
		structure := page.Template.Structure()
		sum := sha256.Sum256(structure)
		page.TemplateHash = hex.EncodeToString(sum[:])
		c.public["pages/"+route+".json"] = structure
		c.img.Pages = append(c.img.Pages, page)
	}
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// findStyled finds the datasets that style sheets name, for the markup that is compiled next.
func (c *compilation) findStyled() {
	c.styled = map[string]bool{}
	for name, content := range c.files {
		if path.Ext(name) != ".wxss" || len(content) > wxss.MaxFileBytes {
			continue
		}
		for _, data := range wxss.DataNames(content) {
			c.styled[data] = true
		}
	}
}

// styles compiles all style sheets. A page has those of the libraries in useExtendedLib, of the app, of the
// components that it reaches, and its own, in this order: of rules with the same weight the page's own counts.
func (c *compilation) styles() {
	var shared wxss.Sheet
	for _, name := range append(c.libSheets, "app.wxss") {
		if _, ok := c.files[name]; ok {
			sheet := c.sheet(name, "")
			shared = wxss.Sheet{CSS: shared.CSS + sheet.CSS, Background: firstOf(sheet.Background, shared.Background)}
		}
	}
	components := make([]string, len(c.img.Components))
	for i := range c.img.Components {
		made := &c.img.Components[i]
		if _, ok := c.files[made.Path+".wxss"]; !ok || c.ctx.Err() != nil {
			continue
		}
		scope := "c" + strconv.Itoa(i)
		if isolation := firstOf(c.isolations[made.Path+".js"], made.StyleIsolation); strings.HasSuffix(isolation, "shared") &&
			!strings.HasSuffix(isolation, "apply-shared") {
			scope = ""
		}
		components[i] = c.sheet(made.Path+".wxss", scope).CSS
	}
	for i := range c.img.Pages {
		page := &c.img.Pages[i]
		var css strings.Builder
		page.Background = page.Config.BackgroundColorContent
		if sub := c.img.App.SubpackageOf(page.Path); sub == nil || !sub.Independent {
			css.WriteString(shared.CSS)
			page.Background = firstOf(shared.Background, page.Background)
		}
		for _, number := range c.reached(&page.Component) {
			css.WriteString(components[number])
		}
		if _, ok := c.files[page.Path+".wxss"]; ok && c.ctx.Err() == nil {
			sheet := c.sheet(page.Path+".wxss", "")
			css.WriteString(sheet.CSS)
			page.Background = firstOf(sheet.Background, page.Background)
		}
		// The shell paints this before the page's style sheet has loaded.
		page.Config.BackgroundColorContent = page.Background
		page.Background = firstOf(page.Background, "#ffffff")
		c.public["pages/"+page.Path+".css"] = []byte(css.String())
	}
}

// reached lists the numbers of the components that a page or component can show, in order.
func (c *compilation) reached(from *image.Component) []int {
	found := map[int]bool{}
	var visit func(*image.Component)
	visit = func(at *image.Component) {
		for _, paths := range []map[string]string{at.Using, at.Generics} {
			for _, path := range paths {
				if next, number := c.img.Component(path); next != nil && !found[number] {
					found[number] = true
					visit(next)
				}
			}
		}
	}
	visit(from)
	return slices.Sorted(maps.Keys(found))
}

// sheet compiles one style sheet. app.wxss is compiled once, so its diagnostics come once.
func (c *compilation) sheet(name, scope string) wxss.Sheet {
	c.begun(name)
	sheet, diagnostics := wxss.Compile(c, name, wxss.Options{
		Asset: c.isAsset, Domains: c.img.App.Teahouse.Domains, Scope: scope,
	})
	c.inPart(func() {
		for _, d := range diagnostics {
			c.report(d.Severity, d.Code, d.File, d.Line, d.Column, "%s", d.Message)
		}
	})
	return sheet
}

// defaultMarkup is that of a component without a WXML file.
const defaultMarkup = "<slot/>"

// tabBarTag stands for the program's own tab bar. It follows the markup of the pages that are tabs, and
// framework.Instance finds the bar by its id.
var tabBarTag = using{tag: image.TabBarID, path: image.TabBarComponent}

// markupOf gives the compiler of WXML the files of the program, a component without markup the default,
// and a page that is a tab the program's own bar.
type markupOf struct {
	*compilation
	name string
	bar  bool
}

func (m markupOf) ReadFile(name string) ([]byte, bool) {
	content, ok := m.files[name]
	switch {
	case name != m.name:
	case !ok:
		return []byte(defaultMarkup), true
	case m.bar:
		return fmt.Appendf(slices.Clip(content), "<%s id=%q/>", tabBarTag.tag, image.TabBarID), true
	}
	return content, ok
}

// hasOwnTabBar reports whether a page shows the program's own tab bar.
func (c *compilation) hasOwnTabBar(route string) bool {
	bar := c.img.App.TabBar
	return bar != nil && bar.Custom && slices.ContainsFunc(bar.List, func(tab image.TabItem) bool { return tab.PagePath == route })
}

// markup compiles the WXML of a page or component. An error in it is the failure of this page or
// component alone.
func (c *compilation) markup(into *image.Component, list []using, inComponent bool) {
	name := into.Path + ".wxml"
	bar := !inComponent && c.hasOwnTabBar(into.Path)
	find := func(tag string) *using {
		if bar && tag == tabBarTag.tag {
			return &tabBarTag
		}
		for _, from := range [][]using{list, c.shared} {
			for i := range from {
				if from[i].tag == tag {
					return &from[i]
				}
			}
		}
		return nil
	}
	c.begun(name)
	tpl, diagnostics := wxml.Compile(markupOf{c, name, bar}, name, wxml.Options{
		Slots: inComponent, Styled: c.styled,
		Component: func(tag string) bool {
			_, generic := into.Generics[tag]
			found := find(tag)
			return generic || found != nil && (found.path != "" || into.Placeholders[tag] != "")
		},
		Missing: func(tag string) bool { return find(tag) != nil },
	})
	for _, d := range diagnostics {
		c.reportIn(into, d)
	}
	if tpl == nil {
		into.Template = emptyTemplate(name)
		return
	}
	into.Template = tpl
	if into.Failure != "" {
		into.Template = emptyTemplate(name)
	}
	used := map[*using]bool{}
	for _, use := range tpl.Tags {
		found := find(use.Name)
		used[found] = true
		_, generic := into.Generics[use.Name]
		switch {
		case generic || found == nil:
		case found.path != "":
			if into.Using == nil {
				into.Using = map[string]string{}
			}
			into.Using[use.Name] = found.path
		case into.Placeholders[use.Name] == "":
			c.componentMissing(into, use, found)
		}
	}
	for _, placeholder := range into.Placeholders {
		if found := find(placeholder); found != nil && found.path != "" {
			if into.Using == nil {
				into.Using = map[string]string{}
			}
			into.Using[placeholder] = found.path
		}
	}
	var told []string
	for i := range list {
		if l := &list[i]; l.path == "" && !used[l] {
			told = c.warnMissing(l, told)
		}
	}
}

// emptyTemplate shows nothing.
func emptyTemplate(name string) *template.Template {
	return &template.Template{Path: name, Fragments: []template.Fragment{{}}}
}

// inPart runs what reports errors of a part of the program. They keep the program from being published,
// but there is an image, in which the rest can be tried.
func (c *compilation) inPart(report func()) {
	failed := c.found.Failed
	report()
	c.found.Failed = failed
}

// reportIn adds a diagnostic about one page or component. An error makes this one fail and no other.
func (c *compilation) reportIn(into *image.Component, d source.Diagnostic) {
	c.inPart(func() { c.report(d.Severity, d.Code, d.File, d.Line, d.Column, "%s", d.Message) })
	if d.Severity == source.Error && into.Failure == "" {
		into.Failure = fmt.Sprintf("%s:%d:%d: %s", c.root+d.File, d.Line, d.Column, d.Message)
	}
}

// finish sorts the diagnostics and assembles the image.
func (c *compilation) finish() *Result {
	r := c.result
	slices.SortStableFunc(c.found.List, source.Compare)
	r.Diagnostics = slices.Compact(c.found.List)
	r.Report.Pages = append([]string{}, c.img.App.Pages...)
	r.Report.Scopes = append([]string{}, c.img.App.Teahouse.Scopes...)
	r.Report.Domains = append([]string{}, c.img.App.Teahouse.Domains...)
	r.Report.Collections = c.img.App.Teahouse.Collections
	if r.Report.APIs == nil {
		r.Report.APIs = []APIUse{}
	}
	if r.Diagnostics == nil {
		r.Diagnostics = []source.Diagnostic{}
	}
	if c.found.Failed {
		return r
	}
	config, err := json.Marshal(c.img.App)
	if err != nil {
		panic(fmt.Sprintf("compile: app.json does not encode: %v", err)) // plain structs always do
	}
	c.public["app.json"] = config
	for name, content := range c.public {
		sum := sha256.Sum256(content)
		c.img.Files = append(c.img.Files, image.File{
			Path: name, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(content)),
		})
	}
	slices.SortFunc(c.img.Files, func(a, b image.File) int { return strings.Compare(a.Path, b.Path) })
	r.Image, r.Public = c.img, c.public
	return r
}

// report adds a diagnostic. file is relative to the mini program; the diagnostic has the path in
// the bundle.
func (c *compilation) report(
	severity source.Severity, code, file string, line, column int, format string, args ...any,
) {
	c.reportAt(severity, code, c.inBundle(file), line, column, format, args...)
}

// reportAt is report for a file by its path in the bundle.
func (c *compilation) reportAt(
	severity source.Severity, code, file string, line, column int, format string, args ...any,
) {
	c.found.Add(source.Diagnostic{
		Severity: severity, Code: code, Message: fmt.Sprintf(format, args...),
		File: file, Line: line, Column: column,
	})
}

// inBundle is the path in the bundle of a file of the program, or of project.config.json.
func (c *compilation) inBundle(file string) string {
	if from, built := c.npm.origin[file]; built {
		return from
	}
	if file == "" || file == projectFile {
		return file
	}
	return c.root + file
}

// position turns an offset in bytes into line and column as editors count them.
func position(text []byte, offset int) (line, column int) {
	before := text[:min(max(offset, 0), len(text))]
	line = bytes.Count(before, []byte("\n")) + 1
	return line, len([]rune(string(before[bytes.LastIndexByte(before, '\n')+1:]))) + 1
}
