package view

import (
	"time"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/expr"
	"github.com/teahouse/teahouse/runtime/template"
)

// appendJSON appends a value as JSON.stringify would, but without functions and without calling
// toJSON.
func (t *Tree) appendJSON(b []byte, v expr.Value, depth int) []byte {
	if v.Kind < expr.Object {
		return template.AppendPrimitive(b, v)
	}
	if depth > MaxValueDepth || t.tooLarge(b) {
		t.failValue()
		return append(b, "null"...)
	}
	if v.IsArray() {
		b = append(b, '[')
		for i, n := 0, v.Len(); i < n && t.err == nil; i++ {
			if i > 0 {
				b = append(b, ',')
			}
			b = t.appendJSON(b, v.Index(i).Shown(), depth+1)
			if t.tooLarge(b) {
				t.failValue()
			}
		}
		return append(b, ']')
	}
	if object, ok := v.Ref.(*goja.Object); ok {
		switch object.ClassName() {
		case "Function":
			return append(b, "null"...)
		case "Date":
			if at, ok := object.Export().(time.Time); ok {
				return template.AppendString(b, at.UTC().Format("2006-01-02T15:04:05.000Z"))
			}
		}
	}
	b = append(b, '{')
	first := true
	for _, key := range v.Keys() {
		field := v.Get(key).Shown()
		if field.Kind == expr.Undefined || isFunction(field) || t.err != nil {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = template.AppendString(b, key)
		b = append(b, ':')
		b = t.appendJSON(b, field, depth+1)
	}
	return append(b, '}')
}

func (t *Tree) tooLarge(b []byte) bool { return len(b) > t.limits.ValueBytes }

func (t *Tree) failValue() {
	if t.err == nil {
		t.err = fault.Errorf(fault.TooLarge, "view-value-too-large",
			"An attribute is given an object that is nested more than %d deep, or larger than "+
				"%d KB. Does it contain itself?", MaxValueDepth, t.limits.ValueBytes>>10)
	}
}

func isFunction(v expr.Value) bool {
	object, ok := v.Ref.(*goja.Object)
	return ok && object.ClassName() == "Function"
}
