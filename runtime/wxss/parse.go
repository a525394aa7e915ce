package wxss

import (
	"slices"
	"strings"

	"github.com/teahouse/teahouse/runtime/source"
)

// context is what surrounds a list of rules.
type context uint8

const (
	contextTop       context = iota // a file
	contextGroup                    // @media and similar rules
	contextKeyframes                // selectors are from, to and percentages
	contextStyle                    // inside a style rule: declarations and nested rules
	contextFont                     // inside @font-face and @property: declarations only
)

// parser reads the rules of one file and writes them out.
type parser struct {
	*compiler
	tokens []token
	pos    int
}

func (p *parser) peek() *token { return &p.tokens[p.pos] }

// take returns the current token and moves to the next one. It stays at the end of the file.
func (p *parser) take() *token {
	t := &p.tokens[p.pos]
	if t.kind != kindEOF {
		p.pos++
	}
	return t
}

// rules reads rules up to the brace that closes their block, or to the end of the file.
func (p *parser) rules(depth int, in context) {
	for {
		switch t := p.peek(); {
		case t.kind == kindEOF:
			if in != contextTop {
				p.report(source.Warning, "wxss-unclosed-block", t, "A block is not closed: add a }.")
			}
			return
		case t.kind == kindSpace || t.is(";"):
			p.take()
		case t.is("}"):
			p.take()
			if in != contextTop {
				return
			}
			p.report(source.Warning, "wxss-syntax", t, "This } closes no block.")
		case t.kind == kindAt:
			p.atRule(depth, in)
		case in == contextFont || in == contextStyle && !p.nestedRule():
			p.declaration(in)
		default:
			p.styleRule(depth, in)
		}
	}
}

// nestedRule reports whether a nested rule follows, and not a declaration: the brace comes before
// the end.
func (p *parser) nestedRule() bool {
	first := p.peek()
	if first.kind == kindIdent && strings.HasPrefix(first.text, "--") {
		return false
	}
	for i := p.pos; ; i++ {
		switch t := &p.tokens[i]; {
		case t.kind == kindEOF || t.is(";") || t.is("}"):
			return false
		case t.is("{"):
			return true
		}
	}
}

// prelude takes the tokens before the next brace or semicolon, and does not take that one.
func (p *parser) prelude() []token {
	start := p.pos
	for depth := 0; ; p.pos++ {
		switch t := p.peek(); {
		case t.kind == kindEOF, t.is("}"):
			return trim(p.tokens[start:p.pos])
		case t.kind == kindFunction || t.is("(") || t.is("["):
			depth++
		case t.is(")") || t.is("]"):
			depth = max(0, depth-1)
		case depth == 0 && (t.is("{") || t.is(";")):
			return trim(p.tokens[start:p.pos])
		}
	}
}

func trim(tokens []token) []token {
	for len(tokens) > 0 && tokens[0].kind == kindSpace {
		tokens = tokens[1:]
	}
	for len(tokens) > 0 && tokens[len(tokens)-1].kind == kindSpace {
		tokens = tokens[:len(tokens)-1]
	}
	return tokens
}

// skipBlock drops the rest of a rule that is left out: a block or a semicolon.
func (p *parser) skipBlock() {
	depth := 0
	for {
		switch t := p.peek(); {
		case t.kind == kindEOF:
			return
		case t.is("{"):
			depth++
		case t.is("}"):
			if depth == 0 {
				return // it closes the enclosing block
			}
			if depth--; depth == 0 {
				p.take()
				return
			}
		case depth == 0 && t.is(";"):
			p.take()
			return
		}
		p.take()
	}
}

