package compile

import (
	"errors"
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"
	"github.com/evanw/esbuild/pkg/api"
	"github.com/go-sourcemap/sourcemap"

	"github.com/teahouse/teahouse/runtime/image"
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
	diagnostics []Diagnostic // relative to the program
	apis        []APIUse     // Supported is not set yet
	hosts       []HostUse    // Declared and Private are not set yet
	requires    []requirement
	loadsAny    bool // it requires something by a name that is not a constant
	broken      bool
}

// requirement is a module that a script names.
type requirement struct {
	id           string
	line, column int
}

// scripts compiles every script of the program. A file that is not reachable from app.js or a page
// may be anything (a build script, a test, an old file): its errors become warnings, and it is left
// out of the image and of the report. When any script requires modules by names that are not
// constants, all files count as reachable.
func (c *compilation) scripts() {
	var files []string
	for name := range c.files {
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
		c.report(SeverityError, "too-many-scripts", "", 0, 0, "A program may have %d scripts.", MaxScripts)
		return
	}
	if c.script("app") == "" {
		c.report(SeverityError, "app-js-not-found", "app.js", 0, 0,
			"There is no app.js. It may be as short as App({}).")
	}
	modules := c.transformAll(files)
	reached, anything := c.reach(modules)
	var hosts []HostUse
	for _, m := range modules {
		for _, d := range m.diagnostics {
			if !reached[m.out.Path] && d.Severity == SeverityError {
				d.Severity = SeverityWarning
				d.Message += " Nothing requires this file, so it was left out."
			}
			c.report(d.Severity, d.Code, d.File, d.Line, d.Column, "%s", d.Message)
		}
		if m.broken || !reached[m.out.Path] && !anything {
			continue
		}
		c.img.Modules = append(c.img.Modules, m.out)
		c.result.Report.APIs = append(c.result.Report.APIs, m.apis...)
		hosts = append(hosts, m.hosts...)
	}
	slices.SortFunc(c.img.Modules, func(a, b image.Module) int { return strings.Compare(a.Path, b.Path) })
	c.reportAPIs()
	c.hosts(hosts)
}

// transformAll compiles the files in parallel and returns them in their order.
func (c *compilation) transformAll(files []string) []*module {
	modules := make([]*module, len(files))
	var group sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := range next {
				modules[i] = transform(c.root, files[i], c.files[files[i]])
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

// reach follows require and import from the scripts that the engine starts with. anything is true
// when a name is computed: then every script may be used.
func (c *compilation) reach(modules []*module) (reached map[string]bool, anything bool) {
	byPath := make(map[string]*module, len(modules))
	for _, m := range modules {
		byPath[m.out.Path] = m
	}
	reached = map[string]bool{}
	queue := []string{"app.js"}
	for _, route := range c.img.App.Pages {
		queue = append(queue, route+".js")
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		m := byPath[at]
		if m == nil || reached[at] {
			continue
		}
		reached[at] = true
		anything = anything || m.loadsAny
		for _, r := range m.requires {
			target := resolve(byPath, at, r.id)
			if target == "" {
				if name := npmPackage(r.id); name != "" {
					c.report(SeverityWarning, "npm-not-built", m.file, r.line, r.column,
						"There is no module %q, and no package %s in miniprogram_npm. %s", r.id, name, npmAdvice)
					continue
				}
				c.report(SeverityWarning, "module-not-found", m.file, r.line, r.column,
					"There is no module %q. Check the path; it is relative to this file.", r.id)
				continue
			}
			queue = append(queue, target)
		}
	}
	return reached, anything || c.components
}

// resolve finds a module as the engine does: relative to the file, from the root, in the npm
// folders above the file, and last beside the file or from the root without "./".
func resolve(modules map[string]*module, from, id string) string {
	find := func(p string) string {
		p = strings.TrimPrefix(path.Clean("/"+p), "/")
		for _, candidate := range []string{p, p + ".js", path.Join(p, "index.js")} {
			if modules[candidate] != nil {
				return candidate
			}
		}
		return ""
	}
	dir := path.Dir(from)
	switch {
	case strings.HasPrefix(id, "/"):
		return find(id)
	case strings.HasPrefix(id, "./"), strings.HasPrefix(id, "../"), id == ".", id == "..":
		return find(path.Join("/"+dir, id))
	}
	for at := dir; ; at = path.Dir(at) {
		if found := find(path.Join("/"+at, "miniprogram_npm", id)); found != "" {
			return found
		}
		if at == "." || at == "/" {
			break
		}
	}
	return firstOf(find(path.Join("/"+dir, id)), find(id))
}

// supported lists the features of ES2022 and later that the engine lacks.
var supported = map[string]bool{
	"async-generator": false, "for-await": false, "dynamic-import": false, "import-meta": false,
	"top-level-await": false, "regexp-match-indices": false, "regexp-set-notation": false,
}

// transform compiles one script to CommonJS.
func transform(root, file string, content []byte) *module {
	m := &module{file: file}
	m.out = image.Module{Path: strings.TrimSuffix(file, path.Ext(file)) + ".js", File: file}
	if len(content) > MaxScriptBytes {
		m.fail("js-too-large", 0, 0, "A script may have %d bytes. Split it.", MaxScriptBytes)
		return m
	}
	if line, column, message := encodingFault(root+file, content); message != "" {
		m.fail("js-encoding", line, column, "%s", message)
		return m
	}
	loader, tsconfig := api.LoaderJS, ""
	if path.Ext(file) == ".ts" {
		loader, tsconfig = api.LoaderTS, `{"compilerOptions":{"experimentalDecorators":true}}`
	}
	result := api.Transform(strings.TrimPrefix(string(content), "\ufeff"), api.TransformOptions{
		Loader: loader, TsconfigRaw: tsconfig, Sourcefile: file,
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
	m.out.Source, m.out.SourceMap = string(result.Code), result.Map
	m.scan()
	return m
}

// prefix is the first n bytes of s, or all of it.
func prefix(s string, n int) string { return s[:min(max(n, 0), len(s))] }

func (m *module) fail(code string, line, column int, format string, args ...any) {
	m.broken = true
	m.diagnostics = append(m.diagnostics, Diagnostic{
		Severity: SeverityError, Code: code, Message: fmt.Sprintf(format, args...),
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
