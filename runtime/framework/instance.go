package framework

import (
	"fmt"
	"strconv"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/view"
	"github.com/teahouse/teahouse/runtime/vm"
)

// Instance is one object of the app that has data and is shown: `this` of its methods, its data, and
// what of the data has changed since it was last shown. A Page is the outermost instance of what a
// page shows, and components are inside. Instances share nothing but their definition.
type Instance struct {
	s    *Session
	page *Page  // the page that it is shown on
	is   string // its file without extension, for messages and as this.is
	def  *definition

	this *goja.Object
	data *goja.Object // this.data, and this.properties of a component
	gone bool

	shadow  *view.Shadow // what is shown of the data; nil before it is shown
	host    *view.Host   // its place on the page; nil for a page
	doing   *updates     // while observers run
	failing bool         // its lifetime error runs
	ready   bool         // its lifetime ready has run
	links   map[*relation]link

	measured *measured // nil unless the program listens to its updates
}

// This is the `this` of the instance's methods.
func (in *Instance) This() *goja.Object { return in.this }

// Page is the page that the instance is shown on.
func (in *Instance) Page() *Page { return in.page }

// Gone reports whether the instance has ended.
func (in *Instance) Gone() bool { return in.gone }

// call calls a function of the instance if it has one of that name.
func (in *Instance) call(name string, args ...goja.Value) (goja.Value, bool) {
	return in.s.vm.Method(in.this, name, args...)
}

// fill gives a page what Page() was called with: functions are bound to it, other fields are copied
// deeply.
func (in *Instance) fill() {
	k := in.s.vm
	objectProto := k.Runtime().GlobalObject().Get("Object").(*goja.Object).Get("prototype")
	if in.def.own == nil { // its file failed
		return
	}
	for _, key := range in.def.own.Keys() {
		v := in.def.own.Get(key)
		if obj, ok := v.(*goja.Object); ok && !isFunction(v) &&
			(obj.ClassName() == "Array" || obj.Prototype() == nil || obj.Prototype() == objectProto) {
			copied, err := k.NewCopier().Copy(v, 0)
			if err != nil {
				panic(k.NewError("Error", "Page %s, field %q: %s", in.is, key, err))
			}
			v = copied
		}
		vm.SetOwn(in.this, key, v)
	}
	if in.def.bound == nil {
		return
	}
	for _, key := range in.def.bound.Keys() {
		v := in.def.bound.Get(key)
		if fn, ok := v.(*goja.Object); ok && isFunction(v) {
			v = in.bound(fn)
		}
		vm.SetOwn(in.this, key, v)
	}
}

// bound binds a function to the instance, because programs pass such functions on, as in
// setInterval(this.tick, 17). A function with properties, such as a class or a debounced function,
// is not changed.
func (in *Instance) bound(fn *goja.Object) goja.Value {
	for _, name := range fn.GetOwnPropertyNames() {
		switch name {
		case "length", "name", "prototype", "arguments", "caller":
		default:
			return fn
		}
	}
	bind, ok := goja.AssertFunction(fn.Get("bind"))
	if !ok {
		return fn
	}
	v, err := bind(fn, in.this)
	if err != nil {
		panic(err)
	}
	return v
}

// end ends the instance of a page. Callbacks of its setData are dropped with its view.
func (in *Instance) end() {
	in.gone = true
	in.s.instances.leave(in)
}

// instances are all instances of a session, by their `this`, and what they inherit.
type instances struct {
	s         *Session
	byThis    map[*goja.Object]*Instance
	byNode    map[string]*Instance // see nodeName; nil for programs that do not mention it
	nodes     map[*Instance]string // the same the other way
	prototype *goja.Object
}

// nodeName is a field in which the vendor's client names an instance. Compiled programs of uni-app copy it to
// the objects of Vue, which they pass where wx takes a component: createSelectorQuery().in(this).
const (
	nodeName = "__wxExparserNodeId__"
	viewName = "__wxWebviewId__" // of its page; it goes along
)

