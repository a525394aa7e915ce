// Package view is the view engine: it keeps the live tree of one page, and turns changes of the
// page's data into the few values that the browser must be told.
//
// The tree is made of instances of the template's fragments. An instance remembers, per hole, what
// was last sent. Update visits only the holes that depend on the paths that were set, computes
// them again and compares with what was sent: identity of objects is never trusted, so data that
// the app changed in place is seen too. The protocol is described in docs/protocol.md; Client is
// its other end in Go.
package view

import (
	"errors"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/template"
)

// Page is the live tree of one page. It belongs to the goroutine that runs its app.
//
// Render, Update and Dispatch read the app's objects, which can run getters of the app and panic
// with what they throw: the caller holds the deadline and recovers. After such a panic or an error
// the tree is not to be used again.
type Page struct {
	rt       *goja.Runtime
	template *template.Template
	limits   Limits
}

// New makes the page's tree. data is the object that `this.data` of the app is; Update reads it
// anew each time.
func New(rt *goja.Runtime, t *template.Template, data *goja.Object, limits Limits) *Page {
	return &Page{rt: rt, template: t, limits: limits.withDefaults()}
}

// Render builds the tree and returns the values of fragment 0 as JSON: the "render" of the
// protocol. It is called once, before Update and Dispatch. The result is the caller's.
func (p *Page) Render() ([]byte, error) { return nil, errors.New("view: not built yet") }

// Update brings the tree up to date after setData changed the data at the paths; elements are
// string keys and int indexes. It returns the "ops" of the protocol, or nil when nothing that is
// shown has changed. The result is the caller's.
func (p *Page) Update(paths [][]any) ([]byte, error) { return nil, errors.New("view: not built yet") }

// Step is one handler to call for an event, in order.
type Step struct {
	Handler string  // method of the page; it may not exist
	Element Element // currentTarget
	Phase   template.Phase
}

// Element is what an event object tells of an element.
type Element struct {
	Inst, ID int    // its place in the protocol
	Tag      string // "view"
	DOMID    string // the id attribute
	// Dataset and Mark are new objects in the order of the markup; Mark is that of the target
	// and everything around it, inner ones first.
	Dataset, Mark *goja.Object
}

// ErrNoElement means that a target names no element: a late event for something that is gone.
var ErrNoElement = errors.New("view: there is no such element")

// Dispatch finds the handlers that an event at element id of instance inst calls: capturing from
// the page to the target, then bubbling back if the event is one that bubbles, until a catch.
func (p *Page) Dispatch(inst, id int, event string) ([]Step, Element, error) {
	return nil, Element{}, ErrNoElement
}

// Warnings tells what the page found odd in its data while rendering, each once.
func (p *Page) Warnings() []string { return nil }

// Tree is a snapshot of what the page shows, in the shape that Client has it too.
func (p *Page) Tree() *Node { return nil }

// Find returns the elements that a selector matches, in document order, see Node.Find.
func (p *Page) Find(selector string) []*Node { return p.Tree().Find(selector) }
