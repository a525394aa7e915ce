package view

import (
	"slices"

	"github.com/teahouse/teahouse/runtime/expr"
	"github.com/teahouse/teahouse/runtime/template"
)

// update updates the holes of an instance that the changes concern.
func (t *Tree) update(in *instance, changes []change) {
	if len(changes) == 0 {
		return
	}
	in.forget(changes)
	for i := range in.frag.Holes {
		if t.err != nil || in.gone || i > in.made {
			return // what is not made yet is made with the data as it is now
		}
		if in.slot != nil && !in.slot.shows(in, i) {
			continue
		}
		h := &in.frag.Holes[i]
		own := (!t.absent || h.Kind == template.Comp) && concerns(h.Deps, changes)
		switch h.Kind {
		case template.DynText, template.Elem:
			if own && t.evaluate(in, h, &in.cells[i]) {
				t.mark(in, i)
			}
		case template.If:
			if own || concerns(h.Inner, changes) {
				t.updateIf(in, i, h, changes, own)
			}
		case template.Comp:
			if own || concerns(h.Inner, changes) {
				t.updateComponent(in, i, in.cells[i].group, changes, own)
			}
		case template.Slot:
			if own {
				t.updateSlot(in, i, h, in.cells[i].group, changes)
			}
		case template.For:
			if inner := concerns(h.Inner, changes); own || inner {
				t.updateFor(in, i, h, changes, own, inner)
			}
		case template.UseName:
			if own {
				t.updateUse(in, i, h, changes)
			}
		}
	}
}

func (t *Tree) updateIf(in *instance, i int, h *template.Hole, changes []change, own bool) {
	g := in.cells[i].group
	branch := g.branch
	if own {
		branch = t.chooseBranch(in, h)
	}
	if branch == g.branch {
		if g.child != nil {
			t.update(g.child, changes)
		}
		return
	}
	t.exchange(in, i, g, func() {
		g.branch, g.child = branch, nil
		t.createBranch(in, i, h, g)
	})
}

// exchange puts new content into a hole: first it is made, then the old one goes, then components in
// the new one are attached.
func (t *Tree) exchange(in *instance, i int, g *group, make func()) {
	old := g.child
	t.mark(in, i)
	make()
	if old != nil {
		t.remove(old)
		t.detach(old)
	}
	if g.child != nil && in.shadow.attached() {
		t.attach(g.child)
	}
}

func (t *Tree) updateUse(in *instance, i int, h *template.Hole, changes []change) {
	g := in.cells[i].group
	branch := t.chooseTemplate(in, h)
	if branch == g.branch {
		if g.child != nil {
			*g.child.env.Root = templateData(in, h)
			t.update(g.child, intoTemplate(h.Data, changes))
		}
		return
	}
	t.exchange(in, i, g, func() {
		g.branch, g.child = branch, nil
		t.createUse(in, i, h, g)
	})
}

// intoTemplate rewrites changes with the names that the template uses for the same data.
func intoTemplate(data *expr.Node, changes []change) []change {
	if data == nil {
		return nil
	}
	if data.Op != expr.OpRecord {
		return renamed(nil, nil, data, changes)
	}
	var out []change
	for _, field := range data.Kids {
		if field.Op == expr.OpSpread {
			out = renamed(out, nil, field.Kids[0], changes)
		} else {
			out = renamed(out, []string{field.Str}, field.Kids[0], changes)
		}
	}
	return out
}

// renamed adds the changes of a template's field: name inside, computed from value outside. When
// the value is a path, only the part below it has changed.
func renamed(out []change, name []string, value *expr.Node, changes []change) []change {
	path, static := value.StaticPath()
	deps := []expr.Path{path}
	if !static {
		deps = value.Deps()
	}
	for j := range changes {
		if !concerns(deps, changes[j:j+1]) {
			continue
		}
		keys := name
		if static {
			rest, _ := below(&path, &changes[j])
			keys = append(slices.Clip(name), rest...)
		}
		out = append(out, change{Keys: keys})
	}
	return out
}
