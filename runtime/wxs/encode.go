package wxs

import (
	"strconv"
)

// encoded writes a module as JSON for the view script, which interprets it: a node is an array whose
// first element says what it is, see docs/wxs.md.
func encoded(fn *function) []byte { return appendFunction(nil, fn) }

func appendFunction(b []byte, fn *function) []byte {
	b = append(b, `["f",`...)
	b = strconv.AppendInt(b, int64(len(fn.params)), 10)
	b = append(b, ',')
	b = strconv.AppendInt(b, int64(fn.slots), 10)
	b = append(b, ',')
	b = strconv.AppendInt(b, int64(fn.self), 10)
	b = append(b, ",["...)
	for i, d := range fn.inner {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		b = strconv.AppendInt(b, int64(d.slot), 10)
		b = append(b, ',')
		b = appendFunction(b, d.kids[0].fn)
		b = append(b, ']')
	}
	b = append(b, "],"...)
	b = appendList(b, fn.body)
	return append(b, ']')
}

func appendList(b []byte, list []*node) []byte {
	b = append(b, '[')
	first := true
	for _, n := range list {
		if n != nil && n.op == stDeclare {
			continue // made when the function begins
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = n.append(b)
	}
	return append(b, ']')
}

// kids appends each of the nodes with a comma before it.
func appendKids(b []byte, kids []*node) []byte {
	for _, kid := range kids {
		b = append(b, ',')
		b = kid.append(b)
	}
	return b
}

func appendText(b []byte, s string) []byte {
	b = append(b, ',')
	return append(b, quoted(s)...)
}

func appendInt(b []byte, n int) []byte {
	b = append(b, ',')
	return strconv.AppendInt(b, int64(n), 10)
}

func (n *node) append(b []byte) []byte {
	if n == nil || n.op == stDeclare {
		return append(b, "null"...)
	}
	switch n.op {
	case opFunction:
		return appendFunction(b, n.fn)
	case opText:
		return append(b, quoted(n.text)...)
	case opNumber:
		if number(n.num) == "Infinity" { // a literal such as 1e999
			return append(b, `["g","Infinity"]`...)
		}
		return append(b, number(n.num)...)
	case opWord:
		if n.text == "undefined" {
			return append(b, `["_"]`...)
		}
		if n.text == "null" {
			return append(b, `["0"]`...) // null itself is a node that is missing
		}
		return append(b, n.text...)
	}
	b = append(b, '[')
	b = append(b, quoted(n.op)...)
	switch n.op {
	case opLocal:
		b = appendInt(b, n.hops)
		b = appendInt(b, n.slot)
	case opLibrary, opField, opUnary, opBinary:
		b = appendText(b, n.text)
	case opAssign:
		b = appendText(b, n.text)
	case opUpdate:
		b = appendInt(b, map[string]int{"++": 1, "--": -1}[n.text])
		b = appendInt(b, int(n.num))
	case opRequire:
		b = appendInt(b, int(n.num))
	case stLabel, stBreak, stContinue:
		b = appendInt(b, n.line)
		b = appendText(b, n.text)
	case stExpression, stReturn, stIf, stFor, stWhile, stDo, stIn, stSwitch:
		b = appendInt(b, n.line)
	case stBlock:
		b = append(b, ',')
		b = appendList(b, n.kids)
		return append(b, ']')
	case stCase:
		b = append(b, ',')
		b = n.kids[0].append(b)
		b = append(b, ',')
		b = appendList(b, n.kids[1:])
		return append(b, ']')
	}
	b = appendKids(b, n.kids)
	return append(b, ']')
}