func (p *parser) atRule(depth int, in context) {
	at := p.take()
	start := p.pos
	prelude := p.prelude()
	name := at.text
	for _, vendor := range []string{"-webkit-", "-moz-", "-o-", "-ms-"} {
		name = strings.TrimPrefix(name, vendor)
	}
	hasBlock := p.peek().is("{")
	switch {
	case name == "import" && len(prelude) > 0 && (prelude[0].kind == kindString || prelude[0].kind == kindURL) && hasBlock:
		// The semicolon is missing, and what follows is a rule. The vendor's tool takes that too.
		p.pos = start
		for p.peek().kind == kindSpace {
			p.take()
		}
		p.take()
		p.importFile(at, prelude[:1], in)
		return
	case name == "import" && !hasBlock:
		p.imports(at, prelude, in)
		return
	case name == "charset" && !hasBlock:
		p.skipBlock() // the compiler reads UTF-8 only
		return
	case name == "layer" && !hasBlock:
		p.write("@layer " + p.values(prelude, valuesRaw) + ";\n")
		p.skipBlock()
		return
	case hasBlock && name == "media":
		if queries, themed := p.mediaQueries(prelude); themed {
			p.media(at, queries, depth, max(in, contextGroup))
			return
		}
		p.block(at, p.values(prelude, valuesNoVar), depth, max(in, contextGroup))
		return
	case hasBlock && (name == "supports" || name == "container" ||
		name == "layer" || name == "scope" || name == "starting-style"):
		p.block(at, p.values(prelude, valuesNoVar), depth, max(in, contextGroup))
		return
	case hasBlock && name == "keyframes":
		p.keyframes(at, prelude, depth)
		return
	case hasBlock && (name == "font-face" || name == "property"):
		p.wrapped(at, p.preferred(), p.head(at, prelude), depth, contextFont)
		return
	}
	p.report(source.Warning, "wxss-unknown-at-rule", at, "@%s is not known and was left out.", at.text)
	p.skipBlock()
}

// keyframes writes key frames under their own name, which styles of elements may use, and those of a component
// also under the name that its own rules use.
func (p *parser) keyframes(at *token, prelude []token, depth int) {
	start := p.pos
	p.wrapped(at, p.preferred(), p.head(at, prelude), depth, contextKeyframes)
	if len(prelude) != 1 || prelude[0].kind != kindIdent && prelude[0].kind != kindString {
		return
	}
	name := prelude[0].text
	p.frames[name] = true
	if !p.known[name] {
		return
	}
	own := []token{{kind: kindIdent, text: p.opts.Scope + "--" + name}}
	p.again(start, func() { p.wrapped(at, p.preferred(), p.head(at, own), depth, contextKeyframes) })
}

// again reads a block once more, from where it begins. Its faults are told already.
func (p *parser) again(start int, read func()) {
	told := p.found
	p.pos = start
	read()
	p.found = told
}

func (p *parser) head(at *token, prelude []token) string {
	return strings.TrimSpace("@" + at.text + " " + p.values(prelude, valuesRaw))
}

// preferred is the condition for rules without a selector inside a theme's block, or "". These follow the browser.
func (p *parser) preferred() string {
	if p.theme == "" {
		return ""
	}
	return "@media (prefers-color-scheme: " + p.theme + ")"
}

// block writes an at-rule with a block of rules or declarations.
func (p *parser) block(at *token, prelude string, depth int, in context) {
	head := "@" + at.text
	if prelude != "" {
		head += " " + prelude
	}
	p.wrapped(at, head, "", depth, in)
}

func (p *parser) tooDeep(at *token) {
	p.report(source.Error, "wxss-nesting", at, "Blocks are nested more than %d deep.", MaxNesting)
	p.skipBlock()
}

// imports replaces @import by the rules of the file that it names.
func (p *parser) imports(at *token, prelude []token, in context) {
	p.skipBlock()
	p.importFile(at, prelude, in)
}

func (p *parser) importFile(at *token, prelude []token, in context) {
	if in != contextTop {
		p.report(source.Warning, "wxss-import-place", at, "@import must be at the top of a file, not in a block.")
		return
	}
	if len(prelude) == 0 || prelude[0].kind != kindString && prelude[0].kind != kindURL {
		p.report(source.Error, "wxss-syntax", at, `Write @import "file.wxss";`)
		return
	}
	// Compiled programs import style sheets of icon fonts so: no reason to refuse the whole program.
	if strings.Contains(prelude[0].text, "://") || strings.HasPrefix(prelude[0].text, "//") {
		p.report(source.Warning, "wxss-import-left-out", at,
			"%q is on another server and was left out. Put the file into the program and import it from there.", prelude[0].text)
		return
	}
	name, ok := p.resolve(prelude[0].text)
	if !ok {
		p.report(source.Error, "wxss-import-not-found", at,
			"%q is outside of the program. Only files of the program can be imported.", prelude[0].text)
		return
	}
	queries, themed := p.mediaQueries(trim(prelude[1:]))
	if !themed {
		queries = []query{{text: p.values(trim(prelude[1:]), valuesNoVar)}}
	}
	for _, q := range queries { // with a theme a file comes once for each
		outer := p.theme
		p.theme = firstTheme(q.theme, outer)
		if q.text != "" {
			p.write("@media " + q.text + "{\n")
		}
		p.file(name, at)
		if q.text != "" {
			p.write("}\n")
		}
		p.theme = outer
	}
}

