package framework

import (
	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

// The built-in behaviors, by which a component says what it is to the platform.
const (
	formField       = "wx://form-field"        // its name and value belong to the form around it
	formFieldGroup  = "wx://form-field-group"  // the fields in its shadow belong to the form around it
	formFieldButton = "wx://form-field-button" // the buttons in its shadow submit the form around it
	componentExport = "wx://component-export"  // it has `export`
)

// defineBehavior is the global Behavior(). What it returns stands for the behavior in `behaviors`, in the
// targets of relations and in hasBehavior.
func (d *definitions) defineBehavior(c goja.FunctionCall) goja.Value {
	def, ok := c.Argument(0).(*goja.Object)
	if !ok {
		panic(d.s.vm.NewError("TypeError", "Behavior() needs an object"))
	}
	handle := d.s.vm.Object()
	made := &definition{}
	d.define(made, def)
	d.behaviors[handle] = made
	return handle
}

// behavior finds a behavior by what stands for it, or returns nil.
func (d *definitions) behavior(v goja.Value) *definition {
	if handle, ok := v.(*goja.Object); ok {
		return d.behaviors[handle]
	}
	return d.builtin(vm.TextOf(v))
}

// builtin is a behavior with a name, or nil.
func (d *definitions) builtin(name string) *definition {
	switch name {
	case formField, formFieldGroup, formFieldButton, componentExport:
	default:
		return nil
	}
	if d.builtins[name] == nil {
		def := d.s.vm.Object()
		if name == formField {
			def.Set("properties", d.s.vm.Object("name", d.s.vm.Runtime().Get("String"), "value", goja.Null()))
		}
		if d.builtins == nil {
			d.builtins = map[string]*definition{}
		}
		d.builtins[name] = &definition{}
		d.define(d.builtins[name], def)
	}
	return d.builtins[name]
}
