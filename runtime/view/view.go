// Package view is the view engine: it keeps the live tree of one page, and turns changes of the
// page's data into the few values that the browser needs.
//
// The tree is made of instances of the template's fragments. An instance stores, per hole, what was
// last sent. Update visits only the holes that depend on the paths that were set, computes them
// again and compares with what was sent. It never compares objects by identity, so it also finds
// data that the app changed in place. The protocol is described in docs/protocol.md; Client is its
// other end in Go.
package view

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/expr"
	"github.com/teahouse/teahouse/runtime/template"
)

// Page is the live tree of one page. Only the goroutine that runs the app may use it.
//
// Render, Update and Dispatch read the app's objects. This can run getters of the app and panic
// with their exceptions: the caller sets the deadline and recovers. After such a panic or an error
// the tree must not be used again.
type Page struct {
	rt       *goja.Runtime
	template *template.Template
	limits   Limits
	weights  []int // per fragment
	root     *instance
	next     int // number of the next instance
	nodes    int // against Limits.Nodes

	out     []byte // output under construction, reused
	scratch []byte // one value, for comparison
	ops     int    // ops in out
	err     error  // the first limit that was exceeded; it stops all work

	seen     map[string]int32 // for making keys unique, reused
	warned   map[warning]bool
	warnings []string
}

type warning struct {
	code string
	hole *template.Hole
}

// New makes the page's tree. data is the app's `this.data`; every Update reads it again.
func New(rt *goja.Runtime, t *template.Template, data *goja.Object, limits Limits) *Page {
	p := &Page{
		rt: rt, template: t, limits: limits.withDefaults(), weights: make([]int, len(t.Fragments)),
	}
	for i := range t.Fragments {
		p.weights[i] = weight(&t.Fragments[i])
	}
	p.root = &instance{env: &expr.Env{Root: &expr.Value{Kind: expr.Object, Ref: data}}}
	return p
}

// Render builds the tree and returns the values of fragment 0 as JSON: the "render" of the
// protocol. It is called once, before Update and Dispatch. The caller owns the result.
func (p *Page) Render() ([]byte, error) {
	p.out = p.out[:0]
	p.create(p.root, 0, nil, 0)
	if p.err != nil {
		return nil, p.err
	}
	return p.take(), nil
}

// Update brings the tree up to date after setData changed the data at the paths; elements are
// string keys and int indexes. It returns the "ops" of the protocol, or nil when nothing that is
// shown has changed. The caller owns the result.
func (p *Page) Update(paths [][]any) ([]byte, error) {
	changes := make([]change, 0, len(paths))
	for _, path := range paths {
		keys := make([]string, len(path))
		for i, key := range path {
			switch key := key.(type) {
			case string:
				keys[i] = key
			case int:
				keys[i] = strconv.Itoa(key)
			default:
				return nil, fmt.Errorf("view: a path holds a %T", key)
			}
		}
		changes = append(changes, change{Keys: keys})
	}
	p.out = append(p.out[:0], '[')
	p.ops = 0
	p.update(p.root, changes)
	if p.err != nil {
		return nil, p.err
	}
	if p.ops == 0 {
		return nil, nil
	}
	p.out = append(p.out, ']')
	return p.take(), nil
}

// take returns the output and keeps the buffers, unless a large update has made them large.
func (p *Page) take() []byte {
	result := append([]byte(nil), p.out...)
	if cap(p.out)+cap(p.scratch) > keptBuffer {
		p.out, p.scratch = nil, nil
	}
	return result
}

// Warnings returns the problems that the page found in its data while rendering, each once.
func (p *Page) Warnings() []string { return p.warnings }

func (p *Page) warn(h *template.Hole, code, format string, args ...any) {
	key := warning{code, h}
	if p.warned[key] || len(p.warnings) >= MaxWarnings {
		return
	}
	if p.warned == nil {
		p.warned = map[warning]bool{}
	}
	p.warned[key] = true
	p.warnings = append(p.warnings, fmt.Sprintf(format, args...))
}

// full reports whether the work must stop because a limit is exceeded.
func (p *Page) full() bool {
	if p.err == nil && len(p.out) > p.limits.ValueBytes {
		p.err = fault.Errorf(fault.TooLarge, "view-too-large",
			"One update shows more than %d KB. Show less at once, for example page by page.",
			p.limits.ValueBytes>>10)
	}
	return p.err != nil
}

// create fills an instance and appends its values. Instances are numbered in the order of creation,
// which must be the order of the output.
func (p *Page) create(in *instance, fragID int, parent *instance, hole int) {
	f := &p.template.Fragments[fragID]
	in.frag, in.fragID, in.parent, in.hole = f, fragID, parent, hole
	if parent != nil {
		in.depth = parent.depth + 1
	}
	in.number = p.next
	p.next++
	p.nodes += p.weights[fragID]
	switch {
	case p.full():
	case p.nodes > p.limits.Nodes:
		p.err = fault.Errorf(fault.TooLarge, "view-too-many-nodes",
			"The page shows more than %d elements and texts. Show long lists page by page.",
			p.limits.Nodes)
	case in.depth > p.limits.Depth:
		p.err = fault.Errorf(fault.TooLarge, "view-too-deep",
			"Templates and lists are nested more than %d deep. Does a template use itself without end?",
			p.limits.Depth)
	}
	if in.cells == nil && len(f.Holes) > 0 {
		in.cells = make([]cell, len(f.Holes))
	}
	p.out = append(p.out, '[')
	for i := range f.Holes {
		if i > 0 {
			p.out = append(p.out, ',')
		}
		if p.err != nil {
			return
		}
		p.createHole(in, i, &f.Holes[i])
	}
	p.out = append(p.out, ']')
}

