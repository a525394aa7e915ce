// Package wxml compiles WXML, the markup of mini programs, into templates.
//
// The parser accepts what real projects contain: attributes without quotes, attributes written
// twice, elements that are left open as in HTML, unknown directives. When it can guess the meaning
// it warns, else it reports an error; both say where and what to do. The compiler then splits the
// page into fragments at every wx:if, wx:for and template, and computes what each value depends on,
// so that the engine never walks the page to find what setData has changed.
package wxml

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/teahouse/teahouse/runtime/expr"
	"github.com/teahouse/teahouse/runtime/source"
	"github.com/teahouse/teahouse/runtime/template"
	"github.com/teahouse/teahouse/runtime/wxs"
)

// Options describe the program around a file.
type Options struct {
	// Component reports whether a tag is one of the components or generics that the JSON file names. Nil
	// means that none is.
	Component func(tag string) bool
	// Missing reports whether a tag is named as a component that is not there, which the caller reports. It is
	// a plain box. Nil means that none is.
	Missing func(tag string) bool
	// Slots says that the file is of a component: <slot> is where the content of its element is shown.
	Slots bool
	// Styled are the attributes data-* that style sheets of the program name, by what they are called there.
	Styled map[string]bool
}

// Compile compiles the page or component at path, e.g. "pages/index/index.wxml", with everything that
// it imports and includes. The template is nil when there is an error among the diagnostics.
func Compile(src source.Files, path string, opts Options) (*template.Template, []source.Diagnostic) {
	c := &compiler{
		opts: opts, src: src, report: &report{source.Findings{Max: MaxDiagnostics}}, files: map[string]*file{},
		t: &template.Template{Path: path}, seen: map[string]bool{},
		scopes: map[string]int{}, definitions: map[string]map[string]*definition{},
	}
	text, ok := src.ReadFile(path)
	if !ok {
		return nil, []source.Diagnostic{{
			Severity: source.Error, Code: "wxml-missing-file", File: path, Line: 1, Column: 1,
			Message: "The page has no " + path + ". Create it, or remove the page from app.json.",
		}}
	}
	c.modules = wxs.NewSet(src, &c.report.Findings)
	f := parse(path, string(text), c.report)
	c.files[path] = f
	c.fragment(f, func(b *builder) []template.Node { return b.nodes(f.root.kids, -1) })
	for len(c.pending) > 0 {
		d := c.pending[0]
		c.pending = c.pending[1:]
		c.body(d)
	}
	c.modulesOf(f)("") // also of one that nothing uses, its faults are told
	c.t.Modules = c.modules.Modules()
	if c.report.Failed {
		return nil, c.report.List
	}
	return c.t, c.report.List
}

type compiler struct {
	opts        Options
	src         source.Files
	report      *report
	files       map[string]*file // nil for one that is missing
	t           *template.Template
	loops       []loop          // enclosing wx:for, outermost first
	slotName    *attribute      // of the block around: the slot of all that is directly inside
	values      []slotValue     // of the content that is being compiled
	including   []string        // files that are being included
	elements    int             // so far, against MaxElements
	included    int             // bytes so far, against MaxIncludedBytes
	seen        map[string]bool // keys of reports and warnings that were already made
	scopes      map[string]int  // file to index of its names
	definitions map[string]map[string]*definition
	pending     []*definition
	modules     *wxs.Set
}

// loop is the names of a scope: those of a wx:for, or, as item, that of a value of a slot.
type loop struct{ item, index string }

// definition is a <template name>. Its fragment is made when something uses it.
type definition struct {
	file     *file
	element  *element
	fragment int // -1 until it is used
}

func (c *compiler) lookup(name string) (expr.Var, int, bool) {
	for i, loop := range slices.Backward(c.loops) {
		switch depth := len(c.loops) - 1 - i; name {
		case "":
		case loop.item:
			return expr.Item, depth, true
		case loop.index:
			return expr.Index, depth, true
		}
	}
	return 0, 0, false
}

// once reports whether this is the first time for a key.
func (c *compiler) once(key string) bool {
	if c.seen[key] {
		return false
	}
	c.seen[key] = true
	return true
}

