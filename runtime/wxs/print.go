package wxs

import (
	"encoding/json"
	"strings"

	"github.com/teahouse/teahouse/runtime/expr"
)

func number(f float64) string { return expr.FormatNumber(f) }

// quoted writes a text as a literal of JSON, which is one of JavaScript too.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string can always be encoded
	}
	return string(b)
}

// printer writes a module as JavaScript for the engine on the server. Every variable of the module gets
// a "$" before its name, so that none can be a global of the program or a reserved word. Statements stay
// in their lines, so that errors name the developer's line without a source map.
type printer struct {
	strings.Builder
	at int // the line that is being written
}

// javascript is an expression that makes the module: a function of (module, exports, require, library).
func javascript(fn *function, line int) string {
	p := &printer{at: 1}
	p.lineTo(line)
	p.WriteString(`(function ($module, $exports, __require, __library) {"use strict";`)
	p.variables(fn)
	p.statements(fn.body)
	p.WriteString("})")
	return p.String()
}

func (p *printer) lineTo(line int) {
	for ; p.at < line; p.at++ {
		p.WriteByte('\n')
	}
}

// variables declares the names that are no parameters or functions: those of var, and undeclared ones.
func (p *printer) variables(fn *function) {
	seen := map[string]bool{}
	for _, name := range fn.params {
		seen[name] = true
	}
	var names []string
	note := func(n *node) {
		if n.op == opLocal && !seen[n.text] {
			seen[n.text] = true
			names = append(names, "$"+n.text)
		}
	}
	declared := map[string]bool{fn.name: true}
	for _, d := range fn.inner {
		declared[d.text] = true
	}
	for _, n := range fn.body {
		n.own(0, note)
	}
	kept := names[:0]
	for _, name := range names {
		if !declared[name[1:]] {
			kept = append(kept, name)
		}
	}
	if len(kept) > 0 {
		p.WriteString("var " + strings.Join(kept, ",") + ";")
	}
}

// own visits every use of a variable of the function that is `depth` functions outwards from the node.
func (n *node) own(depth int, visit func(*node)) {
	if n == nil {
		return
	}
	if n.op == opLocal && n.hops == depth {
		visit(n)
	}
	for _, kid := range n.kids {
		kid.own(depth, visit)
	}
	if n.fn != nil {
		for _, s := range n.fn.body {
			s.own(depth+1, visit)
		}
	}
}

func (p *printer) statements(list []*node) {
	for _, n := range list {
		p.statement(n)
	}
}

func (p *printer) statement(n *node) {
	if n == nil {
		p.WriteByte(';')
		return
	}
	p.lineTo(n.line)
	switch n.op {
	case stExpression:
		p.WriteByte('(') // so that it cannot begin as a block or a declaration
		p.expression(n.kids[0])
		p.WriteString(");")
	case stDeclare:
		p.function(n.kids[0].fn, n.text)
	case stReturn:
		p.WriteString("return ")
		if n.kids[0] != nil {
			p.expression(n.kids[0])
		}
		p.WriteByte(';')
	case stIf:
		p.WriteString("if (")
		p.expression(n.kids[0])
		p.WriteByte(')')
		p.block(n.kids[1])
		if n.kids[2] != nil {
			p.WriteString("else ")
			p.block(n.kids[2])
		}
	case stFor:
		p.WriteString("for (")
		for i, kid := range n.kids[:3] {
			if kid != nil {
				p.expression(kid)
			}
			if i < 2 {
				p.WriteByte(';')
			}
		}
		p.WriteByte(')')
		p.block(n.kids[3])
	case stIn:
		p.WriteString("for (")
		p.expression(n.kids[0])
		p.WriteString(" in ")
		p.expression(n.kids[1])
		p.WriteByte(')')
		p.block(n.kids[2])
	case stWhile:
		p.WriteString("while (")
		p.expression(n.kids[0])
		p.WriteByte(')')
		p.block(n.kids[1])
	case stDo:
		p.WriteString("do ")
		p.block(n.kids[0])
		p.WriteString("while (")
		p.expression(n.kids[1])
		p.WriteString(");")
	case stBlock:
		p.WriteByte('{')
		p.statements(n.kids)
		p.WriteByte('}')
	case stBreak, stContinue:
		p.WriteString(map[string]string{stBreak: "break", stContinue: "continue"}[n.op])
		if n.text != "" {
			p.WriteString(" $" + n.text)
		}
		p.WriteByte(';')
	case stLabel:
		p.WriteString("$" + n.text + ":")
		p.statement(n.kids[0])
	case stSwitch:
		p.WriteString("switch (")
		p.expression(n.kids[0])
		p.WriteString(") {")
		for _, c := range n.kids[1:] {
			if c.kids[0] == nil {
				p.WriteString("default:")
			} else {
				p.WriteString("case ")
				p.expression(c.kids[0])
				p.WriteByte(':')
			}
			p.statements(c.kids[1:])
		}
		p.WriteByte('}')
	}
}

