package template

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/teahouse/teahouse/runtime/expr"
)

func (t *Template) encode() {
	fragments := t.encodeFragments()
	modules := t.encodeModules()
	sum := sha256.Sum256(append(slices.Clip(fragments), modules...))
	t.hash = hex.EncodeToString(sum[:16])
	b := append([]byte(nil), `{"hash":"`...)
	b = append(b, t.hash...)
	b = append(b, `","fragments":`...)
	b = append(b, fragments...)
	b = append(b, modules...)
	for i := range t.Fragments {
		if slices.ContainsFunc(t.Fragments[i].Holes, func(h Hole) bool { return h.Kind == Comp }) {
			b = append(b, `,"components":true`...)
			break
		}
	}
	b = append(b, '}')
	t.structure = b
}

// Structures are the structures of all components of an app, in their order, as one JSON list. Each has
// the path of its component, since relative addresses in its markup start there.
func Structures(paths []string, templates []*Template) []byte {
	b := []byte{'['}
	for i, t := range templates {
		if i > 0 {
			b = append(b, ',')
		}
		structure := t.Structure()
		b = append(b, structure[:len(structure)-1]...)
		b = append(b, `,"path":`...)
		b = AppendString(b, paths[i])
		b = append(b, '}')
	}
	return append(b, ']')
}

// encodeModules writes the WXS modules whose functions the view script calls, and those that they
// require; null stands for each other one.
func (t *Template) encodeModules() []byte {
	sent := make([]bool, len(t.Modules))
	var send func(module int)
	send = func(module int) {
		if module >= len(sent) || sent[module] {
			return
		}
		sent[module] = true
		for _, required := range t.Modules[module].Requires {
			send(required)
		}
	}
	for i := range t.Fragments {
		f := &t.Fragments[i]
		for j := range f.Elements {
			for _, a := range f.Elements[j].Attrs {
				sendNamed(expr.Const(a.Value), send)
			}
			for _, d := range f.Elements[j].Dyn {
				sendNamed(f.Holes[d.Hole].Expr, send)
			}
		}
	}
	if !slices.Contains(sent, true) {
		return nil
	}
	b := []byte(`,"modules":[`)
	for i := range sent {
		if i > 0 {
			b = append(b, ',')
		}
		if !sent[i] {
			b = append(b, "null"...)
			continue
		}
		b = append(b, `{"path":`...)
		b = AppendString(b, t.Modules[i].Path)
		b = append(b, `,"code":`...)
		b = append(b, t.Modules[i].View...)
		b = append(b, '}')
	}
	return append(b, ']')
}

// sendNamed finds the modules whose functions an expression names for the view script.
func sendNamed(n *expr.Node, send func(module int)) {
	if text, ok := n.ConstText(); ok && IsViewFunction(text) {
		number, _, _ := strings.Cut(text[1:], ".")
		if module, err := strconv.Atoi(number); err == nil && module >= 0 {
			send(module)
		}
	}
	if n != nil {
		for _, kid := range n.Kids {
			sendNamed(kid, send)
		}
	}
}

