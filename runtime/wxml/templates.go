package wxml

import (
	"maps"
	"sort"
	"strings"

	"github.com/teahouse/teahouse/runtime/expr"
	"github.com/teahouse/teahouse/runtime/source"
	"github.com/teahouse/teahouse/runtime/template"
)

// useTemplate compiles <template is data>.
func (b *builder) useTemplate(e *element, parent int) template.Node {
	is, _ := e.attr("is")
	name := b.c.parseExpr(b.f, is.value, is.at, false)
	visible := b.c.visible(b.f)
	scope := b.c.scope(b.f)
	if text, ok := name.ConstText(); ok {
		if d := visible[text]; d != nil {
			b.c.t.Scopes[scope][text] = b.c.fragmentOf(d)
		} else {
			b.warn(is.at, "wxml-unknown-template",
				"There is no template %q here, so nothing is shown. Define it in this file or import it.", text)
		}
	} else {
		names := make([]string, 0, len(visible))
		for text := range visible {
			names = append(names, text)
		}
		sort.Strings(names) // so that every build numbers the fragments the same
		for _, text := range names {
			b.c.t.Scopes[scope][text] = b.c.fragmentOf(visible[text])
		}
	}
	h := template.Hole{
		Kind: template.UseName, Expr: name, Element: parent, Scope: scope, Deps: name.Deps(),
	}
	if data, ok := e.attr("data"); ok && strings.Contains(data.value, "{{") {
		h.Data = b.c.parseExpr(b.f, data.value, data.at, true)
		for _, p := range h.Data.Deps() {
			expr.AddPath(&h.Deps, p)
		}
	}
	return template.Node{Kind: template.UseName, Index: b.hole(h, e.offset)}
}

// scope returns the index of a file's names in the template.
func (c *compiler) scope(f *file) int {
	index, ok := c.scopes[f.path]
	if !ok {
		index = len(c.t.Scopes)
		c.scopes[f.path] = index
		c.t.Scopes = append(c.t.Scopes, template.Names{})
	}
	return index
}

// fragmentOf reserves the fragment of a template; its body is compiled later, so that templates
// may use each other and themselves.
func (c *compiler) fragmentOf(d *definition) int {
	if d.fragment < 0 {
		d.fragment = len(c.t.Fragments)
		c.t.Fragments = append(c.t.Fragments, template.Fragment{})
		c.pending = append(c.pending, d)
	}
	return d.fragment
}

// visible lists the templates that a file may use: its own, and those that the files it imports
// define themselves. Imports do not reach further.
func (c *compiler) visible(f *file) map[string]*definition {
	key := "visible " + f.path
	if found, ok := c.definitions[key]; ok {
		return found
	}
	found := map[string]*definition{}
	c.definitions[key] = found
	maps.Copy(found, c.defined(f))
	f.root.each(func(e *element) {
		src, ok := e.attr("src")
		if e.tag != "import" || !ok {
			return
		}
		imported := c.load(f, src)
		if imported == nil {
			return
		}
		for name, d := range c.defined(imported) {
			if _, own := found[name]; !own {
				found[name] = d
			}
		}
	})
	return found
}

// defined lists the templates that a file defines.
func (c *compiler) defined(f *file) map[string]*definition {
	if found, ok := c.definitions[f.path]; ok {
		return found
	}
	found := map[string]*definition{}
	c.definitions[f.path] = found
	f.root.each(func(e *element) {
		name, ok := e.attr("name")
		if e.tag != "template" || !ok {
			return
		}
		if found[name.value] != nil {
			c.report.add(f, e.offset, source.Warning, "wxml-duplicate-template",
				"The template %q is defined twice. The first one counts; rename the other.", name.value)
			return
		}
		found[name.value] = &definition{file: f, element: e, fragment: -1}
	})
	return found
}

// each visits all elements in document order.
func (e *element) each(visit func(*element)) {
	for _, kid := range e.kids {
		if kid.tag != "" {
			visit(kid)
			kid.each(visit)
		}
	}
}
