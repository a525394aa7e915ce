// Package vm is the logic layer of a mini program: it runs the app's own JavaScript in goja, with
// the framework (App, Page, require, timers, wx) around it, and nothing else. Package view keeps
// the pages' trees, in Go. The host decides about rights.
//
// A worker holds one Engine per image and one Session per open app. Everything a session does
// happens in a turn: the host passes one input (a frame from the shell, an answer, a due timer),
// the app's code runs until nothing is left to do, and then all frames of the turn are sent
// together.
//
// Three rules keep the sandbox closed. No Go value is reflected into the VM: apps see plain values
// and functions that take plain values, and data from outside arrives as JSON text. The clock and
// the random seed come from the OpenRequest, so that an input log replays to the same frames.
// Reading a value of the app may run the app's code, so it happens inside a turn, where Interrupt
// and recover work.
package vm

import (
	"fmt"
	"strings"
	"sync"

	_ "embed"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"

	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/view"
)

// Options configure an Engine. The zero value is right for production.
type Options struct {
	// View limits the trees of pages; the zero value takes the view engine's own limits.
	View view.Limits
}

// Engine holds what all sessions of one image share. It is safe for concurrent use, as far as
// each Session stays on one goroutine at a time.
type Engine struct {
	img     *image.Image
	opts    Options
	modules map[string]*module
	pages   map[string]*image.Page
	tabs    map[string]int // route to index in the tab bar

	namesMu sync.Mutex
	names   map[string]bool // see mentions
}

// module is one file of the app. It is compiled when a session first requires it, so that a cold
// start compiles only the code that the first page needs.
type module struct {
	src     *image.Module
	once    sync.Once
	program *goja.Program
	err     error

	mapOnce sync.Once
	mapping *sourceMapping
}

// modulePrefix wraps a module into a function of its three parameters. It stays on the first line,
// so that line numbers do not change; columns of that line are corrected when a position is
// reported.
const (
	modulePrefix = "(function(exports,require,module){"
	moduleSuffix = "\n})"
)

// NewEngine prepares an image for sessions. It fails when the image names a page that it does not
// contain.
func NewEngine(img *image.Image, opts Options) (*Engine, error) {
	e := &Engine{
		img:     img,
		opts:    opts,
		modules: make(map[string]*module, len(img.Modules)),
		pages:   make(map[string]*image.Page, len(img.Pages)),
		tabs:    map[string]int{},
		names:   map[string]bool{},
	}
	for i := range img.Modules {
		e.modules[img.Modules[i].Path] = &module{src: &img.Modules[i]}
	}
	for i := range img.Pages {
		e.pages[img.Pages[i].Route] = &img.Pages[i]
	}
	if len(img.Pages) == 0 {
		return nil, fmt.Errorf("vm: the image has no pages")
	}
	if bar := img.App.TabBar; bar != nil {
		for i, item := range bar.List {
			if e.pages[item.PagePath] == nil {
				return nil, fmt.Errorf("vm: the image lacks the tab page %q", item.PagePath)
			}
			e.tabs[item.PagePath] = i
		}
	}
	return e, nil
}

// Image is the image the engine runs.
func (e *Engine) Image() *image.Image { return e.img }

func (e *Engine) entry() string {
	if e.img.App.EntryPagePath != "" && e.pages[e.img.App.EntryPagePath] != nil {
		return e.img.App.EntryPagePath
	}
	return e.img.Pages[0].Route
}

// mentions reports whether the source of any module contains the word. A feature that no source
// names is not set up in the VMs. It is only used for keywords, which cannot be written with
// escapes, and for names whose absence costs no more than a convenience.
func (e *Engine) mentions(word string) bool {
	e.namesMu.Lock()
	defer e.namesMu.Unlock()
	found, known := e.names[word]
	if !known {
		for _, m := range e.modules {
			if strings.Contains(m.src.Source, word) {
				found = true
				break
			}
		}
		e.names[word] = found
	}
	return found
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

//go:embed js/prelude.js
var preludeSource string

//go:embed js/kit.js
var kitSource string

// Programs of our own, compiled once per process and shared by every VM. The kit is run by the
// sessions that use it: closures cost memory in every VM that holds them.
var (
	prelude = sync.OnceValue(func() *goja.Program { return mustCompile("prelude", preludeSource) })
	kit     = sync.OnceValue(func() *goja.Program { return mustCompile("kit", kitSource) })
)

// ownScript begins the names of our scripts, so that they are left out of developers' stacks.
const ownScript = "teahouse:"

func mustCompile(name, src string) *goja.Program {
	p, err := compileScript(ownScript+name, src)
	if err != nil {
		panic("vm: " + err.Error())
	}
	return p
}

func isOwnScript(name string) bool { return strings.HasPrefix(name, ownScript) }