func (c *compiler) use(list *[]template.Use, kind, name string, f *file, offset int) {
	if c.once(kind + name) {
		line, column := f.position(offset)
		*list = append(*list, template.Use{Name: name, File: f.path, Line: line, Column: column})
	}
}

// builder makes one fragment.
type builder struct {
	c    *compiler
	f    *file // the file whose markup is being read; it changes inside an include
	frag *template.Fragment
	deps []expr.Path // what the fragment's holes depend on, seen from inside the fragment
}

// fragment makes the next fragment of the template and returns its number and what it depends on.
func (c *compiler) fragment(f *file, fill func(*builder) []template.Node) (int, []expr.Path) {
	id := len(c.t.Fragments)
	c.t.Fragments = append(c.t.Fragments, template.Fragment{})
	b := &builder{c: c, f: f, frag: &template.Fragment{}}
	b.frag.Kids = fill(b)
	c.t.Fragments[id] = *b.frag
	return id, b.deps
}

// body fills the fragment of a template, which sees only its own data.
func (c *compiler) body(d *definition) {
	c.loops = nil
	b := &builder{c: c, f: d.file, frag: &template.Fragment{}}
	b.frag.Kids = b.nodes(d.element.kids, -1)
	c.t.Fragments[d.fragment] = *b.frag
}

func (b *builder) hole(h template.Hole, offset int) int {
	h.Line, _ = b.f.position(offset)
	for _, p := range h.Deps {
		expr.AddPath(&b.deps, p)
	}
	for _, p := range h.Inner {
		expr.AddPath(&b.deps, p)
	}
	b.frag.Holes = append(b.frag.Holes, h)
	return len(b.frag.Holes) - 1
}

func (b *builder) warn(offset int, code, format string, args ...any) {
	b.c.report.add(b.f, offset, source.Warning, code, format, args...)
}

func (b *builder) fail(offset int, code, format string, args ...any) {
	b.c.report.add(b.f, offset, source.Error, code, format, args...)
}

// nodes compiles siblings inside element parent.
func (b *builder) nodes(kids []*element, parent int) []template.Node {
	var out []template.Node
	for i := 0; i < len(kids); i++ {
		e := kids[i]
		switch {
		case e.tag == "":
			switch {
			case blank(e.text):
			case b.c.slotName != nil:
				// A slot is found by an attribute, which a text cannot have: it stands in an element here.
				out = append(out, b.plain(&element{tag: "text", kids: []*element{e}, offset: e.offset}, parent)...)
			default:
				out = append(out, b.text(e, parent))
			}
		case e.repeats() && !e.continues():
			out = append(out, b.list(e, parent))
		case e.has("wx:if"):
			chain, end := b.chain(kids, i)
			out = append(out, b.branches(chain, parent))
			i = end
		case e.continues():
			b.warn(e.offset, "wxml-else-without-if", "wx:elif and wx:else must directly follow an element "+
				"with wx:if or wx:elif. It is always shown.")
			out = append(out, b.plain(e, parent)...)
		default:
			out = append(out, b.plain(e, parent)...)
		}
	}
	return out
}

func (e *element) has(name string) bool { _, ok := e.attr(name); return ok }

func (e *element) repeats() bool { return e.has("wx:for") || e.has("wx:for-items") }

func (e *element) continues() bool { return e.has("wx:elif") || e.has("wx:else") }

func (b *builder) text(e *element, parent int) template.Node {
	node := fold(b.c.parseExpr(b.f, e.text, e.offset, false))
	if node.Op == expr.OpConst {
		return template.Node{Kind: template.Text, Text: node.Val.Display()}
	}
	hole := b.hole(template.Hole{
		Kind: template.DynText, Expr: node, Element: parent, Deps: node.Deps(),
	}, e.offset)
	return template.Node{Kind: template.DynText, Index: hole}
}

// fold computes an expression that depends on nothing, such as {{true}} or {{-1}}.
func fold(n *expr.Node) *expr.Node {
	if n.Op == expr.OpConst || len(n.Deps()) > 0 || makesObject(n) || n.UsesModule() {
		return n
	}
	return expr.Const(n.Eval(&expr.Env{}))
}