func (p *Page) createHole(in *instance, i int, h *template.Hole) {
	c := &in.cells[i]
	switch h.Kind {
	case template.DynText, template.Elem:
		p.evaluate(in, h, c)
		p.out = p.appendCell(p.out, h, c)
	case template.If:
		c.group = &group{branch: p.chooseBranch(in, h)}
		p.createBranch(in, i, h, c.group)
	case template.For:
		c.group = &group{}
		p.createList(in, i, h, c.group)
	case template.UseName:
		c.group = &group{branch: p.chooseTemplate(in, h)}
		p.createUse(in, i, h, c.group)
	}
}

// evaluate computes a text or attribute and reports whether it differs from what was sent.
func (p *Page) evaluate(in *instance, h *template.Hole, c *cell) bool {
	v := h.Expr.Eval(in.env)
	if v.Kind >= expr.Object && h.Kind == template.Elem {
		p.scratch = p.appendJSON(p.scratch[:0], v, 0)
		if c.kind == expr.Object && c.str == string(p.scratch) {
			return false
		}
		*c = cell{kind: expr.Object, str: string(p.scratch)}
		return true
	}
	if h.Kind == template.DynText && v.Kind != expr.String && v.Kind != expr.Number {
		v = expr.Text(v.Display())
	}
	if c.kind == v.Kind && c.str == v.Str && (c.num == v.Num || (c.num != c.num && v.Num != v.Num)) {
		return false
	}
	*c = cell{kind: v.Kind, num: v.Num, str: v.Str}
	return true
}

// appendCell appends the value of a text or attribute cell.
func (p *Page) appendCell(b []byte, h *template.Hole, c *cell) []byte {
	switch {
	case c.kind == expr.Object:
		return append(b, c.str...)
	case c.kind == expr.Number && h.Kind == template.DynText:
		b = append(b, '"')
		b = expr.AppendNumber(b, c.num)
		return append(b, '"')
	}
	return template.AppendPrimitive(b, expr.Value{Kind: c.kind, Num: c.num, Str: c.str})
}

func (p *Page) chooseBranch(in *instance, h *template.Hole) int {
	for i, cond := range h.Conds {
		if cond == nil || cond.Eval(in.env).Truthy() {
			return i
		}
	}
	return -1
}

func (p *Page) createBranch(in *instance, i int, h *template.Hole, g *group) {
	if g.branch < 0 {
		p.out = append(p.out, "null"...)
		return
	}
	g.child = &instance{env: in.env}
	p.createChild(in, i, g, h.Frags[g.branch])
}

func (p *Page) createChild(in *instance, i int, g *group, fragID int) {
	p.out = append(p.out, '[')
	p.out = strconv.AppendInt(p.out, int64(g.branch), 10)
	p.out = append(p.out, ',')
	p.create(g.child, fragID, in, i)
	p.out = append(p.out, ']')
}

// chooseTemplate finds the fragment that <template is> names, -1 when there is none.
func (p *Page) chooseTemplate(in *instance, h *template.Hole) int {
	name := h.Expr.Eval(in.env).Display()
	frag, ok := p.template.Scopes[h.Scope][name]
	if ok {
		return frag
	}
	if name != "" {
		p.warn(h, "template", "%s:%d: there is no template %q here; nothing is shown",
			p.template.Path, h.Line, name)
	}
	return -1
}

func (p *Page) createUse(in *instance, i int, h *template.Hole, g *group) {
	if g.branch < 0 {
		p.out = append(p.out, "null"...)
		return
	}
	data := templateData(in, h)
	g.child = &instance{env: &expr.Env{Root: &data}}
	p.createChild(in, i, g, g.branch)
}

// templateData is the data that a template sees: only what it was given.
func templateData(in *instance, h *template.Hole) expr.Value {
	if h.Data == nil {
		return expr.Value{}
	}
	return h.Data.Eval(in.env)
}

// remove subtracts an instance and everything in it from the count of nodes.
func (p *Page) remove(in *instance) {
	p.nodes -= p.weights[in.fragID]
	for i := range in.cells {
		g := in.cells[i].group
		if g == nil {
			continue
		}
		if g.child != nil {
			p.remove(g.child)
		}
		for _, r := range g.rows {
			p.remove(&r.instance)
		}
	}
}

// ErrNoElement means that a target names no element: the event came after the element was removed.
var ErrNoElement = errors.New("view: there is no such element")
