package goja

import (
	"reflect"

	"github.com/dop251/goja/unistring"
)

// young is what implements a function of which nothing was asked yet but to be called: that is all that most functions
// ever do. Anything else makes it grow: something larger implements the same *Object from then on.
type young struct{ val *Object }

// growing is a kind of young.
type growing interface{ grow() objectImpl }

// grown is what implements the function once more was asked of it.
func (y *young) grown() objectImpl {
	if impl, still := y.val.self.(growing); still {
		return impl.grow()
	}
	return y.val.self
}

// youngFunc is a young function of a program. What its text says lies in the instruction that made it.
type youngFunc struct {
	young
	made    *newFunc
	stash   *stash
	privEnv *privateEnv
}

// funcCode is what a call needs of a function.
type funcCode struct {
	prg     *Program
	stash   *stash
	privEnv *privateEnv
}

func (f *baseJsFuncObject) code() funcCode { return funcCode{f.prg, f.stash, f.privEnv} }

func (y *youngFunc) code() funcCode { return funcCode{y.made.prg, y.stash, y.privEnv} }

// youngFunc makes a function.
func (r *Runtime) youngFunc(made *newFunc, stash *stash, privEnv *privateEnv) *Object {
	born := &struct {
		youngFunc
		val Object
	}{}
	born.val.runtime, born.val.self = r, &born.youngFunc
	born.youngFunc = youngFunc{young{&born.val}, made, stash, privEnv}
	return &born.val
}

func (y *youngFunc) grow() objectImpl {
	f := &funcObject{}
	f.val = y.val
	y.val.runtime.initBaseJsFunction(&f.baseJsFuncObject, y.made.strict)
	f.val.self = f
	f.init(y.made.name, intToValue(int64(y.made.length)))
	f.prg, f.stash, f.privEnv, f.src = y.made.prg, y.stash, y.privEnv, y.made.source
	return f
}

func (y *youngFunc) isYoung() bool { return y.val.self == objectImpl(y) }

// inherited is what functions inherit from.
func (y *young) inherited() objectImpl { return y.val.runtime.getFunctionPrototype().self }

func (y *young) receiver(given Value) Value {
	if given == nil {
		return y.val
	}
	return given
}

func (y *young) className() string        { return classFunction }
func (y *young) typeOf() String           { return stringFunction }
func (y *young) exportType() reflect.Type { return reflectTypeFunc }
func (y *young) equal(objectImpl) bool    { return false }
func (y *youngFunc) source() String       { return newStringValue(y.made.source) }
func (y *young) hasInstance(v Value) bool { return hasInstance(y.val, v) }

func (y *youngFunc) Call(call FunctionCall) Value {
	v, thrown := y.code().call(y.val, call.Arguments, nil, nilSafe(call.This))
	if thrown != nil {
		panic(thrown)
	}
	return v
}

func (y *youngFunc) assertCallable() (func(FunctionCall) Value, bool) { return y.Call, true }

func (y *youngFunc) export(*objectExportCtx) interface{} { return y.Call }

func (y *youngFunc) vmCall(vm *vm, n int) { y.code().vmCall(vm, n) }

func (y *youngFunc) assertConstructor() func(args []Value, newTarget *Object) *Object {
	return y.grown().assertConstructor()
}

func (y *youngFunc) getStr(name unistring.String, receiver Value) Value {
	if y.isYoung() {
		switch name {
		case "length":
			return intToValue(int64(y.made.length))
		case "name":
			return stringValueFromRaw(y.made.name)
		case "prototype":
		default:
			return y.inherited().getStr(name, y.receiver(receiver))
		}
	}
	return y.grown().getStr(name, receiver)
}

func (y *youngFunc) getSym(s *Symbol, receiver Value) Value {
	if y.isYoung() {
		return y.inherited().getSym(s, y.receiver(receiver))
	}
	return y.grown().getSym(s, receiver)
}

func (y *youngFunc) proto() *Object {
	if y.isYoung() {
		return y.val.runtime.getFunctionPrototype()
	}
	return y.grown().proto()
}

func (y *youngFunc) isExtensible() bool { return y.isYoung() || y.grown().isExtensible() }

func (y *youngFunc) hasOwnPropertyStr(name unistring.String) bool {
	if y.isYoung() {
		return name == "length" || name == "name" || name == "prototype"
	}
	return y.grown().hasOwnPropertyStr(name)
}

func (y *young) sortLen() int        { return y.grown().sortLen() }
func (y *young) sortGet(i int) Value { return y.grown().sortGet(i) }
func (y *young) swap(i, j int)       { y.grown().swap(i, j) }

