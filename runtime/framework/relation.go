package framework

import (
	"path"
	"strings"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/view"
	"github.com/teahouse/teahouse/runtime/vm"
)

// relation is one entry of a definition's relations.
type relation struct {
	key    string
	kind   string      // parent, child, ancestor or descendant
	target *definition // a behavior that the other side has, or nil
	path   string      // else the other component, relative to the file that says it

	linked, linkChanged, unlinked goja.Value
}

// inverse is the kind of relation that the other side must have.
var inverse = map[string]string{"parent": "child", "child": "parent", "ancestor": "descendant", "descendant": "ancestor"}

func (d *definition) setRelation(r *relation) {
	for i, have := range d.relations {
		if have.key == r.key {
			d.relations[i] = r
			return
		}
	}
	d.relations = append(d.relations, r)
}

func (d *definitions) addRelations(to *definition, def *goja.Object) {
	relations, ok := def.Get("relations").(*goja.Object)
	if !ok {
		return
	}
	for _, key := range relations.Keys() {
		entry, ok := relations.Get(key).(*goja.Object)
		if !ok {
			continue
		}
		r := &relation{key: key, path: key, kind: vm.TextOf(entry.Get("type")),
			linked: entry.Get("linked"), linkChanged: entry.Get("linkChanged"), unlinked: entry.Get("unlinked")}
		if inverse[r.kind] == "" {
			d.s.vm.Warn("%s: the relation %q has the type %q. Types are parent, child, ancestor and descendant.",
				to, key, r.kind)
			continue
		}
		if target := entry.Get("target"); target != nil && target.ToBoolean() {
			if r.target = d.behavior(target); r.target == nil {
				r.path = vm.TextOf(target)
			}
		}
		to.setRelation(r)
	}
}

// names reports whether the relation of a component is to the other definition.
func (r *relation) names(from string, other *definition) bool {
	if r.target != nil {
		return other.behaviors[r.target]
	}
	if name, absolute := strings.CutPrefix(r.path, "/"); absolute {
		return other.is == path.Clean(name)
	}
	return other.is == path.Join(path.Dir(from), r.path)
}

// link is a relation that holds: the component above, and its side of the relation.
type link struct {
	target *Instance
	side   *relation
}

// link finds the components above that the instance is related to, and tells both sides what has
// changed: first the parent, as the vendor's framework does.
func (in *Instance) link(leaving bool) {
	for _, kind := range [...]string{"parent", "ancestor"} {
		for _, r := range in.def.relations {
			if r.kind != kind {
				continue
			}
			old := in.links[r]
			var now link
			if !leaving {
				now = in.above(r)
			}
			if now.target == nil {
				delete(in.links, r)
			} else {
				if in.links == nil {
					in.links = map[*relation]link{}
				}
				in.links[r] = now
			}
			switch {
			case old == now && old.target != nil:
				old.target.run(old.side.linkChanged, in.this)
				in.run(r.linkChanged, old.target.this)
			case old != now:
				if old.target != nil {
					old.target.run(old.side.unlinked, in.this)
					in.run(r.unlinked, old.target.this)
				}
				if now.target != nil {
					now.target.run(now.side.linked, in.this)
					in.run(r.linked, now.target.this)
				}
			}
		}
	}
}

// above finds the component that a relation to a parent or ancestor is with: around the tag, in the
// same template.
func (in *Instance) above(r *relation) link {
	for _, host := range in.host.Above() {
		other := instanceAt(host)
		if r.names(in.is, other.def) {
			for _, side := range other.def.relations {
				if side.kind == inverse[r.kind] && side.names(other.is, in.def) {
					return link{other, side}
				}
			}
		}
		if r.kind == "parent" {
			break
		}
	}
	return link{}
}

// related are the instances on the other side of a relation, in the order of the page.
func (in *Instance) related(key string) (found []*Instance) {
	var r *relation
	for _, have := range in.def.relations {
		if have.key == key {
			r = have
		}
	}
	switch {
	case r == nil:
		in.s.definitions.types.warnOnce("%s: there is no relation %q.", in.is, key)
		return nil
	case r.kind == "parent" || r.kind == "ancestor":
		if l, ok := in.links[r]; ok {
			found = append(found, l.target)
		}
		return found
	case in.host == nil:
		return nil
	}
	in.host.Inside(func(host *view.Host) {
		other := instanceAt(host)
		for theirs, l := range other.links {
			if l.target == in && l.side == r && theirs.kind == inverse[r.kind] {
				found = append(found, other)
				break
			}
		}
	})
	return found
}
