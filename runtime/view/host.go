package view

import (
	"slices"
	"strings"

	"github.com/teahouse/teahouse/runtime/expr"
	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/template"
)

// Host is the place of a component in a tree: its tag in the template of its owner.
type Host struct {
	at     place
	hole   int
	shadow *Shadow
	def    *Definition
	gifts  []gift // by the tag
	number int    // of the component in the image

	component Component
	generics  map[string]*image.Component // by the names of the component's generics
	externals map[string]*cell            // the external classes that the tag gives
	contents  []*instance                 // what is between the tags: one, or one for each dynamic slot
	lengths   map[*expr.Node]expr.Value   // the lengths in what the tag gives, as they were
	supplied  bool                        // it has what the tag gives it
	filled    bool                        // what is between the tags is made
	attached  bool
}

// HostAt finds the component of a tag by its place in the protocol, or nil.
func (t *Tree) HostAt(inst, id int) *Host {
	in := t.find(t.root.root, inst)
	if in == nil || in.frag == nil || in.number != inst || id < 0 || id >= len(in.frag.Elements) {
		return nil
	}
	return place{in, id}.host()
}

// Definition is the definition of the component.
func (h *Host) Definition() *Definition { return h.def }

// Shadow is what the component shows.
func (h *Host) Shadow() *Shadow { return h.shadow }

// Component is what Create returned.
func (h *Host) Component() Component { return h.component }

func (h *Host) tree() *Tree { return h.at.in.shadow.tree }

func (h *Host) owner() *Shadow { return h.at.in.shadow }

// Owner is the shadow whose template has the tag. The component of the owner, or the page, gets the
// events.
func (h *Host) Owner() *Shadow { return h.owner() }

// Element describes the tag, with its id and dataset as they are now.
func (h *Host) Element() Element { return h.tree().describe(h.tree().inShadow(h.at)) }

