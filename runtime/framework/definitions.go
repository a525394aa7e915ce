package framework

import (
	"strings"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

// definitions are what the files of pages and components passed to Page() and Component(), and what
// Behavior() was called with. A file runs once, when what it defines is first needed.
type definitions struct {
	s         *Session
	types     types
	loading   string      // the file without extension that is running
	current   *definition // what it defined so far; the last call counts
	files     map[string]*definition
	behaviors map[*goja.Object]*definition
	builtins  map[string]*definition
}

// definePage is the global Page(). Functions are the page's methods, and each page gets a copy of all
// other fields.
func (d *definitions) definePage(c goja.FunctionCall) goja.Value {
	k := d.s.vm
	options, ok := c.Argument(0).(*goja.Object)
	if !ok {
		panic(k.NewError("TypeError", "Page() needs an object"))
	}
	def, methods, own := k.Object(), k.Object(), k.Object()
	for _, key := range options.Keys() {
		switch v := options.Get(key); {
		case key == "data":
			def.Set(key, v)
		case isFunction(v):
			vm.SetOwn(methods, key, v)
		case key == "methods":
			own.Set(key, v)
		default:
			vm.SetOwn(def, key, v)
		}
	}
	def.Set("methods", methods)
	made := &definition{is: d.owner(), isPage: true}
	d.define(made, def)
	for _, key := range def.Keys() { // after the filters of behaviors
		switch key {
		case "data", "methods", "behaviors":
		default:
			vm.SetOwn(own, key, def.Get(key))
		}
	}
	made.own = own
	made.bound, _ = def.Get("methods").(*goja.Object)
	d.keep(made)
	return goja.Undefined()
}

// defineComponent is the global Component(), for components and for pages.
func (d *definitions) defineComponent(c goja.FunctionCall) goja.Value {
	def, ok := c.Argument(0).(*goja.Object)
	if !ok {
		panic(d.s.vm.NewError("TypeError", "Component() needs an object"))
	}
	made := &definition{is: d.owner()}
	d.define(made, def)
	d.keep(made)
	return goja.Undefined()
}

// owner is whom a call of Page() or Component() defines: the page or component whose file is running, which may be
// because another file requires it.
func (d *definitions) owner() string {
	path := strings.TrimSuffix(d.s.vm.Loading(), ".js")
	if part, _ := d.s.engine.img.Component(path); part != nil || d.s.engine.pages[path] != nil {
		return path
	}
	return d.loading
}

func (d *definitions) keep(made *definition) {
	if made.is == d.loading {
		d.current = made
		return
	}
	d.files[made.is] = made
}

// of returns the definition of a page or a component. It runs the file the first time. It is nil when
// the file defines nothing; the log says why.
func (d *definitions) of(is string, page bool) *definition {
	if def, known := d.files[is]; known {
		return def
	}
	def := d.load(is, page)
	d.files[is] = def
	return def
}

func (d *definitions) load(is string, page bool) *definition {
	k, file := d.s.vm, is+".js"
	what, call := "component", "Component()"
	if page {
		what, call = "page", "Page() or Component()"
	}
	if !k.Code().Has(file) {
		k.Complain("The %s %s has no file %s.", what, is, file)
		return nil
	}
	outer, loading := d.current, d.loading
	d.current, d.loading = nil, is
	ok := k.RunFile(file)
	def := d.current
	d.current, d.loading = outer, loading
	if def == nil && ok {
		k.Complain("%s did not call %s.", file, call)
	}
	return def
}

// nothing is the definition of a page whose file defines none: it opens empty, with the error in the log.
func (d *definitions) nothing(is string) *definition {
	def := &definition{is: is, isPage: true}
	d.define(def, d.s.vm.Object())
	return def
}