// enter makes an instance known by its `this`.
func (i *instances) enter(in *Instance) {
	i.byThis[in.this] = in
	if i.byNode == nil {
		return
	}
	name := strconv.FormatUint(i.s.vm.NextID(), 36)
	i.byNode[name], i.nodes[in] = in, name
	in.this.DefineDataProperty(nodeName, i.s.vm.Value(name), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	in.this.DefineDataProperty(viewName, i.s.vm.Value(in.page.id), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
}

// leave forgets an instance.
func (i *instances) leave(in *Instance) {
	delete(i.byThis, in.this)
	delete(i.byNode, i.nodes[in])
	delete(i.nodes, in)
}

// scope is of, for what programs pass where wx takes a component.
func (i *instances) scope(value goja.Value) *Instance {
	in := i.of(value)
	if in != nil || i.byNode == nil {
		return in
	}
	if obj, ok := value.(*goja.Object); ok {
		if node, ok := obj.Get(nodeName).(goja.String); ok {
			return i.byNode[node.String()]
		}
	}
	return nil
}

// of finds the instance whose `this` the value is, or nil.
func (i *instances) of(this goja.Value) *Instance {
	obj, ok := this.(*goja.Object)
	if !ok {
		return nil
	}
	return i.byThis[obj]
}

// method adds a method to what all instances inherit. The instance is nil when it is called on
// anything else.
func (i *instances) method(name string, fn func(*Instance, goja.FunctionCall) goja.Value) {
	i.prototype.DefineDataProperty(name, i.s.vm.Function(name, func(c goja.FunctionCall) goja.Value {
		return fn(i.of(c.This), c)
	}), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
}

// places adds what an instance knows of its tag: its id and dataset, as they are now. A program may put
// fields of its own in their place.
func (i *instances) places() {
	k := i.s.vm
	place := func(name string, read func(view.Element) goja.Value) {
		get := k.Function(name, func(c goja.FunctionCall) goja.Value {
			if in := i.of(c.This); in != nil && in.host != nil && !in.gone {
				return read(in.host.Element())
			}
			return read(view.Element{})
		})
		set := k.Function(name, func(c goja.FunctionCall) goja.Value {
			if obj, ok := c.This.(*goja.Object); ok {
				obj.DefineDataProperty(name, c.Argument(0), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
			}
			return goja.Undefined()
		})
		if err := i.prototype.DefineAccessorProperty(name, get, set, goja.FLAG_TRUE, goja.FLAG_FALSE); err != nil {
			panic(err) // of an object of our own
		}
	}
	place("id", func(e view.Element) goja.Value { return k.Value(e.DOMID) })
	place("dataset", func(e view.Element) goja.Value { return orEmpty(k, e.Dataset) })
}

// insides adds what the vendor's instances have beside their documented methods, and libraries read: the
// name of what draws them, and __data__, which is the data that is shown.
func (i *instances) insides() {
	k := i.s.vm
	i.prototype.DefineDataProperty("renderer", k.Value("webview"), goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	get := k.Function("__data__", func(c goja.FunctionCall) goja.Value {
		if in := i.of(c.This); in != nil {
			return in.data
		}
		return goja.Undefined()
	})
	if err := i.prototype.DefineAccessorProperty("__data__", get, nil, goja.FLAG_TRUE, goja.FLAG_FALSE); err != nil {
		panic(err) // of an object of our own
	}
}

// makePrototype makes what all pages of a VM inherit.
func (i *instances) makePrototype() {
	k := i.s.vm
	i.prototype = k.Object()
	i.selectors()
	i.triggers()
	i.places()
	i.performance()
	i.insides()
	i.method("setData", func(in *Instance, c goja.FunctionCall) goja.Value {
		if in != nil { // an unloaded page has no view; the vendor ignores this too
			in.setData(c.Argument(0), c.Argument(1))
		}
		return goja.Undefined()
	})
	for _, name := range []string{"update", "forceUpdate"} { // of 2016: show what this.data is now
		i.method(name, func(in *Instance, _ goja.FunctionCall) goja.Value {
			if in != nil {
				var paths [][]any
				if shadow := in.shows(); shadow != nil {
					for _, key := range in.data.Keys() {
						paths = append(paths, []any{key})
						shadow.Set([]any{key}, in.copied(key, in.data.Get(key)))
					}
				}
				in.show(paths, nil)
			}
			return goja.Undefined()
		})
	}
	i.method("groupSetData", func(in *Instance, c goja.FunctionCall) goja.Value {
		if in != nil {
			in.run(c.Argument(0))
		}
		return goja.Undefined()
	})
	i.method("hasBehavior", func(in *Instance, c goja.FunctionCall) goja.Value {
		b := i.s.definitions.behavior(c.Argument(0))
		return k.Value(in != nil && b != nil && in.def.behaviors[b])
	})
	i.method("getTabBar", func(in *Instance, c goja.FunctionCall) goja.Value {
		bar := goja.Null()
		if in != nil && in.page != nil {
			for _, node := range in.page.find(k.Value("#" + image.TabBarID)) {
				bar = in.page.exported(node)
				break
			}
		}
		// Programs for the newer renderer take the bar from a callback, because there it may be made later.
		if _, ok := goja.AssertFunction(c.Argument(0)); ok && !goja.IsNull(bar) {
			k.Invoke(c.Argument(0), goja.Undefined(), bar)
		}
		return bar
	})
	i.method("getPageId", func(in *Instance, _ goja.FunctionCall) goja.Value {
		if in != nil {
			return k.Runtime().ToValue(fmt.Sprintf("pageId:%d", in.page.id))
		}
		return goja.Undefined()
	})
}
