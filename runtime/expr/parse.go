package expr

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lookup resolves a name inside wx:for to the item or the index of an enclosing list, depth levels
// up. A name that is neither is a field of the data.
type Lookup func(name string) (v Var, depth int, ok bool)

// Module resolves a name to a WXS module. The names of an enclosing wx:for come first.
type Module func(name string) (module int, ok bool)

// SyntaxError is an error in an expression. Offset is in bytes from the start of the source.
type SyntaxError struct {
	Offset  int
	Message string
}

func (e *SyntaxError) Error() string { return e.Message }

// Options tune ParseText.
type Options struct {
	Lookup Lookup
	Module Module
	// Unescape decodes the character references of constant text; nil leaves them.
	Unescape func(string) string
	// Fields reads a single name as an object with this field, as in <template data="{{item}}">.
	Fields bool
}

// ParseText parses text that contains expressions between {{ and }}. A text without expressions is
// a constant string. A single expression keeps its type. A mixture of text and expressions is a
// string.
func ParseText(src string, opts Options) (*Node, error) {
	if len(src) > MaxSource {
		return nil, &SyntaxError{0, fmt.Sprintf(
			"The text is longer than %d bytes. Move a part of it into the data.", MaxSource)}
	}
	unescape := opts.Unescape
	if unescape == nil {
		unescape = func(s string) string { return s }
	}
	var parts []*Node
	rest := 0
	for {
		open := strings.Index(src[rest:], "{{")
		if open < 0 {
			break
		}
		open += rest
		if open > rest {
			parts = append(parts, Const(Text(unescape(src[rest:open]))))
		}
		p := &parser{src: src, pos: open + 2, lookup: opts.Lookup, module: opts.Module}
		node, err := p.inside(opts.Fields, open)
		if err != nil {
			return nil, err
		}
		parts = append(parts, node)
		rest = p.pos
	}
	if rest < len(src) || len(parts) == 0 {
		parts = append(parts, Const(Text(unescape(src[rest:]))))
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return &Node{Op: OpConcat, Kids: parts}, nil
}

type parser struct {
	src    string
	pos    int
	depth  int
	lookup Lookup
	module Module
}

// inside parses the text after "{{" up to and including "}}". The parser panics with a
// *SyntaxError, which is recovered here.
func (p *parser) inside(fields bool, open int) (node *Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			fault, ok := r.(*SyntaxError)
			if !ok {
				panic(r)
			}
			node, err = nil, fault
		}
	}()
	if p.space(); p.peek("}}") {
		p.pos += 2
		return Const(Value{}), nil
	}
	if p.looksLikeFields(fields) {
		node = p.record("}}")
	} else {
		node = p.cond()
	}
	if p.space(); !p.peek("}}") {
		if p.pos >= len(p.src) {
			p.pos = open
			p.fail("“{{” is not closed. Add “}}” after the expression.")
		}
		p.fail("“%s” is not expected here. Check the expression, or close it with “}}”.", p.word())
	}
	p.pos += 2
	return node, nil
}

func (p *parser) looksLikeFields(lone bool) bool {
	if p.peek("...") {
		return true
	}
	start := p.pos
	defer func() { p.pos = start }()
	if p.name() == "" && !p.skipString() {
		return false
	}
	p.space()
	return p.peek(":") || p.peek(",") || (lone && p.peek("}}"))
}

func (p *parser) skipString() bool {
	if p.pos >= len(p.src) || (p.src[p.pos] != '"' && p.src[p.pos] != '\'') {
		return false
	}
	end := strings.IndexByte(p.src[p.pos+1:], p.src[p.pos])
	if end < 0 {
		return false
	}
	p.pos += end + 2
	p.space()
	return p.peek(":")
}

func (p *parser) fail(format string, args ...any) {
	panic(&SyntaxError{min(p.pos, len(p.src)), fmt.Sprintf(format, args...)})
}

