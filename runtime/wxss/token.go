package wxss

import (
	"strings"
	"unicode/utf8"

	"github.com/teahouse/teahouse/runtime/source"
)

type kind uint8

const (
	kindEOF kind = iota
	kindIdent
	kindFunction // text is the name; the parenthesis is part of the token
	kindAt       // text without '@'
	kindHash     // text without '#'
	kindString
	kindURL
	kindBadURL
	kindNumber // text is the number; unit is "", "%" or an identifier
	kindSpace
	kindDelim // any other single character, braces included
)

// token is one token of CSS. text is decoded: escapes are resolved and quotes are gone.
type token struct {
	kind   kind
	text   string
	unit   string
	offset int // in bytes, of the first character
}

func (t *token) is(delim string) bool { return t.kind == kindDelim && t.text == delim }

// tokenizer follows section 4 of the CSS Syntax Module Level 3, without the tokens <!-- and -->.
type tokenizer struct {
	c    *compiler
	text string
	pos  int
}

func (c *compiler) tokenize() []token {
	t := &tokenizer{c: c, text: c.text}
	var tokens []token
	for {
		next := t.next()
		tokens = append(tokens, next)
		if next.kind == kindEOF {
			return tokens
		}
	}
}

func (t *tokenizer) peek(ahead int) byte {
	if t.pos+ahead < len(t.text) {
		return t.text[t.pos+ahead]
	}
	return 0
}

func (t *tokenizer) next() token {
	start := t.pos
	if t.pos >= len(t.text) {
		return token{kind: kindEOF, offset: start}
	}
	switch c := t.text[t.pos]; {
	case isSpace(c), c == '/' && t.peek(1) == '*':
		return t.space()
	case c == '"' || c == '\'':
		t.pos++
		return token{kind: kindString, text: t.quoted(c, start), offset: start}
	case c == '#' && (isName(t.peek(1)) || t.escapeAt(1)):
		t.pos++
		return token{kind: kindHash, text: t.name(), offset: start}
	case c == '@' && t.identAt(1):
		t.pos++
		return token{kind: kindAt, text: strings.ToLower(t.name()), offset: start}
	case t.numberAt():
		return t.number()
	case t.identAt(0):
		return t.ident()
	default:
		_, size := utf8.DecodeRuneInString(t.text[t.pos:])
		t.pos += size
		return token{kind: kindDelim, text: t.text[start:t.pos], offset: start}
	}
}

// space takes white space and comments as one token. A comment without white space beside it does
// not become a space.
func (t *tokenizer) space() token {
	start, spaces := t.pos, 0
	for t.pos < len(t.text) {
		if isSpace(t.text[t.pos]) {
			t.pos++
			spaces++
			continue
		}
		if !strings.HasPrefix(t.text[t.pos:], "/*") {
			break
		}
		end := strings.Index(t.text[t.pos+2:], "*/")
		if end < 0 {
			t.c.report(source.Warning, "wxss-syntax", &token{offset: t.pos},
				"This comment does not end. Close it with */.")
			t.pos = len(t.text)
			break
		}
		t.pos += 2 + end + 2
	}
	text := ""
	if spaces > 0 {
		text = " "
	}
	return token{kind: kindSpace, text: text, offset: start}
}

func (t *tokenizer) quoted(quote byte, start int) string {
	var b strings.Builder
	for t.pos < len(t.text) {
		switch c := t.text[t.pos]; c {
		case quote:
			t.pos++
			return b.String()
		case '\n':
			t.c.report(source.Warning, "wxss-syntax", &token{offset: start},
				"This string does not end on its line.")
			return b.String()
		case '\\':
			if t.peek(1) == '\n' {
				t.pos += 2
				continue
			}
			t.pos++
			t.escape(&b)
		default:
			b.WriteByte(c)
			t.pos++
		}
	}
	t.c.report(source.Warning, "wxss-syntax", &token{offset: start}, "This string does not end.")
	return b.String()
}

// escape decodes what follows a backslash.
func (t *tokenizer) escape(b *strings.Builder) {
	value, digits := rune(0), 0
	for digits < 6 && t.pos < len(t.text) && hexValue(t.text[t.pos]) >= 0 {
		value = value<<4 | rune(hexValue(t.text[t.pos]))
		t.pos++
		digits++
	}
	if digits == 0 {
		if t.pos >= len(t.text) {
			b.WriteRune(utf8.RuneError)
			return
		}
		r, size := utf8.DecodeRuneInString(t.text[t.pos:])
		t.pos += size
		b.WriteRune(r)
		return
	}
	if t.pos < len(t.text) && isSpace(t.text[t.pos]) {
		t.pos++
	}
	if value == 0 || !utf8.ValidRune(value) {
		value = utf8.RuneError
	}
	b.WriteRune(value)
}

func (t *tokenizer) escapeAt(ahead int) bool {
	return t.peek(ahead) == '\\' && t.pos+ahead+1 < len(t.text) && t.peek(ahead+1) != '\n'
}

func (t *tokenizer) identAt(ahead int) bool {
	if t.peek(ahead) == '-' {
		return isNameStart(t.peek(ahead+1)) || t.peek(ahead+1) == '-' || t.escapeAt(ahead+1)
	}
	return isNameStart(t.peek(ahead)) || t.escapeAt(ahead)
}

