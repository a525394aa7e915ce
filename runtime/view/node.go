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
	// Host says that the element is a component: its kids are the component's shadow. Virtual is one
	// without an element of its own.
	Host, Virtual bool
	// Data is the dataset, and Given what the tag of a component has that its component does not take; only
	// Tree.Told fills them.
	Data, Given map[string]any

	host *Host // in trees of the engine
}

// Snapshot is the composed tree that the page shows, in the same form as Client.Tree: inside the
// element of a component is its shadow, and inside its slots what they show. Attributes are as JSON
// decodes them.
func (t *Tree) Snapshot() *Node {
	top := &Node{Tag: "page", Inst: -1, ID: -1}
	if t.root.root.frag != nil {
		p := picture{tree: t, composed: true, slots: map[*Shadow][]*Node{}}
		top.Kids = p.nodes(t.root.root, t.root.root.frag.Kids, nil)
	}
	return top
}

// Told is the tree as simulators of the vendor's engine tell it: Snapshot with what the browser does not
// learn, which are datasets and attributes that no property takes. An external class stands by its name,
// and on the tag of its component what it stands for.
func (t *Tree) Told() *Node {
	top := &Node{Tag: "page", Inst: -1, ID: -1}
	if t.root.root.frag != nil {
		p := picture{tree: t, composed: true, told: true, slots: map[*Shadow][]*Node{}}
		top.Kids = p.nodes(t.root.root, t.root.root.frag.Kids, nil)
	}
	return top
}

// picture is the shadow's own tree, in which a component has what is between its tags.
func (s *Shadow) picture() *Node {
	top := &Node{Tag: "page", Inst: -1, ID: -1}
	if s.root.frag != nil {
		p := picture{tree: s.tree}
		top.Kids = p.nodes(s.root, s.root.frag.Kids, nil)
	}
	return top
}

// Find returns the elements that a selector matches, in document order, see Node.Find.
func (t *Tree) Find(selector string) []*Node { return t.Snapshot().Find(selector) }

// picture is a snapshot under construction.
type picture struct {
	tree     *Tree
	composed bool
	told     bool
	slots    map[*Shadow][]*Node // the slots of a shadow that is being filled
}

func (p *picture) nodes(in *instance, kids []template.Node, into []*Node) []*Node {
	for i := range kids {
		n := &kids[i]
		switch n.Kind {
		case template.Text:
			if in.slot == nil || in.slot.name == "" {
				into = append(into, &Node{Text: n.Text})
			}
		case template.DynText:
			if in.slot == nil || in.slot.name == "" {
				c := &in.cells[n.Index]
				v := expr.Value{Kind: c.kind, Num: c.num, Str: c.str}
				into = append(into, &Node{Text: v.Display()})
			}
		case template.Elem:
			if p.shown(in, n.Index) {
				into = append(into, p.element(in, n.Index, n.Kids))
			}
		case template.Comp:
			if p.shown(in, in.frag.Holes[n.Index].Element) {
				into = append(into, p.component(in, n.Index))
			}
		case template.Slot:
			if p.shown(in, in.frag.Holes[n.Index].Element) {
				into = append(into, p.slot(in, n.Index))
			}
		default:
			g := in.cells[n.Index].group
			if g == nil { // creation stopped at a limit
				continue
			}
			if g.child != nil {
				into = p.nodes(g.child, g.child.frag.Kids, into)
			}
			for _, r := range g.rows {
				into = p.nodes(&r.instance, r.frag.Kids, into)
			}
		}
	}
	return into
}

// shown reports whether a dynamic slot shows an element of its content.
func (p *picture) shown(in *instance, id int) bool {
	return in.slot == nil || in.frag.Elements[id].Parent >= 0 || in.slot.name == (place{in, id}).slotName()
}

