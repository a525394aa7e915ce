package wxml

import (
	"errors"
	"fmt"
	"html"
	"slices"
	"strings"

	"github.com/teahouse/teahouse/runtime/expr"
	"github.com/teahouse/teahouse/runtime/source"
)

// element is a node of a parsed file: an element, or a text when tag is empty.
type element struct {
	tag    string
	text   string // of a text, raw; of <wxs>, its source
	attrs  []attribute
	kids   []*element
	offset int
	inside int // of <wxs>: where its text begins
}

type attribute struct {
	name     string
	value    string // raw: character references are not decoded yet
	hasValue bool
	offset   int // of the name
	at       int // of the value

	more []attribute // class:NAME and style:NAME, of a class and a style
}

func (e *element) attr(name string) (attribute, bool) {
	for _, a := range e.attrs {
		if a.name == name {
			return a, true
		}
	}
	return attribute{}, false
}

// file is one parsed WXML file.
type file struct {
	path  string
	src   string
	lines *source.Lines
	root  *element
	// modules are the WXS modules that the file names, by their place in the template; nil before the
	// first question.
	modules map[string]int
	view    *bool // functions of modules run in the view script; nil before the first question
}

func (f *file) position(offset int) (line, column int) {
	return f.lines.At(offset)
}

// report collects diagnostics of one compilation.
type report struct{ source.Findings }

func (r *report) add(f *file, offset int, severity source.Severity, code, format string, args ...any) {
	line, column := f.position(offset)
	r.Add(source.Diagnostic{
		Severity: severity, Code: code, Message: fmt.Sprintf(format, args...),
		File: f.path, Line: line, Column: column,
	})
}

// mayStayOpen lists elements that have no children in practice and that real markup leaves open, as
// in HTML.
var mayStayOpen = map[string]bool{
	"input": true, "image": true, "icon": true, "progress": true, "import": true, "include": true,
	"br": true, "hr": true, "img": true, "slider": true, "switch": true, "checkbox": true,
	"radio": true, "textarea": true, "slot": true,
}

type parser struct {
	file   *file
	report *report
	src    string
	pos    int
	stack  []*element // open elements; the root is the first
	deep   bool       // the nesting limit was reported
}

// parse reads one file. It always returns a tree; parts that could not be read are reported as
// diagnostics.
func parse(path, src string, r *report) *file {
	src = strings.TrimPrefix(src, "\ufeff")
	f := &file{path: path, src: src, lines: source.NewLines(src), root: &element{}}
	if len(src) > MaxFileBytes {
		f.src, f.lines = "", source.NewLines("")
		r.add(f, 0, source.Error, "wxml-too-large",
			"The file is larger than %d KB. Split it with <include>.", MaxFileBytes>>10)
		return f
	}
	p := &parser{file: f, report: r, src: src, stack: []*element{f.root}}
	p.run()
	return f
}

func (p *parser) run() {
	for p.pos < len(p.src) {
		switch rest := p.src[p.pos:]; {
		case strings.HasPrefix(rest, "<!--"):
			p.comment()
		case strings.HasPrefix(rest, "</"):
			p.closeTag()
		case strings.HasPrefix(rest, "<!"), strings.HasPrefix(rest, "<?"):
			p.report.add(p.file, p.pos, source.Warning, "wxml-ignored-tag",
				"WXML has no declarations. The tag is ignored; remove it.")
			p.skipPast(">")
		case isTagStart(rest):
			p.openTag()
		default:
			p.text()
		}
	}
	for len(p.stack) > 1 {
		p.leaveOpen("")
	}
}

