package framework

import (
	"slices"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

// Listeners are the functions of the app that wait for an event of the app as a whole. The names of
// events are those of wx.on<name>.
type Listeners struct {
	vm      *vm.VM
	byEvent map[string][]goja.Value
}

// Emit calls the listeners of an event.
func (l *Listeners) Emit(name string, args ...goja.Value) {
	for _, fn := range slices.Clone(l.byEvent[name]) {
		l.vm.Invoke(fn, goja.Undefined(), args...)
	}
}

// Add adds a listener. It panics with a JavaScript error when there are too many. A value that is no
// function is ignored.
func (l *Listeners) Add(name string, fn goja.Value) {
	if _, ok := goja.AssertFunction(fn); !ok {
		return
	}
	if len(l.byEvent[name]) >= MaxListeners {
		panic(l.vm.NewError("RangeError", "wx.on%s has more than %d listeners", name, MaxListeners))
	}
	l.byEvent[name] = append(l.byEvent[name], fn)
}

// Remove removes one listener, or all of the event when fn is undefined.
func (l *Listeners) Remove(name string, fn goja.Value) {
	if goja.IsUndefined(fn) {
		delete(l.byEvent, name)
		return
	}
	l.byEvent[name] = slices.DeleteFunc(l.byEvent[name], func(v goja.Value) bool { return v == fn })
}
