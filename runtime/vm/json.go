package vm

import (
	"encoding/json"
	"errors"
	"math/big"
	"strconv"
	"unicode/utf8"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/protocol"
)

var errJSON = errors.New("vm: not a JSON text")

// ParseJSON makes a value of the VM from a JSON text. It exists because JSON.parse of the engine
// costs tens of microseconds even for a small object, and because it bounds depth.
func (v Values) ParseJSON(text []byte) (goja.Value, error) {
	p := jsonParser{rt: v.rt, text: text}
	made, err := p.value(0)
	if err != nil {
		return nil, err
	}
	p.space()
	if p.at != len(p.text) {
		return nil, errJSON
	}
	return made, nil
}

type jsonParser struct {
	rt   *goja.Runtime
	text []byte
	at   int
}

func (p *jsonParser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

func (p *jsonParser) take(c byte) bool {
	p.space()
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *jsonParser) value(depth int) (goja.Value, error) {
	p.space()
	if p.at >= len(p.text) || depth > MaxValueDepth {
		return nil, errJSON
	}
	switch c := p.text[p.at]; c {
	case '{':
		return p.object(depth)
	case '[':
		return p.array(depth)
	case '"':
		text, err := p.string()
		if err != nil {
			return nil, err
		}
		return p.rt.ToValue(text), nil
	case 't':
		return p.word("true", p.rt.ToValue(true))
	case 'f':
		return p.word("false", p.rt.ToValue(false))
	case 'n':
		return p.word("null", goja.Null())
	default:
		return p.number()
	}
}

func (p *jsonParser) word(word string, v goja.Value) (goja.Value, error) {
	if len(p.text)-p.at < len(word) || string(p.text[p.at:p.at+len(word)]) != word {
		return nil, errJSON
	}
	p.at += len(word)
	return v, nil
}

func (p *jsonParser) object(depth int) (goja.Value, error) {
	p.at++
	obj := p.rt.NewObject()
	if p.take('}') {
		return obj, nil
	}
	for {
		p.space()
		if p.at >= len(p.text) || p.text[p.at] != '"' {
			return nil, errJSON
		}
		key, err := p.string()
		if err != nil || !p.take(':') {
			return nil, errJSON
		}
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		SetOwn(obj, key, v)
		if p.take('}') {
			return obj, nil
		}
		if !p.take(',') {
			return nil, errJSON
		}
	}
}

func (p *jsonParser) array(depth int) (goja.Value, error) {
	p.at++
	var items []any
	if p.take(']') {
		return p.rt.NewArray(), nil
	}
	for {
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		items = append(items, v)
		if p.take(']') {
			return p.rt.NewArray(items...), nil
		}
		if !p.take(',') {
			return nil, errJSON
		}
	}
}

// string reads a string. Escapes and invalid bytes are rare; the standard library handles them.
func (p *jsonParser) string() (string, error) {
	start := p.at
	simple := true
	for i := start + 1; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == '"':
			p.at = i + 1
			if simple {
				return string(p.text[start+1 : i]), nil
			}
			var text string
			if json.Unmarshal(p.text[start:p.at], &text) != nil {
				return "", errJSON
			}
			return text, nil
		case c == '\\':
			simple = false
			i++
		case c < ' ':
			return "", errJSON
		case c >= utf8.RuneSelf:
			simple = false
		}
	}
	return "", errJSON
}

func (p *jsonParser) number() (goja.Value, error) {
	start := p.at
	for p.at < len(p.text) {
		c := p.text[p.at]
		if c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E' {
			p.at++
			continue
		}
		break
	}
	token := p.text[start:p.at]
	if !json.Valid(token) {
		return nil, errJSON
	}
	if i, err := strconv.ParseInt(string(token), 10, 64); err == nil && string(token) != "-0" {
		return p.rt.ToValue(i), nil
	}
	f, err := strconv.ParseFloat(string(token), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return nil, errJSON
	}
	return p.rt.ToValue(f), nil
}

// Stringify is JSON.stringify for a value of the app. It returns "" for a value that JSON cannot
// express. It may run toJSON and getters, so call it inside a call or Guard; their exceptions are
// thrown on, and that of a BigInt.
func (values Values) Stringify(v goja.Value) string {
	if v == nil || goja.IsUndefined(v) {
		return ""
	}
	obj, ok := v.(*goja.Object)
	if !ok {
		if _, symbol := v.(*goja.Symbol); symbol {
			return ""
		}
		if goja.IsNaN(v) || goja.IsInfinity(v) {
			return "null"
		}
		plain := v.Export()
		if _, big := plain.(*big.Int); big {
			panic(values.NewError("TypeError", "Do not know how to serialize a BigInt"))
		}
		text, err := protocol.JSON(plain)
		if err != nil {
			return ""
		}
		return string(text)
	}
	if obj.ClassName() == "Function" {
		return ""
	}
	text, err := obj.MarshalJSON()
	if err != nil {
		panic(err)
	}
	return string(text)
}
