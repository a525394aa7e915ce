package wx

import (
	"slices"

	"github.com/dop251/goja"
)

// accessors are the properties of an object of ours for which a program has defined a getter or a setter:
// wrappers of wx, and programs with ECharts on a context. The edited engine asks for them (package
// runtime/engine).
type accessors map[string]accessor

type accessor struct {
	get, set *goja.Object
	hidden   bool // not among the keys: Vue puts its own field on each object that it watches, and watches the others
}

// DefineAccessor implements the engine's AccessorDefiner.
func (a *accessors) DefineAccessor(name string, get, set *goja.Object, hidden bool) {
	if get == nil && set == nil && !hidden {
		delete(*a, name)
		return
	}
	if *a == nil {
		*a = accessors{}
	}
	(*a)[name] = accessor{get, set, hidden}
}

// read is the value of a property with a getter or a setter; ok says whether there is one.
func (a accessors) read(this *goja.Object, name string) (v goja.Value, ok bool) {
	defined := a[name]
	if defined.get == nil {
		return goja.Undefined(), defined.set != nil
	}
	return callAccessor(defined.get, this), true
}

// write sets such a property.
func (a accessors) write(this *goja.Object, name string, v goja.Value) (ok bool) {
	defined := a[name]
	if defined.set != nil {
		callAccessor(defined.set, this, v)
	}
	return defined.get != nil || defined.set != nil
}

// seen are the keys that are enumerated.
func (a accessors) seen(keys []string) []string {
	if len(a) == 0 {
		return keys
	}
	return slices.DeleteFunc(keys, func(key string) bool { return a[key].hidden })
}

func callAccessor(fn, this *goja.Object, args ...goja.Value) goja.Value {
	call, ok := goja.AssertFunction(fn)
	if !ok {
		return goja.Undefined()
	}
	v, err := call(this, args...)
	if err != nil {
		panic(err)
	}
	return v
}