// word is the text at the current position, for messages.
func (p *parser) word() string {
	rest := p.src[p.pos:]
	end := 0
	for i, r := range rest {
		if i > 0 && (unicode.IsSpace(r) || i > 12) {
			break
		}
		end = i + utf8.RuneLen(r)
		if r == utf8.RuneError {
			end = i + 1
		}
	}
	return strings.ToValidUTF8(rest[:min(end, len(rest))], "?")
}

func (p *parser) peek(s string) bool { return strings.HasPrefix(p.src[p.pos:], s) }

func (p *parser) eat(s string) bool {
	p.space()
	if !p.peek(s) {
		return false
	}
	p.pos += len(s)
	return true
}

func (p *parser) space() {
	for p.pos < len(p.src) {
		r, size := utf8.DecodeRuneInString(p.src[p.pos:])
		switch {
		case isJSSpace(r):
			p.pos += size
		case p.peek("/*"):
			end := strings.Index(p.src[p.pos+2:], "*/")
			if end < 0 {
				p.fail("The comment is not closed. Add “*/”.")
			}
			p.pos += end + 4
		default:
			return
		}
	}
}

func (p *parser) enter() {
	if p.depth++; p.depth > MaxDepth {
		p.fail("The expression is nested more than %d deep. Compute it in the page's data.", MaxDepth)
	}
}

func (p *parser) cond() *Node {
	p.enter()
	defer func() { p.depth-- }()
	test := p.binary(0)
	p.space()
	if !p.peek("?") {
		return test
	}
	p.pos++
	yes := p.cond()
	if !p.eat(":") {
		p.fail("“?” has no “:”. Write condition ? a : b.")
	}
	return &Node{Op: OpCond, Kids: []*Node{test, yes, p.cond()}}
}

type operator struct {
	text string
	op   Op
}

// The binary operators, lowest precedence first. Within a level a longer operator comes before its
// prefixes.
var levels = [][]operator{
	{{"||", OpOr}, {"??", OpNullish}},
	{{"&&", OpAnd}},
	{{"|", OpBitOr}},
	{{"^", OpBitXor}},
	{{"&", OpBitAnd}},
	{{"===", OpEqStrict}, {"!==", OpNeStrict}, {"==", OpEq}, {"!=", OpNe}},
	{{"<=", OpLe}, {">=", OpGe}, {"<", OpLt}, {">", OpGt}},
	{{"<<", OpShl}, {">>>", OpUshr}, {">>", OpShr}},
	{{"+", OpAdd}, {"-", OpSub}},
	{{"*", OpMul}, {"/", OpDiv}, {"%", OpMod}},
}

func (p *parser) binary(level int) *Node {
	if level == len(levels) {
		return p.unary()
	}
	left := p.binary(level + 1)
	for chain := 0; ; chain++ {
		op, ok := p.operator(level)
		if !ok {
			return left
		}
		if chain > MaxDepth*10 {
			p.fail("The expression is too long. Compute it in the page's data.")
		}
		left = &Node{Op: op, Kids: []*Node{left, p.binary(level + 1)}}
	}
}

func (p *parser) operator(level int) (Op, bool) {
	p.space()
	for _, o := range levels[level] {
		if !p.peek(o.text) {
			continue
		}
		next := p.src[p.pos+len(o.text):]
		switch o.op {
		case OpBitOr, OpBitAnd: // not the first half of || and &&
			if strings.HasPrefix(next, o.text) {
				return 0, false
			}
		case OpLt, OpGt: // not the first half of << and >>
			if strings.HasPrefix(next, o.text) {
				continue
			}
		}
		p.pos += len(o.text)
		return o.op, true
	}
	return 0, false
}

var unaries = []operator{
	{"!", OpNot}, {"~", OpBitNot}, {"+", OpPlus}, {"-", OpNeg}, {"typeof", OpTypeof}, {"void", OpVoid},
}

func (p *parser) unary() *Node {
	p.enter()
	defer func() { p.depth-- }()
	p.space()
	for _, o := range unaries {
		if !p.peek(o.text) {
			continue
		}
		if len(o.text) > 1 { // a keyword must not be the beginning of a name
			start := p.pos
			if p.name() != o.text {
				p.pos = start
				continue
			}
		} else {
			p.pos++
		}
		return &Node{Op: o.op, Kids: []*Node{p.unary()}}
	}
	return p.member()
}

