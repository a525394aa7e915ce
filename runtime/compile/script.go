package compile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"
	"github.com/evanw/esbuild/pkg/api"
	"github.com/go-sourcemap/sourcemap"
	"github.com/tailscale/hujson"

	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/source"
)

// The engine wraps every module in a function. The compiler parses it in the same wrapper, so that
// it accepts exactly what the engine accepts.
const (
	modulePrefix = "(function(exports,require,module){"
	moduleSuffix = "\n})"
)

// module is one script on its way into the image.
type module struct {
	file        string // as the developer wrote it
	out         image.Module
	diagnostics []source.Diagnostic // relative to the program
	apis        []APIUse            // Supported is not set yet
	added       []string            // names that the module puts on wx
	collections []APIUse            // of wx.cloud's database that it names
	hosts       []HostUse           // Declared and Private are not set yet
	requires    []requirement
	isolation   string // styleIsolation in the options of a component
	loadsAny    bool   // it requires something by a name that is not a constant
	broken      bool
}

// requirement is a module that a script names.
type requirement struct {
	id           string
	later        bool // by require.async, or with a callback
	line, column int
}

// scripts compiles every script of the program. A file that is not reachable from app.js or a page
// may be anything (a build script, a test, an old file): its errors become warnings, and it is left
// out of the image and of the report. When any script requires modules by names that are not
// constants, all files count as reachable.
func (c *compilation) scripts() {
	files, ok := c.scriptFiles()
	if !ok {
		return
	}
	if c.script("app") == "" {
		c.report(source.Error, "app-js-not-found", "app.js", 0, 0,
			"There is no app.js. It may be as short as App({}).")
	}
	modules := c.transformAll(files)
	reached, anything := c.reach(&modules, c.starts(modules))
	var added []string
	for _, m := range modules {
		c.inPart(func() { c.reportScript(m, reached[m.out.Path]) })
		if !reached[m.out.Path] && (m.broken || !anything) {
			continue
		}
		m.out.File = c.inBundle(m.out.File) // as diagnostics name it
		c.img.Modules = append(c.img.Modules, m.out)
		if m.isolation != "" {
			c.isolations[m.out.Path] = m.isolation
		}
		c.result.Report.APIs = append(c.result.Report.APIs, m.apis...)
		added = append(added, m.added...)
		c.collections = append(c.collections, m.collections...)
		for _, use := range m.hosts {
			use.File = c.inBundle(use.File)
			c.hostUses = append(c.hostUses, use)
		}
	}
	slices.SortFunc(c.img.Modules, func(a, b image.Module) int { return strings.Compare(a.Path, b.Path) })
	c.reportAPIs(added)
}

// scriptFiles lists the scripts of the program, without those of plain npm packages. It returns false, after a
// diagnostic, when there are too many.
func (c *compilation) scriptFiles() (files []string, ok bool) {
	for name := range c.files {
		if c.npm.plain[name] {
			continue
		}
		switch path.Ext(name) {
		case ".js":
			files = append(files, name)
		case ".ts":
			_, both := c.files[strings.TrimSuffix(name, ".ts")+".js"]
			if !both && !strings.HasSuffix(name, ".d.ts") {
				files = append(files, name)
			}
		}
	}
	slices.Sort(files)
	if len(files) > MaxScripts {
		c.report(source.Error, "too-many-scripts", "", 0, 0, "A program may have %d scripts.", MaxScripts)
		return nil, false
	}
	return files, true
}

// starts are the scripts that the engine starts with.
func (c *compilation) starts(modules []*module) []string {
	starts := []string{"app.js"}
	for _, route := range c.img.App.Pages {
		starts = append(starts, route+".js")
	}
	for i := range c.img.Components {
		starts = append(starts, c.img.Components[i].Path+".js")
	}
	for _, m := range modules {
		if c.workerFolder != "" && strings.HasPrefix(m.out.Path, c.workerFolder) {
			starts = append(starts, m.out.Path) // wx.createWorker names it by a value
		}
	}
	return starts
}

// reportScript reports what is wrong in a script. One that cannot be compiled becomes a module that
// fails where it is required, so that pages that do not need it can be tried.
func (c *compilation) reportScript(m *module, reached bool) {
	for _, d := range m.diagnostics {
		if !reached && d.Severity == source.Error {
			d.Severity = source.Warning
			d.Message += " Nothing requires this file, so it was left out."
		}
		c.report(d.Severity, d.Code, d.File, d.Line, d.Column, "%s", d.Message)
	}
	if m.broken {
		first := m.diagnostics[0]
		text, _ := json.Marshal(first.Message) // a string always encodes
		// The error stands where the fault is.
		place := strings.Repeat("\n", max(first.Line-1, 0)) + strings.Repeat(" ", max(first.Column-len("throw _"), 0))
		m.out.Source, m.out.SourceMap = place+"throw new SyntaxError("+string(text)+");\n", nil
	}
}