func (y *young) getIdx(p valueInt, receiver Value) Value { return y.grown().getIdx(p, receiver) }

func (y *young) getOwnPropStr(name unistring.String) Value { return y.grown().getOwnPropStr(name) }
func (y *young) getOwnPropIdx(p valueInt) Value            { return y.grown().getOwnPropIdx(p) }
func (y *young) getOwnPropSym(s *Symbol) Value             { return y.grown().getOwnPropSym(s) }

func (y *young) setOwnStr(name unistring.String, v Value, throw bool) bool {
	return y.grown().setOwnStr(name, v, throw)
}
func (y *young) setOwnIdx(p valueInt, v Value, throw bool) bool {
	return y.grown().setOwnIdx(p, v, throw)
}
func (y *young) setOwnSym(s *Symbol, v Value, throw bool) bool {
	return y.grown().setOwnSym(s, v, throw)
}

func (y *young) setForeignStr(name unistring.String, v, receiver Value, throw bool) (bool, bool) {
	return y.grown().setForeignStr(name, v, receiver, throw)
}
func (y *young) setForeignIdx(p valueInt, v, receiver Value, throw bool) (bool, bool) {
	return y.grown().setForeignIdx(p, v, receiver, throw)
}
func (y *young) setForeignSym(s *Symbol, v, receiver Value, throw bool) (bool, bool) {
	return y.grown().setForeignSym(s, v, receiver, throw)
}

func (y *young) hasPropertyStr(name unistring.String) bool { return y.grown().hasPropertyStr(name) }
func (y *young) hasPropertyIdx(p valueInt) bool            { return y.grown().hasPropertyIdx(p) }
func (y *young) hasPropertySym(s *Symbol) bool             { return y.grown().hasPropertySym(s) }
func (y *young) hasOwnPropertyIdx(p valueInt) bool         { return y.grown().hasOwnPropertyIdx(p) }
func (y *young) hasOwnPropertySym(s *Symbol) bool          { return y.grown().hasOwnPropertySym(s) }

func (y *young) defineOwnPropertyStr(name unistring.String, desc PropertyDescriptor, throw bool) bool {
	return y.grown().defineOwnPropertyStr(name, desc, throw)
}
func (y *young) defineOwnPropertyIdx(p valueInt, desc PropertyDescriptor, throw bool) bool {
	return y.grown().defineOwnPropertyIdx(p, desc, throw)
}
func (y *young) defineOwnPropertySym(s *Symbol, desc PropertyDescriptor, throw bool) bool {
	return y.grown().defineOwnPropertySym(s, desc, throw)
}

func (y *young) deleteStr(name unistring.String, throw bool) bool {
	return y.grown().deleteStr(name, throw)
}
func (y *young) deleteIdx(p valueInt, throw bool) bool { return y.grown().deleteIdx(p, throw) }
func (y *young) deleteSym(s *Symbol, throw bool) bool  { return y.grown().deleteSym(s, throw) }

func (y *young) setProto(proto *Object, throw bool) bool { return y.grown().setProto(proto, throw) }
func (y *young) preventExtensions(throw bool) bool       { return y.grown().preventExtensions(throw) }

func (y *young) exportToMap(m reflect.Value, typ reflect.Type, ctx *objectExportCtx) error {
	return y.grown().exportToMap(m, typ, ctx)
}
func (y *young) exportToArrayOrSlice(s reflect.Value, typ reflect.Type, ctx *objectExportCtx) error {
	return y.grown().exportToArrayOrSlice(s, typ, ctx)
}

func (y *young) iterateStringKeys() iterNextFunc { return y.grown().iterateStringKeys() }
func (y *young) iterateSymbols() iterNextFunc    { return y.grown().iterateSymbols() }
func (y *young) iterateKeys() iterNextFunc       { return y.grown().iterateKeys() }

func (y *young) stringKeys(all bool, accum []Value) []Value {
	return y.grown().stringKeys(all, accum)
}
func (y *young) symbols(all bool, accum []Value) []Value { return y.grown().symbols(all, accum) }
func (y *young) keys(all bool, accum []Value) []Value    { return y.grown().keys(all, accum) }

func (y *young) _putProp(name unistring.String, v Value, writable, enumerable, configurable bool) Value {
	return y.grown()._putProp(name, v, writable, enumerable, configurable)
}
func (y *young) _putSym(s *Symbol, prop Value) { y.grown()._putSym(s, prop) }
func (y *young) getPrivateEnv(typ *privateEnvType, create bool) *privateElements {
	return y.grown().getPrivateEnv(typ, create)
}
