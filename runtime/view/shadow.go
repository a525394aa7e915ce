package view

import (
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/teahouse/teahouse/runtime/expr"
	"github.com/teahouse/teahouse/runtime/template"
)

// Shadow is one template with a data root of its own: the page, or a component on it. What its
// template reads is its own data alone.
type Shadow struct {
	tree     *Tree
	def      *Definition // nil for a page of a tree without components
	template *template.Template
	root     *instance // of fragment 0
	host     *Host     // the component's tag; nil for the page
	changes  []change  // not shown yet
	absent   []change  // likewise, to undefined: only components are given it
	nested   int       // changes that are being applied, one inside the other
	queued   bool      // it is in Tree.touched
	gone     bool
}

func newShadow(t *Tree, host *Host, compiled *template.Template, data Value) *Shadow {
	s := &Shadow{tree: t, host: host, template: compiled}
	env := &expr.Env{Root: &data}
	if len(compiled.Modules) > 0 {
		env.Modules = &modules{tree: t, template: compiled}
	}
	s.root = &instance{shadow: s, number: notSent, env: env}
	return s
}

// Set sets the shadow's data at a path; its steps are string keys and int indexes. The value has no other
// owner. It returns how many steps of the path lead to what has changed, see Touch.
func (s *Shadow) Set(path []any, v Value) (changed int) { return s.root.env.Root.Set(path, v) }

// SetUndefined sets data to undefined for the components that it is given to. With the vendor the page is
// not told of that, and goes on showing what was there. See TouchAbsent.
func (s *Shadow) SetUndefined(path []any) { s.root.env.Root.SetUndefined(path) }

// Host is the component's tag; nil for the page.
func (s *Shadow) Host() *Host { return s.host }

// Component is what shows itself here, as Create returned it; nil for the page.
func (s *Shadow) Component() Component {
	if s.host == nil {
		return nil
	}
	return s.host.component
}

// Owner is the shadow that uses the component; nil for the page.
func (s *Shadow) Owner() *Shadow {
	if s.host == nil {
		return nil
	}
	return s.host.owner()
}

// attached reports whether what is made in the shadow is at once in the page.
func (s *Shadow) attached() bool {
	if s.host == nil {
		return s.tree.attached
	}
	return s.host.attached
}

// Touch notes that the data at a path was set. Apply or the next Update of the tree shows it.
func (s *Shadow) Touch(path []any) { s.touch(path, &s.changes) }

// TouchAbsent is Touch after SetUndefined: only components in the shadow are given it.
func (s *Shadow) TouchAbsent(path []any) { s.touch(path, &s.absent) }

func (s *Shadow) touch(path []any, into *[]change) {
	// What is not shown yet reads its data when it is first shown.
	if s.tree.frozen || s.gone || s.root.frag == nil {
		return
	}
	keys := s.keysOf(path)
	if !s.queued {
		s.queued = true
		s.tree.touched = append(s.tree.touched, s)
	}
	if cap(*into) == 0 {
		*into = s.tree.roomForChanges()
	}
	*into = append(*into, change{Keys: keys})
}

// keysOf is a path with its indexes as text, which nobody changes. A name of the data is mostly known to it.
func (s *Shadow) keysOf(path []any) []string {
	if len(path) == 1 {
		if name, ok := path[0].(string); ok {
			if key := s.root.env.Root.KeyOf(name); key != nil {
				return key
			}
		}
	}
	keys := make([]string, len(path))
	for i, key := range path {
		switch key := key.(type) {
		case string:
			keys[i] = key
		case int:
			keys[i] = strconv.Itoa(key)
		default:
			panic(fmt.Sprintf("view: a path holds a %T", key)) // our own callers make the paths
		}
	}
	return keys
}

// fewChanges is how many changes of a shadow are expected at once, and changesAtOnce for how many shadows there is
// room together once that many have changed.
const (
	fewChanges    = 2
	changesAtOnce = 16
)

// rooms is room for the changes of some shadows, until they are shown. All trees take from the same: an idle page has
// none.
type rooms [fewChanges * changesAtOnce]change

var spareRooms = sync.Pool{New: func() any { return new(rooms) }}

// roomForChanges is room for a few changes of one shadow.
func (t *Tree) roomForChanges() []change {
	if len(t.touched) < changesAtOnce {
		return make([]change, 0, fewChanges)
	}
	if len(t.room) == 0 {
		more := spareRooms.Get().(*rooms)
		t.rooms = append(t.rooms, more)
		t.room = more[:]
	}
	room := t.room[:0:fewChanges]
	t.room = t.room[fewChanges:]
	return room
}

// giveRooms gives back the rooms once no change is left that may lie in one.
func (t *Tree) giveRooms() {
	if len(t.rooms) == 0 || len(t.touched) > 0 || t.showing > 0 || t.err != nil {
		return
	}
	for _, r := range t.rooms {
		clear(r[:])
		spareRooms.Put(r)
	}
	t.rooms, t.room = nil, nil
}

func (s *Shadow) touched() bool { return len(s.changes) > 0 || len(s.absent) > 0 }

// Apply brings the components in the shadow up to date at once, because code of the app can see
// whether they are. Changes that concern no component wait for Update, so that a value that is set
// often is computed once.
func (s *Shadow) Apply() {
	if !s.touched() || s.tree.components == nil {
		return
	}
	for i := range s.root.frag.Holes {
		h := &s.root.frag.Holes[i]
		if !s.template.Live(0, i) {
			continue
		}
		if concerns(h.Deps, s.changes) || concerns(h.Inner, s.changes) || concerns(h.Deps, s.absent) || concerns(h.Inner, s.absent) {
			s.show()
			return
		}
	}
}

// show updates what is shown until no change is left: code that runs on the way may make more. What it sets
// is shown at once, in the middle of the update that goes on, as the vendor's framework does: when setData
// returns, components have what it gives them.
func (s *Shadow) show() {
	if s.nested >= MaxNested {
		return // the update that goes on shows it before it ends
	}
	s.nested++
	s.tree.showing++
	defer func() { s.nested--; s.tree.showing-- }()
	outer := s.tree.absent // a component changes while its owner takes what is absent
	defer func() { s.tree.absent = outer }()
	for rounds := 0; s.touched() && !s.gone && s.tree.err == nil; rounds++ {
		if rounds > MaxRounds {
			s.tree.failRounds(s.template.Path)
			return
		}
		changes, absent := s.changes, s.absent
		s.changes, s.absent = nil, nil
		s.leaveQueue()
		s.tree.absent = false
		s.tree.update(s.root, changes)
		s.tree.absent = true
		s.tree.update(s.root, absent)
	}
}

// leaveQueue takes the shadow out of those that the next Update shows. It is mostly the last one.
func (s *Shadow) leaveQueue() {
	queue := s.tree.touched
	for i := len(queue) - 1; s.queued && i >= 0; i-- {
		if queue[i] == s {
			s.tree.touched = slices.Delete(queue, i, i+1)
			s.queued = false
		}
	}
}

// Find returns the elements of the shadow that a selector matches, in document order, with what is
// between the tags of its components but without their shadows. With ">>>" a selector looks into
// these.
func (s *Shadow) Find(selector string) []*Node {
	return s.picture().Find(selector)
}

// Hosts returns all components of the shadow in document order, those between the tags of others
// included.
func (s *Shadow) Hosts() []*Host {
	var hosts []*Host
	var visit func(h *Host)
	visit = func(h *Host) {
		hosts = append(hosts, h)
		for _, content := range h.contents {
			s.tree.eachHost(content, visit)
		}
	}
	s.tree.eachHost(s.root, visit)
	return hosts
}

// eachHost visits the components of an instance in document order, without those that are between the
// tags of others.
func (t *Tree) eachHost(in *instance, visit func(*Host)) {
	if in.frag == nil || t.components == nil {
		return
	}
	for i := range in.cells {
		g := in.cells[i].group
		if g == nil || !in.shadow.template.Live(in.fragID, i) || in.frag.Holes[i].Kind == template.Slot {
			continue
		}
		if g.host != nil {
			visit(g.host)
			continue
		}
		if g.child != nil {
			t.eachHost(g.child, visit)
		}
		for _, r := range g.shown() {
			t.eachHost(&r.instance, visit)
		}
	}
}

// attach tells the components of a new part that they are in the page.
func (t *Tree) attach(in *instance) {
	t.eachHost(in, (*Host).attach)
	t.attachFresh()
}

// attachFresh tells the components in the content of new dynamic slots.
func (t *Tree) attachFresh() {
	for len(t.fresh) > 0 {
		content := t.fresh[0]
		t.fresh = t.fresh[1:]
		if !content.gone {
			t.eachHost(content, (*Host).attach)
		}
	}
}

// detach tells the components of a part that they have left the page.
func (t *Tree) detach(in *instance) { t.eachHost(in, (*Host).detach) }

func (t *Tree) moved(in *instance) { t.eachHost(in, (*Host).moved) }
