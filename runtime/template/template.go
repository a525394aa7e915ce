// Package template holds the compiled form of one page's WXML. Package wxml writes it, package view
// runs it, and the browser draws it.
//
// A template is a list of fragments. Fragment 0 is the page; a branch of wx:if, the body of a
// wx:for and the body of a <template> are fragments of their own. The parts of a fragment that
// never change (tags, constant attributes, constant text) go to the browser once, as Structure, and
// are cached by hash. A part that can change is a hole: a numbered place with an expression. While
// the app runs, only values of holes are sent.
package template

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/expr"
)

// Template is the compiled WXML of one page. It is read-only once compiled or decoded and may be
// shared by any number of pages.
type Template struct {
	Path      string     // the WXML file of the page, e.g. "pages/index/index.wxml"
	Fragments []Fragment // 0 is the page
	Scopes    []Names    // templates that a <template is> may name, per file
	Tags      []Use      // every tag in use, once per tag, for reports
	Handlers  []Use      // every handler that is named by a constant, once per name
	Modules   []Module   // of WXS, those that others require included

	once      sync.Once
	structure []byte
	hash      string

	weigh   sync.Once
	weights []int

	called sync.Once
	calls  [][]Call

	reach    sync.Once
	live     [][]bool
	compile  sync.Mutex
	programs map[int]*goja.Program
}

// Module is a compiled WXS module. Package wxs writes it.
type Module struct {
	// Path is the module's file, or for a module inside a WXML file "pages/index/index.wxml#name". Modules
	// with the same path are one module.
	Path string
	// Code is JavaScript: an expression that is a function of (module, exports, require, library).
	Code string
	// View is the same code as JSON for the view script.
	View []byte
	// Requires lists the modules that it requires, by their place in Template.Modules.
	Requires []int
	// Exports lists the names that it exports; nil when that is only known while it runs. It is not part
	// of an image.
	Exports []string
}

// Program is the code of a module, compiled on first use and shared by all pages.
func (t *Template) Program(module int) (*goja.Program, error) {
	t.compile.Lock()
	defer t.compile.Unlock()
	if p := t.programs[module]; p != nil {
		return p, nil
	}
	m := &t.Modules[module]
	p, err := goja.Compile(m.file(), m.Code, false)
	if err == nil {
		if t.programs == nil {
			t.programs = map[int]*goja.Program{}
		}
		t.programs[module] = p
	}
	return p, err
}

// file is the file that the developer wrote.
func (m *Module) file() string {
	file, _, _ := strings.Cut(m.Path, "#")
	return file
}

// ViewFunction is the text that stands for a function of a module where the view script calls it: as the
// value of a handler and of change:*. No method of a page begins like it.
func ViewFunction(module int, members []string) string {
	return "@" + strconv.Itoa(module) + "." + strings.Join(members, ".")
}

// IsViewFunction reports whether a text is one that ViewFunction made.
func IsViewFunction(text string) bool { return strings.HasPrefix(text, "@") }

// ViewEvent is the name of the attribute that gives the view script its handler of an event.
func ViewEvent(event string, phase Phase) string { return "wxs:" + phase.String() + ":" + event }

// Names lists the templates that one WXML file can use: its own and the imported ones.
type Names map[string]int // template name to fragment

// Use is the first place where a tag or a handler is used.
type Use struct {
	Name         string
	File         string
	Line, Column int
}

// Fragment is a piece of a page that is created and removed as a whole.
type Fragment struct {
	Kids     []Node
	Holes    []Hole    // in document order; the number of a hole is its index
	Elements []Element // in document order; the id of an element is its index
}

// NodeKind says what a Node is.
type NodeKind uint8

// The kinds of nodes.
const (
	Text    NodeKind = iota // constant text
	DynText                 // text from a hole
	Elem                    // an element
	If                      // wx:if chain
	For                     // wx:for
	UseName                 // <template is>
	Comp                    // an element of a component
	Slot                    // <slot>
)

// Node is one node of a fragment's structure.
type Node struct {
	Kind  NodeKind
	Text  string // Text
	Index int    // hole (DynText, If, For, UseName, Comp, Slot) or element (Elem)
	Kids  []Node // Elem
}

// Hole is a place whose value can change.
type Hole struct {
	Kind    NodeKind     // DynText, Elem (an attribute), If, For, UseName, Comp or Slot
	Expr    *expr.Node   // text, attribute, list, name of a template or slot; nil for If and Comp
	Conds   []*expr.Node // If: one per branch; nil means wx:else
	Frags   []int        // If: fragment per branch; For: one fragment; Comp: what is inside the element, if anything
	Key     string       // For: wx:key; "" without
	Data    *expr.Node   // UseName: template data; nil when none is given
	Class   bool         // Elem: it is the class, whose value may be a list
	Scope   int          // UseName: index into Template.Scopes
	Element int          // the element that the attribute or component belongs to or that encloses the hole, or -1
	Deps    []expr.Path  // what the value of this hole depends on (list, condition and properties only)
	Inner   []expr.Path  // For, If, Comp: dependencies of the content, seen from this fragment
	Given   []string     // Comp: the values of a slot that the content reads, outermost scope first
	Line    int          // of the markup, for warnings
}

