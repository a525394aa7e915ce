package view

import (
	"github.com/teahouse/teahouse/runtime/expr"
	"github.com/teahouse/teahouse/runtime/template"
)

// Bound is data that an event of a form control sets to a field of the event's detail.
type Bound struct {
	Shadow *Shadow
	Path   []any
	Field  string
}

// BoundBy returns what an event of an element sets: the data that the element's attributes are bound to by
// model:, without bindings to values that cannot be set.
func (t *Tree) BoundBy(inst, id int, event string) []Bound {
	in := t.find(t.root.root, inst)
	if in == nil || id < 0 || id >= len(in.frag.Elements) {
		return nil
	}
	var bound []Bound
	for _, c := range template.Controls[in.frag.Elements[id].Tag] {
		if c.Event != event {
			continue
		}
		if path, ok := t.model(place{in, id}, c.Attribute); ok && len(path) > 0 {
			bound = append(bound, Bound{in.shadow, path, c.Field})
		}
	}
	return bound
}

func (t *Tree) model(at place, name string) ([]any, bool) {
	for _, m := range at.element().Models {
		if camel(m.Name) == name {
			path, _ := lvalue(at.in, m.Expr)
			return path, true
		}
	}
	return nil, false
}

// lvalue is the path of the shadow's data that an expression names.
func lvalue(in *instance, n *expr.Node) ([]any, bool) {
	switch n.Op {
	case expr.OpRoot:
		return in.rootPath(n.Str)
	case expr.OpItem:
		return in.itemPath(n.Num)
	case expr.OpMember:
		if path, ok := lvalue(in, n.Kids[0]); ok {
			return append(path, n.Str), true
		}
	case expr.OpAt:
		key := n.Kids[1].Eval(in.env)
		path, ok := lvalue(in, n.Kids[0])
		if ok && key.Kind == expr.Number && key.Num >= 0 && key.Num == float64(int(key.Num)) {
			return append(path, int(key.Num)), true
		}
		if ok && key.Kind == expr.String {
			return append(path, key.Str), true
		}
	}
	return nil, false
}

// rootPath is the path of a name: a template has the names that it was given.
func (in *instance) rootPath(name string) ([]any, bool) {
	for at := in; at.parent != nil; at = at.parent {
		h := &at.parent.frag.Holes[at.hole]
		if h.Kind != template.UseName {
			continue
		}
		if h.Data == nil || h.Data.Op != expr.OpRecord {
			return nil, false
		}
		for _, field := range h.Data.Kids {
			if field.Op == expr.OpField && field.Str == name {
				return lvalue(at.parent, field.Kids[0])
			}
		}
		return nil, false
	}
	return []any{name}, true
}

// itemPath is the path of the item of the list that is depth levels up.
func (in *instance) itemPath(depth int) ([]any, bool) {
	for at := in; at.parent != nil; at = at.parent {
		h := &at.parent.frag.Holes[at.hole]
		switch h.Kind {
		case template.For:
			if depth > 0 {
				depth--
				continue
			}
			for i, r := range at.parent.cells[at.hole].group.rows {
				if &r.instance != at {
					continue
				}
				path, ok := lvalue(at.parent, h.Expr)
				if r.scope.Index.Kind == expr.String {
					return append(path, r.scope.Index.Str), ok
				}
				return append(path, i), ok
			}
			return nil, false
		case template.Comp:
			if depth < len(h.Given) {
				return nil, false // a slot's value is not the owner's data
			}
			depth -= len(h.Given)
		case template.UseName:
			return nil, false
		}
	}
	return nil, false
}
