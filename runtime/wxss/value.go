package wxss

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// valuesMode says how an rpx length is written.
type valuesMode uint8

const (
	valuesFull  valuesMode = iota // calc() with the frame's --rpx
	valuesNoVar                   // var() is not allowed here: half a pixel, right at 375 px width
	valuesRaw                     // no lengths here
)

// selectorFunctions have selectors as arguments.
var selectorFunctions = []string{
	"not", "is", "where", "has", "matches", "any", "-webkit-any", "-moz-any", "host", "host-context",
}

// urlFunctions have strings with addresses as arguments.
var urlFunctions = []string{"image-set", "-webkit-image-set", "image", "src", "cross-fade"}

// values writes tokens of a value or of the head of an at-rule.
func (c *compiler) values(tokens []token, mode valuesMode) string {
	var b strings.Builder
	var calls []string // names of the open functions, "" for a plain parenthesis
	for i := range tokens {
		t := &tokens[i]
		switch {
		case t.kind == kindNumber && strings.EqualFold(t.unit, "rpx") && mode != valuesRaw:
			writeRpx(&b, t.text, mode)
		case t.kind == kindURL:
			c.writeURL(&b, t, t.text)
		case t.kind == kindBadURL:
			c.report(Warning, "wxss-syntax", t, "This url() is not valid; put it in quotes.")
			b.WriteString(noURL)
		case t.kind == kindString && len(calls) > 0 && slices.Contains(urlFunctions, calls[len(calls)-1]):
			c.writeURL(&b, t, t.text)
		default:
			writeToken(&b, t)
		}
		switch {
		case t.kind == kindFunction:
			calls = append(calls, strings.ToLower(t.text))
		case t.is("("):
			calls = append(calls, "")
		case t.is(")") && len(calls) > 0:
			calls = calls[:len(calls)-1]
		}
	}
	// An unclosed function would include the following text. CSS closes it at the end of the file.
	b.WriteString(strings.Repeat(")", len(calls)))
	return b.String()
}

// selectors writes a selector list with its tags mapped to the elements of the frame.
func (c *compiler) selectors(tokens []token) string {
	var b strings.Builder
	brackets := 0
	var raw []bool // per open parenthesis: true if its content is not a selector
	for i := range tokens {
		t := &tokens[i]
		inRaw := brackets > 0 || len(raw) > 0 && raw[len(raw)-1]
		switch {
		case t.kind == kindIdent && !inRaw && isTag(tokens, i):
			name := strings.ToLower(t.text)
			if !strings.HasPrefix(name, "wx-") {
				b.WriteString("wx-")
			}
			writeIdent(&b, name)
		case t.kind == kindSpace && besideComma(tokens, i):
			// so that a list can be split at its commas
		default:
			writeToken(&b, t)
		}
		switch {
		case t.is("["):
			brackets++
		case t.is("]"):
			brackets = max(0, brackets-1)
		case t.kind == kindFunction:
			raw = append(raw, inRaw || !slices.Contains(selectorFunctions, strings.ToLower(t.text)))
		case t.is("("):
			raw = append(raw, true)
		case t.is(")") && len(raw) > 0:
			raw = raw[:len(raw)-1]
		}
	}
	b.WriteString(strings.Repeat("]", brackets) + strings.Repeat(")", len(raw)))
	return b.String()
}

// isTag reports whether the identifier at i is in the position of a tag's name.
func isTag(tokens []token, i int) bool {
	if i == 0 {
		return true
	}
	before := &tokens[i-1]
	return !(before.is(".") || before.is(":") || before.is("|") || before.is("&"))
}

func besideComma(tokens []token, i int) bool {
	return i > 0 && tokens[i-1].is(",") || i+1 < len(tokens) && tokens[i+1].is(",")
}

func writeToken(b *strings.Builder, t *token) {
	switch t.kind {
	case kindIdent:
		writeIdent(b, t.text)
	case kindFunction:
		writeIdent(b, t.text)
		b.WriteByte('(')
	case kindAt:
		b.WriteByte('@')
		writeIdent(b, t.text)
	case kindHash:
		b.WriteByte('#')
		writeHash(b, t.text)
	case kindString:
		writeString(b, t.text)
	case kindNumber:
		b.WriteString(t.text)
		writeUnit(b, t.unit)
	case kindSpace:
		if t.text == "" {
			b.WriteString("/**/") // a comment separates two tokens without being a space
		} else {
			b.WriteByte(' ')
		}
	case kindDelim:
		if b.Len() > 0 && b.String()[b.Len()-1] == '<' && t.text != "=" {
			b.WriteByte(' ') // "</" must never be written
		}
		b.WriteString(t.text)
	case kindURL, kindBadURL, kindEOF:
		// url() is written only by values; elsewhere it has no meaning.
	}
}

// writeUnit writes the unit of a number. A unit such as "e3" would read back as an exponent.
func writeUnit(b *strings.Builder, unit string) {
	switch {
	case unit == "%":
		b.WriteString(unit)
	case len(unit) > 1 && (unit[0] == 'e' || unit[0] == 'E') && (isDigit(unit[1]) || unit[1] == '-'):
		writeEscape(b, rune(unit[0]))
		writeHash(b, unit[1:])
	default:
		writeIdent(b, unit)
	}
}

func writeRpx(b *strings.Builder, number string, mode valuesMode) {
	value, err := strconv.ParseFloat(number, 64)
	switch {
	case err != nil || math.IsInf(value, 0) || value == 0:
		b.WriteString("0px")
	case mode == valuesNoVar:
		b.WriteString(strconv.FormatFloat(value/2, 'f', -1, 64) + "px")
	default:
		b.WriteString("calc(" + strconv.FormatFloat(value, 'f', -1, 64) + " * var(--rpx, 0.5px))")
	}
}

// noURL is an address that loads nothing and is valid wherever an address is.
const noURL = `url("data:,")`

// writeURL writes an address. It replaces one that is not allowed by one that loads nothing.
func (c *compiler) writeURL(b *strings.Builder, at *token, ref string) {
	ref = strings.TrimSpace(ref)
	lower := strings.ToLower(ref)
	switch {
	case ref == "":
		b.WriteString(noURL)
	case strings.HasPrefix(ref, "#"):
		b.WriteString("url(")
		writeString(b, ref)
		b.WriteByte(')')
	case strings.HasPrefix(lower, "data:"):
		if !isInertData(lower) {
			c.report(Warning, "wxss-url", at, "Only pictures and fonts can be given as data: addresses.")
			b.WriteString(noURL)
			return
		}
		b.WriteString("url(")
		writeString(b, ref)
		b.WriteByte(')')
	case strings.HasPrefix(ref, "//") || hasScheme(lower):
		c.writeRemoteURL(b, at, ref)
	default:
		c.writeLocalURL(b, at, ref)
	}
}

func (c *compiler) writeRemoteURL(b *strings.Builder, at *token, ref string) {
	if strings.HasPrefix(ref, "//") {
		ref = "https:" + ref
	}
	u, err := url.Parse(ref)
	if err != nil || u.Scheme != "https" || u.User != nil ||
		!slices.Contains(c.opts.Domains, strings.ToLower(u.Host)) {
		c.report(Warning, "wxss-url-remote", at, "%q was left out. Put the file into the program, "+
			"or declare its host in teahouse.domains of app.json and use https.", shorten(ref))
		b.WriteString(noURL)
		return
	}
	b.WriteString("url(")
	writeString(b, u.String())
	b.WriteByte(')')
}

func (c *compiler) writeLocalURL(b *strings.Builder, at *token, ref string) {
	if end := strings.IndexAny(ref, "?#"); end >= 0 {
		ref = ref[:end]
	}
	name, ok := c.resolve(ref)
	if !ok || c.opts.Asset == nil || !c.opts.Asset(name) {
		// Old sheets contain percent-encoded addresses.
		decoded, err := url.PathUnescape(ref)
		if err == nil && decoded != ref {
			name, ok = c.resolve(decoded)
		}
	}
	if !ok || c.opts.Asset == nil || !c.opts.Asset(name) {
		c.report(Warning, "wxss-url-not-found", at, "There is no picture or font %q.", shorten(ref))
		b.WriteString(noURL)
		return
	}
	segments := strings.Split(name, "/")
	for i := range segments {
		segments[i] = url.PathEscape(segments[i])
	}
	b.WriteString("url(")
	writeString(b, strings.Join(segments, "/"))
	b.WriteByte(')')
}

// isInertData reports whether a data: address contains a picture or a font.
func isInertData(lower string) bool {
	for _, media := range []string{"image/", "font/", "application/font", "application/x-font",
		"application/vnd.ms-fontobject", "application/octet-stream"} {
		if strings.HasPrefix(lower[len("data:"):], media) {
			return true
		}
	}
	return false
}

// hasScheme reports whether an address has a scheme, and is not a path.
func hasScheme(ref string) bool {
	colon := strings.IndexByte(ref, ':')
	if colon <= 0 {
		return false
	}
	return strings.Trim(ref[:colon], "abcdefghijklmnopqrstuvwxyz0123456789+-.") == ""
}

func shorten(s string) string {
	const most = 80
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