func (p *parser) member() *Node {
	node := p.primary()
	for chain := 0; ; chain++ {
		if chain > MaxDepth {
			p.fail("The path is longer than %d members. Put the value into the page's data.", MaxDepth)
		}
		p.space()
		switch {
		case p.peek("?.") && !(p.pos+2 < len(p.src) && isDigit(p.src[p.pos+2])):
			// Every path is optional here, so "?." means the same as ".".
			p.pos += 2
			if p.space(); !p.peek("[") && !p.peek("(") {
				node = p.dot(node)
			}
		case p.peek(".") && !p.peek("..."):
			p.pos++
			node = p.dot(node)
		case p.peek("["):
			p.pos++
			key := p.cond()
			if !p.eat("]") {
				p.fail("“[” is not closed. Add “]”.")
			}
			node = &Node{Op: OpAt, Kids: []*Node{node, key}}
		case p.peek("("):
			p.pos++
			node = &Node{Op: OpCall, Kids: append([]*Node{node}, p.list(")")...)}
		default:
			return node
		}
	}
}

func (p *parser) dot(node *Node) *Node {
	p.space()
	name := p.name()
	if name == "" {
		p.fail("After “.” the name of a member is missing.")
	}
	return &Node{Op: OpMember, Str: name, Kids: []*Node{node}}
}

func (p *parser) primary() *Node {
	p.space()
	if p.pos >= len(p.src) || p.peek("}}") {
		p.fail("The expression ends too early. Complete it before “}}”.")
	}
	switch c := p.src[p.pos]; {
	case c == '(':
		p.pos++
		node := p.cond()
		if !p.eat(")") {
			p.fail("“(” is not closed. Add “)”.")
		}
		return node
	case c == '[':
		p.pos++
		return &Node{Op: OpArray, Kids: p.list("]")}
	case c == '{':
		p.pos++
		node := p.record("}")
		p.pos++
		return node
	case c == '"' || c == '\'':
		return p.str(c)
	case c == '`':
		p.fail("Backticks cannot be used in an expression. Write the text in quotes, and join parts with “+”.")
	case isDigit(c) || c == '.' && p.pos+1 < len(p.src) && isDigit(p.src[p.pos+1]):
		return p.number()
	}
	name := p.name()
	switch name {
	case "":
		p.fail("“%s” cannot be used in an expression.", p.word())
	case "true":
		return Const(boolean(true))
	case "false":
		return Const(boolean(false))
	case "null":
		return Const(Value{Kind: Null})
	case "undefined":
		return Const(Value{})
	}
	return p.identifier(name)
}

func (p *parser) identifier(name string) *Node {
	if p.lookup != nil {
		if v, depth, ok := p.lookup(name); ok {
			if v == Item {
				return &Node{Op: OpItem, Num: depth}
			}
			return &Node{Op: OpIndex, Num: depth}
		}
	}
	if p.module != nil {
		if module, ok := p.module(name); ok {
			return &Node{Op: OpModule, Num: module}
		}
	}
	return &Node{Op: OpRoot, Str: name}
}

// list parses elements up to and including the closing bracket.
func (p *parser) list(end string) []*Node {
	var kids []*Node
	for {
		if p.eat(end) {
			return kids
		}
		if p.peek(",") { // a missing element of an array
			p.pos++
			kids = append(kids, Const(Value{}))
			continue
		}
		if p.eat("...") {
			kids = append(kids, &Node{Op: OpSpread, Kids: []*Node{p.cond()}})
		} else {
			kids = append(kids, p.cond())
		}
		if p.eat(",") {
			continue
		}
		if !p.eat(end) {
			p.fail("“%s” or “,” is missing.", end)
		}
		return kids
	}
}

// record parses fields up to the closing brackets, which it does not consume.
func (p *parser) record(end string) *Node {
	node := &Node{Op: OpRecord}
	for {
		if p.space(); p.peek(end) {
			return node
		}
		node.Kids = append(node.Kids, p.field())
		if p.eat(",") {
			continue
		}
		if p.space(); !p.peek(end) {
			p.fail("“,” or “%s” is missing after the field.", end)
		}
		return node
	}
}