func makesObject(n *expr.Node) bool {
	if n.Op == expr.OpArray || n.Op == expr.OpRecord {
		return true
	}
	return slices.ContainsFunc(n.Kids, makesObject)
}

// chain collects the elements of the wx:if chain that begins at kids[i], and returns where it ends.
func (b *builder) chain(kids []*element, i int) ([]*element, int) {
	chain, end := []*element{kids[i]}, i
	for j := i + 1; j < len(kids); j++ {
		next := kids[j]
		if next.tag == "" && blank(next.text) {
			continue
		}
		if next.tag == "" || !next.continues() || next.has("wx:if") {
			break
		}
		chain, end = append(chain, next), j
		if next.has("wx:else") && !next.has("wx:elif") {
			break
		}
	}
	return chain, end
}

func (b *builder) branches(chain []*element, parent int) template.Node {
	h := template.Hole{Kind: template.If, Element: parent}
	for i, e := range chain {
		name := "wx:if"
		if i > 0 {
			name = "wx:elif"
		}
		var cond *expr.Node
		if a, ok := e.attr(name); ok {
			cond = b.c.parseExpr(b.f, a.value, a.at, false)
			if strings.Contains(a.value, "{{") && cond.Op == expr.OpConcat {
				b.warn(a.at, "wxml-text-around-condition",
					"Text around {{ }} makes the condition always true. Write %s=\"{{…}}\".", name)
			}
			for _, p := range cond.Deps() {
				expr.AddPath(&h.Deps, p)
			}
		}
		frag, deps := b.c.fragment(b.f, func(inner *builder) []template.Node {
			if i > 0 && e.repeats() {
				return []template.Node{inner.list(e, -1)}
			}
			return inner.plain(e, -1)
		})
		for _, p := range deps {
			expr.AddPath(&h.Inner, p)
		}
		h.Conds, h.Frags = append(h.Conds, cond), append(h.Frags, frag)
	}
	return template.Node{Kind: template.If, Index: b.hole(h, chain[0].offset)}
}

func (b *builder) list(e *element, parent int) template.Node {
	a, ok := e.attr("wx:for")
	if !ok {
		a, _ = e.attr("wx:for-items")
	}
	list := b.c.parseExpr(b.f, a.value, a.at, false)
	if strings.Contains(a.value, "{{") && list.Op == expr.OpConcat {
		b.warn(a.at, "wxml-text-around-list",
			"Text around {{ }} turns the list into text, one row per character. Write wx:for=\"{{…}}\".")
	}
	l := loop{item: "item", index: "index"}
	if name, ok := e.attr("wx:for-item"); ok && name.value != "" {
		l.item = name.value
	}
	if name, ok := e.attr("wx:for-index"); ok && name.value != "" {
		l.index = name.value
	}
	h := template.Hole{
		Kind: template.For, Expr: list, Element: parent, Deps: list.Deps(), Key: b.key(e, l),
	}
	b.c.loops = append(b.c.loops, l)
	frag, deps := b.c.fragment(b.f, func(inner *builder) []template.Node {
		if e.has("wx:if") {
			return []template.Node{inner.branches([]*element{e}, -1)}
		}
		return inner.plain(e, -1)
	})
	b.c.loops = b.c.loops[:len(b.c.loops)-1]
	h.Frags = []int{frag}
	for _, p := range deps {
		if p.Var != expr.Data {
			if p.Depth == 0 {
				continue // the row's own item and index
			}
			p.Depth--
		}
		expr.AddPath(&h.Inner, p)
	}
	return template.Node{Kind: template.For, Index: b.hole(h, e.offset)}
}

// key reads wx:key. It should be the name of a property, but real markup also contains an
// expression with that property.
func (b *builder) key(e *element, l loop) string {
	a, ok := e.attr("wx:key")
	if !ok {
		return ""
	}
	key := strings.TrimSpace(a.value)
	braces := strings.Contains(key, "{{")
	if braces {
		key = strings.Trim(key, "{} \t\n")
	}
	switch key {
	case l.item:
		key = "*this"
	case l.index:
		key = "" // rows keep their place, as they do without a key
	default:
		key = strings.TrimPrefix(key, l.item+".")
	}
	if key != "*this" && strings.ContainsAny(key, " .[({?+'\"") {
		b.warn(a.at, "wxml-key-expression",
			"wx:key takes the name of one property of the item. %q is ignored.", a.value)
		return ""
	}
	switch {
	case braces && key == "":
		b.warn(a.at, "wxml-key-expression",
			"wx:key by index has no effect: rows keep their place anyway. Name a property, or leave it out.")
	case braces:
		b.warn(a.at, "wxml-key-expression",
			"wx:key takes the name of a property, without {{ }}. It is read as %q.", key)
	}
	return key
}

