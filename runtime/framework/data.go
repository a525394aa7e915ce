package framework

import (
	"slices"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/view"
	"github.com/teahouse/teahouse/runtime/vm"
)

// change is a value that is about to be set.
type change struct {
	path   []any // never changed, and often shared
	value  goja.Value
	shown  view.Value // the view's copy
	passed *passing   // by the tag of a component: a property that gets the value it has does not change; or nil
}

// passing is what the tag of a component passes on, with what is known of it without looking at each change.
type passing struct {
	property  *property
	observers []int // those that are called for it
}

// passing is what a tag passes to a property.
func (d *definition) passing(p *property) *passing {
	made := &passing{property: p}
	for i, o := range d.observers {
		if o.concerns(p.path) {
			made.observers = append(made.observers, i)
		}
	}
	return made
}

// updates is what the changes of one setData and of those that its observers make have in common: the
// view is told once, and then the observers of properties are called.
type updates struct {
	paths      [][]any
	absent     [][]any // paths that were set to undefined
	properties []propertyChange
	due        []bool // by observer: it has to be called
	count      int    // changes so far
}

type propertyChange struct {
	property    *property
	value, old  goja.Value
	fromOutside bool
}

// apply sets data, calls observers, and brings the view up to date. It keeps to the order of the
// vendor's framework: the data first; then the observers, in the order of their definition, again as
// long as they change data; then the view, with the components in it; then the observers of properties.
func (in *Instance) apply(changes []change, fromOutside bool) {
	in.applyAll(func(u *updates) {
		for i := range changes {
			in.set(u, &changes[i], fromOutside)
		}
	})
}

// applyAll is apply for changes that a function sets.
func (in *Instance) applyAll(set func(*updates)) {
	chained := in.doing != nil
	u := in.doing
	if u == nil {
		u = in.s.work.begin(len(in.def.observers))
		if len(u.due) > 0 {
			in.doing = u
		}
	}
	set(u)
	if chained {
		return
	}
	if in.doing != nil {
		in.observe(u)
		in.doing = nil
	}
	in.show(u.paths, u.absent)
	for i := range u.properties {
		p := &u.properties[i]
		if !p.fromOutside {
			in.tellModel(p.property.name, p.value)
		}
		if p.property.observer != nil {
			in.called(p.property.observer, p.value, p.old)
		}
	}
	in.s.work.end(u)
}

// set makes one change.
func (in *Instance) set(u *updates, c *change, fromOutside bool) {
	name := stepKey(c.path[0])
	var property *property
	if c.passed != nil {
		property = c.passed.property
	} else {
		property = in.def.properties[name]
	}
	pure := in.def.isPure(name, in.s.vm)
	changed := true
	if property != nil && len(c.path) == 1 {
		if !property.fits(c.value) {
			converted := in.s.definitions.types.convert(in.is, property, c.value)
			if given, ok := c.value.(*goja.Object); !ok || converted != given {
				c.shown = in.copied(name, converted)
			}
			c.value = converted
		}
		old := vm.ReplaceOwn(in.data, name, c.value)
		same := old.StrictEquals(c.value)
		changed = !same || c.passed == nil
		if !same && !pure && (property.observer != nil || !fromOutside) {
			u.properties = append(u.properties, propertyChange{property, c.value, old, fromOutside})
		}
	} else {
		assign(in.s.vm.Values, in.data, c.path, c.value)
		if property != nil && !pure { // of a member: the old value is not known
			u.properties = append(u.properties, propertyChange{property, c.value, goja.Undefined(), fromOutside})
		}
	}
	if c.passed != nil {
		for _, i := range c.passed.observers {
			u.due[i] = true
		}
	} else {
		for i, o := range in.def.observers {
			if !u.due[i] && o.concerns(c.path) {
				u.due[i] = true
			}
		}
	}
	u.count++
	shadow := in.shows()
	switch {
	case shadow == nil || pure:
	case property == nil && goja.IsUndefined(c.value):
		shadow.SetUndefined(c.path)
		u.absent = append(u.absent, c.path)
	default:
		reached := shadow.Set(c.path, c.shown)
		if !changed {
			break
		}
		u.paths = append(u.paths, c.path[:reached])
		if reached < len(c.path) { // that it was set by more than a name counts too, see view.Host
			u.paths = append(u.paths, c.path)
		}
	}
}

// shows is the shadow that has the view's copy of the data, or nil if there is none.
func (in *Instance) shows() *view.Shadow {
	switch {
	case in.gone:
		return nil
	case in.shadow == nil && in.host != nil: // what is inside it is being made
		return in.host.Shadow()
	}
	return in.shadow
}

// copied is the view's copy of a value that this.data has already.
func (in *Instance) copied(name string, v goja.Value) view.Value {
	if _, isObject := v.(*goja.Object); !isObject {
		return view.Of(v)
	}
	copied, err := in.s.newCopier().Copy(v, 1)
	if err != nil {
		in.s.vm.Complain("%s: %q cannot be shown: %s", in.is, name, err)
	}
	return copied
}

// firstShown is the view's copy of the data that the instance begins with. Instances share it as long as they
// do not change it, unless the program makes the data anew for each.
func (in *Instance) firstShown() view.Value {
	first := &in.def.firstShown
	if first.Kind != view.Of(nil).Kind {
		return first.Share()
	}
	var keys []string
	var values []view.Value
	for _, key := range in.data.Keys() {
		if !in.def.isPure(key, in.s.vm) {
			keys = append(keys, key)
			values = append(values, in.copied(key, in.data.Get(key)))
		}
	}
	made := view.NewDict(keys, values)
	if !slices.ContainsFunc(in.def.makers, func(m maker) bool { return m.fn != nil }) {
		*first = made
		return made.Share()
	}
	return made
}

// observe calls the observers that are due, again as long as they change data.
func (in *Instance) observe(u *updates) {
	for rounds := 0; ; rounds++ {
		before := u.count
		for i, o := range in.def.observers {
			if u.due[i] {
				u.due[i] = false
				w := &in.s.work
				from := len(w.args)
				w.args = o.values(in.data, w.args)
				in.called(o.call, w.args[from:]...)
				w.args = w.args[:from]
			}
		}
		if u.count == before {
			return
		}
		if rounds >= MaxObserverRounds {
			in.s.vm.Complain("%s: its observers set data %d times in a row and each time made another one due; "+
				"the rest was not called.", in.is, rounds)
			clear(u.due)
			return
		}
	}
}

// show tells the view what was set, and what was set to undefined.
func (in *Instance) show(paths, absent [][]any) {
	if in.shadow == nil || in.gone || len(paths)+len(absent) == 0 {
		return
	}
	for _, path := range absent {
		in.shadow.TouchAbsent(path)
	}
	for _, path := range paths {
		in.shadow.Touch(path)
	}
	in.shadow.Apply()
}

// run calls a function of the definition. An exception is reported, and told to the lifetime error.
func (in *Instance) run(fn goja.Value, args ...goja.Value) {
	if call, ok := goja.AssertFunction(fn); ok {
		in.called(call, args...)
	}
}

// called is run for a function that is known to be one.
func (in *Instance) called(call goja.Callable, args ...goja.Value) {
	if _, err := call(in.this, args...); err != nil {
		in.failed(err)
	}
}