func isTagStart(s string) bool {
	return len(s) > 1 && s[0] == '<' && (isLetter(s[1]) || s[1] == '_')
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func (p *parser) top() *element { return p.stack[len(p.stack)-1] }

func (p *parser) append(e *element) {
	top := p.top()
	top.kids = append(top.kids, e)
}

func (p *parser) skipPast(s string) bool {
	end := strings.Index(p.src[p.pos:], s)
	if end < 0 {
		p.pos = len(p.src)
		return false
	}
	p.pos += end + len(s)
	return true
}

func (p *parser) comment() {
	start := p.pos
	if !p.skipPast("-->") {
		p.report.add(p.file, start, source.Error, "wxml-unclosed-comment",
			"The comment is not closed. Add “-->” where it ends.")
	}
}

func (p *parser) text() {
	start := p.pos
	for p.pos = p.step(start); p.pos < len(p.src); {
		if p.src[p.pos] == '<' {
			if rest := p.src[p.pos:]; isTagStart(rest) || strings.HasPrefix(rest, "</") ||
				strings.HasPrefix(rest, "<!") {
				break
			}
		}
		p.pos = p.step(p.pos)
	}
	p.append(&element{text: p.src[start:p.pos], offset: start})
}

// step returns the offset after the character at i, or after the whole {{ }} that begins there,
// because < and quotes have no meaning inside {{ }}.
func (p *parser) step(i int) int {
	if !strings.HasPrefix(p.src[i:], "{{") {
		return i + 1
	}
	quote := byte(0)
	for j := i + 2; j < len(p.src); j++ {
		switch c := p.src[j]; {
		case quote != 0 && c == '\\':
			j++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"' || c == '`':
			quote = c
		case c == '}' && strings.HasPrefix(p.src[j:], "}}"):
			return j + 2
		case c == '{' && strings.HasPrefix(p.src[j:], "{{") && j > i+2:
			return i + 2 // the first one was never closed
		}
	}
	return i + 2
}

func (p *parser) name() string {
	start := p.pos
	for p.pos < len(p.src) {
		if c := p.src[p.pos]; c <= ' ' || strings.IndexByte("=/><\"'", c) >= 0 {
			break
		}
		p.pos++
	}
	return p.src[start:p.pos]
}

func (p *parser) space() {
	for p.pos < len(p.src) && p.src[p.pos] <= ' ' { // control characters too, as in name
		p.pos++
	}
}

func (p *parser) openTag() {
	e := &element{offset: p.pos}
	p.pos++
	e.tag = p.name()
	closed := p.attributes(e)
	p.append(e)
	if e.tag == "wxs" && !closed {
		start := p.pos
		if !p.skipPast("</wxs>") {
			p.report.add(p.file, e.offset, source.Error, "wxml-unclosed-element",
				"<wxs> is not closed. Add </wxs>.")
			return
		}
		e.text, e.inside = p.src[start:p.pos-len("</wxs>")], start
		return
	}
	if closed {
		return
	}
	if len(p.stack) > MaxNesting {
		if !p.deep {
			p.deep = true
			p.report.add(p.file, e.offset, source.Error, "wxml-too-deep",
				"Elements are nested more than %d deep. Move a part into a <template>.", MaxNesting)
		}
		// The element stays closed and its content becomes its siblings: the tree stays shallow.
		return
	}
	p.stack = append(p.stack, e)
}

// attributes reads up to the end of the tag and reports whether the tag closes itself.
func (p *parser) attributes(e *element) (closed bool) {
	for {
		p.space()
		if p.pos >= len(p.src) {
			p.report.add(p.file, e.offset, source.Error, "wxml-unclosed-tag",
				"The tag <%s is not finished. Add “>”.", e.tag)
			return true
		}
		switch c := p.src[p.pos]; c {
		case '>':
			p.pos++
			return false
		case '/':
			p.pos++
			if p.pos < len(p.src) && p.src[p.pos] == '>' {
				p.pos++
				return true
			}
			continue
		case '<':
			p.report.add(p.file, e.offset, source.Error, "wxml-unclosed-tag",
				"The tag <%s is not finished before the next one. Add “>”.", e.tag)
			return false
		case '"', '\'', '=':
			p.report.add(p.file, p.pos, source.Warning, "wxml-stray-character",
				"A stray %c in the tag <%s> is ignored. Check the quotes around it.", c, e.tag)
			p.pos++
			continue
		}
		p.attribute(e)
	}
}

func (p *parser) attribute(e *element) {
	a := attribute{offset: p.pos}
	a.name = p.name()
	back := p.pos
	if p.space(); p.pos < len(p.src) && p.src[p.pos] == '=' {
		p.pos++
		p.space()
		a.hasValue = true
		a.value, a.at = p.value(e)
	} else {
		p.pos = back
		a.at = back
	}
	if i := slices.IndexFunc(e.attrs, func(b attribute) bool { return b.name == a.name }); i >= 0 {
		p.report.add(p.file, a.offset, source.Warning, "wxml-duplicate-attribute",
			"<%s> has the attribute %s twice. The last one counts; remove the other.", e.tag, a.name)
		e.attrs[i] = a
		return
	}
	e.attrs = append(e.attrs, a)
}

func (p *parser) value(e *element) (string, int) {
	if p.pos >= len(p.src) {
		return "", p.pos
	}
	quote := p.src[p.pos]
	if quote != '"' && quote != '\'' {
		start := p.pos
		for p.pos < len(p.src) && p.src[p.pos] > ' ' && p.src[p.pos] != '>' &&
			!strings.HasPrefix(p.src[p.pos:], "/>") {
			p.pos = p.step(p.pos)
		}
		return p.src[start:p.pos], start
	}
	p.pos++
	start := p.pos
	for p.pos < len(p.src) && p.src[p.pos] != quote {
		p.pos = p.step(p.pos)
	}
	value := p.src[start:p.pos]
	if p.pos >= len(p.src) {
		p.report.add(p.file, start-1, source.Error, "wxml-unclosed-quote",
			"The value of an attribute of <%s> has no closing %c.", e.tag, quote)
		return value, start
	}
	p.pos++
	return value, start
}

func (p *parser) closeTag() {
	start := p.pos
	p.pos += 2
	p.space()
	tag := p.name()
	if !p.skipPast(">") {
		p.report.add(p.file, start, source.Error, "wxml-unclosed-tag",
			"The closing tag is not finished. Add “>”.")
	}
	open := len(p.stack) - 1
	for open > 0 && p.stack[open].tag != tag {
		open--
	}
	if open == 0 {
		p.report.add(p.file, start, source.Warning, "wxml-stray-end-tag",
			"</%s> closes nothing and is ignored. Remove it, or add <%s> before it.", tag, tag)
		return
	}
	for len(p.stack)-1 > open {
		p.leaveOpen(tag)
	}
	p.stack = p.stack[:open]
}

// leaveOpen removes the innermost element, which was not closed, from the stack. If it may stay
// open, its content is moved after it.
func (p *parser) leaveOpen(before string) {
	e := p.top()
	p.stack = p.stack[:len(p.stack)-1]
	where := "at the end of the file"
	if before != "" {
		where = "before </" + before + ">"
	}
	if !mayStayOpen[e.tag] {
		severity := source.Error
		if before != "" { // it ends with the element around it, as in the vendor's client
			severity = source.Warning
		}
		p.report.add(p.file, e.offset, severity, "wxml-unclosed-element",
			"<%s> is not closed. Add </%s> %s, or check which element is closed too early.",
			e.tag, e.tag, where)
		return
	}
	p.report.add(p.file, e.offset, source.Warning, "wxml-unclosed-element",
		"<%s> is not closed. Write <%s … />.", e.tag, e.tag)
	parent := p.top()
	parent.kids = append(parent.kids, e.kids...)
	e.kids = nil
}

// unescape decodes complete character references: "?a=1&copy=2" contains none, although HTML would
// decode &copy.
func unescape(s string) string {
	start := strings.IndexByte(s, '&')
	if start < 0 {
		return s
	}
	var b strings.Builder
	for start >= 0 {
		b.WriteString(s[:start])
		s = s[start:]
		end := strings.IndexByte(s[:min(len(s), longestReference)], ';')
		if end < 0 {
			b.WriteByte('&')
			s = s[1:]
		} else {
			b.WriteString(html.UnescapeString(s[:end+1]))
			s = s[end+1:]
		}
		start = strings.IndexByte(s, '&')
	}
	return b.String() + s
}

// longestReference bounds the search for the end of a character reference; the longest name in HTML
// has 33 characters.
const longestReference = 36

// blank reports whether a text is only white space. Between elements such text is dropped.
func blank(s string) bool {
	return strings.Trim(s, " \t\r\n\f\v") == ""
}

// parseExpr parses a text or an attribute's value with {{ }} in it.
func (c *compiler) parseExpr(f *file, src string, at int, fields bool) *expr.Node {
	node, err := expr.ParseText(src, expr.Options{
		Lookup: c.lookup, Module: c.modulesOf(f), Unescape: unescape, Fields: fields,
	})
	if err == nil {
		c.checkCalls(f, node, at)
		return node
	}
	// Some generators write & and < inside {{ }} as character references.
	if decoded := unescape(src); decoded != src {
		options := expr.Options{Lookup: c.lookup, Module: c.modulesOf(f), Fields: fields}
		if node, again := expr.ParseText(decoded, options); again == nil {
			return node
		}
	}
	offset := at
	if syntax, ok := errors.AsType[*expr.SyntaxError](err); ok {
		offset += syntax.Offset
	}
	c.report.add(f, offset, source.Error, "wxml-expression", "%s", err)
	return expr.Const(expr.Value{})
}
