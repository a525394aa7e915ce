package compile

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tailscale/hujson"
	"golang.org/x/image/colornames"

	"github.com/teahouse/teahouse/runtime/source"
)

// node is a value in a JSON file with its position. The zero node is an absent value: all its
// methods report "not given".
type node struct {
	c     *compilation
	file  string
	text  []byte
	path  string // for messages: tabBar.list[2].text
	value *hujson.Value
}

// document reads a JSON file that may contain comments, trailing commas and a byte order mark. It
// returns false, after a diagnostic, when the file is not an object.
func (c *compilation) document(file string, content []byte) (node, bool) {
	text := bytes.TrimPrefix(content, []byte("\ufeff"))
	badLine, badColumn, encoding := encodingFault(c.root+file, text)
	fail := func(code string, line, column int, format string, args ...any) (node, bool) {
		c.report(source.Error, code, file, line, column, format, args...)
		return node{}, false
	}
	switch {
	case len(text) > MaxConfigBytes:
		return fail("json-too-large", 0, 0, "A configuration file may have %d bytes.", MaxConfigBytes)
	case brackets(text) > MaxConfigBrackets:
		return fail("json-too-large", 0, 0, "This file has too many brackets.")
	case encoding != "":
		return fail("json-encoding", badLine, badColumn, "%s", encoding)
	case len(bytes.TrimSpace(text)) == 0:
		text = []byte("{}") // the vendor's tools write and accept empty files
	}
	value, err := hujson.Parse(text)
	if err != nil {
		// The parser wants an end of the line behind a comment, and a file may end in one.
		if ended, again := hujson.Parse(append(bytes.Clone(text), '\n')); again == nil {
			value, err = ended, nil
		}
	}
	if err != nil {
		line, column, message := syntaxError(text, err)
		return fail("json-syntax", line, column, "This is not valid JSON: %s.", message)
	}
	if value.Value.Kind() != '{' {
		line, column := position(text, value.StartOffset)
		return fail("json-type", line, column, "This file should contain an object: { … }.")
	}
	return node{c: c, file: file, text: text, value: &value}, true
}

// brackets counts what the parser of JSON recurses into.
func brackets(text []byte) int {
	return bytes.Count(text, []byte("[")) + bytes.Count(text, []byte("{"))
}

// nesting is an upper bound of how deep a JSON text is nested.
func nesting(text []byte) (deepest int) {
	depth := 0
	for _, c := range text {
		switch c {
		case '[', '{':
			depth++
			deepest = max(deepest, depth)
		case ']', '}':
			depth--
		}
	}
	return deepest
}

// syntaxError reads the position and the reason from the parser's message.
func syntaxError(text []byte, err error) (line, column int, message string) {
	message = err.Error()
	if n, _ := fmt.Sscanf(message, "hujson: line %d, column %d:", &line, &column); n != 2 {
		return 0, 0, message
	}
	if _, reason, ok := strings.Cut(message[len("hujson: "):], ": "); ok {
		message = strings.ReplaceAll(reason, "hujson: ", "")
	}
	// The parser counts columns in bytes.
	start := 0
	for range line - 1 {
		start += bytes.IndexByte(text[start:], '\n') + 1
	}
	line, column = position(text, start+column-1)
	return line, column, message
}

// report adds a diagnostic at the place of the value.
func (n node) report(severity source.Severity, code, format string, args ...any) {
	line, column := 0, 0
	if n.value != nil {
		line, column = position(n.text, n.value.StartOffset)
	}
	n.c.report(severity, code, n.file, line, column, format, args...)
}

// wrong reports a value that is not what it should be.
func (n node) wrong(severity source.Severity, should string) {
	n.report(severity, "config-value", "%s should be %s.", n.path, should)
}

func (n node) given() bool { return n.value != nil }

// member is the value of a key of an object; the last one counts, as in JavaScript.
func (n node) member(key string) node {
	if n.value == nil {
		return node{}
	}
	object, ok := n.value.Value.(*hujson.Object)
	if !ok {
		return node{}
	}
	for i := len(object.Members) - 1; i >= 0; i-- {
		if name, ok := object.Members[i].Name.Value.(hujson.Literal); ok && name.String() == key {
			found := n
			found.path = strings.TrimPrefix(n.path+"."+key, ".")
			found.value = &object.Members[i].Value
			if found.value.Value.Kind() == 'n' {
				return node{} // null counts as absent
			}
			return found
		}
	}
	return node{}
}

