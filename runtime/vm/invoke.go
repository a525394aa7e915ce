package vm

import "github.com/dop251/goja"

// Invoke calls a function of the app as the outermost call: microtasks are drained when it returns.
// An exception is reported; ok is true when there was none. A value that is not a function is not
// called.
func (v *VM) Invoke(fn, this goja.Value, args ...goja.Value) (result goja.Value, ok bool) {
	call, isFunction := goja.AssertFunction(fn)
	if !isFunction {
		return goja.Undefined(), true
	}
	result, err := call(this, args...)
	if err != nil {
		v.Report(err)
		return goja.Undefined(), false
	}
	return result, true
}

// Method calls obj[name](args...) if there is such a function.
func (v *VM) Method(obj *goja.Object, name string, args ...goja.Value) (goja.Value, bool) {
	if obj == nil {
		return goja.Undefined(), true
	}
	var fn goja.Value
	if !v.Guard(func() { fn = obj.Get(name) }) {
		return goja.Undefined(), false
	}
	return v.Invoke(fn, obj, args...)
}

// Guard runs Go code that reads values of the app. An exception is reported, not returned.
func (v *VM) Guard(fn func()) bool {
	if ex := v.rt.Try(fn); ex != nil {
		v.Report(ex)
		return false
	}
	return true
}

// Drain runs the microtasks that were queued when Go resolved a promise.
func (v *VM) Drain() { v.Invoke(v.rt.GlobalObject().Get(noop), goja.Undefined()) }

// noop is a hidden global function: a call from Go drains the microtasks.
const noop = "__teahouse_noop"

// UnwindIfStopped ends the turn of an app that was stopped. Code that catches exceptions of
// the app without Guard must call it, so that it does not hide an interrupt.
func (v *VM) UnwindIfStopped() {
	if v.interrupted.Load() {
		panic(turnAborted{})
	}
}
