package wxss

import (
	"slices"
	"strings"
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
				p.report(Warning, "wxss-unclosed-block", t, "A block is not closed: add a }.")
			}
			return
		case t.kind == kindSpace || t.is(";"):
			p.take()
		case t.is("}"):
			p.take()
			if in != contextTop {
				return
			}
			p.report(Warning, "wxss-syntax", t, "This } closes no block.")
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
	prelude := p.prelude()
	name := at.text
	for _, vendor := range []string{"-webkit-", "-moz-", "-o-", "-ms-"} {
		name = strings.TrimPrefix(name, vendor)
	}
	hasBlock := p.peek().is("{")
	switch {
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
	case hasBlock && (name == "media" || name == "supports" || name == "container" ||
		name == "layer" || name == "scope" || name == "starting-style"):
		p.block(at, p.values(prelude, valuesNoVar), depth, max(in, contextGroup))
		return
	case hasBlock && name == "keyframes":
		p.block(at, p.values(prelude, valuesRaw), depth, contextKeyframes)
		return
	case hasBlock && (name == "font-face" || name == "property"):
		p.block(at, p.values(prelude, valuesRaw), depth, contextFont)
		return
	}
	p.report(Warning, "wxss-unknown-at-rule", at, "@%s is not known and was left out.", at.text)
	p.skipBlock()
}

// block writes an at-rule with a block of rules or declarations.
func (p *parser) block(at *token, prelude string, depth int, in context) {
	if depth >= MaxNesting {
		p.report(Error, "wxss-nesting", at, "Blocks are nested more than %d deep.", MaxNesting)
		p.skipBlock()
		return
	}
	p.take()
	head := "@" + at.text
	if prelude != "" {
		head += " " + prelude
	}
	p.write(head + "{\n")
	p.rules(depth+1, in)
	p.write("}\n")
}

// imports replaces @import by the rules of the file that it names.
func (p *parser) imports(at *token, prelude []token, in context) {
	p.skipBlock()
	if in != contextTop {
		p.report(Warning, "wxss-import-place", at, "@import must be at the top of a file, not in a block.")
		return
	}
	if len(prelude) == 0 || prelude[0].kind != kindString && prelude[0].kind != kindURL {
		p.report(Error, "wxss-syntax", at, `Write @import "file.wxss";`)
		return
	}
	name, ok := p.resolve(prelude[0].text)
	if !ok || strings.Contains(prelude[0].text, "://") || strings.HasPrefix(prelude[0].text, "//") {
		p.report(Error, "wxss-import-not-found", at,
			"%q is outside of the program. Only files of the program can be imported.", prelude[0].text)
		return
	}
	media := p.values(trim(prelude[1:]), valuesNoVar)
	if media != "" {
		p.write("@media " + media + "{\n")
	}
	p.file(name, at)
	if media != "" {
		p.write("}\n")
	}
}

// styleRule reads selectors and their block.
func (p *parser) styleRule(depth int, in context) {
	first := p.peek()
	prelude := p.prelude()
	if !p.peek().is("{") {
		p.report(Warning, "wxss-syntax", first, "A rule is expected here: selector { … }.")
		p.skipBlock()
		return
	}
	if depth >= MaxNesting {
		p.report(Error, "wxss-nesting", first, "Blocks are nested more than %d deep.", MaxNesting)
		p.skipBlock()
		return
	}
	p.take()
	if len(prelude) == 0 {
		p.report(Warning, "wxss-syntax", first, "A rule has no selector and was left out.")
		p.pos--
		p.skipBlock()
		return
	}
	var selector string
	if in == contextKeyframes {
		selector = p.values(prelude, valuesRaw)
	} else {
		selector = p.selectors(prelude)
	}
	p.write(selector + "{")
	start := p.out.Len()
	p.rules(depth+1, contextStyle)
	p.write("}\n")
	if in == contextTop && slices.Contains(strings.Split(selector, ","), "wx-page") && !p.full {
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
		p.report(Warning, "wxss-syntax", name, "A declaration is expected here: name: value;.")
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
	text := p.values(trim(value), mode)
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
