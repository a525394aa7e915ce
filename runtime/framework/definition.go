package framework

import (
	"maps"
	"slices"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/view"
	"github.com/teahouse/teahouse/runtime/vm"
)

// definition is what a file passed to Page() or Component(), or what Behavior() was called with, together
// with all that comes from its behaviors. Its instances share it.
type definition struct {
	is     string // its file without extension; "" for a behavior
	isPage bool   // it was passed to Page()

	behaviors map[*definition]bool // all that it has, at any depth
	filter    func(*goja.Object)   // changes the definitions that use this behavior, or nil

	data          *goja.Object // what instances begin with, to be copied, or nil
	firstShown    view.Value   // the view's copy of what every instance begins with, or undefined
	makers        []maker      // what else they begin with
	properties    map[string]*property
	methods       map[string]goja.Value
	methodNames   []string // in their order
	observers     []*observer
	lifetimes     map[string][]*callback
	pageLifetimes map[string][]*callback
	relations     []*relation
	export        goja.Value // what selectComponent answers with, a function, or nil

	own             *goja.Object // by Page(): the fields that each page gets a copy of
	bound           *goja.Object // by Page(): the methods that are bound to each page
	options         *goja.Object // or nil
	externalClasses []string
	pure            goja.Callable // test of the pattern for data that is not shown, or nil
	pureThis        goja.Value

	prototype *goja.Object // of its instances, made for the first
}

// callback is one function of a lifetime. A behavior that is reached in two ways has each only once.
type callback struct{ call goja.Callable }

// maker adds to the data of a new instance: the values of properties, or what a function of the app
// returns.
type maker struct {
	properties []*property
	fn         goja.Value
}

// lifetimeNames are the lifetimes that may also stand outside `lifetimes`, as in the first version.
var lifetimeNames = []string{"created", "attached", "ready", "moved", "detached"}

// define reads a definition. What it names wrongly is in the log, and left out.
func (d *definitions) define(made *definition, def *goja.Object) {
	made.behaviors, made.properties = map[*definition]bool{}, map[string]*property{}
	made.methods = map[string]goja.Value{}
	made.lifetimes, made.pageLifetimes = map[string][]*callback{}, map[string][]*callback{}
	for _, parent := range d.parents(made, def) {
		if parent.filter != nil {
			parent.filter(def)
		}
	}
	parents := d.parents(made, def) // a filter may have changed them
	for _, parent := range parents {
		d.inherit(made, parent)
	}
	made.behaviors[made] = true
	d.addMethods(made, def)
	d.addProperties(made, def)
	d.addData(made, def)
	d.addObservers(made, def)
	d.addLifetimes(made, def)
	d.addRelations(made, def)
	d.addOptions(made, def)
	if export := def.Get("export"); isFunction(export) {
		made.export = export
	}
	if filter := def.Get("definitionFilter"); isFunction(filter) {
		made.filter = d.filterOf(filter, parents)
	}
}

// parents are the behaviors that a definition names.
func (d *definitions) parents(of *definition, def *goja.Object) (found []*definition) {
	for _, v := range d.s.vm.Elements(def.Get("behaviors")) {
		if b := d.behavior(v); b != nil {
			found = append(found, b)
			continue
		}
		d.types.warnOnce("%s: behaviors has %s that is no behavior. Pass what Behavior() returned.", of, kindOf(v))
	}
	return found
}

// String names the definition in messages.
func (d *definition) String() string {
	if d.is == "" {
		return "Behavior()"
	}
	return d.is
}

// filterOf joins a definitionFilter with those of the behavior's own behaviors, which it gets to call.
func (d *definitions) filterOf(filter goja.Value, parents []*definition) func(*goja.Object) {
	k := d.s.vm
	inner := make([]any, len(parents))
	for i, parent := range parents {
		inner[i] = goja.Null()
		if parent.filter != nil {
			inner[i] = k.Function("definitionFilter", func(c goja.FunctionCall) goja.Value {
				if def, ok := c.Argument(0).(*goja.Object); ok {
					parent.filter(def)
				}
				return goja.Undefined()
			})
		}
	}
	list := k.Array(inner...)
	return func(def *goja.Object) { k.Invoke(filter, goja.Undefined(), def, list) }
}

