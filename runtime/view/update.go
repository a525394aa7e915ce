package view

import (
	"slices"
	"strconv"

	"github.com/teahouse/teahouse/runtime/expr"
	"github.com/teahouse/teahouse/runtime/template"
)

// op begins an op: [instance, hole, — the caller appends the rest and the closing bracket.
func (p *Page) op(in *instance, hole int) {
	if p.ops > 0 {
		p.out = append(p.out, ',')
	}
	p.ops++
	p.out = append(p.out, '[')
	p.out = strconv.AppendInt(p.out, int64(in.number), 10)
	p.out = append(p.out, ',')
	p.out = strconv.AppendInt(p.out, int64(hole), 10)
	p.out = append(p.out, ',')
}

// update updates the holes of an instance that the changes concern.
func (p *Page) update(in *instance, changes []change) {
	for i := range in.frag.Holes {
		if p.full() {
			return
		}
		h := &in.frag.Holes[i]
		own := concerns(h.Deps, changes)
		switch h.Kind {
		case template.DynText, template.Elem:
			if c := &in.cells[i]; own && p.evaluate(in, h, c) {
				p.op(in, i)
				p.out = p.appendCell(p.out, h, c)
				p.out = append(p.out, ']')
			}
		case template.If:
			if own || concerns(h.Inner, changes) {
				p.updateIf(in, i, h, changes, own)
			}
		case template.For:
			if inner := concerns(h.Inner, changes); own || inner {
				p.updateFor(in, i, h, changes, own, inner)
			}
		case template.UseName:
			if own {
				p.updateUse(in, i, h, changes)
			}
		}
	}
}

func (p *Page) updateIf(in *instance, i int, h *template.Hole, changes []change, own bool) {
	g := in.cells[i].group
	branch := g.branch
	if own {
		branch = p.chooseBranch(in, h)
	}
	if branch == g.branch {
		if g.child != nil {
			p.update(g.child, changes)
		}
		return
	}
	if g.child != nil {
		p.remove(g.child)
	}
	g.branch, g.child = branch, nil
	p.op(in, i)
	p.createBranch(in, i, h, g)
	p.out = append(p.out, ']')
}

func (p *Page) updateUse(in *instance, i int, h *template.Hole, changes []change) {
	g := in.cells[i].group
	branch := p.chooseTemplate(in, h)
	if branch == g.branch {
		if g.child != nil {
			*g.child.env.Root = templateData(in, h)
			p.update(g.child, intoTemplate(h.Data, changes))
		}
		return
	}
	if g.child != nil {
		p.remove(g.child)
	}
	g.branch, g.child = branch, nil
	p.op(in, i)
	p.createUse(in, i, h, g)
	p.out = append(p.out, ']')
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
