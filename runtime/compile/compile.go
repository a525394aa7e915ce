package compile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/wxml"
	"github.com/teahouse/teahouse/runtime/wxss"
)

// Compile turns the files of a mini program, by slash-separated path, into an image and its public
// files. It does not change the map. Only ctx stops it early.
func Compile(ctx context.Context, files map[string][]byte, opts Options) *Result {
	c := &compilation{
		ctx: ctx, opts: opts, all: files, result: &Result{}, public: map[string][]byte{},
		img: &image.Image{Format: image.Format},
	}
	c.run()
	if ctx.Err() != nil {
		c.report(SeverityError, "compile-timeout", "", 0, 0,
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
	files  map[string][]byte
	img    *image.Image
	public map[string][]byte
	result *Result
	failed bool
	// declared reports whether app.json names its scopes.
	declared bool
	theme    map[string]string
	// components reports whether the program has components. Their scripts are used without a
	// require.
	components bool
}

// ReadFile gives WXML and WXSS the files of the program.
func (c *compilation) ReadFile(name string) ([]byte, bool) {
	content, ok := c.files[name]
	return content, ok
}

// run goes through all stages, even after errors: developers want to see all errors at once.
func (c *compilation) run() {
	c.projectConfig()
	c.programFiles()
	if !c.appConfig() {
		return
	}
	c.encodings()
	c.uncompiledStyles()
	c.assets()
	c.pages()
	c.scripts()
	c.permissions()
}

// programFiles selects the files below the root, without files that never belong to a program.
func (c *compilation) programFiles() {
	c.files = make(map[string][]byte, len(c.all))
	for name, content := range c.all {
		rel, ok := strings.CutPrefix(name, c.root)
		if !ok || rel == "" || strings.HasPrefix(rel, "node_modules/") ||
			strings.Contains(rel, "/node_modules/") {
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
	shared, hasShared := wxss.Sheet{}, false
	if _, ok := c.files["app.wxss"]; ok {
		shared, hasShared = c.sheet("app.wxss"), true
	}
	for _, route := range c.img.App.Pages {
		if c.ctx.Err() != nil {
			return
		}
		page := image.Page{Route: route, Config: c.pageConfig(route)}
		page.Background = page.Config.BackgroundColorContent
		css := ""
		if hasShared {
			css = shared.CSS
			page.Background = firstOf(shared.Background, page.Background)
		}
		if _, ok := c.files[route+".wxss"]; ok {
			sheet := c.sheet(route + ".wxss")
			css += sheet.CSS
			page.Background = firstOf(sheet.Background, page.Background)
		}
		// The shell paints this before the page's style sheet has loaded.
		page.Config.BackgroundColorContent = page.Background
		page.Background = firstOf(page.Background, "#ffffff")
		c.public["pages/"+route+".css"] = []byte(css)
		if c.markup(&page) {
			c.img.Pages = append(c.img.Pages, page)
		}
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

// sheet compiles one style sheet. app.wxss is compiled once, so its diagnostics come once.
func (c *compilation) sheet(name string) wxss.Sheet {
	sheet, diagnostics := wxss.Compile(c, name, wxss.Options{
		Asset: c.isAsset, Domains: c.img.App.Teahouse.Domains,
	})
	for _, d := range diagnostics {
		c.report(Severity(d.Severity), d.Code, d.File, d.Line, d.Column, "%s", d.Message)
	}
	return sheet
}

// markup compiles the WXML of a page and reports false when there is no template.
func (c *compilation) markup(page *image.Page) bool {
	name := page.Route + ".wxml"
	if _, ok := c.files[name]; !ok {
		return false // reported when app.json was read
	}
	tpl, diagnostics := wxml.Compile(c, name)
	for _, d := range diagnostics {
		c.report(Severity(d.Severity), d.Code, d.File, d.Line, d.Column, "%s", d.Message)
	}
	if tpl == nil {
		c.failed = true
		return false
	}
	page.Template = tpl
	structure := tpl.Structure()
	sum := sha256.Sum256(structure)
	page.TemplateHash = hex.EncodeToString(sum[:])
	c.public["pages/"+page.Route+".json"] = structure
	return true
}

// finish sorts the diagnostics and assembles the image.
func (c *compilation) finish() *Result {
	r := c.result
	slices.SortStableFunc(r.Diagnostics, compareDiagnostics)
	r.Diagnostics = slices.Compact(r.Diagnostics)
	r.Report.Pages = append([]string{}, c.img.App.Pages...)
	r.Report.Scopes = append([]string{}, c.img.App.Teahouse.Scopes...)
	r.Report.Domains = append([]string{}, c.img.App.Teahouse.Domains...)
	if r.Report.APIs == nil {
		r.Report.APIs = []APIUse{}
	}
	if r.Diagnostics == nil {
		r.Diagnostics = []Diagnostic{}
	}
	if c.failed {
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
// the bundle. When there are too many, errors replace warnings and are still counted.
func (c *compilation) report(
	severity Severity, code, file string, line, column int, format string, args ...any,
) {
	if severity == SeverityError {
		c.failed = true
	}
	kept := c.result.Diagnostics
	if len(kept) >= MaxDiagnostics {
		// An error replaces a warning, so that it is not lost.
		at := slices.IndexFunc(kept, func(d Diagnostic) bool { return d.Severity == SeverityWarning })
		if severity != SeverityError || at < 0 {
			return
		}
		kept = slices.Delete(kept, at, at+1)
	}
	if file != "" && !strings.HasPrefix(file, "project.") {
		file = c.root + file
	}
	kept = append(kept, Diagnostic{
		Severity: severity, Code: code, Message: fmt.Sprintf(format, args...),
		File: file, Line: line, Column: column,
	})
	c.result.Diagnostics = kept
}

func compareDiagnostics(a, b Diagnostic) int {
	if a.Severity != b.Severity {
		return strings.Compare(string(a.Severity), string(b.Severity)) // "error" before "warning"
	}
	if by := strings.Compare(a.File, b.File); by != 0 {
		return by
	}
	if by := a.Line - b.Line; by != 0 {
		return by
	}
	if by := a.Column - b.Column; by != 0 {
		return by
	}
	return strings.Compare(a.Code+a.Message, b.Code+b.Message)
}

// position turns an offset in bytes into line and column as editors count them.
func position(text []byte, offset int) (line, column int) {
	before := text[:min(max(offset, 0), len(text))]
	line = bytes.Count(before, []byte("\n")) + 1
	return line, len([]rune(string(before[bytes.LastIndexByte(before, '\n')+1:]))) + 1
}