// Above returns what is around the tag in the same shadow, innermost first: the components between
// whose tags it is.
func (h *Host) Above() []*Host {
	var hosts []*Host
	for _, at := range h.tree().inShadow(h.at)[1:] {
		if host := at.host(); host != nil {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// Inside visits the components between the tags, in document order, and what is between theirs.
func (h *Host) Inside(visit func(*Host)) {
	deep := func(inner *Host) {
		visit(inner)
		inner.Inside(visit)
	}
	for _, content := range h.contents {
		h.tree().eachHost(content, deep)
	}
}

// Within reports whether the tag is inside an element of its own shadow.
func (h *Host) Within(inst, id int) bool {
	for _, at := range h.tree().inShadow(h.at) {
		if at.in.number == inst && at.id == id {
			return true
		}
	}
	return false
}

// Class reports the classes of the tag in the owner's words.
func (h *Host) Class() string { return h.at.attr("class").Display() }

// Model returns the path of the owner's data that a property is bound to by model:name, or false. An
// empty path is a binding to a value that cannot be set.
func (h *Host) Model(name string) (path []any, ok bool) { return h.tree().model(h.at, name) }

func (h *Host) attach() {
	if h.attached || h.shadow.gone {
		return
	}
	h.attached = true
	h.component.Attached()
	h.tree().attach(h.shadow.root)
	for _, content := range h.contents {
		h.tree().attach(content)
	}
}

func (h *Host) detach() {
	if !h.attached {
		return
	}
	for _, content := range h.contents {
		h.tree().detach(content)
	}
	h.tree().detach(h.shadow.root)
	h.attached = false
	h.component.Detached()
}

func (h *Host) moved() {
	if !h.attached {
		return
	}
	for _, content := range h.contents {
		h.tree().moved(content)
	}
	h.tree().moved(h.shadow.root)
	h.component.Moved()
}

// component finds the component that a tag stands for in a shadow, or nil: one of its generics, one
// of usingComponents, or the placeholder of one that is not there.
func (t *Tree) component(s *Shadow, tag string) *image.Component {
	if s.def == nil || s.def.Component == nil {
		return nil
	}
	file := s.def.Component
	if fallback, ok := file.Generics[tag]; ok {
		if s.host != nil && s.host.generics[tag] != nil {
			return s.host.generics[tag]
		}
		found, _ := t.img.Component(fallback)
		return found
	}
	if path, ok := file.Using[tag]; ok {
		found, _ := t.img.Component(path)
		return found
	}
	if placeholder := file.Placeholders[tag]; placeholder != "" && placeholder != tag {
		found, _ := t.img.Component(file.Using[placeholder])
		return found
	}
	return nil
}

// createComponent makes the component of a tag: its shadow, then what it is given, then what is between
// the tags.
func (t *Tree) createComponent(in *instance, i int, hole *template.Hole, g *group) {
	host := t.newHost(in, i, hole)
	if host == nil { // an element like any other
		if len(hole.Frags) > 0 {
			g.child = &instance{env: givenNothing(in.env, hole)}
			t.create(g.child, hole.Frags[0], in, i)
		}
		return
	}
	g.host = host
	host.shadow.root.depth = in.depth + 1
	t.create(host.shadow.root, 0, nil, 0)
	if t.err != nil || host.shadow.gone {
		return
	}
	host.component.Created()
	host.supplied = true
	properties, _ := host.give(nil)
	host.set(properties)
	if host.shadow.gone {
		return
	}
	if host.filled = true; host.def.Slots == DynamicSlots {
		t.fillSlots(host.shadow.root)
	} else if len(hole.Frags) > 0 {
		g.child = &instance{env: givenNothing(in.env, hole)}
		host.contents = append(host.contents, g.child)
		t.create(g.child, hole.Frags[0], in, i)
	}
}

func (t *Tree) newHost(in *instance, i int, hole *template.Hole) *Host {
	if t.components == nil {
		return nil
	}
	at := place{in, hole.Element}
	file := t.component(in.shadow, at.element().Tag)
	if file == nil {
		return nil
	}
	def := t.definition(file)
	if def == nil {
		return nil
	}
	host := &Host{at: at, hole: i, def: def, gifts: t.gifts(def, at.element())}
	_, host.number = t.img.Component(file.Path)
	for _, generic := range at.element().Generics {
		if found := t.component(in.shadow, generic.Value.Str); found != nil {
			if host.generics == nil {
				host.generics = map[string]*image.Component{}
			}
			host.generics[generic.Name] = found
		}
	}
	var data Value
	if host.component, data = t.components.Create(host); host.component == nil {
		return nil
	}
	for _, name := range def.ExternalClasses {
		if host.externals == nil {
			host.externals = map[string]*cell{}
		}
		host.externals[name] = &cell{kind: expr.String}
	}
	host.shadow = newShadow(t, host, file.Template, data)
	host.shadow.def = def
	return host
}

// definition asks for the definition of a component once.
func (t *Tree) definition(file *image.Component) *Definition {
	def, known := t.definitions[file.Path]
	if !known {
		def = t.components.Definition(file)
		t.definitions[file.Path] = def
	}
	return def
}

// gift is something that the tag of a component gives to it, as its definition takes it.
type gift struct {
	name     string // in camelCase
	given    string // as in the markup
	expr     *expr.Node
	deps     []expr.Path
	plain    bool // it is what lies at a path: a change concerns it if it concerns the path
	property bool
	key      any // of the property in Definition.Properties
	found    expr.Found
	class    bool // an external class
}

// gifts is what a tag gives to its components, found once: it is asked for with every change.
func (t *Tree) gifts(def *Definition, element *template.Element) []gift {
	gifts, known := def.gifts[element]
	if known {
		return gifts
	}
	for _, p := range element.Props {
		g := gift{name: camel(p.Name), given: p.Name, expr: p.Expr, deps: t.depsOf(p.Expr), plain: !isLength(p.Expr) &&
			(len(p.Expr.Kids) == 0 || p.Expr.Op == expr.OpMember || p.Expr.Op == expr.OpAt)}
		// These three are the tag's own, even for a component that has a property of the name.
		if g.name != "id" && g.name != "class" && g.name != "slot" {
			g.key, g.property = def.Properties[g.name]
		}
		g.class = !g.property && slices.Contains(def.ExternalClasses, p.Name)
		gifts = append(gifts, g)
	}
	if def.gifts == nil {
		def.gifts = map[*template.Element][]gift{}
	}
	def.gifts[element] = gifts
	return gifts
}

// give evaluates what the tag gives to the component: all of it, or what the changes concern. It
// returns the properties, which set takes next, and whether an external class has changed.
func (h *Host) give(changes []change) (properties []Property, classes bool) {
	t := h.tree()
	from := len(t.given)
	for i := range h.gifts {
		g := &h.gifts[i]
		switch {
		case changes == nil:
			h.noteLengths(g.expr)
		case g.plain:
			if !concerns(g.deps, changes) {
				continue
			}
		case !h.affected(g.expr, changes) && !(concerns(g.deps, changes) && h.direct(changes)):
			continue
		}
		if g.property {
			v := h.given(g)
			t.given = append(t.given, Property{g.name, g.key, v})
		}
		if g.class {
			classes = t.assign(h.externals[g.given], expr.Text(classText(h.at.in.eval(g.expr))), true) || classes
		}
	}
	return t.given[from:], classes
}

// set gives the component what give returned last.
func (h *Host) set(properties []Property) {
	t := h.tree()
	if len(properties) > 0 {
		h.component.Set(properties)
		t.given = t.given[:len(t.given)-len(properties)]
	}
}

// given is the value of a gift for the component.
func (h *Host) given(g *gift) Value {
	if v, ok := g.expr.Field(h.at.in.env, &g.found); ok && v.Primitive() {
		return v
	}
	env := *h.at.in.env
	env.Given = true
	v := h.at.in.evalIn(&env, g.expr)
	if v.Primitive() {
		return v
	}
	copier := Copier{Bytes: MaxGivenBytes, Depth: MaxValueDepth, TooLarge: errGiven, TooDeep: errGiven}
	v, err := v.Settled(&copier)
	if err != nil {
		h.tree().warn(nil, h.def.Component.Path, "%s: a WXS module gives a component a value that is larger than %d KB or nested "+
			"more than %d deep; it is given nothing.", h.owner().template.Path, MaxGivenBytes>>10, MaxValueDepth)
	}
	return v
}

// setsWhole reports whether a change sets what the expression is a member of, or the member, and not another part.
func setsWhole(n *expr.Node, changes []change) bool {
	path, ok := n.Kids[0].StaticPath()
	if !ok {
		return true
	}
	for i := range changes {
		if rest, inside := below(&path, &changes[i]); inside && rest[0] == n.Str || !inside && related(&path, &changes[i]) {
			return true
		}
	}
	return false
}

// depsOf is what an expression depends on, found once: it is asked for with every change.
func (t *Tree) depsOf(n *expr.Node) []expr.Path {
	deps, known := t.deps[n]
	if !known {
		if t.deps == nil {
			t.deps = map[*expr.Node][]expr.Path{}
		}
		deps = n.Deps()
		t.deps[n] = deps
	}
	return deps
}

// affected reports whether a change concerns the value of an expression as it is now: of a condition
// only the branch that is taken counts, and of a list's length not what is in the list. A component is
// given a property again exactly then, because its observers can tell.
func (h *Host) affected(n *expr.Node, changes []change) bool {
	switch {
	case n.Op == expr.OpCond:
		if h.affected(n.Kids[0], changes) {
			return true
		}
		if n.Kids[0].Eval(h.at.in.env).Truthy() {
			return h.affected(n.Kids[1], changes)
		}
		return h.affected(n.Kids[2], changes)
	case isLength(n):
		before := h.lengths[n]
		h.noteLengths(n)
		return h.lengths[n] != before || setsWhole(n, changes)
	case len(n.Kids) == 0 || n.Op == expr.OpMember || n.Op == expr.OpAt:
		return concerns(h.tree().depsOf(n), changes)
	}
	for _, kid := range n.Kids {
		if h.affected(kid, changes) {
			return true
		}
	}
	return false
}

// direct reports whether the changes are one name of the data that no condition, list or template reads. A path
// of several names is not one, also where it made what was not there.
// The vendor's framework then computes all that has the name in it again, without looking further.
func (h *Host) direct(changes []change) bool {
	if len(changes) != 1 || changes[0].Var != expr.Data || len(changes[0].Keys) != 1 || h.at.in.parent != nil && h.at.in.parent.frag.Holes[h.at.in.hole].Kind != template.Comp {
		return false
	}
	compiled := h.at.in.shadow.template
	plain := map[int]bool{0: true} // fragments that are made once with the shadow
	for again := true; again; {
		again = false
		for f := range plain {
			for i := range compiled.Fragments[f].Holes {
				if hole := &compiled.Fragments[f].Holes[i]; hole.Kind == template.Comp && len(hole.Frags) > 0 && !plain[hole.Frags[0]] {
					plain[hole.Frags[0]], again = true, true
				}
			}
		}
	}
	for f := range compiled.Fragments {
		for i := range compiled.Fragments[f].Holes {
			hole := &compiled.Fragments[f].Holes[i]
			structure := hole.Kind == template.If || hole.Kind == template.For || hole.Kind == template.UseName
			if (structure || !plain[f]) && concerns(hole.Deps, changes) {
				return false
			}
		}
	}
	return true
}

func isLength(n *expr.Node) bool { return n.Op == expr.OpMember && n.Str == "length" }

// noteLengths remembers the lengths in an expression.
func (h *Host) noteLengths(n *expr.Node) {
	if isLength(n) {
		if h.lengths == nil {
			h.lengths = map[*expr.Node]expr.Value{}
		}
		if v := n.Eval(h.at.in.env); v.Kind < expr.Object { // others are equal to nothing
			h.lengths[n] = v.Plain()
		} else {
			delete(h.lengths, n)
		}
		return
	}
	for _, kid := range n.Kids {
		h.noteLengths(kid)
	}
}

// classText is a class attribute as text; a list gives its classes.
func classText(v expr.Value) string {
	if !v.IsArray() {
		return v.Display()
	}
	var classes []string
	for i := range v.Len() {
		classes = append(classes, v.Index(i).Display())
	}
	return strings.Join(classes, " ")
}

// classesIn are the classes of an element in a shadow: an external class stands for those that the
// component's tag gives, and the signs before a name, which take another scope, are no part of it.
func classesIn(text string, external func(name string) (classes string, ok bool)) string {
	if !strings.ContainsAny(text, "^~") && external == nil {
		return text
	}
	var classes []string
	for name := range strings.FieldsSeq(text) {
		if external != nil {
			if given, ok := external(name); ok {
				classes = append(classes, strings.Fields(given)...)
				continue
			}
		}
		classes = append(classes, strings.TrimLeft(name, "^~"))
	}
	return strings.Join(classes, " ")
}

// classes resolves a class attribute in the shadow.
func (s *Shadow) classes(text string) string {
	if s.host == nil || len(s.host.externals) == 0 {
		return classesIn(text, nil)
	}
	return classesIn(text, func(name string) (string, bool) {
		given := s.host.externals[name]
		if given == nil {
			return "", false
		}
		return s.Owner().classes(given.str), true
	})
}

// camel turns font-size into fontSize.
func camel(name string) string {
	before, after, found := strings.Cut(name, "-")
	for found && after != "" {
		before += strings.ToUpper(after[:1])
		var more string
		more, after, found = strings.Cut(after[1:], "-")
		before += more
	}
	return before
}

// updateComponent gives the component what has changed, and updates what is between its tags.
func (t *Tree) updateComponent(in *instance, i int, g *group, changes []change, own bool) {
	h := g.host
	if h != nil && own && h.supplied {
		properties, classes := h.give(changes)
		if classes {
			t.mark(in, i)
		}
		h.set(properties)
		if h.shadow.gone {
			return
		}
	}
	hole := &in.frag.Holes[i]
	inside := changes
	for range hole.Given {
		inside = outward(inside)
	}
	if h == nil {
		if g.child != nil {
			t.update(g.child, inside)
		}
		return
	}
	for _, content := range h.contents {
		if !content.gone {
			t.update(content, inside)
		}
	}
}

// outward rewrites changes for what is one scope further in.
func outward(changes []change) []change {
	out := make([]change, len(changes))
	for i, c := range changes {
		if c.Var != expr.Data {
			c.Depth++
		}
		out[i] = c
	}
	return out
}

// removeHost takes a component out of the tree, with its shadow and what is between its tags.
func (t *Tree) removeHost(h *Host) {
	h.shadow.gone = true
	h.shadow.changes, h.shadow.absent = nil, nil
	t.remove(h.shadow.root)
	for _, content := range h.contents {
		t.remove(content)
	}
}
