package vm

import (
	"strings"
	"sync"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"
	"github.com/go-sourcemap/sourcemap"

	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/source"
)

// Code is the JavaScript of one image, which all its VMs share. It is safe for concurrent use.
type Code struct {
	modules map[string]*module
	aliases []image.Alias
	// function says that it is a cloud function, which finds its modules as Node.js does.
	function bool

	wordsMu sync.Mutex
	words   map[string]bool // see Mentions
}

// module is one file of the app. It is compiled when a VM first requires it, so that a cold start
// compiles only the code that the first page needs.
type module struct {
	src     *image.Module
	once    sync.Once
	program *goja.Program
	err     error

	mapOnce sync.Once
	mapping *sourcemap.Consumer // nil when nothing moved
}

// modulePrefix wraps a module into a function of its three parameters. It stays on the first line,
// so that line numbers do not change; columns of that line are corrected when a position is
// reported.
const (
	modulePrefix = "(function(exports,require,module){"
	moduleSuffix = "\n})"
)

// NewCode prepares modules for VMs. aliases are other names for them.
func NewCode(modules []image.Module, aliases []image.Alias) *Code {
	c := &Code{aliases: aliases, modules: make(map[string]*module, len(modules)), words: map[string]bool{}}
	for i := range modules {
		c.modules[modules[i].Path] = &module{src: &modules[i]}
	}
	return c
}

// NewFunctionCode is NewCode for a cloud function.
func NewFunctionCode(modules []image.Module) *Code {
	c := NewCode(modules, nil)
	c.function = true
	return c
}

// Has reports whether there is a module at exactly this path.
func (c *Code) Has(file string) bool { return c.modules[file] != nil }

// Mentions reports whether the source of any module contains the word. A feature that no source
// names is not set up in the VMs. It is only used for keywords, which cannot be written with
// escapes, and for names whose absence costs no more than a convenience.
func (c *Code) Mentions(word string) bool {
	c.wordsMu.Lock()
	defer c.wordsMu.Unlock()
	found, known := c.words[word]
	if !known {
		for _, m := range c.modules {
			if strings.Contains(m.src.Source, word) {
				found = true
				break
			}
		}
		c.words[word] = found
	}
	return found
}

// resolve returns the path of a module, or "".
func (c *Code) resolve(from, id string) string {
	if c.function {
		return image.ResolveInFunction(c.Has, from, id)
	}
	return image.ResolveModule(c.aliases, c.Has, from, id)
}

func (m *module) compile() (*goja.Program, error) {
	m.once.Do(func() {
		m.program, m.err = compileScript(m.src.Path, modulePrefix+m.src.Source+moduleSuffix)
	})
	return m.program, m.err
}

// compileScript parses without source maps: the parser would otherwise read files that a comment
// in the source names.
func compileScript(name, src string) (*goja.Program, error) {
	ast, err := goja.Parse(name, src, parser.WithDisableSourceMaps)
	if err != nil {
		return nil, err
	}
	return goja.CompileAST(ast, false)
}

func (m *module) sourceMap() *sourcemap.Consumer {
	m.mapOnce.Do(func() {
		if len(m.src.SourceMap) == 0 {
			return
		}
		// Without a readable map, positions are less precise. That is no reason to fail.
		if c, err := sourcemap.Parse("", m.src.SourceMap); err == nil {
			m.mapping = c
		}
	})
	return m.mapping
}

// original maps a position of a compiled module to the developer's file.
func (c *Code) original(file string, line, column int) source.Position {
	m := c.modules[file]
	if m == nil {
		return source.Position{File: file, Line: line, Column: column}
	}
	if line == 1 {
		column = max(1, column-len(modulePrefix))
	}
	at := source.Position{File: m.src.File, Line: line, Column: column}
	if at.File == "" {
		at.File = m.src.Path
	}
	if mapping := m.sourceMap(); mapping != nil {
		// Columns of source maps start at 0, those of the engine and of editors at 1.
		if _, _, l, col, ok := mapping.Source(line, column-1); ok && l > 0 {
			at.Line, at.Column = l, col+1
		}
	}
	return at
}

// ownScript begins the names of our scripts, so that they are left out of developers' stacks.
const ownScript = "teahouse:"

// OwnScript compiles a script of ours, which is not part of any app. Its program is made once per
// process and shared by every VM.
func OwnScript(name, src string) func() *goja.Program {
	return sync.OnceValue(func() *goja.Program {
		p, err := compileScript(ownScript+name, src)
		if err != nil {
			panic("vm: " + err.Error())
		}
		return p
	})
}

func isOwnScript(name string) bool { return strings.HasPrefix(name, ownScript) }