func (t *Template) encodeFragments() []byte {
	b := []byte{'['}
	for i := range t.Fragments {
		f := &t.Fragments[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"kids":`...)
		b = f.appendKids(b, f.Kids)
		b = append(b, `,"holes":`...)
		b = strconv.AppendInt(b, int64(len(f.Holes)), 10)
		b = append(b, '}')
	}
	return append(b, ']')
}

func (f *Fragment) appendKids(b []byte, kids []Node) []byte {
	b = append(b, '[')
	for i := range kids {
		if i > 0 {
			b = append(b, ',')
		}
		b = f.appendNode(b, &kids[i])
	}
	return append(b, ']')
}

func (f *Fragment) appendNode(b []byte, n *Node) []byte {
	switch n.Kind {
	case Text:
		return AppendString(b, n.Text)
	case Elem:
		return f.appendElement(b, n.Index, n.Kids, nil)
	case Comp:
		h := &f.Holes[n.Index]
		return f.appendElement(b, h.Element, nil, func(b []byte) []byte {
			b = append(b, `,"comp":`...)
			b = strconv.AppendInt(b, int64(n.Index), 10)
			if len(h.Frags) > 0 {
				b = append(b, `,"frag":`...)
				b = strconv.AppendInt(b, int64(h.Frags[0]), 10)
			}
			return b
		})
	case Slot:
		return f.appendElement(b, f.Holes[n.Index].Element, nil, func(b []byte) []byte {
			b = append(b, `,"slot":`...)
			return strconv.AppendInt(b, int64(n.Index), 10)
		})
	case DynText:
		b = append(b, `{"t":`...)
	case UseName:
		b = append(b, `{"use":`...)
	case If:
		b = append(b, `{"if":`...)
		b = strconv.AppendInt(b, int64(n.Index), 10)
		b = append(b, `,"frags":[`...)
		for i, frag := range f.Holes[n.Index].Frags {
			if i > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(b, int64(frag), 10)
		}
		return append(b, "]}"...)
	case For:
		b = append(b, `{"for":`...)
		b = strconv.AppendInt(b, int64(n.Index), 10)
		b = append(b, `,"frag":`...)
		b = strconv.AppendInt(b, int64(f.Holes[n.Index].Frags[0]), 10)
		return append(b, '}')
	}
	b = strconv.AppendInt(b, int64(n.Index), 10)
	return append(b, '}')
}

// appendElement writes an element; more, if it is given, writes further members.
func (f *Fragment) appendElement(b []byte, id int, kids []Node, more func([]byte) []byte) []byte {
	e := &f.Elements[id]
	b = append(b, `{"tag":`...)
	b = AppendString(b, e.Tag)
	b = append(b, `,"id":`...)
	b = strconv.AppendInt(b, int64(id), 10)
	for i, a := range e.Attrs {
		b = appendOpen(b, i, `,"attrs":{`)
		b = AppendString(b, a.Name)
		b = append(b, ':')
		b = AppendPrimitive(b, a.Value)
	}
	b = appendClose(b, len(e.Attrs), '}')
	for i, d := range e.Dyn {
		b = appendOpen(b, i, `,"dyn":[`)
		b = append(b, '[')
		b = strconv.AppendInt(b, int64(d.Hole), 10)
		b = append(b, ',')
		b = AppendString(b, d.Name)
		b = append(b, ']')
	}
	b = appendClose(b, len(e.Dyn), ']')
	events := 0
	for i, h := range e.Handlers {
		if e.overridden(i) {
			continue
		}
		b = appendOpen(b, events, `,"on":{`)
		b = AppendString(b, h.Event)
		b = append(b, ':')
		b = AppendString(b, h.Phase.String())
		events++
	}
	b = appendClose(b, events, '}')
	if len(kids) > 0 {
		b = append(b, `,"kids":`...)
		b = f.appendKids(b, kids)
	}
	if more != nil {
		b = more(b)
	}
	return append(b, '}')
}

// Events returns what the browser needs of an element's handlers: per event the strongest phase,
// because a catch also stops the browser's default. It is nil without handlers.
func (f *Fragment) Events(element int) map[string]string {
	var events map[string]string
	e := &f.Elements[element]
	for i, h := range e.Handlers {
		if e.overridden(i) {
			continue
		}
		if events == nil {
			events = map[string]string{}
		}
		events[h.Event] = h.Phase.String()
	}
	return events
}

// overridden reports whether another handler of the same event is stronger than handler i.
func (e *Element) overridden(i int) bool {
	rank := func(p Phase) int { return [...]int{0, 4, 1, 2, 3}[p] }
	for j, other := range e.Handlers {
		if other.Event != e.Handlers[i].Event || j == i {
			continue
		}
		if a, b := rank(other.Phase), rank(e.Handlers[i].Phase); a > b || (a == b && j < i) {
			return true
		}
	}
	return false
}

func appendOpen(b []byte, i int, open string) []byte {
	if i == 0 {
		return append(b, open...)
	}
	return append(b, ',')
}

func appendClose(b []byte, n int, end byte) []byte {
	if n > 0 {
		return append(b, end)
	}
	return b
}

// AppendPrimitive appends a primitive as JSON. undefined, and numbers that JSON does not have,
// become null.
func AppendPrimitive(b []byte, v expr.Value) []byte {
	switch v.Kind {
	case expr.Bool:
		return strconv.AppendBool(b, v.Num != 0)
	case expr.Number:
		if math.IsNaN(v.Num) || math.IsInf(v.Num, 0) {
			return append(b, "null"...)
		}
		return expr.AppendNumber(b, v.Num)
	case expr.String:
		return AppendString(b, v.Str)
	}
	return append(b, "null"...)
}

const hexDigits = "0123456789abcdef"

// AppendString appends s as a JSON string. Invalid UTF-8 becomes the replacement character.
func AppendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < utf8.RuneSelf && c != '"' && c != '\\' {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || size != 1 {
				i += size
				continue
			}
			b = append(append(b, s[start:i]...), "\ufffd"...)
			i++
			start = i
			continue
		}
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			b = append(b, `\u00`...)
			b = append(b, hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		start = i
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}
