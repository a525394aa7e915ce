package wx

import "github.com/dop251/goja"

// accessors are the properties of an object of ours for which a program has defined a getter or a setter:
// wrappers of wx, and programs with ECharts on a context. The edited engine asks for them (package
// runtime/engine).
type accessors map[string]accessor

type accessor struct{ get, set *goja.Object }

// DefineAccessor implements the engine's AccessorDefiner.
func (a *accessors) DefineAccessor(name string, get, set *goja.Object) {
	if get == nil && set == nil {
		delete(*a, name)
		return
	}
	if *a == nil {
		*a = accessors{}
	}
	(*a)[name] = accessor{get, set}
}

// read is the value of a property with a getter or a setter; ok says whether there is one.
func (a accessors) read(this *goja.Object, name string) (v goja.Value, ok bool) {
	defined, ok := a[name]
	if !ok || defined.get == nil {
		return goja.Undefined(), ok
	}
	return callAccessor(defined.get, this), true
}

// write sets such a property.
func (a accessors) write(this *goja.Object, name string, v goja.Value) (ok bool) {
	defined, ok := a[name]
	if ok && defined.set != nil {
		callAccessor(defined.set, this, v)
	}
	return ok
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
