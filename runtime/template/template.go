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
	"sync"

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

	once      sync.Once
	structure []byte
	hash      string
}

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
)

// Node is one node of a fragment's structure.
type Node struct {
	Kind  NodeKind
	Text  string // Text
	Index int    // hole (DynText, If, For, UseName) or element (Elem)
	Kids  []Node // Elem
}

// Hole is a place whose value can change.
type Hole struct {
	Kind    NodeKind     // DynText, Elem (an attribute), If, For or UseName
	Expr    *expr.Node   // text, attribute, list, or template name; nil for If
	Conds   []*expr.Node // If: one per branch; nil means wx:else
	Frags   []int        // If: fragment per branch; For: one fragment
	Key     string       // For: wx:key; "" without
	Data    *expr.Node   // UseName: template data; nil when none is given
	Scope   int          // UseName: index into Template.Scopes
	Element int          // the element that the attribute belongs to or that encloses the hole, or -1
	Deps    []expr.Path  // what the value of this hole depends on (list and condition only)
	Inner   []expr.Path  // For, If: dependencies of the content, seen from this fragment
	Line    int          // of the markup, for warnings
}

// Element is an element as the engine needs it.
type Element struct {
	Tag      string
	Parent   int // enclosing element of the fragment, -1 at the top
	Attrs    []Attr
	Dyn      []Dyn     // attributes that have a hole
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
