package view

import (
	"encoding/json"
	"html"
	"sort"
	"strings"

	"github.com/teahouse/teahouse/runtime/expr"
	"github.com/teahouse/teahouse/runtime/template"
)

// Node is an element or a text of a tree snapshot. The root of a tree is an element with the tag
// "page". It is the page itself and has no place in the protocol (Inst is -1).
type Node struct {
	Tag      string // "" for a text
	Inst, ID int    // the element's place in the protocol
	Text     string // of a text
	Attrs    map[string]any
	On       map[string]string // event to "bind", "catch", …
	Kids     []*Node
}

// Tree is a snapshot of what the page shows, in the same form as Client.Tree. Attributes are as
// JSON decodes them.
func (p *Page) Tree() *Node {
	top := &Node{Tag: "page", Inst: -1, ID: -1}
	if p.root.frag != nil {
		top.Kids = p.snapshot(p.root, p.root.frag.Kids, nil)
	}
	return top
}

// Find returns the elements that a selector matches, in document order, see Node.Find.
func (p *Page) Find(selector string) []*Node { return p.Tree().Find(selector) }

func (p *Page) snapshot(in *instance, kids []template.Node, into []*Node) []*Node {
	for i := range kids {
		n := &kids[i]
		switch n.Kind {
		case template.Text:
			into = append(into, &Node{Text: n.Text})
		case template.DynText:
			c := &in.cells[n.Index]
			v := expr.Value{Kind: c.kind, Num: c.num, Str: c.str}
			into = append(into, &Node{Text: v.Display()})
		case template.Elem:
			into = append(into, p.snapshotElement(in, n))
		default:
			g := in.cells[n.Index].group
			if g == nil { // creation stopped at a limit
				continue
			}
			if g.child != nil {
				into = p.snapshot(g.child, g.child.frag.Kids, into)
			}
			for _, r := range g.rows {
				into = p.snapshot(&r.instance, r.frag.Kids, into)
			}
		}
	}
	return into
}

func (p *Page) snapshotElement(in *instance, n *template.Node) *Node {
	e := &in.frag.Elements[n.Index]
	made := &Node{Tag: e.Tag, Inst: in.number, ID: n.Index, Attrs: map[string]any{}}
	for _, a := range e.Attrs {
		made.Attrs[a.Name] = decoded(template.AppendPrimitive(nil, a.Value))
	}
	for _, d := range e.Dyn {
		made.Attrs[d.Name] = decoded(p.appendCell(nil, &in.frag.Holes[d.Hole], &in.cells[d.Hole]))
	}
	made.On = in.frag.Events(n.Index)
	made.Kids = p.snapshot(in, n.Kids, nil)
	return made
}

func decoded(b []byte) any {
	var v any
	_ = json.Unmarshal(b, &v) // our own output; a value cut off by a limit shows as nil
	return v
}

// Walk visits the node and everything in it in document order.
func (n *Node) Walk(visit func(*Node)) {
	visit(n)
	for _, kid := range n.Kids {
		kid.Walk(visit)
	}
}

// Count is the number of elements and texts below the node.
func (n *Node) Count() int {
	count := -1
	n.Walk(func(*Node) { count++ })
	return count
}

// InnerText is all the text in a node.
func (n *Node) InnerText() string {
	var b strings.Builder
	n.Walk(func(n *Node) { b.WriteString(n.Text) })
	return b.String()
}

// Listening returns up to limit elements that have a handler for the event, in document order.
func (n *Node) Listening(event string, limit int) []*Node {
	var found []*Node
	n.Walk(func(n *Node) {
		if n.On[event] != "" && len(found) < limit {
			found = append(found, n)
		}
	})
	return found
}

// HTML writes the tree as markup, to read and to compare: two trees that show the same have the
// same HTML. Places in the protocol are left out.
func (n *Node) HTML() string {
	var b strings.Builder
	n.html(&b, 0)
	return b.String()
}

func (n *Node) html(b *strings.Builder, depth int) {
	indent := strings.Repeat("  ", depth)
	if n.Tag == "" {
		b.WriteString(indent + html.EscapeString(n.Text) + "\n")
		return
	}
	b.WriteString(indent + "<" + n.Tag)
	names := make([]string, 0, len(n.Attrs))
	for name := range n.Attrs {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		value, isText := n.Attrs[name].(string)
		if !isText {
			raw, _ := json.Marshal(n.Attrs[name]) // decoded from JSON, so it encodes
			value = "{" + string(raw) + "}"
		}
		b.WriteString(" " + name + `="` + html.EscapeString(value) + `"`)
	}
	events := make([]string, 0, len(n.On))
	for event := range n.On {
		events = append(events, event)
	}
	sort.Strings(events)
	for _, event := range events {
		b.WriteString(" " + n.On[event] + ":" + event)
	}
	b.WriteString(">\n")
	for _, kid := range n.Kids {
		kid.html(b, depth+1)
	}
	b.WriteString(indent + "</" + n.Tag + ">\n")
}
