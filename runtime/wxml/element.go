package wxml

import (
	"slices"
	"strings"

	"github.com/teahouse/teahouse/runtime/expr"
	"github.com/teahouse/teahouse/runtime/template"
)

// builtin lists the components that need no declaration, and the HTML elements that old projects
// use like components.
var builtin = words(`view scroll-view swiper swiper-item movable-area movable-view cover-view
cover-image match-media page-container root-portal share-element icon progress rich-text selection
text span button checkbox checkbox-group editor form input keyboard-accessory label picker
picker-view picker-view-column radio radio-group slider switch textarea navigator
functional-page-navigator audio camera image live-player live-pusher video voip-room channel-live
channel-video map canvas web-view ad ad-custom official-account open-data navigation-bar page-meta
grid-view list-view list-builder grid-builder sticky-header sticky-section snapshot draggable-sheet
nested-scroll-header nested-scroll-body open-container tap-gesture-handler double-tap-gesture-handler
pan-gesture-handler horizontal-drag-gesture-handler vertical-drag-gesture-handler scale-gesture-handler
long-press-gesture-handler force-press-gesture-handler official-account-publish store-product store-home
store-coupon store-gift loading modal toast
action-sheet block template import include wxs slot div p a img h1 h2 h3 h4 h5 h6 ul ol li br hr
section header footer strong em b i`)

func words(s string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(s) {
		set[word] = true
	}
	return set
}

// directives lists the wx: attributes that exist.
var directives = words(`wx:if wx:elif wx:else wx:for wx:for-items wx:for-item wx:for-index wx:key`)

func (b *builder) element(e *element, parent int) []template.Node {
	if b.c.elements++; b.c.elements > MaxElements {
		if b.c.once("elements") {
			b.fail(e.offset, "wxml-too-many-elements",
				"The page has more than %d elements. Use wx:for instead of repeated markup.", MaxElements)
		}
		return nil
	}
	b.c.use(&b.c.t.Tags, "tag ", e.tag, b.f, e.offset)
	component := b.c.opts.Component != nil && b.c.opts.Component(e.tag)
	missing := b.c.opts.Missing != nil && b.c.opts.Missing(e.tag)
	if !component && !missing && !builtin[e.tag] && b.c.once("unknown "+e.tag) {
		b.warn(e.offset, "wxml-unknown-component",
			"<%s> is not a built-in component and is shown as a plain box.", e.tag)
	}
	defer b.nameValues(e)()
	id := len(b.frag.Elements)
	b.frag.Elements = append(b.frag.Elements, template.Element{Tag: e.tag, Parent: parent})
	// Appending holes and inner elements can move the slice, so the element is built outside it.
	made := template.Element{Tag: e.tag, Parent: parent}
	for _, a := range b.attributes(e) {
		if component && b.given(a, &made) && !e.has("change:"+a.name) {
			continue
		}
		b.attribute(a, id, &made)
	}
	if !component {
		hearModels(&made)
	}
	b.frag.Elements[id] = made
	outer := b.c.slotName
	b.c.slotName = nil
	defer func() { b.c.slotName = outer }()
	if component {
		return []template.Node{b.component(e, id)}
	}
	kids := b.nodes(e.kids, id)
	return []template.Node{{Kind: template.Elem, Index: id, Kids: kids}}
}

// attributes are those of an element; directly inside a block with a slot's name it has this name.
func (b *builder) attributes(e *element) []attribute {
	attrs := gather(e.attrs)
	if b.c.slotName == nil {
		return attrs
	}
	attrs = slices.DeleteFunc(slices.Clone(attrs), func(a attribute) bool { return a.name == "slot" })
	return append(attrs, *b.c.slotName)
}

