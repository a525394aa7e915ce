package vm

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"

	"github.com/dop251/goja"
)

// Values makes values of one VM and reads those of the app.
type Values struct{ rt *goja.Runtime }

// NewValues is for a runtime that has no VM around it, as in tests.
func NewValues(rt *goja.Runtime) Values { return Values{rt} }

// Runtime is the engine, for what has no method here.
func (v Values) Runtime() *goja.Runtime { return v.rt }

// Object makes a plain object from alternating names and values.
func (v Values) Object(pairs ...any) *goja.Object {
	obj := v.rt.NewObject()
	for i := 0; i+1 < len(pairs); i += 2 {
		obj.Set(pairs[i].(string), pairs[i+1])
	}
	return obj
}

// Array makes an array.
func (v Values) Array(items ...any) *goja.Object { return v.rt.NewArray(items...) }

// Value makes a value from a string, a number or a boolean of Go. Anything else would be reflected
// into the VM, which nothing of ours may be.
func (v Values) Value(primitive any) goja.Value { return v.rt.ToValue(primitive) }

// ArrayBuffer makes an ArrayBuffer of the bytes.
func (v Values) ArrayBuffer(raw []byte) goja.Value { return v.rt.ToValue(v.rt.NewArrayBuffer(raw)) }

// naming is a runtime that makes functions with a name at once; the edited engine is (package
// runtime/engine). With goja as it is, a name costs half a kilobyte.
type naming interface {
	NamedFunction(name string, fn func(goja.FunctionCall) goja.Value) *goja.Object
}

// Function makes a native function with the name that apps see. Its arguments are on the engine's
// stack: copy what is used after it returns.
func (v Values) Function(name string, fn func(goja.FunctionCall) goja.Value) *goja.Object {
	if engine, ok := any(v.rt).(naming); ok {
		return engine.NamedFunction(name, fn)
	}
	f := v.rt.ToValue(fn).(*goja.Object)
	f.DefineDataProperty("name", v.rt.ToValue(name), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE)
	return f
}

// NewError makes an error object of the app's world, to be thrown with panic.
func (v Values) NewError(class, format string, args ...any) *goja.Object {
	ctor := v.rt.Get(class)
	if obj, err := v.rt.New(ctor, v.rt.ToValue(fmt.Sprintf(format, args...))); err == nil {
		return obj
	}
	return v.rt.NewTypeError(fmt.Sprintf(format, args...))
}

// Date makes a date of what the language's own constructor takes.
func (v Values) Date(of goja.Value) goja.Value {
	made, err := v.rt.New(v.rt.Get("Date"), of)
	if err != nil {
		panic(err)
	}
	return made
}

// DateText is a date in the form of toISOString, or "Invalid Date". It runs none of the app's code.
func DateText(date *goja.Object) string {
	if t, ok := date.Export().(time.Time); ok {
		return t.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	return "Invalid Date"
}

// FromJSON is ParseJSON for what the shell or the host sent: what cannot be read is an empty object.
func (v Values) FromJSON(text json.RawMessage) goja.Value {
	if len(text) == 0 {
		return v.rt.NewObject()
	}
	made, err := v.ParseJSON(text)
	if err != nil {
		return v.rt.NewObject()
	}
	return made
}

// Elements reads an array of the app, up to MaxElements. It returns nil when list is not an array.
func (Values) Elements(list goja.Value) []goja.Value {
	arr, ok := list.(*goja.Object)
	if !ok || arr.ClassName() != "Array" {
		return nil
	}
	n := int(min(arr.Get("length").ToInteger(), MaxElements))
	out := make([]goja.Value, n)
	for i := range out {
		out[i] = arr.Get(fmt.Sprint(i))
	}
	return out
}

// replacing is an object that sets a property that it has at once; that of the edited engine does.
type replacing interface {
	Replace(name string, value goja.Value) bool
}

// SetOwn sets an own data property, also for names with a meaning in the language, such as
// __proto__.
func SetOwn(obj *goja.Object, key string, value goja.Value) {
	if engine, ok := any(obj).(replacing); ok && engine.Replace(key, value) {
		return
	}
	if key == "__proto__" {
		obj.DefineDataProperty(key, value, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
		return
	}
	obj.Set(key, value)
}

// GetOwn is Get of a name that comes from a program's data: __proto__ there is a name like another, and what it
// means in the language, the prototype that all objects share, is not found under it. nil when it is not there.
func GetOwn(obj *goja.Object, key string) goja.Value {
	if key == "__proto__" && !slices.Contains(obj.GetOwnPropertyNames(), key) {
		return nil
	}
	return obj.Get(key)
}

// exchanging is replacing for one who wants to know the value before.
type exchanging interface {
	Exchange(name string, value goja.Value) (old goja.Value, ok bool)
}

// ReplaceOwn is SetOwn and returns what Get gave before.
func ReplaceOwn(obj *goja.Object, key string, value goja.Value) (old goja.Value) {
	if engine, ok := any(obj).(exchanging); ok {
		if old, ok = engine.Exchange(key, value); ok {
			return old
		}
	}
	old = OrUndefined(obj.Get(key))
	SetOwn(obj, key, value)
	return old
}

// TextOf is the value as a string; undefined and null are "".
func TextOf(value goja.Value) string {
	if value == nil || goja.IsUndefined(value) || goja.IsNull(value) {
		return ""
	}
	return value.String()
}

// OrUndefined is for a property that may be missing.
func OrUndefined(value goja.Value) goja.Value {
	if value == nil {
		return goja.Undefined()
	}
	return value
}

// Bytes returns the bytes of an ArrayBuffer or of a typed array.
func Bytes(value goja.Value) ([]byte, bool) {
	obj, ok := value.(*goja.Object)
	if !ok {
		return nil, false
	}
	kind := obj.ExportType()
	if kind == reflect.TypeFor[goja.ArrayBuffer]() {
		buf, ok := obj.Export().(goja.ArrayBuffer)
		return buf.Bytes(), ok
	}
	if kind == nil || kind.Kind() != reflect.Slice || obj.ClassName() == "Array" {
		return nil, false // a typed array exports as a slice of numbers
	}
	inner, ok := obj.Get("buffer").(*goja.Object)
	if !ok || inner.ExportType() != reflect.TypeFor[goja.ArrayBuffer]() {
		return nil, false
	}
	buf, ok := inner.Export().(goja.ArrayBuffer)
	if !ok {
		return nil, false
	}
	raw := buf.Bytes()
	from, size := obj.Get("byteOffset").ToInteger(), obj.Get("byteLength").ToInteger()
	if from < 0 || size < 0 || from+size > int64(len(raw)) || from > math.MaxInt32 {
		return nil, false
	}
	return raw[from : from+size], true
}

// Cut shortens text to at most n bytes, between two runes.
func Cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && text[n]&0xC0 == 0x80 {
		n--
	}
	return text[:n] + "…"
}