// plain compiles an element after its wx:if and wx:for have been handled.
func (b *builder) plain(e *element, parent int) []template.Node {
	switch e.tag {
	case "block":
		outer := b.c.slotName
		if a, ok := e.attr("slot"); ok {
			b.c.slotName = &a
		}
		nodes := b.nodes(e.kids, parent)
		b.c.slotName = outer
		return nodes
	case "template":
		if e.has("is") {
			return []template.Node{b.useTemplate(e, parent)}
		}
		if !e.has("name") {
			b.warn(e.offset, "wxml-template-without-name",
				"<template> needs name=\"…\" to define one, or is=\"…\" to use one.")
		}
		return nil
	case "import":
		if src, ok := e.attr("src"); ok {
			b.c.load(b.f, src)
		} else {
			b.fail(e.offset, "wxml-missing-src", "<import> needs src=\"…\".")
		}
		return b.nodes(e.kids, parent)
	case "include":
		return b.include(e, parent)
	case "wxs":
		return nil // see modulesOf
	case "slot":
		if !b.c.opts.Slots {
			b.warn(e.offset, "wxml-slot-in-page", "A page has no slots: <slot> shows nothing.")
		}
		return b.slot(e, parent)
	}
	return b.element(e, parent)
}

func (b *builder) include(e *element, parent int) []template.Node {
	src, ok := e.attr("src")
	if !ok || src.value == "" {
		b.fail(e.offset, "wxml-missing-src", "<include> needs src=\"…\".")
		return nil
	}
	f := b.c.load(b.f, src)
	if f == nil {
		return nil
	}
	if slices.Contains(append(b.c.including, b.c.t.Path), f.path) {
		b.fail(src.at, "wxml-include-cycle", "%s includes itself. Remove one of the includes.", f.path)
		return nil
	}
	if len(b.c.including) >= MaxIncludes {
		b.fail(src.at, "wxml-include-depth",
			"Files include each other more than %d deep. Put some of them together.", MaxIncludes)
		return nil
	}
	if b.c.included += len(f.src); b.c.included > MaxIncludedBytes {
		if b.c.once("included") {
			b.fail(src.at, "wxml-include-size",
				"The includes of the page add up to more than %d MB. Use <template> for what repeats.",
				MaxIncludedBytes>>20)
		}
		return nil
	}
	b.c.including = append(b.c.including, f.path)
	from := b.f
	b.f = f
	nodes := b.nodes(f.root.kids, parent)
	b.f = from
	b.c.including = b.c.including[:len(b.c.including)-1]
	return nodes
}

// load reads the file that an import or include names. It returns nil when there is none.
func (c *compiler) load(from *file, src attribute) *file {
	name := src.value
	if !strings.HasPrefix(name, "/") {
		name = path.Join("/", path.Dir(from.path), name) // with too many "../" the path starts at the root
	}
	name = path.Clean(name)[1:]
	if path.Ext(name) != ".wxml" {
		name += ".wxml"
	}
	f, known := c.files[name]
	if !known {
		if len(c.files) >= MaxFiles {
			c.report.add(from, src.at, source.Error, "wxml-too-many-files",
				"The page uses more than %d files. Join some of them.", MaxFiles)
			return nil
		}
		if text, ok := c.src.ReadFile(name); ok {
			f = parse(name, string(text), c.report)
		}
		c.files[name] = f
	}
	if f == nil && c.once("missing "+from.path+"#"+strconv.Itoa(src.at)) {
		// Released programs contain such lines, and the vendor's tools accept them.
		c.report.add(from, src.at, source.Warning, "wxml-missing-file",
			"There is no file %s, so nothing of it is shown. Check the path; it is relative to this file.",
			name)
	}
	return f
}
