package wxml

import (
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
grid-view list-view sticky-header sticky-section snapshot draggable-sheet loading modal toast
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
	if !builtin[e.tag] && b.c.once("unknown "+e.tag) {
		b.warn(e.offset, "wxml-unknown-component",
			"<%s> is not a built-in component and is shown as a plain box.", e.tag)
	}
	id := len(b.frag.Elements)
	b.frag.Elements = append(b.frag.Elements, template.Element{Tag: e.tag, Parent: parent})
	// Appending holes and inner elements can move the slice, so the element is built outside it.
	made := template.Element{Tag: e.tag, Parent: parent}
	for _, a := range e.attrs {
		b.attribute(a, id, &made)
	}
	b.frag.Elements[id] = made
	kids := b.nodes(e.kids, id, e.tag == "text")
	return []template.Node{{Kind: template.Elem, Index: id, Kids: kids}}
}

func (b *builder) attribute(a attribute, id int, into *template.Element) {
	if event, phase, ok := eventOf(a.name); ok {
		name := b.c.parseExpr(b.f, strings.TrimSpace(a.value), a.at, false)
		into.Handlers = append(into.Handlers, template.Handler{Event: event, Phase: phase, Name: name})
		if text, ok := name.ConstText(); ok && text != "" {
			b.c.use(&b.c.t.Handlers, "handler ", text, b.f, a.offset)
		}
		return
	}
	prefix, rest, _ := strings.Cut(a.name, ":")
	switch prefix {
	case "wx":
		if !directives[a.name] {
			b.warn(a.offset, "wxml-unknown-directive",
				"There is no %s; it is ignored. Did you mean %s?", a.name, nearest(a.name))
		}
		return
	case "mark":
		into.Marks = append(into.Marks, template.Binding{Name: rest, Expr: b.value(a)})
		return
	case "data":
		if rest != "" {
			into.Dataset = append(into.Dataset, template.Binding{Name: rest, Expr: b.value(a)})
			return
		}
	case "model":
		b.warn(a.offset, "wxml-two-way",
			"%s only shows the value. Add bindinput or bindchange to take changes back.", a.name)
		a.name = rest
	case "generic", "change", "worklet", "extra-attr":
		b.warn(a.offset, "wxml-unsupported-attribute", "%s is not supported yet and is ignored.", a.name)
		return
	}
	if name, ok := strings.CutPrefix(a.name, "data-"); ok && name != "" {
		into.Dataset = append(into.Dataset, template.Binding{Name: camel(name), Expr: b.value(a)})
		return
	}
	value := fold(b.value(a))
	if value.Op == expr.OpConst {
		into.Attrs = append(into.Attrs, template.Attr{Name: a.name, Value: value.Val})
		return
	}
	hole := b.hole(template.Hole{
		Kind: template.Elem, Expr: value, Element: id, Deps: value.Deps(),
	}, a.at)
	into.Dyn = append(into.Dyn, template.Dyn{Hole: hole, Name: a.name})
}

// value is the value of an attribute; an attribute without a value is true.
func (b *builder) value(a attribute) *expr.Node {
	if !a.hasValue {
		return expr.Const(expr.Value{Kind: expr.Bool, Num: 1})
	}
	return b.c.parseExpr(b.f, a.value, a.at, false)
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