// Element is an element as the engine needs it.
type Element struct {
	Tag      string
	Parent   int // enclosing element of the fragment, -1 at the top
	Attrs    []Attr
	Dyn      []Dyn     // attributes that have a hole
	Props    []Binding // of a component or a slot: what is given to it and not to the browser
	Generics []Attr    // of a component: generic:name="tag", each value a text
	Models   []Binding // model:name, each an expression that names data
	Dataset  []Binding // data-*, named in camelCase
	Marks    []Binding // mark:*
	Handlers []Handler
}

// Attr is an attribute that never changes. Value is a primitive: mostly a string, true for an
// attribute without a value.
type Attr struct {
	Name  string
	Value expr.Value
}

// Dyn is an attribute whose value is a hole.
type Dyn struct {
	Hole int
	Name string
}

// Binding is a named value that stays on the server.
type Binding struct {
	Name string
	Expr *expr.Node
}

// Phase is how a handler takes part in an event.
type Phase uint8

// The phases, in the words of WXML.
const (
	Bind Phase = iota
	Catch
	MutBind
	CaptureBind
	CaptureCatch
)

// String is the WXML word for the phase, as the browser's structure has it.
func (p Phase) String() string {
	return [...]string{"bind", "catch", "mut-bind", "capture-bind", "capture-catch"}[p]
}

// Handler binds an event of an element to a method of the page.
type Handler struct {
	Event string
	Phase Phase
	Name  *expr.Node
}

// Structure is the page's structure as JSON for the browser, see docs/protocol.md. It is the
// same for the same WXML, byte for byte. Callers must not change it.
func (t *Template) Structure() []byte {
	t.once.Do(t.encode)
	return t.structure
}

// Hash identifies the structure: 32 hex digits. The structure contains it too.
func (t *Template) Hash() string {
	t.once.Do(t.encode)
	return t.hash
}

// Weight is how many nodes an instance of the fragment is: itself, its elements and its texts, without
// what is inside its holes.
func (t *Template) Weight(fragment int) int {
	t.weigh.Do(func() {
		t.weights = make([]int, len(t.Fragments))
		for i := range t.Fragments {
			t.weights[i] = 1 + len(t.Fragments[i].Elements) + countTexts(t.Fragments[i].Kids)
		}
	})
	return t.weights[fragment]
}

// Live reports whether a hole of a fragment is or contains a component or a slot, so that a change
// there runs code of the app.
func (t *Template) Live(fragment, hole int) bool {
	t.reach.Do(t.findLive)
	return t.live[fragment][hole]
}

// Call is a call of a module's function whose arguments read less than the value that it is part of.
type Call struct {
	Node *expr.Node
	Deps []expr.Path
}

// Calls lists the calls in a fragment whose results are worth remembering: when something else in their
// value changes, they need not be made again. A call whose arguments read nothing is made with its value,
// since a function may ask for the time.
func (t *Template) Calls(fragment int) []Call {
	t.called.Do(func() {
		t.calls = make([][]Call, len(t.Fragments))
		for i := range t.Fragments {
			t.calls[i] = t.Fragments[i].callsToRemember()
		}
	})
	return t.calls[fragment]
}

func (f *Fragment) callsToRemember() (found []Call) {
	var visit func(n *expr.Node, whole []expr.Path)
	visit = func(n *expr.Node, whole []expr.Path) {
		if n == nil {
			return
		}
		if n.Op == expr.OpCall && n.Kids[0].UsesModule() {
			own := n.Deps()
			all := slices.Clone(own)
			for _, path := range whole {
				expr.AddPath(&all, path)
			}
			if len(own) > 0 && len(all) > len(own) {
				found = append(found, Call{Node: n, Deps: own})
			}
		}
		for _, kid := range n.Kids {
			visit(kid, whole)
		}
	}
	for i := range f.Holes {
		h := &f.Holes[i]
		visit(h.Expr, h.Deps)
		visit(h.Data, h.Deps)
		for _, cond := range h.Conds {
			visit(cond, h.Deps)
		}
		if h.Kind == Comp {
			for _, prop := range f.Elements[h.Element].Props {
				visit(prop.Expr, h.Deps)
			}
		}
	}
	return found
}

func (t *Template) findLive() {
	t.live = make([][]bool, len(t.Fragments))
	for i := range t.Fragments {
		t.live[i] = make([]bool, len(t.Fragments[i].Holes))
	}
	for again := true; again; { // templates may contain themselves
		again = false
		for i := range t.Fragments {
			for j := range t.Fragments[i].Holes {
				if !t.live[i][j] && t.liveHole(&t.Fragments[i].Holes[j]) {
					t.live[i][j], again = true, true
				}
			}
		}
	}
}

func (t *Template) liveHole(h *Hole) bool {
	switch h.Kind {
	case Comp, Slot:
		return true
	case UseName:
		for _, fragment := range t.Scopes[h.Scope] {
			if slices.Contains(t.live[fragment], true) {
				return true
			}
		}
	case If, For:
		return slices.ContainsFunc(h.Frags, func(fragment int) bool { return slices.Contains(t.live[fragment], true) })
	}
	return false
}

func countTexts(kids []Node) int {
	n := 0
	for i := range kids {
		switch kids[i].Kind {
		case Text, DynText:
			n++
		case Elem:
			n += countTexts(kids[i].Kids)
		}
	}
	return n
}