// begun says which file is next: when a compilation is stopped, its developer should know where.
func (c *compilation) begun(file string) {
	if c.opts.Begun != nil {
		c.opts.Begun(c.inBundle(file))
	}
}

// transformAll compiles the files in parallel and returns them in their order.
func (c *compilation) transformAll(files []string) []*module {
	modules := make([]*module, len(files))
	var group sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := range next {
				c.begun(files[i])
				modules[i] = transform(c.root, files[i], c.files[files[i]], nil)
			}
		})
	}
	for i := range files {
		if c.ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	group.Wait()
	// After an interruption some are missing; the result is then an error anyway.
	return slices.DeleteFunc(modules, func(m *module) bool { return m == nil })
}

// reach follows require and import from the scripts in the queue. anything is true
// when a name is computed: then every script of the program may be used. It adds modules that only a
// require shows to be needed: those of plain npm packages, and JSON files.
func (c *compilation) reach(modules *[]*module, queue []string) (reached map[string]bool, anything bool) {
	byPath := make(map[string]*module, len(*modules))
	for _, m := range *modules {
		byPath[m.out.Path] = m
	}
	has := func(file string) bool { return byPath[file] != nil || c.onDemand(file) }
	reached = map[string]bool{}
	for len(queue) > 0 && c.ctx.Err() == nil {
		at := queue[0]
		queue = queue[1:]
		if reached[at] {
			continue
		}
		m := byPath[at]
		if m == nil && c.onDemand(at) {
			c.begun(at)
			m = transform(c.root, at, c.files[at], inPackages)
			*modules = append(*modules, m)
			byPath[at] = m
		}
		if m == nil {
			continue
		}
		reached[at] = true
		anything = anything || m.loadsAny && !c.npm.plain[at]
		for _, r := range m.requires {
			if c.inFunction && c.functionModule(m, r) {
				continue
			}
			var target string
			if c.inFunction {
				target = image.ResolveInFunction(has, at, r.id)
			} else {
				target = image.ResolveModule(c.img.App.ResolveAlias, has, at, r.id)
			}
			if target == "" {
				target = c.npmSubpath(at, r.id)
			}
			if target == "" {
				c.moduleMissing(m, r)
				continue
			}
			c.crossing(m, r, target)
			queue = append(queue, target)
		}
	}
	return reached, anything
}

// onDemand reports whether a file becomes a module only when something requires it.
func (c *compilation) onDemand(file string) bool {
	if c.npm.plain[file] {
		return true
	}
	_, ok := c.files[file]
	return ok && path.Ext(file) == ".json"
}

// moduleMissing reports a name that stands for no module.
func (c *compilation) moduleMissing(m *module, r requirement) {
	name := npmPackage(r.id)
	switch {
	case c.npm.plain[m.out.Path]:
		// Packages try what only another platform has, such as require("crypto"), and go on without it.
	case name != "" && c.inFunction:
		c.report(source.Warning, "npm-not-built", m.file, r.line, r.column,
			"There is no module %q, and no package %s in a node_modules of the function. "+
				"Run \"npm install\" in the folder of the function and upload again.", r.id, name)
	case name != "":
		c.report(source.Warning, "npm-not-built", m.file, r.line, r.column,
			"There is no module %q, and no package %s in miniprogram_npm. %s", r.id, name, npmAdvice)
	default:
		c.report(source.Warning, "module-not-found", m.file, r.line, r.column,
			"There is no module %q. Check the path; it is relative to this file.", r.id)
	}
}

// supported lists the features of ES2022 and later that the engine lacks.
var supported = map[string]bool{
	"async-generator": false, "for-await": false, "dynamic-import": false, "import-meta": false,
	"top-level-await": false, "regexp-match-indices": false, "regexp-set-notation": false,
}

// inPackages are constants in the scripts of plain npm packages: those for Node.js and for bundlers
// choose their code by them.
var inPackages = map[string]string{"process.env.NODE_ENV": `"production"`}

// strictExport is the body of esbuild's function that exports the names of a module, with which every such module
// begins; names that the module has too are numbered.
var strictExport = regexp.MustCompile(`  for \(var (\w+) in (\w+)\)
    (\w+)\((\w+), \w+, \{ get: \w+\[\w+\], enumerable: true \}\);
`)

// earlyExport is the same for modules that import themselves through others. They see what was exported so far: the
// vendor's compiler makes assignments of exports, so that a constant whose line has not run yet is undefined. The
// getters of esbuild throw in that case. The lines stay as many.
const earlyExport = `  for (let $1 in $2)
    $3($4, $1, { get: () => { try { return $2[$1](); } catch (e) { if (!(e instanceof ReferenceError)) throw e; } }, enumerable: true });
`

// exportEarly puts earlyExport in the place of strictExport.
func exportEarly(code string) string {
	const helpers = 2048 // all of esbuild's own functions are in the first so many bytes
	at := strictExport.FindStringSubmatchIndex(prefix(code, helpers))
	if at == nil {
		return code
	}
	return string(strictExport.ExpandString([]byte(code[:at[0]]), earlyExport, code, at)) + code[at[1]:]
}

