package compile

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/source"
)

// functionName is what a cloud function may be called: as the vendor's tools allow it.
var functionName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,60}$`)

// functions compiles the cloud functions: each folder of cloudfunctionRoot with an index.js, or with the main
// file that its package.json names. Other folders, such as one of shared files, are none.
func (c *compilation) functions() {
	root := c.project.functions
	if root == "" {
		return
	}
	folders := map[string]bool{}
	for name := range c.all {
		if rel, ok := strings.CutPrefix(name, root+"/"); ok && strings.Contains(rel, "/") {
			folders[rel[:strings.IndexByte(rel, '/')]] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(folders)) {
		if c.ctx.Err() != nil {
			return
		}
		if name == "node_modules" {
			continue
		}
		// A function is compiled as if it were a program: its packages are built and its files found in the same way.
		one := &compilation{
			ctx: c.ctx, opts: c.opts, all: c.all, root: root + "/" + name + "/", inFunction: true, result: &Result{},
			img: &image.Image{}, isolations: map[string]string{}, found: source.Findings{Max: MaxDiagnostics},
		}
		f, ok := one.function(name)
		c.inPart(func() {
			for _, d := range one.found.List {
				c.found.Add(d)
			}
		})
		if c.hostUses = append(c.hostUses, one.hostUses...); c.asks == nil {
			c.asks = one.asks
		}
		switch {
		case !ok:
		case len(c.img.Functions) >= MaxFunctions:
			c.reportAt(source.Error, "too-many-functions", root+"/"+name+"/"+f.Main, 0, 0, "A program may have %d cloud functions.", MaxFunctions)
			return
		default:
			c.img.Functions = append(c.img.Functions, f)
			c.result.Report.Functions = append(c.result.Report.Functions, name)
		}
	}
}

// function compiles the function of the folder; ok is false when there is none.
func (c *compilation) function(name string) (f image.Function, ok bool) {
	c.programFiles()
	main := c.functionMain()
	if main == "" {
		return f, false
	}
	if !functionName.MatchString(name) {
		c.report(source.Warning, "function-name", main, 0, 0,
			"The folder of a cloud function has a name of up to 60 letters, digits, _ and -. This one is left out.")
		return f, false
	}
	c.buildNPM()
	files, ok := c.scriptFiles()
	if !ok {
		return f, false
	}
	f = image.Function{Name: name, Main: strings.TrimSuffix(main, path.Ext(main)) + ".js", Timeout: FunctionTimeout}
	c.functionConfig(&f)
	// What main reaches without a computed name is all that is compiled, unless there is a computed name.
	modules := c.transformAll(files)
	reached, anything := c.reach(&modules, []string{f.Main})
	size := 0
	for _, m := range modules {
		if !reached[m.out.Path] && (m.broken || !anything) {
			continue
		}
		c.reportScript(m, true)
		size += len(m.out.Source)
		c.requests(m)
		m.out.File = c.inBundle(m.out.File)
		f.Modules = append(f.Modules, m.out)
	}
	slices.SortFunc(f.Modules, func(a, b image.Module) int { return strings.Compare(a.Path, b.Path) })
	if size > MaxFunctionBytes {
		c.report(source.Error, "function-too-large", main, 0, 0,
			"The scripts of a cloud function, with those of its packages, may have %d KB together; these have %d KB.",
			MaxFunctionBytes>>10, size>>10)
	}
	return f, true
}

// requests notes whether a script can send requests, and the servers that the developer's own scripts name.
func (c *compilation) requests(m *module) {
	at := HostUse{File: c.inBundle(m.file)}
	own := !c.npm.plain[m.out.Path]
	asks := own && strings.Contains(m.out.Source, "fetch(")
	for _, r := range m.requires {
		if id := strings.TrimPrefix(r.id, "node:"); id == "http" || id == "https" {
			asks, at.Line, at.Column = true, r.line, r.column
		}
	}
	if asks && c.asks == nil {
		c.asks = &at
	}
	for _, use := range m.hosts {
		if own {
			use.File = c.inBundle(use.File)
			c.hostUses = append(c.hostUses, use)
		}
	}
}

// functionMain is the file that a function begins with, "" in a folder without a function.
func (c *compilation) functionMain() string {
	candidates := []string{"index.js", "index.ts"}
	if main := c.readPackageJSON(c.root + "package.json").Main; main != "" {
		main = inBundle(main)
		candidates = append([]string{main, main + ".js", main + ".ts", path.Join(main, "index.js")}, candidates...)
	}
	for _, file := range candidates {
		if _, there := c.files[file]; there && slices.Contains([]string{".js", ".ts"}, path.Ext(file)) {
			return file
		}
	}
	return ""
}

// functionConfig reads config.json of a function.
func (c *compilation) functionConfig(f *image.Function) {
	const file = "config.json"
	content, there := c.files[file]
	if !there {
		return
	}
	doc, ok := c.document(file, content)
	if !ok {
		return
	}
	seconds := FunctionTimeout / 1000
	doc.setInt("timeout", &seconds, 1, MaxFunctionTimeout/1000)
	f.Timeout = seconds * 1000
	if triggers := doc.member("triggers"); triggers.given() && len(doc.elements("triggers")) > 0 {
		triggers.report(source.Warning, "function-trigger", "Triggers do not run here: the function runs when it is called.")
	}
	variables := doc.member("envVariables")
	for _, name := range variables.keys() {
		value, isText := variables.member(name).string()
		switch {
		case !isText:
			variables.member(name).wrong(source.Warning, "a text")
		case len(f.Variables) >= MaxVariables || len(name)+len(value) > MaxVariableBytes:
			variables.report(source.Warning, "config-value", "envVariables has at most %d names, each of %d bytes with its value.",
				MaxVariables, MaxVariableBytes)
			return
		default:
			f.Variables = append(f.Variables, image.Variable{Name: name, Value: value})
		}
	}
}

// functionModule reports whether a module is the platform's own, and warns of one of Node.js that is not here.
func (c *compilation) functionModule(m *module, r requirement) bool {
	if c.opts.FunctionModule == nil {
		return false
	}
	why, known := c.opts.FunctionModule(r.id)
	// Packages require modules for what they may never do.
	if known && why != "" && !c.npm.plain[m.out.Path] {
		c.report(source.Warning, "function-module", m.file, r.line, r.column,
			"Cloud functions have no module %q: %s. Using it fails.", r.id, why)
	}
	return known
}
