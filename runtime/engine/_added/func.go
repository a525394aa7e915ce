package goja

import "github.com/dop251/goja/unistring"

// unmadeProps are the properties that every function has from its beginning, before anything asked
// for them. The compiler's flag of strict code is here because there is room for it.
type unmadeProps struct {
	name   unistring.String
	length int32
	unmade bool
	strict bool
}

// init notes the properties length and name of a new function.
func (f *baseFuncObject) init(name unistring.String, length Value) {
	n, ok := length.(valueInt)
	f.unmadeProps = unmadeProps{name: name, length: int32(n), unmade: true, strict: f.strict}
	if !ok || int64(f.length) != int64(n) { // of a bound function it may be any number
		f.makePropsWith(length)
	}
}

// makeProps gives the function its properties length and name, in the order of the standard.
func (f *baseFuncObject) makeProps() {
	if f.unmade {
		f.makePropsWith(intToValue(int64(f.length)))
	}
}

func (f *baseFuncObject) makePropsWith(length Value) {
	f.unmade = false
	f.baseObject.init()
	f.baseObject._putProp("length", length, false, false, true)
	f.baseObject._putProp("name", stringValueFromRaw(f.name), false, false, true)
	f.name = ""
}

// asks makes the properties when one of them is read. Reading any other one needs no map.
func (f *baseFuncObject) asks(name unistring.String) {
	if name == "length" || name == "name" {
		f.makeProps()
	}
}

func (f *baseFuncObject) getStr(name unistring.String, receiver Value) Value {
	f.asks(name)
	return f.baseObject.getStr(name, receiver)
}

func (f *baseFuncObject) getOwnPropStr(name unistring.String) Value {
	f.asks(name)
	return f.baseObject.getOwnPropStr(name)
}

func (f *baseFuncObject) hasOwnPropertyStr(name unistring.String) bool {
	f.asks(name)
	return f.baseObject.hasOwnPropertyStr(name)
}

func (f *baseFuncObject) setForeignStr(name unistring.String, val, receiver Value, throw bool) (bool, bool) {
	f.asks(name)
	return f.baseObject.setForeignStr(name, val, receiver, throw)
}

func (f *baseFuncObject) setOwnStr(name unistring.String, val Value, throw bool) bool {
	f.makeProps()
	return f.baseObject.setOwnStr(name, val, throw)
}

func (f *baseFuncObject) defineOwnPropertyStr(name unistring.String, desc PropertyDescriptor, throw bool) bool {
	f.makeProps()
	return f.baseObject.defineOwnPropertyStr(name, desc, throw)
}

func (f *baseFuncObject) deleteStr(name unistring.String, throw bool) bool {
	f.makeProps()
	return f.baseObject.deleteStr(name, throw)
}

func (f *baseFuncObject) iterateStringKeys() iterNextFunc {
	f.makeProps()
	return f.baseObject.iterateStringKeys()
}

func (f *baseFuncObject) stringKeys(all bool, accum []Value) []Value {
	f.makeProps()
	return f.baseObject.stringKeys(all, accum)
}

func (f *baseFuncObject) _put(name unistring.String, v Value) {
	f.makeProps()
	f.baseObject._put(name, v)
}

func (f *baseFuncObject) _putProp(name unistring.String, v Value, writable, enumerable, configurable bool) Value {
	f.makeProps()
	return f.baseObject._putProp(name, v, writable, enumerable, configurable)
}

// NamedFunction makes a function of Go with the name that programs see. ToValue names it after its
// place in the binary, and giving it another name makes its properties.
func (r *Runtime) NamedFunction(name string, fn func(FunctionCall) Value) *Object {
	return r.newNativeFunc(fn, unistring.NewFromString(name), 0)
}