// gather puts each class:NAME and style:NAME into the class and the style of its element, which are one
// attribute each from here on.
func gather(attrs []attribute) []attribute {
	part := func(a attribute) (whole, name string, ok bool) {
		whole, name, ok = strings.Cut(a.name, ":")
		return whole, name, ok && name != "" && (whole == "class" || whole == "style")
	}
	if !slices.ContainsFunc(attrs, func(a attribute) bool { _, _, ok := part(a); return ok }) {
		return attrs
	}
	var all []attribute
	into := map[string]int{}
	place := func(a attribute) *attribute {
		if _, ok := into[a.name]; !ok {
			into[a.name] = len(all)
			all = append(all, a)
		}
		return &all[into[a.name]]
	}
	for _, a := range attrs {
		if whole, _, ok := part(a); ok {
			// The whole stands where its first part does, with what is written of it elsewhere.
			own := attribute{name: whole, hasValue: true, offset: a.offset, at: a.at}
			if i := slices.IndexFunc(attrs, func(o attribute) bool { return o.name == whole }); i >= 0 {
				own = attrs[i]
			}
			made := place(own)
			made.more = append(made.more, a)
		} else {
			place(a)
		}
	}
	return all
}

// hostAttributes are the attributes of a component's tag that are for the element too.
var hostAttributes = words("id class style slot hidden")

// given takes an attribute of a component's tag that is for the component. It returns false when it is
// for the element, too or alone.
func (b *builder) given(a attribute, into *template.Element) bool {
	if _, _, event := eventOf(a.name); event || strings.HasPrefix(a.name, "data-") {
		return false
	}
	switch prefix, name, qualified := strings.Cut(a.name, ":"); {
	case prefix == "model" && qualified:
		value := b.value(a)
		into.Models = append(into.Models, template.Binding{Name: name, Expr: value})
		into.Props = append(into.Props, template.Binding{Name: name, Expr: value})
		return true
	case prefix == "generic" && qualified:
		into.Generics = append(into.Generics, template.Attr{Name: name, Value: expr.Text(a.value)})
		b.c.use(&b.c.t.Tags, "tag ", a.value, b.f, a.at)
		return true
	case qualified:
		return false
	}
	into.Props = append(into.Props, template.Binding{Name: a.name, Expr: fold(b.value(a))})
	return !hostAttributes[a.name]
}

// component compiles the tag of a component. What is between the tags becomes a fragment, which the
// component's slots show.
func (b *builder) component(e *element, id int) template.Node {
	h := template.Hole{Kind: template.Comp, Element: id, Deps: depsOf(b.frag.Elements[id].Props)}
	if !slices.ContainsFunc(e.kids, func(kid *element) bool { return kid.tag != "" || !blank(kid.text) }) {
		return template.Node{Kind: template.Comp, Index: b.hole(h, e.offset)}
	}
	values := valuesRead(e.kids, nil)
	for i, v := range values {
		values[i].at = len(b.c.loops)
		h.Given = append(h.Given, v.name)
		b.c.loops = append(b.c.loops, loop{}) // named where an element reads it
	}
	outer := b.c.values
	b.c.values = values
	frag, deps := b.c.fragment(b.f, func(inner *builder) []template.Node { return inner.nodes(e.kids, -1) })
	b.c.values = outer
	b.c.loops = b.c.loops[:len(b.c.loops)-len(values)]
	h.Frags = []int{frag}
	for _, p := range deps {
		if p.Var != expr.Data {
			if p.Depth < len(values) {
				continue // a value of the slot
			}
			p.Depth -= len(values)
		}
		expr.AddPath(&h.Inner, p)
	}
	return template.Node{Kind: template.Comp, Index: b.hole(h, e.offset)}
}

// slotValue is a value of a dynamic slot that content reads, by slot:name="alias" of an element.
type slotValue struct {
	name, alias string
	at          int // index of its scope in compiler.loops
}

// valuesRead lists the values that the elements read that are directly between the tags of a component.
func valuesRead(kids []*element, found []slotValue) []slotValue {
	for _, kid := range kids {
		for _, a := range kid.attrs {
			name, ok := strings.CutPrefix(a.name, "slot:")
			if !ok {
				continue
			}
			if v := (slotValue{name: camel(name), alias: aliasOf(a)}); !slices.Contains(found, v) {
				found = append(found, v)
			}
		}
		if kid.tag == "block" {
			found = valuesRead(kid.kids, found)
		}
	}
	return found
}

func aliasOf(a attribute) string {
	if alias := strings.TrimSpace(a.value); alias != "" {
		return alias
	}
	return camel(strings.TrimPrefix(a.name, "slot:"))
}