func (t *tokenizer) name() string {
	var b strings.Builder
	for t.pos < len(t.text) {
		if c := t.text[t.pos]; isName(c) {
			b.WriteByte(c)
			t.pos++
		} else if t.escapeAt(0) {
			t.pos++
			t.escape(&b)
		} else {
			break
		}
	}
	return b.String()
}

func (t *tokenizer) ident() token {
	start := t.pos
	name := t.name()
	if t.peek(0) != '(' {
		return token{kind: kindIdent, text: name, offset: start}
	}
	t.pos++
	if !strings.EqualFold(name, "url") {
		return token{kind: kindFunction, text: name, offset: start}
	}
	for t.pos < len(t.text) && isSpace(t.text[t.pos]) {
		t.pos++
	}
	if c := t.peek(0); c == '"' || c == '\'' {
		t.pos++
		text := t.quoted(c, start)
		return t.closeURL(text, start)
	}
	var b strings.Builder
	for t.pos < len(t.text) {
		switch c := t.text[t.pos]; {
		case c == ')' || isSpace(c):
			return t.closeURL(b.String(), start)
		case c == '"' || c == '\'' || c == '(' || c < ' ' || c == 0x7f:
			return t.badURL(start)
		case c == '\\':
			if !t.escapeAt(0) {
				return t.badURL(start)
			}
			t.pos++
			t.escape(&b)
		default:
			b.WriteByte(c)
			t.pos++
		}
	}
	return t.closeURL(b.String(), start)
}

// closeURL takes the closing parenthesis of a url().
func (t *tokenizer) closeURL(text string, start int) token {
	for t.pos < len(t.text) && isSpace(t.text[t.pos]) {
		t.pos++
	}
	if t.pos < len(t.text) {
		if t.text[t.pos] != ')' {
			return t.badURL(start)
		}
		t.pos++
	}
	return token{kind: kindURL, text: text, offset: start}
}

func (t *tokenizer) badURL(start int) token {
	for t.pos < len(t.text) && t.text[t.pos] != ')' {
		if t.escapeAt(0) {
			t.pos++
		}
		t.pos++
	}
	t.pos = min(t.pos+1, len(t.text))
	return token{kind: kindBadURL, offset: start}
}

func (t *tokenizer) numberAt() bool {
	i := 0
	if c := t.peek(0); c == '+' || c == '-' {
		i++
	}
	if t.peek(i) == '.' {
		i++
	}
	return isDigit(t.peek(i))
}

func (t *tokenizer) number() token {
	start := t.pos
	if c := t.peek(0); c == '+' || c == '-' {
		t.pos++
	}
	t.digits()
	if t.peek(0) == '.' && isDigit(t.peek(1)) {
		t.pos++
		t.digits()
	}
	if c := t.peek(0); c == 'e' || c == 'E' {
		sign := 0
		if s := t.peek(1); s == '+' || s == '-' {
			sign = 1
		}
		if isDigit(t.peek(1 + sign)) {
			t.pos += 1 + sign
			t.digits()
		}
	}
	number := token{kind: kindNumber, text: t.text[start:t.pos], offset: start}
	if t.peek(0) == '%' {
		t.pos++
		number.unit = "%"
	} else if t.identAt(0) {
		number.unit = t.name()
	}
	return number
}

func (t *tokenizer) digits() {
	for isDigit(t.peek(0)) {
		t.pos++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isNameStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}
func isName(c byte) bool { return isNameStart(c) || isDigit(c) || c == '-' }

func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// writeIdent writes an identifier so that it reads back as the same identifier.
func writeIdent(b *strings.Builder, name string) {
	if name == "-" {
		b.WriteString(`\-`)
		return
	}
	for i, r := range name {
		switch {
		case r >= 0x80 || r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-':
			b.WriteRune(r)
		case r >= '0' && r <= '9' && i > 0 && !(i == 1 && name[0] == '-'):
			b.WriteRune(r)
		default:
			writeEscape(b, r)
		}
	}
}

// writeHash is writeIdent for what follows '#', where a digit may come first.
func writeHash(b *strings.Builder, name string) {
	for _, r := range name {
		if r < 0x80 && !isName(byte(r)) {
			writeEscape(b, r)
		} else {
			b.WriteRune(r)
		}
	}
}

// writeString writes a string in double quotes. '<' is escaped so that no string can hold the
// end tag of a <style> element.
func writeString(b *strings.Builder, s string) {
	b.WriteByte('"')
	for _, r := range s {
		if r < ' ' || r == '"' || r == '\\' || r == '<' || r == 0x7f {
			writeEscape(b, r)
		} else {
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
}

func writeEscape(b *strings.Builder, r rune) {
	const digits = "0123456789abcdef"
	b.WriteByte('\\')
	started := false
	for shift := 20; shift >= 0; shift -= 4 {
		d := r >> shift & 15
		if d != 0 || started || shift == 0 {
			b.WriteByte(digits[d])
			started = true
		}
	}
	b.WriteByte(' ')
}