// transform compiles one script to CommonJS.
func transform(root, file string, content []byte, constants map[string]string) *module {
	m := &module{file: file}
	m.out = image.Module{Path: file, File: file}
	if path.Ext(file) == ".ts" {
		m.out.Path = strings.TrimSuffix(file, ".ts") + ".js"
	}
	if len(content) > MaxScriptBytes {
		m.fail("js-too-large", 0, 0, "A script may have %d bytes. Split it.", MaxScriptBytes)
		return m
	}
	if line, column, message := encodingFault(root+file, content); message != "" {
		m.fail("js-encoding", line, column, "%s", message)
		return m
	}
	if path.Ext(file) == ".json" {
		m.json(content)
		return m
	}
	loader, tsconfig := api.LoaderJS, ""
	if path.Ext(file) == ".ts" {
		loader, tsconfig = api.LoaderTS, `{"compilerOptions":{"experimentalDecorators":true}}`
	}
	result := api.Transform(strings.TrimPrefix(string(content), "\ufeff"), api.TransformOptions{
		Define: constants, Loader: loader, TsconfigRaw: tsconfig, Sourcefile: file,
		Format: api.FormatCommonJS, Target: api.ES2022, Supported: supported,
		Sourcemap: api.SourceMapExternal, SourcesContent: api.SourcesContentExclude,
		Charset: api.CharsetUTF8, LegalComments: api.LegalCommentsNone, LogLevel: api.LogLevelSilent,
	})
	for _, e := range result.Errors {
		line, column := 0, 0
		if e.Location != nil {
			line = e.Location.Line
			column = utf8.RuneCountInString(prefix(e.Location.LineText, e.Location.Column)) + 1
		}
		m.fail("js-syntax", line, column, "%s.", strings.TrimSuffix(e.Text, "."))
	}
	if m.broken {
		return m
	}
	m.out.Source, m.out.SourceMap = exportEarly(string(result.Code)), result.Map
	m.scan()
	return m
}

// json makes a module of a JSON file.
func (m *module) json(content []byte) {
	if nesting(content) > MaxJSONDepth {
		m.fail("json-too-large", 0, 0, "This file is nested more than %d deep.", MaxJSONDepth)
		return
	}
	standard, err := hujson.Standardize(bytes.TrimPrefix(bytes.Clone(content), []byte("\ufeff")))
	if err != nil {
		line, column, message := syntaxError(content, err)
		m.fail("json-syntax", line, column, "This is not valid JSON: %s.", message)
		return
	}
	// The engine parses a text faster than it compiles a literal, and "__proto__" stays a key.
	text, _ := json.Marshal(string(standard)) // a string always encodes
	m.out.Source = "module.exports = JSON.parse(" + string(text) + ");\n"
}

// prefix is the first n bytes of s, or all of it.
func prefix(s string, n int) string { return s[:min(max(n, 0), len(s))] }

func (m *module) fail(code string, line, column int, format string, args ...any) {
	m.broken = true
	m.diagnostics = append(m.diagnostics, source.Diagnostic{
		Severity: source.Error, Code: code, Message: fmt.Sprintf(format, args...),
		File: m.file, Line: line, Column: column,
	})
}

// scan parses the compiled module in the same way as the engine, and collects the names that it
// uses.
func (m *module) scan() {
	origin, err := sourcemap.Parse("", m.out.SourceMap)
	if err != nil { // a file that compiles to nothing has no map
		origin, m.out.SourceMap = nil, nil
	}
	where := func(line, column int) (int, int) {
		if origin == nil {
			return 0, 0
		}
		if line == 1 {
			column = max(1, column-len(modulePrefix))
		}
		_, _, atLine, atColumn, ok := origin.Source(line, column-1)
		if !ok {
			return 0, 0
		}
		return atLine, atColumn + 1
	}
	program, err := goja.Parse(m.file, modulePrefix+m.out.Source+moduleSuffix, parser.WithDisableSourceMaps)
	if list, ok := errors.AsType[parser.ErrorList](err); ok && len(list) > 0 {
		line, column := where(list[0].Position.Line, list[0].Position.Column)
		m.fail("js-engine", line, column, "The engine does not accept this: %s.", list[0].Message)
		return
	}
	if err == nil {
		_, err = goja.CompileAST(program, false)
	}
	if err != nil {
		line, column := 0, 0
		message := err.Error()
		if e, ok := errors.AsType[*goja.CompilerSyntaxError](err); ok {
			message = e.Message
			if e.File != nil {
				at := e.File.Position(e.Offset)
				line, column = where(at.Line, at.Column)
			}
		}
		m.fail("js-engine", line, column, "The engine does not accept this: %s.", message)
		return
	}
	s := &scanner{m: m, where: where}
	s.program(program)
}
