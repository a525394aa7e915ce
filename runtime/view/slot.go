package view

import (
	"slices"

	"github.com/teahouse/teahouse/runtime/expr"
	"github.com/teahouse/teahouse/runtime/template"
)

// slotPlace is a dynamic slot as its content knows it: the content of the component's tag is made for
// this slot alone, and reads the values that the slot gives.
type slotPlace struct {
	in     *instance
	hole   int
	name   string
	scopes []*expr.Scope // per value that the content reads
}

func (p *slotPlace) place() place { return place{p.in, p.in.frag.Holes[p.hole].Element} }

// shows reports whether the slot shows what a hole of its content belongs to: an element with the
// slot's name, or a text if the slot has none. What is neither is asked again for what it contains.
func (p *slotPlace) shows(in *instance, hole int) bool {
	h := &in.frag.Holes[hole]
	element := h.Element
	if element < 0 {
		return h.Kind != template.DynText || p.name == ""
	}
	for in.frag.Elements[element].Parent >= 0 {
		element = in.frag.Elements[element].Parent
	}
	return p.name == (place{in, element}).slotName()
}

// inner is the slot that filters what is inside a hole: none inside an element, which is shown or not
// as a whole.
func (in *instance) inner(h *template.Hole) *slotPlace {
	if h.Element >= 0 {
		return nil
	}
	return in.slot
}

// slotName is the name of the slot for an element.
func (at place) slotName() string {
	e := at.element()
	for _, a := range e.Attrs {
		if a.Name == "slot" {
			return a.Value.Display()
		}
	}
	for _, d := range e.Dyn {
		if d.Name == "slot" {
			return at.in.frag.Holes[d.Hole].Expr.Eval(at.in.env).Display()
		}
	}
	return ""
}

// createSlot makes the content of a dynamic slot. The other slots show content that is there already.
func (t *Tree) createSlot(in *instance, i int, h *template.Hole, g *group) {
	host := in.shadow.host
	if host == nil || host.def.Slots != DynamicSlots || !host.filled {
		return
	}
	hole := &host.at.in.frag.Holes[host.hole]
	if len(hole.Frags) == 0 {
		return
	}
	c := &in.cells[i]
	slot := &slotPlace{in: in, hole: i, name: expr.Value{Kind: c.kind, Num: c.num, Str: c.str}.Display()}
	env := &expr.Env{Root: host.at.in.env.Root, Scope: host.at.in.env.Scope, Modules: host.at.in.env.Modules}
	for _, name := range hole.Given {
		env.Scope = &expr.Scope{Up: env.Scope, Item: slotValue(in, h, name)}
		slot.scopes = append(slot.scopes, env.Scope)
	}
	g.child = &instance{env: env, slot: slot}
	host.contents = append(host.contents, g.child)
	t.create(g.child, hole.Frags[0], host.at.in, host.hole)
	if host.attached {
		t.fresh = append(t.fresh, g.child)
	}
}

// slotValue is a value that a slot gives to its content.
func slotValue(in *instance, h *template.Hole, name string) expr.Value {
	for _, p := range in.frag.Elements[h.Element].Props {
		if camel(p.Name) == name {
			return p.Expr.Eval(in.env)
		}
	}
	return expr.Value{}
}

// givenNothing is the environment of content that reads values of a slot and gets none.
func givenNothing(env *expr.Env, hole *template.Hole) *expr.Env {
	if len(hole.Given) == 0 {
		return env
	}
	inner := &expr.Env{Root: env.Root, Scope: env.Scope, Modules: env.Modules}
	for range hole.Given {
		inner.Scope = &expr.Scope{Up: inner.Scope}
	}
	return inner
}

// fillSlots makes the content of all dynamic slots of a part of a shadow.
func (t *Tree) fillSlots(in *instance) {
	for i := range in.cells {
		g := in.cells[i].group
		if g == nil || !in.shadow.template.Live(in.fragID, i) {
			continue
		}
		if h := &in.frag.Holes[i]; h.Kind == template.Slot {
			if g.child == nil {
				t.createSlot(in, i, h, g)
			}
			continue
		}
		if g.host != nil {
			for _, content := range g.host.contents {
				t.fillSlots(content)
			}
			continue
		}
		if g.child != nil {
			t.fillSlots(g.child)
		}
		for _, r := range g.shown() {
			t.fillSlots(&r.instance)
		}
	}
}

// updateSlot brings the name of a slot up to date, and the values that its content reads.
func (t *Tree) updateSlot(in *instance, i int, h *template.Hole, g *group, changes []change) {
	renamed := t.evaluate(in, h, &in.cells[i])
	if renamed {
		t.mark(in, i)
	}
	content := g.child
	if content == nil {
		return
	}
	if renamed { // another part of the content is shown
		t.dropContent(in.shadow.host, g)
		t.createSlot(in, i, h, g)
		t.attachFresh()
		return
	}
	host := in.shadow.host
	given := host.at.in.frag.Holes[host.hole].Given
	var inside []change
	for k, name := range given {
		for _, p := range in.frag.Elements[h.Element].Props {
			if camel(p.Name) == name && concerns(p.Expr.Deps(), changes) {
				content.slot.scopes[k].Item = p.Expr.Eval(in.env)
				inside = append(inside, change{Var: expr.Item, Depth: len(given) - 1 - k})
			}
		}
	}
	if len(inside) > 0 {
		t.update(content, inside)
	}
}

// dropContent removes the content of a dynamic slot.
func (t *Tree) dropContent(host *Host, g *group) {
	content := g.child
	g.child = nil
	// A new slice, since the old one may be on its way to hear of something.
	host.contents = slices.DeleteFunc(slices.Clone(host.contents), func(other *instance) bool { return other == content })
	t.remove(content)
	t.detach(content)
}

// slot finds the slot of the shadow that shows content with this name for it, as its host has them.
func (s *Shadow) slot(name string) (place, bool) {
	single := s.host == nil || s.host.def.Slots == SingleSlot
	var search func(in *instance, kids []template.Node) (place, bool)
	search = func(in *instance, kids []template.Node) (place, bool) {
		for i := range kids {
			switch n := &kids[i]; n.Kind {
			case template.Text, template.DynText:
			case template.Elem:
				if found, ok := search(in, n.Kids); ok {
					return found, true
				}
			case template.Slot:
				c := &in.cells[n.Index]
				if single || (expr.Value{Kind: c.kind, Num: c.num, Str: c.str}).Display() == name {
					return place{in, in.frag.Holes[n.Index].Element}, true
				}
			default:
				g := in.cells[n.Index].group
				if g == nil {
					continue
				}
				inside := []*instance{g.child}
				if g.host != nil {
					inside = g.host.contents
				}
				for _, r := range g.rows {
					inside = append(inside, &r.instance)
				}
				for _, in := range inside {
					if in == nil {
						continue
					}
					if found, ok := search(in, in.frag.Kids); ok {
						return found, true
					}
				}
			}
		}
		return place{}, false
	}
	return search(s.root, s.root.frag.Kids)
}