// inherit adds what comes from a behavior.
func (d *definitions) inherit(to, from *definition) {
	if from.data != nil {
		if to.data == nil {
			to.data = d.s.vm.Object()
		}
		d.mergeData(to.data, from.data)
	}
	for _, name := range from.methodNames {
		to.setMethod(name, from.methods[name])
	}
	maps.Copy(to.properties, from.properties)
	to.makers = append(to.makers, from.makers...)
	for _, o := range from.observers {
		to.addObserver(o)
	}
	for name, list := range from.lifetimes {
		to.lifetimes[name] = addCallbacks(to.lifetimes[name], list)
	}
	for name, list := range from.pageLifetimes {
		to.pageLifetimes[name] = addCallbacks(to.pageLifetimes[name], list)
	}
	for _, r := range from.relations {
		to.setRelation(r)
	}
	maps.Copy(to.behaviors, from.behaviors)
	if from.export != nil {
		to.export = from.export
	}
}

func addCallbacks(to, from []*callback) []*callback {
	for _, c := range from {
		if !slices.Contains(to, c) {
			to = append(to, c)
		}
	}
	return to
}

func (d *definition) addObserver(o *observer) {
	if !slices.Contains(d.observers, o) {
		d.observers = append(d.observers, o)
	}
}

func (d *definition) setMethod(name string, fn goja.Value) {
	if _, known := d.methods[name]; !known {
		d.methodNames = append(d.methodNames, name)
	}
	d.methods[name] = fn
}

// mergeData joins the data of behaviors as the vendor's framework does: plain objects are joined,
// anything else is replaced.
func (d *definitions) mergeData(to, from *goja.Object) {
	for _, key := range from.Keys() {
		v := from.Get(key)
		source, joins := v.(*goja.Object)
		have, ok := to.Get(key).(*goja.Object)
		if !joins || !ok || source.ClassName() != "Object" || isFunction(have) {
			vm.SetOwn(to, key, v)
			continue
		}
		joined := d.s.vm.Object()
		if have.ClassName() == "Array" {
			joined = d.s.vm.Array(valuesOf(d.s.vm.Elements(have))...)
		} else {
			for _, k := range have.Keys() {
				vm.SetOwn(joined, k, have.Get(k))
			}
		}
		d.mergeData(joined, source)
		vm.SetOwn(to, key, joined)
	}
}

func valuesOf(list []goja.Value) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

func (d *definitions) addMethods(to *definition, def *goja.Object) {
	methods, ok := def.Get("methods").(*goja.Object)
	if !ok {
		return
	}
	for _, name := range methods.Keys() {
		to.setMethod(name, methods.Get(name))
	}
}

func (d *definitions) addProperties(to *definition, def *goja.Object) {
	properties, ok := def.Get("properties").(*goja.Object)
	if !ok {
		return
	}
	var list []*property
	for _, name := range properties.Keys() {
		p := d.types.property(to, name, properties.Get(name))
		to.properties[name] = p
		list = append(list, p)
	}
	to.makers = append(to.makers, maker{properties: list})
}

func (d *definitions) addData(to *definition, def *goja.Object) {
	data, ok := def.Get("data").(*goja.Object)
	switch {
	case !ok:
	case isFunction(data):
		to.makers = append(to.makers, maker{fn: data})
	default:
		if to.data == nil {
			to.data = d.s.vm.Object()
		}
		d.mergeData(to.data, data)
	}
}

// newData makes the data of a new instance.
func (d *definitions) newData(of *definition) *goja.Object {
	k := d.s.vm
	data := k.Object()
	if of.data != nil {
		data = d.copied(of, "data", of.data).(*goja.Object)
	}
	for _, m := range of.makers {
		for _, p := range m.properties {
			v := p.initial
			if v == nil {
				v = d.types.zero(p.kind)
			} else {
				v = d.copied(of, "property "+p.name, v)
			}
			vm.SetOwn(data, p.name, v)
		}
		if m.fn == nil {
			continue
		}
		if made, _ := k.Invoke(m.fn, goja.Undefined()); made != nil {
			if obj, ok := made.(*goja.Object); ok {
				for _, key := range obj.Keys() {
					vm.SetOwn(data, key, obj.Get(key))
				}
			}
		}
	}
	return data
}

