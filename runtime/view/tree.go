// Package view is the view engine: it keeps the live tree of a page, and turns changes of data into
// the few values that the browser needs.
//
// A Tree is what one page shows. It is made of shadows: a Shadow is one template with its own data,
// the page's own or, inside it, that of a component. A shadow is made of instances of its template's
// fragments. An instance stores, per hole, what it shows. An update visits only the holes that depend
// on the paths that were set, computes them again, compares, and marks those that the browser must hear
// of; at the end of the turn these are written. The data is the view's own: copies of what the app sets, so
// that nothing is shown that was not set. The protocol is
// described in docs/protocol.md; Client is its other end in Go.
package view

import (
	"fmt"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/expr"
	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/template"
)

// Tree is what one page shows: the page's own shadow and everything inside it. Only the goroutine that
// runs the app may use it.
//
// Render, Update and Dispatch run WXS modules of the app, whose getters can panic with their exceptions: the
// caller sets the deadline and recovers. After such a panic or an error
// the tree must not be rendered or updated again; Freeze says so to its shadows.
type Tree struct {
	rt          *goja.Runtime
	limits      Limits
	root        *Shadow
	img         *image.Image
	components  Components // nil when there are none
	definitions map[string]*Definition
	touched     []*Shadow // those with changes that are not shown, in the order of the first change
	marks       []hint    // what the browser must hear of
	rooms       []*rooms  // of changes that are not shown yet
	room        []change  // what is free in the newest of them
	showing     int       // shadows that are being shown, one inside the other
	fresh       []*instance
	attached    bool
	absent      bool // what is updated was set to undefined
	frozen      bool
	next        int // number of the next instance that is sent
	nodes       int // against Limits.Nodes
	bytes       int // of values since the last Update, against Limits.ValueBytes

	out     []byte // output under construction, reused
	scratch []byte // one value, for comparison
	err     error  // the first limit that was exceeded; it stops all work

	modules map[string]*goja.Object // the `module` of each WXS module in use, by its path
	library goja.Value              // what WXS modules know besides the language; made on first use

	given    []Property                 // to components at this moment, the innermost last
	seen     map[string]int32           // for making keys unique, reused
	deps     map[*expr.Node][]expr.Path // of what tags give to components; see depsOf
	warned   map[warning]bool
	warnings []string
}

type warning struct {
	code string
	hole *template.Hole
}

// New makes the tree of a page that begins with the data.
func New(rt *goja.Runtime, compiled *template.Template, data Value, limits Limits) *Tree {
	t := &Tree{rt: rt, limits: limits.withDefaults()}
	t.root = newShadow(t, nil, compiled, data)
	return t
}

// Use lets the tree show components of an image; page says what the page's own tags stand for. It is
// called before Build.
func (t *Tree) Use(img *image.Image, page *Definition, components Components) {
	t.img, t.components, t.root.def = img, components, page
	t.definitions = map[string]*Definition{}
}

// Root is the page's own shadow.
func (t *Tree) Root() *Shadow { return t.root }

// Build makes everything that the page shows, its components included. Without it Render does. A page
// that is built before the first line of its own runs can find its components from there on.
func (t *Tree) Build() {
	if t.root.root.frag == nil {
		t.create(t.root.root, 0, nil, 0)
	}
}

// Attach puts the tree into the page: all components in it hear that they are attached.
func (t *Tree) Attach() {
	if !t.attached {
		t.attached = true
		t.attach(t.root.root)
	}
}

// Detach takes the tree out of the page for good.
func (t *Tree) Detach() {
	if t.attached {
		t.attached = false
		t.detach(t.root.root)
	}
	t.Freeze()
}

// Render returns the values of fragment 0 as JSON: the "render" of the protocol. It is called once,
// before Update and Dispatch, and builds and attaches the tree if that was not done. The caller owns
// the result.
func (t *Tree) Render() ([]byte, error) {
	t.Build()
	t.Attach()
	t.showTouched()
	t.out = t.out[:0]
	if t.err == nil {
		t.write(t.root.root)
	}
	if t.err != nil {
		return nil, t.err
	}
	return t.take(), nil
}

// Update brings everything up to date that Touch has named since the last time. It returns the "ops"
// of the protocol, or nil when nothing that is shown has changed. The caller owns the result.
func (t *Tree) Update() ([]byte, error) {
	t.showTouched()
	t.out = append(t.out[:0], '[')
	ops := 0
	if t.err == nil {
		ops = t.writeOps()
	}
	if t.err != nil {
		return nil, t.err
	}
	t.bytes = 0
	if ops == 0 {
		return nil, nil
	}
	t.out = append(t.out, ']')
	return t.take(), nil
}

func (t *Tree) showTouched() {
	for len(t.touched) > 0 && t.err == nil {
		s := t.touched[0]
		t.touched = t.touched[1:]
		s.queued = false
		s.show()
	}
	clear(t.given[:cap(t.given)]) // nobody has it any more
	t.giveRooms()
}

// Touched reports whether Update has anything to do.
func (t *Tree) Touched() bool { return len(t.touched) > 0 || len(t.marks) > 0 }

// Freeze keeps what the tree shows for good: its shadows take no changes any more.
func (t *Tree) Freeze() {
	t.frozen = true
	for _, s := range t.touched {
		s.changes, s.absent = nil, nil
	}
	t.touched, t.marks = nil, nil
}

// take returns the output and keeps the buffers, unless a large update has made them large.
func (t *Tree) take() []byte {
	t.bytes = 0
	result := append([]byte(nil), t.out...)
	if cap(t.out)+cap(t.scratch) > keptBuffer {
		t.out, t.scratch = nil, nil
	}
	return result
}

// Warnings returns the problems that the page found in its data while rendering, each once.
func (t *Tree) Warnings() []string { return t.warnings }

func (t *Tree) warn(h *template.Hole, code, format string, args ...any) {
	key := warning{code, h}
	if t.warned[key] || len(t.warnings) >= MaxWarnings {
		return
	}
	if t.warned == nil {
		t.warned = map[warning]bool{}
	}
	t.warned[key] = true
	t.warnings = append(t.warnings, fmt.Sprintf(format, args...))
}

func (t *Tree) failRounds(file string) {
	t.err = fault.Errorf(fault.TooLarge, "view-changes-without-end",
		"%s: showing a change makes another change, more than %d times. Does a component set its own property's data?",
		file, MaxRounds)
}