func (p *parser) field() *Node {
	if p.eat("...") {
		return &Node{Op: OpSpread, Kids: []*Node{p.cond()}}
	}
	var name string
	short := false
	switch c := p.at(); {
	case c == '"' || c == '\'':
		name = p.str(c).Val.Str
	case isDigit(c):
		name = p.number().Val.ToString()
	default:
		name, short = p.name(), true
	}
	if name == "" && short {
		p.fail("The name of a field is missing before “%s”.", p.word())
	}
	if p.eat(":") {
		return &Node{Op: OpField, Str: name, Kids: []*Node{p.cond()}}
	}
	if !short {
		p.fail("“:” is missing after the name of the field.")
	}
	return &Node{Op: OpField, Str: name, Kids: []*Node{p.identifier(name)}}
}

func (p *parser) at() byte {
	if p.pos < len(p.src) {
		return p.src[p.pos]
	}
	return 0
}

func (p *parser) name() string {
	start := p.pos
	for p.pos < len(p.src) {
		r, size := utf8.DecodeRuneInString(p.src[p.pos:])
		if r == '_' || r == '$' || unicode.IsLetter(r) || (p.pos > start && unicode.IsDigit(r)) {
			p.pos += size
			continue
		}
		break
	}
	return p.src[start:p.pos]
}

func (p *parser) number() *Node {
	start := p.pos
	if p.at() == '0' && p.pos+1 < len(p.src) && strings.IndexByte("xXoObB", p.src[p.pos+1]) >= 0 {
		p.pos += 2
		for isHex(p.at()) {
			p.pos++
		}
	} else {
		for isDigit(p.at()) {
			p.pos++
		}
		if p.at() == '.' {
			p.pos++
			for isDigit(p.at()) {
				p.pos++
			}
		}
		if p.at() == 'e' || p.at() == 'E' {
			p.pos++
			if p.at() == '+' || p.at() == '-' {
				p.pos++
			}
			for isDigit(p.at()) {
				p.pos++
			}
		}
	}
	text := p.src[start:p.pos]
	f := parseNumber(text)
	if f != f || p.name() != "" {
		p.pos = start
		p.fail("“%s” is not a number. Names cannot begin with a digit.", p.word())
	}
	return Const(Num(f))
}

func (p *parser) str(quote byte) *Node {
	start := p.pos
	p.pos++
	var b strings.Builder
	for {
		switch c := p.at(); {
		case p.pos >= len(p.src):
			p.pos = start
			p.fail("The string is not closed. Add %c.", quote)
		case c == quote:
			p.pos++
			return Const(Text(b.String()))
		case c == '\\':
			p.pos++
			p.escape(&b)
		default:
			b.WriteByte(c)
			p.pos++
		}
	}
}

func (p *parser) escape(b *strings.Builder) {
	c := p.at()
	p.pos++
	switch c {
	case 'n':
		b.WriteByte('\n')
	case 't':
		b.WriteByte('\t')
	case 'r':
		b.WriteByte('\r')
	case 'b':
		b.WriteByte('\b')
	case 'f':
		b.WriteByte('\f')
	case 'v':
		b.WriteByte('\v')
	case '0':
		b.WriteByte(0)
	case '\n':
	case 'x':
		p.hexEscape(b, 2)
	case 'u':
		p.hexEscape(b, 4)
	default:
		p.pos--
		if p.pos < len(p.src) {
			r, size := utf8.DecodeRuneInString(p.src[p.pos:])
			b.WriteRune(r)
			p.pos += size
		}
	}
}

func (p *parser) hexEscape(b *strings.Builder, digits int) {
	if p.pos+digits <= len(p.src) {
		if n, err := strconv.ParseUint(p.src[p.pos:p.pos+digits], 16, 32); err == nil {
			b.WriteRune(rune(n))
			p.pos += digits
			return
		}
	}
	p.fail("The escape needs %d hexadecimal digits.", digits)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isHex(c byte) bool { return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }
