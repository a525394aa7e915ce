package wxss

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/teahouse/teahouse/runtime/source"
)

// valuesMode says how an rpx length is written.
type valuesMode uint8

const (
	valuesFull  valuesMode = iota // calc() with the frame's --rpx
	valuesNoVar                   // var() is not allowed here: vw, of which 100 are 750 rpx
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
	skip := 0
	for i := range tokens {
		t := &tokens[i]
		if skip > 0 {
			skip--
			continue
		}
		switch {
		case t.kind == kindIdent && c.naming && c.known[t.text]:
			writeIdent(&b, c.opts.Scope+"--"+t.text)
		case t.kind == kindNumber && strings.EqualFold(t.unit, "rpx") && mode != valuesRaw:
			writeRpx(&b, t.text, mode)
		case t.kind == kindFunction && mode == valuesFull && safeInset(tokens[i:]) != "":
			b.WriteString("var(--safe-" + safeInset(tokens[i:]))
			calls = append(calls, "env")
			skip = safeWord(tokens[i:]) // the rest, a value for phones without insets, stays
			continue
		case t.kind == kindURL:
			c.writeURL(&b, t, t.text)
		case t.kind == kindBadURL:
			c.report(source.Warning, "wxss-syntax", t, "This url() is not valid; put it in quotes.")
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

// safeInset returns the side of env(safe-area-inset-SIDE …, which older phones call constant(…, or "".
func safeInset(tokens []token) string {
	if name := strings.ToLower(tokens[0].text); name != "env" && name != "constant" {
		return ""
	}
	at := safeWord(tokens)
	if at >= len(tokens) || tokens[at].kind != kindIdent {
		return ""
	}
	side, _ := strings.CutPrefix(strings.ToLower(tokens[at].text), "safe-area-inset-")
	if !slices.Contains([]string{"top", "right", "bottom", "left"}, side) {
		return ""
	}
	return side
}

// safeWord is the place of the first token that is no space behind a function's name.
func safeWord(tokens []token) int {
	at := 1
	for at < len(tokens) && tokens[at].kind == kindSpace {
		at++
	}
	return at
}

// selectors writes a selector list with its tags mapped to the elements of the frame. prefix stands before
// each selector.
func (c *compiler) selectors(tokens []token, prefix string) string {
	var b strings.Builder
	b.WriteString(prefix)
	brackets := 0
	var raw []bool // per open parenthesis: true if its content is not a selector
	inHost := -1   // index in raw of the open :host(
	skip := false
	for i := range tokens {
		t := &tokens[i]
		if skip { // the word after a colon that was written otherwise
			skip = false
			continue
		}
		inRaw := brackets > 0 || len(raw) > 0 && raw[len(raw)-1]
		switch {
		case t.kind == kindIdent && !inRaw && isTag(tokens, i):
			name := strings.ToLower(t.text)
			if !strings.HasPrefix(name, "wx-") {
				b.WriteString("wx-")
			}
			writeIdent(&b, name)
		case t.is(".") && !inRaw && inHost >= 0 && i+1 < len(tokens) && tokens[i+1].kind == kindIdent:
			// Whoever uses the component named the class, so that it has no scope of this sheet.
			b.WriteString("[wx-class~=")
			writeString(&b, tokens[i+1].text)
			b.WriteString("]")
			skip = true
		case t.kind == kindIdent && !inRaw && c.opts.Scope != "" && i > 0 && tokens[i-1].is("."):
			writeIdent(&b, c.opts.Scope+"--"+t.text)
		case t.is(":") && !inRaw && c.opts.Scope != "" && isHost(tokens, i):
			b.WriteString(`[wx-host="` + c.opts.Scope + `"]`)
			if tokens[i+1].kind == kindFunction {
				b.WriteString(":is(")
				inHost = len(raw)
				raw = append(raw, false)
			}
			skip = true
		case t.kind == kindSpace && besideComma(tokens, i):
			// so that a list can be split at its commas
		default:
			writeToken(&b, t)
			if t.is(",") && brackets == 0 && len(raw) == 0 {
				b.WriteString(prefix)
			}
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
			if len(raw) == inHost {
				inHost = -1
			}
		}
	}
	b.WriteString(strings.Repeat("]", brackets) + strings.Repeat(")", len(raw)))
	return b.String()
}

// isHost reports whether the colon at i begins ":host" or ":host(".
func isHost(tokens []token, i int) bool {
	return i+1 < len(tokens) && (tokens[i+1].kind == kindIdent || tokens[i+1].kind == kindFunction) && strings.EqualFold(tokens[i+1].text, "host") &&
		(i == 0 || !tokens[i-1].is(":"))
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
		b.WriteString(strconv.FormatFloat(value/7.5, 'f', -1, 64) + "vw")
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
			c.report(source.Warning, "wxss-url", at, "Only pictures and fonts can be given as data: addresses.")
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
		c.report(source.Warning, "wxss-url-remote", at, "%q was left out. Put the file into the program, "+
			"or declare its host in teahouse.domains of app.json and use https.", shorten(ref))
		b.WriteString(noURL)
		return
	}
	b.WriteString(`url("` + RemoteMark + url.QueryEscape(u.String()) + `")`)
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
		c.report(source.Warning, "wxss-url-not-found", at, "There is no picture or font %q.", shorten(ref))
		b.WriteString(noURL)
		return
	}
	segments := strings.Split(name, "/")
	for i := range segments {
		segments[i] = url.PathEscape(segments[i])
	}
	b.WriteString(`url("` + AssetMark + strings.Join(segments, "/") + `")`)
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
