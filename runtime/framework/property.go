package framework

import (
	"fmt"
	"math"
	"reflect"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

// valueType is the type of a property, as definitions name it by its constructor.
type valueType uint8

const (
	typeAny valueType = iota
	typeString
	typeNumber
	typeBoolean
	typeObject
	typeArray
	typeFunction
	typeInvalid
)

// property is one property of a component.
type property struct {
	name     string
	path     []any // the name as a path, the same for all changes that give the property
	kind     valueType
	optional []valueType   // other types that are taken as they are
	initial  goja.Value    // its value while none is given, or nil
	observer goja.Callable // of the property itself, or nil
}

// types are the constructors by which definitions name types.
type types struct {
	vm     *vm.VM
	ctors  map[goja.Value]valueType
	warned map[string]bool // wrong values that are in the log
}

func (t *types) of(v goja.Value) valueType {
	if v == nil || goja.IsUndefined(v) || goja.IsNull(v) {
		return typeAny
	}
	if t.ctors == nil {
		t.ctors = map[goja.Value]valueType{}
		for name, kind := range map[string]valueType{"String": typeString, "Number": typeNumber,
			"Boolean": typeBoolean, "Object": typeObject, "Array": typeArray, "Function": typeFunction} {
			t.ctors[t.vm.Runtime().Get(name)] = kind
		}
	}
	if obj, ok := v.(*goja.Object); ok {
		if kind, known := t.ctors[obj]; known {
			return kind
		}
	}
	return typeInvalid
}

// warnOnce logs a warning that would come with every update only the first time.
func (t *types) warnOnce(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if t.warned[text] || len(t.warned) >= MaxWarnings {
		return
	}
	if t.warned == nil {
		t.warned = map[string]bool{}
	}
	t.warned[text] = true
	t.vm.Warn("%s", text)
}

// property reads the definition of a property: a type, or an object with a type. A type that is none is
// a warning and takes every value, since the vendor's client does so: components in wide use list types as
// [Boolean, String].
func (t *types) property(d *definition, name string, def goja.Value) *property {
	p := &property{name: name, path: []any{name}, kind: t.of(def)}
	if p.kind != typeInvalid {
		return p
	}
	long, ok := def.(*goja.Object)
	if !ok || isFunction(def) {
		t.vm.Warn("%s: property %q has the type %s. The types are String, Number, Boolean, Object, Array, "+
			"Function and null.", d.is, name, kindOf(def))
		p.kind = typeAny
		return p
	}
	p.kind = t.of(long.Get("type"))
	for _, other := range t.vm.Elements(long.Get("optionalTypes")) {
		p.optional = append(p.optional, t.of(other))
	}
	if len(p.optional) > 0 && (p.kind == typeAny || p.kind == typeInvalid) {
		p.kind = p.optional[0]
	}
	if p.kind == typeInvalid {
		t.vm.Warn("%s: property %q has a type that is none of String, Number, Boolean, Object, Array, "+
			"Function and null.", d.is, name)
		p.kind = typeAny
	}
	if v := long.Get("value"); v != nil && !goja.IsUndefined(v) {
		p.initial = v
	}
	observer := long.Get("observer")
	switch p.observer, _ = goja.AssertFunction(observer); {
	case p.observer != nil, observer == nil, goja.IsUndefined(observer):
	default:
		method, named := d.methods[vm.TextOf(observer)]
		if !named {
			t.vm.Warn("%s: the observer of property %q is neither a function nor the name of a method.", d.is, name)
			break
		}
		p.observer, _ = goja.AssertFunction(method)
	}
	return p
}

// zero is what a property of the type has when nothing fits it.
func (t *types) zero(kind valueType) goja.Value {
	rt := t.vm.Runtime()
	switch kind {
	case typeString:
		return rt.ToValue("")
	case typeNumber:
		return rt.ToValue(0)
	case typeBoolean:
		return rt.ToValue(false)
	case typeArray:
		return rt.NewArray()
	case typeFunction:
		return t.vm.Function("", func(goja.FunctionCall) goja.Value { return goja.Undefined() })
	default:
		return goja.Null()
	}
}

// fits reports whether the property takes a primitive value as it is, which most are.
func (p *property) fits(v goja.Value) bool {
	switch p.kind {
	case typeString:
		_, isText := v.(goja.String)
		return isText
	case typeNumber:
		return goja.IsNumber(v) && isFinite(v)
	case typeBoolean:
		is := v.ExportType() // nil for undefined and null
		return is != nil && is.Kind() == reflect.Bool
	}
	return false
}

// convert makes a value fit the type of a property, as the vendor's framework does, and warns of values
// that do not.
func (t *types) convert(is string, p *property, v goja.Value) goja.Value {
	for _, kind := range p.optional {
		if matches(kind, v) {
			return v
		}
	}
	rt := t.vm.Runtime()
	wrong := func(want, does string) {
		t.warnOnce("%s: property %q wants %s and was given %s. %s", is, p.name, want, kindOf(v), does)
	}
	const replaced = "It has its type's empty value instead."
	switch p.kind {
	case typeString:
		if v == nil || goja.IsUndefined(v) || goja.IsNull(v) {
			wrong("a string", replaced)
			return t.zero(p.kind)
		}
		if _, isObject := v.(*goja.Object); isObject && !isFunction(v) {
			wrong("a string", "It was made a string.")
		}
		if _, isText := v.(goja.String); isText {
			return v
		}
		return rt.ToValue(v.String())
	case typeNumber:
		if !isSymbol(v) && isFinite(v) {
			return v.ToNumber()
		}
		wrong("a number", replaced)
		return t.zero(p.kind)
	case typeBoolean:
		return rt.ToValue(v.ToBoolean())
	case typeArray:
		if isArray(v) {
			return v
		}
		wrong("an array", replaced)
		return t.zero(p.kind)
	case typeObject:
		if _, isObject := v.(*goja.Object); (isObject && !isFunction(v)) || goja.IsNull(v) {
			return v
		}
		wrong("an object", replaced)
		return t.zero(p.kind)
	case typeFunction:
		if isFunction(v) {
			return v
		}
		wrong("a function", replaced)
		return t.zero(p.kind)
	}
	if goja.IsUndefined(v) {
		return t.zero(typeAny)
	}
	return v
}

// matches reports whether a value has one of the optional types.
func matches(kind valueType, v goja.Value) bool {
	_, isObject := v.(*goja.Object)
	switch kind {
	case typeString:
		_, isText := v.(goja.String)
		return isText
	case typeNumber:
		return kindOf(v) == "a number" && isFinite(v)
	case typeBoolean:
		return kindOf(v) == "a boolean"
	case typeObject:
		return isObject && !isArray(v) && !isFunction(v) || goja.IsNull(v)
	case typeArray:
		return isArray(v)
	case typeFunction:
		return isFunction(v)
	}
	return !goja.IsUndefined(v)
}

func isFunction(v goja.Value) bool {
	_, ok := goja.AssertFunction(v)
	return ok
}

func isArray(v goja.Value) bool {
	obj, ok := v.(*goja.Object)
	return ok && obj.ClassName() == "Array"
}

func isFinite(v goja.Value) bool {
	n := v.ToFloat()
	return !math.IsNaN(n) && !math.IsInf(n, 0)
}

// kindOf says in a message what a value is, without saying the value, which may be a user's.
func kindOf(v goja.Value) string {
	switch v.(type) {
	case nil:
		return "undefined"
	case goja.String:
		return "a string"
	case *goja.Symbol:
		return "a symbol"
	case *goja.Object:
		switch {
		case isFunction(v):
			return "a function"
		case isArray(v):
			return "an array"
		}
		return "an object"
	}
	switch {
	case goja.IsUndefined(v):
		return "undefined"
	case goja.IsNull(v):
		return "null"
	case v.ExportType().Kind() == reflect.Bool:
		return "a boolean"
	}
	if v.ExportType().Kind() == reflect.Float64 && !isFinite(v) {
		return v.String() // NaN or an infinity: its name says what is wrong
	}
	return "a number"
}

func isSymbol(v goja.Value) bool {
	_, ok := v.(*goja.Symbol)
	return ok
}