// keys lists the keys of an object, in order.
func (n node) keys() []string {
	if n.value == nil {
		return nil
	}
	object, ok := n.value.Value.(*hujson.Object)
	if !ok {
		return nil
	}
	var keys []string
	for i := range object.Members {
		if name, ok := object.Members[i].Name.Value.(hujson.Literal); ok {
			keys = append(keys, name.String())
		}
	}
	return keys
}

// object is the member if it is an object, and an absent value otherwise.
func (n node) object(key string) node {
	m := n.member(key)
	if m.given() && m.value.Value.Kind() != '{' {
		m.wrong(source.Error, "an object: { … }")
		return node{}
	}
	return m
}

// elements lists the elements of an array member.
func (n node) elements(key string) []node {
	m := n.member(key)
	if !m.given() {
		return nil
	}
	array, ok := m.value.Value.(*hujson.Array)
	if !ok {
		m.wrong(source.Error, "a list: [ … ]")
		return nil
	}
	nodes := make([]node, len(array.Elements))
	for i := range array.Elements {
		nodes[i] = m
		nodes[i].path = m.path + "[" + strconv.Itoa(i) + "]"
		nodes[i].value = &array.Elements[i]
	}
	return nodes
}

// string returns the text of a string node.
func (n node) string() (string, bool) {
	if n.value == nil || n.value.Value.Kind() != '"' {
		return "", false
	}
	literal, _ := n.value.Value.(hujson.Literal)
	return literal.String(), true
}

// setText reads a string member into target. A wrong text is a warning, because it does not affect
// how the app works.
func (n node) setText(key string, target *string) {
	m := n.member(key)
	if !m.given() {
		return
	}
	value, ok := m.string()
	if !ok || utf8.RuneCountInString(value) > MaxTitleRunes {
		m.wrong(source.Warning, fmt.Sprintf("a text of up to %d characters", MaxTitleRunes))
		return
	}
	*target = value
}

// setOneOf reads a string member that must be one of the words.
func (n node) setOneOf(key string, target *string, words ...string) {
	m := n.member(key)
	if !m.given() {
		return
	}
	value, ok := m.string()
	if value = n.c.theme.value(value); !ok || !slices.Contains(words, value) {
		m.wrong(source.Warning, `"`+strings.Join(words, `" or "`)+`"`)
		return
	}
	*target = value
}

// setColour reads a colour as the vendor defines them, and writes it as "#rrggbb".
func (n node) setColour(key string, target *string) {
	m := n.member(key)
	if !m.given() {
		return
	}
	value, ok := m.string()
	colour := hexColour(n.c.theme.value(value))
	if !ok || colour == "" {
		if strings.HasPrefix(value, "@") {
			m.report(source.Warning, "theme-not-found", "There is no %q for the %s theme in %s.", value,
				n.c.theme.name(), firstOf(n.c.theme.file, "theme.json"))
			return
		}
		m.wrong(source.Warning, `a colour such as "#1aad19"`)
		return
	}
	*target = colour
}

// hexColour returns a colour in the form "#rrggbb", or "". It may be given by its name in CSS.
func hexColour(value string) string {
	value = strings.ToLower(strings.TrimSpace(value))
	if named, ok := colornames.Map[value]; ok {
		return fmt.Sprintf("#%02x%02x%02x", named.R, named.G, named.B)
	}
	digits, ok := strings.CutPrefix(value, "#")
	if !ok || strings.Trim(digits, "0123456789abcdef") != "" {
		return ""
	}
	switch len(digits) {
	case 6, 8:
		return value
	case 3:
		return "#" + strings.Repeat(digits[:1], 2) + strings.Repeat(digits[1:2], 2) +
			strings.Repeat(digits[2:], 2)
	}
	return ""
}

// setBool reads a boolean. Published programs contain "true" with quotes, so that is accepted with
// a warning.
func (n node) setBool(key string, target *bool) {
	m := n.member(key)
	if !m.given() {
		return
	}
	literal, _ := m.value.Value.(hujson.Literal)
	switch string(literal) {
	case "true", "false":
		*target = string(literal) == "true"
	case `"true"`, `"false"`:
		*target = string(literal) == `"true"`
		m.wrong(source.Warning, "true or false without quotes")
	default:
		m.wrong(source.Warning, "true or false")
	}
}

// setInt reads a whole number between the bounds.
func (n node) setInt(key string, target *int, low, high int) {
	m := n.member(key)
	if !m.given() {
		return
	}
	literal, _ := m.value.Value.(hujson.Literal)
	value, err := strconv.ParseFloat(strings.Trim(string(literal), `"`), 64)
	if err != nil || value < float64(low) || value > float64(high) || value != float64(int(value)) {
		m.wrong(source.Warning, fmt.Sprintf("a whole number from %d to %d", low, high))
		return
	}
	*target = int(value)
}
