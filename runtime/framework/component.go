package framework

import (
	"errors"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/view"
)

// components makes the components of a page for the view, and is told what happens to them.
type components struct{ p *Page }

// Definition implements view.Components.
func (c components) Definition(file *image.Component) *view.Definition {
	def := c.p.s.definitions.of(file.Path, false)
	if def == nil {
		return nil
	}
	if file.Failure != "" {
		c.p.s.vm.Complain("The component %s cannot be shown. %s", file.Path, file.Failure)
	}
	return c.p.s.definitions.shownAs(def, file)
}

// shownAs says what the view has to know of a definition.
func (d *definitions) shownAs(def *definition, file *image.Component) *view.Definition {
	shown := &view.Definition{Component: file, ExternalClasses: def.externalClasses, Properties: map[string]any{}}
	for name, p := range def.properties {
		shown.Properties[name] = def.passing(p)
	}
	if def.pure == nil && file.PureDataPattern != "" {
		d.setPurePattern(def, file.PureDataPattern)
	}
	isolation, global := file.StyleIsolation, file.AddGlobalClass
	if o := def.options; o != nil {
		flag := func(name string) bool { v := o.Get(name); return v != nil && v.ToBoolean() }
		shown.VirtualHost = flag("virtualHost")
		switch {
		case flag("dynamicSlots"):
			shown.Slots = view.DynamicSlots
		case flag("multipleSlots"):
			shown.Slots = view.MultipleSlots
		}
		if v := o.Get("styleIsolation"); v != nil && !goja.IsUndefined(v) {
			isolation = v.String()
		}
		global = global || flag("addGlobalClass")
	}
	switch isolation {
	case "apply-shared", "page-apply-shared":
		shown.Isolation = view.ApplyShared
	case "shared", "page-shared":
		shown.Isolation = view.Shared
	default:
		if global {
			shown.Isolation = view.ApplyShared
		}
	}
	return shown
}

// Create implements view.Components.
func (c components) Create(host *view.Host) (view.Component, view.Value) {
	s := c.p.s
	def := s.definitions.of(host.Definition().Component.Path, false)
	in := &Instance{s: s, page: c.p, is: def.is, def: def, host: host}
	in.make()
	return (*component)(in), in.firstShown()
}

// make makes the object of the app. A component whose file calls Page() has what a page has, too: the
// vendor's client makes components of both.
func (in *Instance) make() {
	s := in.s
	in.this = s.vm.Runtime().CreateObject(s.definitions.prototypeOf(in.def))
	in.data = s.vm.Object()
	s.vm.Guard(func() { in.data = s.definitions.newData(in.def) })
	in.this.Set("data", in.data)
	in.this.Set("properties", in.data)
	s.instances.enter(in)
	if in.def.isPage {
		s.vm.Guard(in.fill)
	}
}

// component is an Instance as the view calls it.
type component Instance

func (c *component) instance() *Instance { return (*Instance)(c) }

// Created implements view.Component.
func (c *component) Created() {
	c.shadow = c.host.Shadow()
	c.instance().lifetime("created")
}

// Set implements view.Component.
func (c *component) Set(properties []view.Property) {
	in := c.instance()
	in.s.vm.Guard(func() {
		rt := in.s.vm.Runtime()
		in.applyAll(func(u *updates) {
			for i := range properties {
				p := &properties[i]
				to := p.Key.(*passing)
				in.set(u, &change{path: to.property.path, value: p.Value.Export(rt), shown: p.Value, passed: to}, true)
			}
		})
	})
}

// Attached implements view.Component.
func (c *component) Attached() {
	in := c.instance()
	in.page.unready++
	in.lifetime("attached")
	in.link(false)
}

// Moved implements view.Component.
func (c *component) Moved() {
	in := c.instance()
	in.lifetime("moved")
	in.link(false)
}

// Detached implements view.Component.
func (c *component) Detached() {
	in := c.instance()
	in.gone = true
	in.lifetime("detached")
	in.link(true)
	in.forget()
}

// forget lets go of an instance that has left its page. Programs may still hold its `this` and call
// setData, which changes the data and nothing else: the function that `this` has from now on keeps
// the instance as long as the program keeps `this`.
func (in *Instance) forget() {
	in.s.instances.leave(in)
	late := in.s.vm.Function("setData", func(c goja.FunctionCall) goja.Value {
		in.setData(c.Argument(0), c.Argument(1))
		return goja.Undefined()
	})
	in.this.DefineDataProperty("setData", late, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	in.shadow = nil
}

// lifetime calls the functions of a lifetime.
func (in *Instance) lifetime(name string, args ...goja.Value) {
	for _, c := range in.def.lifetimes[name] {
		in.called(c.call, args...)
	}
}

// pageLifetime calls the functions for what happens to the page.
func (in *Instance) pageLifetime(name string, args ...goja.Value) {
	for _, c := range in.def.pageLifetimes[name] {
		in.called(c.call, args...)
	}
}

// failed reports an exception of the instance's own code, and tells its lifetime error.
func (in *Instance) failed(err error) {
	k := in.s.vm
	k.UnwindIfStopped()
	if thrown, ok := errors.AsType[*goja.Exception](err); ok && !in.failing {
		in.failing = true
		in.lifetime("error", thrown.Value())
		in.failing = false
	}
	k.Report(err)
}

// leave takes everything on the page out of it, and then the page itself.
func (p *Page) leave() {
	p.viewWork(func() error { p.tree.Detach(); return nil })
	p.lifetime("detached")
}

// instanceAt is the component at a place of the tree.
func instanceAt(host *view.Host) *Instance { return host.Component().(*component).instance() }

// instanceOf is whose data a shadow shows: a component's, or the page's.
func (p *Page) instanceOf(shadow *view.Shadow) *Instance {
	if host := shadow.Host(); host != nil {
		return instanceAt(host)
	}
	return &p.Instance
}

// owner is the instance in whose markup the tag stands, or nil for a page.
func (in *Instance) owner() *Instance {
	if in.host == nil {
		return nil
	}
	return in.page.instanceOf(in.host.Owner())
}

// tellModel passes a value that the instance gave to its own property on to the data that the tag binds
// by model:.
func (in *Instance) tellModel(name string, v goja.Value) {
	if in.host == nil || in.gone {
		return
	}
	if path, ok := in.host.Model(name); ok && len(path) > 0 {
		in.owner().setFromModel(path, v)
	}
}

// setFromModel sets data to what a component or the user made of it.
func (in *Instance) setFromModel(path []any, v goja.Value) {
	shown, err := in.s.newCopier().Copy(v, 1)
	if err != nil {
		in.s.vm.Complain("%s: model: cannot take a value: %s", in.is, err)
		return
	}
	in.apply([]change{{path: path, value: v, shown: shown}}, false)
}
