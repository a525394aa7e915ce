package wxml

import (
	"slices"
	"strconv"
	"strings"

	"github.com/teahouse/teahouse/runtime/expr"
	"github.com/teahouse/teahouse/runtime/source"
	"github.com/teahouse/teahouse/runtime/template"
)

// modulesOf finds the WXS modules that a file names with <wxs module>. They are for the markup of that
// file and its templates, not for files that include it.
func (c *compiler) modulesOf(f *file) expr.Module {
	return func(name string) (int, bool) {
		if f.modules == nil {
			f.modules = map[string]int{}
			f.root.each(func(e *element) {
				if e.tag == "wxs" {
					c.module(f, e)
				}
			})
		}
		index, ok := f.modules[name]
		return index, ok
	}
}

// module reads one <wxs>.
func (c *compiler) module(f *file, e *element) {
	name, ok := e.attr("module")
	if !ok || name.value == "" {
		c.report.add(f, e.offset, source.Error, "wxs-without-name", "<wxs> needs module=\"…\", the name of the module in this file.")
		return
	}
	if _, twice := f.modules[name.value]; twice {
		c.report.add(f, name.at, source.Warning, "wxs-duplicate-module",
			"The module %q is there twice. The last one counts; rename the other.", name.value)
	}
	src, ok := e.attr("src")
	if !ok {
		line, column := f.position(e.inside)
		f.modules[name.value] = c.modules.Inline(f.path, name.value, e.text, line, column)
		return
	}
	index, ok := c.modules.File(f.path, src.value)
	if !ok {
		c.report.add(f, src.at, source.Error, "wxs-missing-file",
			"There is no module %s. Check the path; it is relative to this file.", src.value)
		return
	}
	f.modules[name.value] = index
}

// checkCalls warns of calls that have no result, and of members that a module does not have.
func (c *compiler) checkCalls(f *file, n *expr.Node, at int) {
	if n.Op == expr.OpCall && !n.Kids[0].UsesModule() && c.once("call "+f.path+"#"+strconv.Itoa(at)) {
		c.report.add(f, at, source.Warning, "wxml-call",
			"Expressions can call functions of WXS modules only; this result is empty. "+
				"Compute the value in a module or in the page's data.")
	}
	if n.Op == expr.OpMember && n.Kids[0].Op == expr.OpModule {
		m := c.modules.Modules()[n.Kids[0].Num]
		if m.Exports != nil && !slices.Contains(m.Exports, n.Str) && c.once("member "+m.Path+"."+n.Str+f.path+strconv.Itoa(at)) {
			c.report.add(f, at, source.Warning, "wxs-unknown-member",
				"The module %s exports no %s; it is undefined.", m.Path, n.Str)
		}
	}
	for _, kid := range n.Kids {
		c.checkCalls(f, kid, at)
	}
}

// viewFunctions replaces functions of modules in an expression by texts that name them for the view
// script, which calls them.
func (b *builder) viewFunctions(n *expr.Node, at int) *expr.Node {
	if module, members, ok := n.ModulePath(); ok && len(members) > 0 {
		return expr.Const(expr.Text(template.ViewFunction(module, members)))
	}
	if n.Op == expr.OpModule || n.Op == expr.OpCall {
		b.warn(at, "wxs-computed-handler",
			"A function for the view is named by its module and name, as in {{m.move}}; it cannot be computed.")
		return expr.Const(expr.Value{})
	}
	made := *n
	made.Kids = make([]*expr.Node, len(n.Kids))
	for i, kid := range n.Kids {
		made.Kids[i] = b.viewFunctions(kid, at)
	}
	return &made
}

// viewHandler compiles an event whose handler is a function of a module, or can be one: the view script
// gets its name as an attribute. It reports whether the server has no part in it.
func (b *builder) viewHandler(h *template.Handler, a attribute, id int, into *template.Element) (all bool) {
	h.Name = b.viewFunctions(h.Name, a.at)
	b.viewAttribute(template.ViewEvent(h.Event, h.Phase), h.Name, a, id, into)
	text, constant := h.Name.ConstText()
	return constant && template.IsViewFunction(text)
}

// viewAttribute adds an attribute that only the view script reads.
func (b *builder) viewAttribute(name string, value *expr.Node, a attribute, id int, into *template.Element) {
	if value = fold(value); value.Op == expr.OpConst {
		into.Attrs = append(into.Attrs, template.Attr{Name: name, Value: value.Val})
		return
	}
	hole := b.hole(template.Hole{Kind: template.Elem, Expr: value, Element: id, Deps: value.Deps()}, a.at)
	into.Dyn = append(into.Dyn, template.Dyn{Hole: hole, Name: name})
}

// change compiles change:prop, a function of a module that is called when the attribute is set.
func (b *builder) change(a attribute, prop string, id int, into *template.Element) {
	value := b.value(a)
	if !value.UsesModule() {
		b.warn(a.at, "wxs-change", "%s needs a function of a WXS module, as in %s=\"{{m.changed}}\".", a.name, a.name)
		return
	}
	b.viewAttribute("change:"+prop, b.viewFunctions(value, a.at), a, id, into)
}

// hasViewFunctions reports whether functions of the file run in the view script: then it also gets the
// datasets of the elements, which otherwise stay on the server.
func (c *compiler) hasViewFunctions(f *file) bool {
	if f.view == nil {
		found := false
		f.root.each(func(e *element) {
			for _, a := range e.attrs {
				_, _, event := eventOf(a.name)
				if !found && (event || strings.HasPrefix(a.name, "change:")) && strings.Contains(a.value, "{{") {
					node, err := expr.ParseText(a.value, expr.Options{Module: c.modulesOf(f)})
					found = err == nil && node.UsesModule()
				}
			}
		})
		f.view = &found
	}
	return *f.view
}