// styleRule reads selectors and their block.
func (p *parser) styleRule(depth int, in context) {
	first := p.peek()
	prelude := p.prelude()
	if !p.peek().is("{") {
		p.report(source.Warning, "wxss-syntax", first, "A rule is expected here: selector { … }.")
		p.skipBlock()
		return
	}
	if depth >= MaxNesting {
		p.tooDeep(first)
		return
	}
	p.take()
	if len(prelude) == 0 {
		p.report(source.Warning, "wxss-syntax", first, "A rule has no selector and was left out.")
		p.pos--
		p.skipBlock()
		return
	}
	var selector string
	if in == contextKeyframes {
		selector = p.values(prelude, valuesRaw)
	} else {
		prefix := ""
		if p.theme != "" && in != contextStyle {
			prefix = inTheme(p.theme)
		}
		selector = p.selectors(prelude, prefix)
	}
	p.write(selector + "{")
	start := p.out.Len()
	p.rules(depth+1, contextStyle)
	p.write("}\n")
	if in == contextTop && p.theme == "" && slices.Contains(strings.Split(selector, ","), "wx-page") && !p.full {
		p.pageBackground(p.out.String()[start:])
	}
}

// declaration reads "name: value;" and writes it.
func (p *parser) declaration(in context) {
	name := p.take()
	for p.peek().kind == kindSpace {
		p.take()
	}
	if name.kind != kindIdent || !p.peek().is(":") {
		// Hacks such as "*zoom: 1" were for browsers that are no longer in use.
		p.report(source.Warning, "wxss-syntax", name, "A declaration is expected here: name: value;.")
		p.pos--
		p.skipDeclaration()
		return
	}
	p.take()
	start := p.pos
	p.skipDeclaration()
	value := p.tokens[start:p.pos]
	if len(value) > 0 && value[len(value)-1].is(";") {
		value = value[:len(value)-1]
	}
	mode := valuesFull
	if in == contextFont {
		mode = valuesNoVar
	}
	p.naming = strings.HasSuffix(name.text, "animation") || strings.HasSuffix(name.text, "animation-name")
	text := p.values(trim(value), mode)
	p.naming = false
	if text == "" && !strings.HasPrefix(name.text, "--") {
		return
	}
	var b strings.Builder
	writeIdent(&b, name.text)
	p.write(b.String() + ":" + text + ";")
}

// skipDeclaration moves past the semicolon of a declaration, or to the brace that closes its block.
// Braces inside the value may be nested.
func (p *parser) skipDeclaration() {
	depth := 0
	for {
		switch t := p.peek(); {
		case t.kind == kindEOF:
			return
		case t.kind == kindFunction || t.is("(") || t.is("[") || t.is("{"):
			depth++
		case t.is("}") && depth == 0:
			return
		case t.is(")") || t.is("]") || t.is("}"):
			depth = max(0, depth-1)
		case t.is(";") && depth == 0:
			p.take()
			return
		}
		p.take()
	}
}

// pageBackground stores the colour that a plain `page` rule sets, for the first paint.
func (p *parser) pageBackground(body string) {
	for declaration := range strings.SplitSeq(body, ";") {
		name, value, ok := strings.Cut(declaration, ":")
		if !ok || name != "background-color" && name != "background" {
			continue
		}
		if value = strings.TrimSuffix(value, " !important"); isColour(value) {
			p.background = value
		}
	}
}

// isColour reports whether a value is one colour and nothing else.
func isColour(value string) bool {
	lower := strings.ToLower(value)
	for _, function := range []string{"rgb(", "rgba(", "hsl(", "hsla("} {
		if args, ok := strings.CutPrefix(lower, function); ok {
			return strings.Trim(args, "0123456789.,% /") == ")"
		}
	}
	if hex, ok := strings.CutPrefix(lower, "#"); ok {
		return len(hex) >= 3 && len(hex) <= 8 && strings.Trim(hex, "0123456789abcdef") == ""
	}
	return len(lower) >= 3 && len(lower) <= 20 &&
		strings.Trim(lower, "abcdefghijklmnopqrstuvwxyz") == "" && !slices.Contains(notColours, lower)
}

// notColours lists the keywords of a background that are not colours.
var notColours = []string{
	"none", "inherit", "initial", "unset", "revert", "transparent", "currentcolor",
}
