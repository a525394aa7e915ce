package view

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// PrintedNode is an element, a text, a slot or a shadow root of a page in composed order: the kids of a
// component are its shadow root, and the kids of a slot are what it shows.
type PrintedNode struct {
	Tag     string         `json:"tag"` // "" for a text
	Text    string         `json:"text"`
	ID      string         `json:"id"`
	Slot    string         `json:"slot"`
	Style   string         `json:"style"`
	Class   []string       `json:"class"`
	Scoped  []string       `json:"scoped"` // the classes with the names of their style scopes
	Virtual bool           `json:"virtual"`
	Data    map[string]any `json:"data"`
	Attrs   map[string]any `json:"attrs"`
	Kids    []*PrintedNode `json:"kids"`
}

// Printed makes what Markup prints of a tree.
func Printed(kids []*Node) []*PrintedNode {
	var made []*PrintedNode
	for _, n := range kids {
		if n.Tag == "" {
			made = append(made, &PrintedNode{Text: n.Text})
			continue
		}
		p := &PrintedNode{Tag: n.Tag, Attrs: map[string]any{}, Kids: Printed(n.Kids)}
		for name, value := range n.Attrs {
			text, _ := value.(string)
			switch name {
			case "id":
				p.ID = text
			case "class":
				if !n.Virtual { // it has no element that could have one
					p.Class = strings.Fields(text)
				}
			case "style":
				p.Style = text
			case "slot":
				if n.Tag != "slot" {
					p.Slot = text
				}
			default:
				// Events, also of WXS, are no attributes, and what WXS reads stands among them already.
				if !n.Host && !forViewScript(name) { // all else is for the component
					p.Attrs[name] = value
				}
			}
		}
		p.Virtual = n.Virtual
		maps.Copy(p.Attrs, n.Given)
		for name, value := range n.Data {
			p.Attrs["data-"+hyphened(name)] = value
		}
		if n.Host {
			p.Kids = []*PrintedNode{{Tag: "#shadow-root", Kids: p.Kids}}
		}
		made = append(made, p)
	}
	return made
}

// forViewScript says that an attribute is there only for functions of WXS in the browser.
func forViewScript(name string) bool {
	prefix, _, qualified := strings.Cut(name, ":")
	return qualified && (prefix == "wxs" || prefix == "change" || prefix == "data" || prefix == "mark")
}

// Markup prints a tree as indented markup, for people and for comparing two of them: classes and
// attributes are sorted, texts side by side are one, and what is undefined is not there. An attribute that
// is not a text is written as JSON behind ":=".
func Markup(kids []*PrintedNode) string { return printMarkup(canonical(kids), "") }

// canonical brings a tree into the form in which trees are compared: texts side by side are
// one, empty ones are gone, classes are a set, and what is null or undefined is not there.
func canonical(kids []*PrintedNode) []*PrintedNode {
	var made []*PrintedNode
	for _, n := range kids {
		if n.Tag == "" {
			if n.Text == "" {
				continue
			}
			if last := len(made) - 1; last >= 0 && made[last].Tag == "" {
				made[last] = &PrintedNode{Text: made[last].Text + n.Text}
				continue
			}
			made = append(made, &PrintedNode{Text: n.Text})
			continue
		}
		c := *n
		c.Style = strings.TrimSpace(c.Style)
		c.Class = slices.Compact(slices.Sorted(slices.Values(c.Class)))
		c.Scoped = slices.Compact(slices.Sorted(slices.Values(c.Scoped)))
		c.Data, c.Attrs = withoutNull(c.Data), withoutNull(c.Attrs)
		c.Kids = canonical(c.Kids)
		made = append(made, &c)
	}
	return made
}

func withoutNull(m map[string]any) map[string]any {
	m = maps.Clone(m)
	maps.DeleteFunc(m, func(_ string, v any) bool { return v == nil })
	return m
}

// printMarkup prints a canonical tree. An element with nothing but text stands on one line.
func printMarkup(kids []*PrintedNode, indent string) string {
	var b strings.Builder
	for _, n := range kids {
		if n.Tag == "" {
			b.WriteString(indent + printedText(n.Text) + "\n")
			continue
		}
		if n.Tag == "#shadow-root" {
			b.WriteString(indent + n.Tag + "\n" + printMarkup(n.Kids, indent+"  "))
			continue
		}
		b.WriteString(indent + "<" + n.Tag + n.attributes())
		switch {
		case len(n.Kids) == 0:
			b.WriteString("/>\n")
		case len(n.Kids) == 1 && n.Kids[0].Tag == "":
			b.WriteString(">" + printedText(n.Kids[0].Text) + "</" + n.Tag + ">\n")
		default:
			b.WriteString(">\n" + printMarkup(n.Kids, indent+"  ") + indent + "</" + n.Tag + ">\n")
		}
	}
	return b.String()
}

// printedText shows a text as it is, or quoted when its ends or its lines could not be seen.
func printedText(text string) string {
	if strings.TrimSpace(text) != text || strings.ContainsAny(text, "\n\t\"") || text == "" {
		return fmt.Sprintf("%q", text)
	}
	return text
}

func (n *PrintedNode) attributes() string {
	var b strings.Builder
	word := func(name string, value any) {
		if text, ok := value.(string); ok {
			fmt.Fprintf(&b, " %s=%q", name, text)
			return
		}
		text, _ := json.Marshal(value)         // it came from JSON
		fmt.Fprintf(&b, " %s:=%q", name, text) // not a text
	}
	if n.Virtual {
		b.WriteString(" #virtual")
	}
	if n.ID != "" {
		word("id", n.ID)
	}
	if len(n.Class) > 0 {
		word("class", strings.Join(n.Class, " "))
	}
	if len(n.Scoped) > 0 && !slices.Equal(n.Scoped, n.Class) {
		word("scoped", strings.Join(n.Scoped, " "))
	}
	if n.Style != "" {
		word("style", n.Style)
	}
	if n.Slot != "" {
		word("slot", n.Slot)
	}
	for _, name := range slices.Sorted(maps.Keys(n.Attrs)) {
		word(name, n.Attrs[name])
	}
	for _, name := range slices.Sorted(maps.Keys(n.Data)) {
		word("data:"+name, n.Data[name])
	}
	return b.String()
}

// hyphened turns fontSize into font-size.
func hyphened(name string) string {
	var b strings.Builder
	for _, r := range name {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