// nameValues gives the values of a slot their names inside an element that reads them, and returns
// what takes them away again.
func (b *builder) nameValues(e *element) (restore func()) {
	var named []int
	for _, a := range e.attrs {
		name, ok := strings.CutPrefix(a.name, "slot:")
		if !ok {
			continue
		}
		for _, v := range b.c.values {
			if v.name == camel(name) && v.alias == aliasOf(a) {
				b.c.loops[v.at].item = v.alias
				named = append(named, v.at)
			}
		}
	}
	return func() {
		for _, at := range named {
			b.c.loops[at].item = ""
		}
	}
}

func depsOf(bindings []template.Binding) (deps []expr.Path) {
	for _, p := range bindings {
		for _, dep := range p.Expr.Deps() {
			expr.AddPath(&deps, dep)
		}
	}
	return deps
}

// hearModels lets the browser send the events that change what is bound by model:, which it does only for those
// that something listens to.
func hearModels(e *template.Element) {
	for _, m := range e.Models {
		for _, control := range template.Controls[e.Tag] {
			heard := slices.ContainsFunc(e.Handlers, func(h template.Handler) bool { return h.Event == control.Event })
			if camel(m.Name) == control.Attribute && !heard {
				e.Handlers = append(e.Handlers, template.Handler{Event: control.Event, Name: expr.Const(expr.Text(""))})
			}
		}
	}
}

// slot compiles <slot>. What is between its tags is never shown, as with the vendor.
func (b *builder) slot(e *element, parent int) []template.Node {
	id := len(b.frag.Elements)
	b.frag.Elements = append(b.frag.Elements, template.Element{Tag: e.tag, Parent: parent})
	made := template.Element{Tag: e.tag, Parent: parent}
	name := expr.Const(expr.Text(""))
	for _, a := range e.attrs {
		_, _, event := eventOf(a.name)
		switch {
		case a.name == "name":
			name = fold(b.value(a))
		case event, a.name == "slot", a.name == "id", strings.HasPrefix(a.name, "data-"), strings.Contains(a.name, ":"):
			b.attribute(a, id, &made)
		default:
			made.Props = append(made.Props, template.Binding{Name: a.name, Expr: b.value(a)})
		}
	}
	b.frag.Elements[id] = made
	h := template.Hole{Kind: template.Slot, Element: id, Expr: name, Deps: depsOf(made.Props)}
	for _, dep := range name.Deps() {
		expr.AddPath(&h.Deps, dep)
	}
	return []template.Node{{Kind: template.Slot, Index: b.hole(h, e.offset)}}
}

func (b *builder) attribute(a attribute, id int, into *template.Element) {
	if event, phase, ok := eventOf(a.name); ok {
		name := b.value(attribute{value: strings.TrimSpace(a.value), hasValue: a.hasValue, at: a.at})
		h := template.Handler{Event: event, Phase: phase, Name: name}
		if name.UsesModule() && b.viewHandler(&h, a, id, into) {
			return
		}
		into.Handlers = append(into.Handlers, h)
		if text, ok := name.ConstText(); ok && text != "" {
			b.c.use(&b.c.t.Handlers, "handler ", text, b.f, a.offset)
		}
		return
	}
	prefix, rest, qualified := strings.Cut(a.name, ":")
	if !qualified {
		prefix = "" // an attribute may be called mark or change
	}
	switch prefix {
	case "wx":
		if !directives[a.name] {
			b.warn(a.offset, "wxml-unknown-directive",
				"There is no %s; it is ignored. Did you mean %s?", a.name, nearest(a.name))
		}
		return
	case "mark":
		value := b.value(a)
		into.Marks = append(into.Marks, template.Binding{Name: rest, Expr: value})
		if b.c.hasViewFunctions(b.f) {
			b.viewAttribute("mark:"+rest, value, a, id, into)
		}
		return
	case "data":
		if rest != "" {
			b.dataset(rest, a, id, into)
			return
		}
	case "model":
		into.Models = append(into.Models, template.Binding{Name: rest, Expr: b.value(a)})
		a.name = rest
	case "slot": // a name for a value of a slot
		if rest != "" {
			return
		}
	case "worklet", "generic": // of the other renderer; of tags that are no components
		return
	case "change":
		b.change(a, rest, id, into)
		return
	case "extra-attr":
		b.warn(a.offset, "wxml-unsupported-attribute", "%s is not supported yet and is ignored.", a.name)
		return
	}
	if name, ok := strings.CutPrefix(a.name, "data-"); ok && name != "" {
		b.dataset(camel(name), a, id, into)
		return
	}
	value := fold(b.value(a))
	if value.Op == expr.OpConst {
		into.Attrs = append(into.Attrs, template.Attr{Name: a.name, Value: value.Val})
		return
	}
	hole := b.hole(template.Hole{
		Kind: template.Elem, Expr: value, Element: id, Deps: value.Deps(), Class: a.name == "class",
	}, a.at)
	into.Dyn = append(into.Dyn, template.Dyn{Hole: hole, Name: a.name})
}

