// Package document is what the database of wx.cloud does with one document: whether a condition is true
// of it, what an update makes of it, where it sorts, and which part of it is shown. It follows MongoDB,
// whose rules programs written for the vendor's database rely on, and knows nothing of how documents are
// kept.
//
// A value is nil, a bool, a float64, a string, a Date, an Array or an Object. On the wire they are JSON,
// and a date is {"$date": milliseconds}.
package document

import (
	"math"
	"strconv"

	"github.com/teahouse/teahouse/fault"
)

type (
	// Date is in milliseconds since 1970.
	Date int64
	// Array is a list of values.
	Array []any
	// Object keeps its fields in the order in which they were set, because programs see it.
	Object []Field
	// Field is one field of an Object.
	Field struct {
		Name  string
		Value any
	}
)

// invalid is the fault for what a program has sent.
func invalid(format string, args ...any) error {
	return fault.Errorf(fault.Invalid, "cloud-invalid", format, args...)
}

// Get returns a field of the object.
func (o Object) Get(name string) (any, bool) {
	for i := range o {
		if o[i].Name == name {
			return o[i].Value, true
		}
	}
	return nil, false
}

// with returns the object with a field set. The receiver is not used afterwards.
func (o Object) with(name string, value any) Object {
	for i := range o {
		if o[i].Name == name {
			o[i].Value = value
			return o
		}
	}
	return append(o, Field{name, value})
}

// without returns the object without a field.
func (o Object) without(name string) Object {
	for i := range o {
		if o[i].Name == name {
			return append(o[:i:i], o[i+1:]...)
		}
	}
	return o
}

// Identify returns a document with its ID and its owner in front. owner is "" for what no person has made.
func Identify(doc Object, id any, owner string) Object {
	made := Object{{"_id", id}}
	if owner != "" {
		made = append(made, Field{"_openid", owner})
	}
	for _, f := range doc {
		if f.Name != "_id" && f.Name != "_openid" {
			made = append(made, f)
		}
	}
	return made
}

// Encode writes a value as JSON.
func Encode(value any) []byte { return appendJSON(nil, value) }

func appendJSON(out []byte, value any) []byte {
	switch v := value.(type) {
	case nil:
		return append(out, "null"...)
	case bool:
		return strconv.AppendBool(out, v)
	case float64:
		return appendNumber(out, v)
	case string:
		return appendText(out, v)
	case Date:
		out = append(out, `{"$date":`...)
		return append(strconv.AppendInt(out, int64(v), 10), '}')
	case Array:
		out = append(out, '[')
		for i, item := range v {
			if i > 0 {
				out = append(out, ',')
			}
			out = appendJSON(out, item)
		}
		return append(out, ']')
	case Object:
		out = append(out, '{')
		for i, f := range v {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(appendText(out, f.Name), ':')
			out = appendJSON(out, f.Value)
		}
		return append(out, '}')
	}
	panic("document: not a value")
}

// appendNumber writes a number so that reading it gives the same one, in at most 25 bytes.
func appendNumber(out []byte, v float64) []byte {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return strconv.AppendInt(out, int64(v), 10)
	}
	return strconv.AppendFloat(out, v, 'g', -1, 64)
}

// appendText writes a text with nothing escaped that need not be: most are Chinese, or markup.
func appendText(out []byte, text string) []byte {
	out = append(out, '"')
	plain := 0
	for i := range len(text) {
		c := text[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		out = append(out, text[plain:i]...)
		if c >= ' ' {
			out = append(out, '\\', c)
		} else {
			out = append(out, `\u00`...)
			out = append(out, hexDigits[c>>4], hexDigits[c&15])
		}
		plain = i + 1
	}
	out = append(out, text[plain:]...)
	return append(out, '"')
}

const hexDigits = "0123456789abcdef"