// block writes a statement in braces, so that an else belongs to the right if.
func (p *printer) block(n *node) {
	p.WriteByte('{')
	p.statement(n)
	p.WriteByte('}')
}

func (p *printer) function(fn *function, name string) {
	p.WriteString("function ")
	if name != "" {
		p.WriteString("$" + name)
	}
	p.WriteByte('(')
	for i, param := range fn.params {
		if i > 0 {
			p.WriteByte(',')
		}
		p.WriteString("$" + param)
	}
	p.WriteString("){")
	p.variables(fn)
	p.statements(fn.body)
	p.WriteByte('}')
}

func (p *printer) list(kids []*node) {
	for i, kid := range kids {
		if i > 0 {
			p.WriteByte(',')
		}
		p.expression(kid)
	}
}

func (p *printer) expression(n *node) {
	switch n.op {
	case opText:
		p.WriteString(quoted(n.text))
	case opNumber:
		p.WriteString("(" + number(n.num) + ")")
	case opWord:
		p.WriteString(map[string]string{"undefined": "(void 0)"}[n.text])
		if n.text != "undefined" {
			p.WriteString(n.text)
		}
	case opLocal:
		p.WriteString("$" + n.text)
	case opLibrary:
		switch n.text {
		case "getDate", "getRegExp":
			p.WriteString("__library." + n.text)
		default:
			p.WriteString(n.text)
		}
	case opRequire:
		p.WriteString("__require(" + number(n.num) + ")")
	case opThis:
		p.WriteString("this")
	case opArguments:
		p.WriteString("arguments")
	case opFunction:
		p.WriteByte('(')
		p.function(n.fn, n.fn.name)
		p.WriteByte(')')
	case opArray:
		p.WriteByte('[')
		p.list(n.kids)
		p.WriteByte(']')
	case opObject:
		p.WriteString("({")
		for i, field := range n.kids {
			if i > 0 {
				p.WriteByte(',')
			}
			p.WriteString(quoted(field.text) + ":")
			p.expression(field.kids[0])
		}
		p.WriteString("})")
	case opMember:
		if key := n.kids[1]; key.op == opText && key.text == "constructor" {
			p.WriteString("__library.kind(")
			p.expression(n.kids[0])
			p.WriteByte(')')
			return
		}
		p.member(n)
	case opCall:
		p.expression(n.kids[0])
		p.WriteByte('(')
		p.list(n.kids[1:])
		p.WriteByte(')')
	case opSequence:
		p.WriteByte('(')
		p.list(n.kids)
		p.WriteByte(')')
	default:
		p.WriteByte('(')
		p.operation(n)
		p.WriteByte(')')
	}
}

func (p *printer) member(n *node) {
	p.expression(n.kids[0])
	p.WriteByte('[')
	p.expression(n.kids[1])
	p.WriteByte(']')
}

func (p *printer) operation(n *node) {
	switch n.op {
	case opUnary:
		p.WriteString(n.text + " ")
		if n.text == "delete" {
			p.member(n.kids[0])
			return
		}
		p.expression(n.kids[0])
	case opBinary:
		p.expression(n.kids[0])
		p.WriteString(" " + n.text + " ")
		if n.text == "instanceof" {
			p.WriteString(n.kids[1].text)
			return
		}
		p.expression(n.kids[1])
	case opCondition:
		p.expression(n.kids[0])
		p.WriteByte('?')
		p.expression(n.kids[1])
		p.WriteByte(':')
		p.expression(n.kids[2])
	case opAssign:
		p.target(n.kids[0])
		p.WriteString(n.text + "=")
		p.expression(n.kids[1])
	case opUpdate:
		if n.num != 0 {
			p.WriteString(n.text)
		}
		p.target(n.kids[0])
		if n.num == 0 {
			p.WriteString(n.text)
		}
	}
}

func (p *printer) target(n *node) {
	if n.op == opMember {
		p.member(n)
		return
	}
	p.expression(n)
}
