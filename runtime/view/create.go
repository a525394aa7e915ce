package view

import (
	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/expr"
	"github.com/teahouse/teahouse/runtime/template"
)

// create fills an instance. Nothing is sent yet: that is done when all code of the app has run.
func (t *Tree) create(in *instance, fragID int, parent *instance, hole int) {
	if parent != nil {
		in.shadow, in.depth = parent.shadow, parent.depth+1
	}
	f := &in.shadow.template.Fragments[fragID]
	in.frag, in.fragID, in.parent, in.hole, in.number = f, fragID, parent, hole, notSent
	t.nodes += in.shadow.template.Weight(fragID)
	switch {
	case t.err != nil:
	case t.nodes > t.limits.Nodes:
		t.err = fault.Errorf(fault.TooLarge, "view-too-many-nodes",
			"The page shows more than %d elements and texts. Show long lists page by page.",
			t.limits.Nodes)
	case in.depth > t.limits.Depth:
		t.err = fault.Errorf(fault.TooLarge, "view-too-deep",
			"Templates and lists are nested more than %d deep. Does a template use itself without end?",
			t.limits.Depth)
	}
	if in.cells == nil && len(f.Holes) > 0 {
		in.cells = make([]cell, len(f.Holes))
	}
	for in.made = 0; in.made < len(f.Holes); in.made++ {
		if t.err != nil || in.gone {
			return
		}
		if i := in.made; in.slot == nil || in.slot.shows(in, i) {
			t.createHole(in, i, &f.Holes[i])
		}
	}
}

func (t *Tree) createHole(in *instance, i int, h *template.Hole) {
	c := &in.cells[i]
	switch h.Kind {
	case template.DynText, template.Elem:
		t.evaluate(in, h, c)
	case template.Comp:
		c.group = &group{}
		t.createComponent(in, i, h, c.group)
	case template.Slot:
		c.group = &group{}
		t.evaluate(in, h, c)
		t.createSlot(in, i, h, c.group)
	case template.If:
		c.group = &group{branch: t.chooseBranch(in, h)}
		t.createBranch(in, i, h, c.group)
	case template.For:
		c.group = &group{}
		t.createList(in, i, h, c.group)
	case template.UseName:
		c.group = &group{branch: t.chooseTemplate(in, h)}
		t.createUse(in, i, h, c.group)
	}
}

// evaluate computes a text or attribute and reports whether it differs from before.
func (t *Tree) evaluate(in *instance, h *template.Hole, c *cell) bool {
	v := in.eval(h.Expr)
	if h.Class && v.IsArray() {
		v = expr.Text(classText(v))
	}
	return t.assign(c, v, h.Kind != template.Elem)
}

// assign puts a value into a cell and reports whether it differs from before. A text shows what the
// value is in words.
func (t *Tree) assign(c *cell, v expr.Value, text bool) bool {
	if v.Kind >= expr.Object && !text {
		t.scratch = t.appendJSON(t.scratch[:0], v, 0)
		if c.kind == expr.Object && c.str == string(t.scratch) {
			return false
		}
		c.kind, c.num, c.str = expr.Object, 0, string(t.scratch)
		t.count(c)
		return true
	}
	if text && v.Kind != expr.String && v.Kind != expr.Number {
		v = expr.Text(v.Display())
	}
	if c.kind == v.Kind && c.str == v.Str && (c.num == v.Num || (c.num != c.num && v.Num != v.Num)) {
		return false
	}
	c.kind, c.num, c.str = v.Kind, v.Num, v.Str
	t.count(c)
	return true
}

// count adds the text of a cell to what the values of this update have together.
func (t *Tree) count(c *cell) {
	if t.bytes += len(c.str); t.bytes > t.limits.ValueBytes {
		t.failLarge()
	}
}

func (t *Tree) failLarge() {
	if t.err == nil {
		t.err = fault.Errorf(fault.TooLarge, "view-too-large",
			"One update shows more than %d KB. Show less at once, for example page by page.",
			t.limits.ValueBytes>>10)
	}
}

func (t *Tree) chooseBranch(in *instance, h *template.Hole) int {
	for i, cond := range h.Conds {
		if cond == nil || in.eval(cond).Truthy() {
			return i
		}
	}
	return -1
}

func (t *Tree) createBranch(in *instance, i int, h *template.Hole, g *group) {
	if g.branch >= 0 {
		g.child = &instance{env: in.env, slot: in.inner(h)}
		t.create(g.child, h.Frags[g.branch], in, i)
	}
}

// chooseTemplate finds the fragment that <template is> names, -1 when there is none.
func (t *Tree) chooseTemplate(in *instance, h *template.Hole) int {
	name := in.eval(h.Expr).Display()
	frag, ok := in.shadow.template.Scopes[h.Scope][name]
	if ok {
		return frag
	}
	if name != "" {
		t.warn(h, "template", "%s:%d: there is no template %q here; nothing is shown",
			in.shadow.template.Path, h.Line, name)
	}
	return -1
}

func (t *Tree) createUse(in *instance, i int, h *template.Hole, g *group) {
	if g.branch >= 0 {
		data := templateData(in, h)
		g.child = &instance{env: &expr.Env{Root: &data, Modules: in.env.Modules}, slot: in.inner(h)}
		t.create(g.child, g.branch, in, i)
	}
}

// templateData is the data that a template sees: only what it was given.
func templateData(in *instance, h *template.Hole) expr.Value {
	if h.Data == nil {
		return expr.Value{}
	}
	return in.eval(h.Data)
}

// remove takes an instance and everything in it out of the tree. Components in it are told later, by
// detach, when what takes its place is there.
func (t *Tree) remove(in *instance) {
	if in.gone || in.frag == nil {
		return
	}
	in.gone = true
	t.nodes -= in.shadow.template.Weight(in.fragID)
	for i := range in.cells {
		g := in.cells[i].group
		if g == nil {
			continue
		}
		switch {
		case g.host != nil:
			t.removeHost(g.host)
		case g.child == nil:
		case in.frag.Holes[i].Kind == template.Slot && !in.shadow.gone:
			t.dropContent(in.shadow.host, g)
		default:
			t.remove(g.child)
		}
		for _, r := range g.rows {
			t.remove(&r.instance)
		}
	}
}
