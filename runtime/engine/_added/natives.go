package goja

import (
	"fmt"

	"github.com/dop251/goja/unistring"
)

// youngNative is a young function of Go.
type youngNative struct {
	young
	f      func(FunctionCall) Value
	name   unistring.String
	length int32
}

func (r *Runtime) youngNative(call func(FunctionCall) Value, name unistring.String, length int) *Object {
	born := &struct {
		youngNative
		val Object
	}{}
	born.val.runtime, born.val.self = r, &born.youngNative
	born.youngNative = youngNative{young{&born.val}, call, name, int32(length)}
	return &born.val
}

func (y *youngNative) grow() objectImpl {
	f := &nativeFuncObject{f: y.f}
	f.baseObject = baseObject{class: classFunction, val: y.val, extensible: true, prototype: y.val.runtime.getFunctionPrototype()}
	y.val.self = f
	f.init(y.name, intToValue(int64(y.length)))
	return f
}

func (y *youngNative) isYoung() bool { return y.val.self == objectImpl(y) }

func (y *youngNative) source() String {
	if y.isYoung() {
		return newStringValue(fmt.Sprintf("function %s() { [native code] }", stringValueFromRaw(y.name)))
	}
	return y.grown().(*nativeFuncObject).source()
}

func (y *youngNative) assertCallable() (func(FunctionCall) Value, bool) { return y.f, y.f != nil }

func (y *youngNative) assertConstructor() func(args []Value, newTarget *Object) *Object { return nil }

func (y *youngNative) export(*objectExportCtx) interface{} { return y.f }

func (y *youngNative) vmCall(vm *vm, n int) { callNative(y.f, vm, n) }

func (y *youngNative) getStr(name unistring.String, receiver Value) Value {
	if y.isYoung() {
		switch name {
		case "length":
			return intToValue(int64(y.length))
		case "name":
			return stringValueFromRaw(y.name)
		}
		return y.inherited().getStr(name, y.receiver(receiver))
	}
	return y.grown().getStr(name, receiver)
}

func (y *youngNative) getSym(s *Symbol, receiver Value) Value {
	if y.isYoung() {
		return y.inherited().getSym(s, y.receiver(receiver))
	}
	return y.grown().getSym(s, receiver)
}

func (y *youngNative) proto() *Object {
	if y.isYoung() {
		return y.val.runtime.getFunctionPrototype()
	}
	return y.grown().proto()
}

func (y *youngNative) isExtensible() bool { return y.isYoung() || y.grown().isExtensible() }

func (y *youngNative) hasOwnPropertyStr(name unistring.String) bool {
	if y.isYoung() {
		return name == "length" || name == "name"
	}
	return y.grown().hasOwnPropertyStr(name)
}