// dataset compiles data-*. It stays on the server, unless functions in the view script may read it or a
// style sheet names it.
func (b *builder) dataset(name string, a attribute, id int, into *template.Element) {
	value := b.value(a)
	into.Dataset = append(into.Dataset, template.Binding{Name: name, Expr: value})
	if b.c.hasViewFunctions(b.f) {
		b.viewAttribute("data:"+name, value, a, id, into)
	}
	if written := strings.ToLower(a.name); b.c.opts.Styled[written] {
		b.viewAttribute(written, value, a, id, into)
	}
}

// value is the value of an attribute; an attribute without a value is true.
func (b *builder) value(a attribute) *expr.Node {
	if len(a.more) > 0 {
		return b.gathered(a)
	}
	if !a.hasValue {
		return expr.Const(expr.Value{Kind: expr.Bool, Num: 1})
	}
	return b.c.parseExpr(b.f, a.value, a.at, false)
}

// gathered is a class with the words that are on, or a style with further properties.
func (b *builder) gathered(a attribute) *expr.Node {
	text := func(s string) *expr.Node { return expr.Const(expr.Text(s)) }
	all := &expr.Node{Op: expr.OpConcat}
	more := a.more
	if a.more = nil; a.value != "" {
		all.Kids = append(all.Kids, fold(b.value(a)))
	}
	for _, part := range more {
		_, name, _ := strings.Cut(part.name, ":")
		before := ""
		switch {
		case a.name == "style" && len(all.Kids) > 0:
			before = ";"
		case len(all.Kids) > 0:
			before = " "
		}
		value := fold(b.value(part))
		if a.name == "style" {
			all.Kids = append(all.Kids, text(before+name+":"), value)
			continue
		}
		if !strings.Contains(part.value, "{{") {
			value = expr.Const(expr.Value{Kind: expr.Bool, Num: 1}) // what is written without {{ }} is on
		}
		all.Kids = append(all.Kids, &expr.Node{Op: expr.OpCond, Kids: []*expr.Node{value, text(before + name), text("")}})
	}
	return fold(all)
}

// phases are the prefixes of event attributes, a longer one before one that it contains.
var phases = []struct {
	word  string
	phase template.Phase
}{
	{"capture-bind", template.CaptureBind},
	{"capture-catch", template.CaptureCatch},
	{"mut-bind", template.MutBind},
	{"bind", template.Bind},
	{"catch", template.Catch},
}

// eventOf reads bindtap, bind:tap, catchtap, mut-bind:tap, capture-bind:tap and similar names.
func eventOf(name string) (string, template.Phase, bool) {
	for _, p := range phases {
		if event, ok := strings.CutPrefix(name, p.word); ok {
			event = strings.TrimPrefix(event, ":")
			return event, p.phase, event != ""
		}
	}
	return "", 0, false
}

// camel turns data-user-name into userName. Upper case becomes lower case first, as the vendor
// documents: data-userName is username.
func camel(name string) string {
	var b strings.Builder
	upper := false
	for _, r := range strings.ToLower(name) {
		switch {
		case r == '-':
			upper = true
		case upper:
			b.WriteString(strings.ToUpper(string(r)))
			upper = false
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// nearest is the directive that is most similar to an unknown one.
func nearest(name string) string {
	best, shared := "wx:if", 0
	candidates := []string{"wx:if", "wx:else", "wx:for", "wx:for-item", "wx:for-index", "wx:key"}
	for _, candidate := range candidates {
		n := 0
		for n < len(name) && n < len(candidate) && name[n] == candidate[n] {
			n++
		}
		if strings.HasSuffix(candidate, strings.TrimPrefix(name, "wx:")) {
			n += 10
		}
		if n > shared {
			best, shared = candidate, n
		}
	}
	return best
}