func (p *picture) element(in *instance, id int, kids []template.Node) *Node {
	e := &in.frag.Elements[id]
	made := &Node{Tag: e.Tag, Inst: in.number, ID: id, Attrs: map[string]any{}}
	for _, a := range e.Attrs {
		made.Attrs[a.Name] = decoded(template.AppendPrimitive(nil, a.Value))
	}
	for _, d := range e.Dyn {
		made.Attrs[d.Name] = decoded(p.tree.appendCell(nil, &in.frag.Holes[d.Hole], &in.cells[d.Hole]))
		if p.told && in.cells[d.Hole].kind == expr.Null {
			made.Attrs[d.Name] = toldNull
		}
	}
	for _, name := range classAttributes {
		if class, ok := made.Attrs[name].(string); ok && p.composed && !p.told {
			made.Attrs[name] = in.shadow.classes(class)
		}
	}
	if p.told && len(e.Dataset) > 0 {
		made.Data = map[string]any{}
		for _, d := range e.Dataset {
			made.Data[d.Name] = p.evaluated(in, d.Expr)
		}
	}
	if p.composed && in.slot != nil && e.Parent < 0 {
		delete(made.Attrs, "slot") // it has done its work
	}
	made.On = in.frag.Events(id)
	made.Kids = p.nodes(in, kids, nil)
	return made
}

func (p *picture) evaluated(in *instance, e *expr.Node) any {
	v := e.Eval(in.env)
	if v.Kind == expr.Null {
		return toldNull
	}
	return decoded(p.tree.appendJSON(nil, v, 0))
}

// toldNull is null in a tree that is told: simulators print it, and leave out what is undefined.
var toldNull = json.RawMessage("null")

func (p *picture) slot(in *instance, hole int) *Node {
	made := p.element(in, in.frag.Holes[hole].Element, nil)
	c := &in.cells[hole]
	name := expr.Value{Kind: c.kind, Num: c.num, Str: c.str}.Display()
	if made.Attrs["name"] = name; name == "" {
		delete(made.Attrs, "name")
	}
	if !p.composed {
		return made
	}
	if content := c.group.child; content != nil {
		made.Kids = p.nodes(content, content.frag.Kids, nil)
	}
	p.slots[in.shadow] = append(p.slots[in.shadow], made)
	return made
}

func (p *picture) component(in *instance, hole int) *Node {
	made := p.element(in, in.frag.Holes[hole].Element, nil)
	g := in.cells[hole].group
	if g == nil {
		return made
	}
	if g.host == nil {
		if g.child != nil && g.child.frag != nil {
			made.Kids = p.nodes(g.child, g.child.frag.Kids, nil)
		}
		return made
	}
	made.Host, made.host, made.Virtual = true, g.host, g.host.def.VirtualHost
	if p.told {
		made.Given = map[string]any{}
		for _, given := range in.frag.Elements[in.frag.Holes[hole].Element].Props {
			_, own := made.Attrs[given.Name]
			if _, taken := g.host.def.Properties[camel(given.Name)]; !own && !taken {
				made.Given[given.Name] = p.evaluated(in, given.Expr)
			}
		}
	}
	content := func() (nodes []*Node) {
		for _, in := range g.host.contents {
			if in.frag != nil {
				nodes = p.nodes(in, in.frag.Kids, nodes)
			}
		}
		return nodes
	}
	if !p.composed {
		made.Kids = content()
		return made
	}
	if shadow := g.host.shadow; shadow.root.frag != nil {
		made.Kids = p.nodes(shadow.root, shadow.root.frag.Kids, nil)
		if g.host.def.Slots != DynamicSlots {
			fillSlots(p.slots[shadow], content(), g.host.def.Slots == SingleSlot)
		}
	}
	return made
}

// fillSlots puts what is between the tags of a component into its slots: all into the first one, or
// each node into the first slot of its name. What has no slot is not shown.
func fillSlots(slots, content []*Node, single bool) {
	nameOf := func(n *Node, attribute string) string {
		name, _ := n.Attrs[attribute].(string)
		return name
	}
	for _, n := range content {
		for _, slot := range slots {
			if single || nameOf(slot, "name") == nameOf(n, "slot") {
				slot.Kids = append(slot.Kids, n)
				break
			}
		}
	}
}

func decoded(b []byte) any {
	var v any
	_ = json.Unmarshal(b, &v) // our own output; a value cut off by a limit shows as nil
	return v
}

// Component is the component that the element stands for, or nil: in what Shadow.Find returns.
func (n *Node) Component() *Host { return n.host }

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