// copied copies a value of a definition, so that instances share nothing.
func (d *definitions) copied(of *definition, what string, v goja.Value) goja.Value {
	copied, err := d.s.vm.NewCopier().Copy(v, 0)
	if err != nil {
		d.s.vm.Complain("%s, %s: %s", of, what, err)
		return d.s.vm.Object()
	}
	return copied
}

func (d *definitions) addObservers(to *definition, def *goja.Object) {
	list, ok := def.Get("observers").(*goja.Object)
	if !ok {
		return
	}
	for _, key := range list.Keys() {
		v := list.Get(key)
		if isArray(list) { // [{fields, observer}], the form of the newer framework
			entry, isEntry := v.(*goja.Object)
			if !isEntry {
				continue
			}
			if key, v = vm.TextOf(entry.Get("fields")), entry.Get("observer"); key == "" {
				key = "**"
			}
		}
		if method, named := to.methods[vm.TextOf(v)]; !isFunction(v) && named {
			v = method
		}
		paths, err := parseObserved(key)
		call, ok := goja.AssertFunction(v)
		switch {
		case err != nil:
			d.s.vm.Warn("%s: %s.", to, err)
		case !ok:
			d.s.vm.Warn("%s: the observer %q is neither a function nor the name of a method.", to, key)
		default:
			to.addObserver(&observer{paths: paths, call: call})
		}
	}
}

func (d *definitions) addLifetimes(to *definition, def *goja.Object) {
	inner, _ := def.Get("lifetimes").(*goja.Object)
	for _, name := range lifetimeNames {
		call, ok := goja.AssertFunction(def.Get(name))
		if ok && (inner == nil || !isFunction(inner.Get(name))) && !to.isPage {
			to.lifetimes[name] = append(to.lifetimes[name], &callback{call})
		}
	}
	addAll(to.lifetimes, inner)
	outer, _ := def.Get("pageLifetimes").(*goja.Object)
	addAll(to.pageLifetimes, outer)
}

func addAll(to map[string][]*callback, from *goja.Object) {
	if from == nil {
		return
	}
	for _, name := range from.Keys() {
		if call, ok := goja.AssertFunction(from.Get(name)); ok {
			to[name] = append(to[name], &callback{call})
		}
	}
}

func (d *definitions) addOptions(to *definition, def *goja.Object) {
	for _, v := range d.s.vm.Elements(def.Get("externalClasses")) {
		to.externalClasses = append(to.externalClasses, v.String())
	}
	options, ok := def.Get("options").(*goja.Object)
	if !ok {
		return
	}
	to.options = options
	if pattern, ok := options.Get("pureDataPattern").(*goja.Object); ok {
		if test, ok := goja.AssertFunction(pattern.Get("test")); ok {
			to.pure, to.pureThis = test, pattern
		}
	}
}

// setPurePattern takes the pattern of the JSON file.
func (d *definitions) setPurePattern(of *definition, pattern string) {
	k := d.s.vm
	made, err := k.Runtime().New(k.Runtime().Get("RegExp"), k.Value(pattern))
	if err != nil {
		k.Warn("%s: pureDataPattern %q is not a regular expression.", of, pattern)
		return
	}
	of.pure, _ = goja.AssertFunction(made.Get("test"))
	of.pureThis = made
}

// isPure reports whether a name of the data is not shown.
func (d *definition) isPure(name string, k *vm.VM) bool {
	if d.pure == nil {
		return false
	}
	v, err := d.pure(d.pureThis, k.Value(name))
	return err == nil && v.ToBoolean()
}

// prototypeOf makes what the instances of a definition inherit: its methods, over those that every
// instance has.
func (d *definitions) prototypeOf(of *definition) *goja.Object {
	if of.prototype == nil {
		of.prototype = d.s.vm.Runtime().CreateObject(d.s.instances.prototype)
		of.prototype.DefineDataProperty("is", d.s.vm.Value(of.is), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
		for _, name := range of.methodNames {
			vm.SetOwn(of.prototype, name, of.methods[name])
		}
	}
	return of.prototype
}
