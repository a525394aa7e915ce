package framework

import (
	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/vm"
)

// takeModel sets the data that the control is bound to by model:, before the handlers of the event run.
func (p *Page) takeModel(f *protocol.AppInput, detail goja.Value) {
	fields, ok := detail.(*goja.Object)
	if !ok {
		return
	}
	for _, bound := range p.tree.BoundBy(f.Target[0], f.Target[1], f.Type) {
		p.s.vm.Guard(func() {
			if v := fields.Get(bound.Field); v != nil {
				p.instanceOf(bound.Shadow).setFromModel(bound.Path, v)
			}
		})
	}
}

// addFields adds to the values of a form those of the components in it that are fields of it, by the
// behavior wx://form-field, and with wx://form-field-group also of the components in their shadows.
func (p *Page) addFields(f *protocol.AppInput, detail goja.Value) {
	p.s.vm.Guard(func() {
		fields, ok := detail.(*goja.Object)
		if !ok {
			return
		}
		values, ok := fields.Get("value").(*goja.Object)
		if !ok {
			return
		}
		p.each(p.shadow, false, func(in *Instance) {
			if !in.acts(formField) || !in.inForm(f.Target[0], f.Target[1]) {
				return
			}
			if name := vm.TextOf(in.data.Get("name")); name != "" {
				vm.SetOwn(values, name, vm.OrUndefined(in.data.Get("value")))
			}
		})
	})
}

// inForm reports whether a form has the instance as a field: its tag is in the form, or in the shadow of
// a group that is.
func (in *Instance) inForm(inst, id int) bool {
	if in.host.Within(inst, id) {
		return true
	}
	owner := in.owner()
	return owner.host != nil && owner.acts(formFieldGroup) && owner.inForm(inst, id)
}

// acts reports whether the instance has a built-in behavior.
func (in *Instance) acts(builtin string) bool {
	return in.def.behaviors[in.s.definitions.builtin(builtin)]
}
