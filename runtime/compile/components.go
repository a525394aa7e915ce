package compile

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/source"
	"github.com/teahouse/teahouse/runtime/template"
)

// using is one entry of a usingComponents.
type using struct {
	tag    string
	path   string // "" for a component that is not there
	target string // as the developer wrote it
	at     node
}

// usingComponents reads the components that a JSON file names. One that is not there is an error only
// where its tag is used: released programs name components that they have removed.
func (c *compilation) usingComponents(doc node) []using {
	object := doc.object("usingComponents")
	var list []using
	for _, tag := range object.keys() {
		entry := object.member(tag)
		target, ok := entry.string()
		if !ok {
			entry.wrong(source.Error, "the path of a component")
			continue
		}
		found := c.resolveComponent(doc.file, target)
		if found != "" {
			c.wantComponent(found)
		}
		list = append(list, using{tag: tag, path: found, target: target, at: entry})
	}
	return list
}

// resolveComponent finds the component that a JSON file names by a path: absolute, relative to the
// file, in a miniprogram_npm above the file, or from the root. It returns "" if there is none.
func (c *compilation) resolveComponent(file, target string) string {
	target = image.Aliased(c.img.App.ResolveAlias, strings.TrimSpace(target))
	find := func(base string) string {
		base = strings.TrimPrefix(path.Clean("/"+base), "/")
		for _, candidate := range []string{base, path.Join(base, "index")} {
			if c.isComponent(candidate) {
				return candidate
			}
		}
		return ""
	}
	dir := path.Dir(file)
	switch {
	case target == "" || strings.Contains(target, "://"):
		return ""
	case strings.HasPrefix(target, "/"):
		return find(target)
	case strings.HasPrefix(target, "./"), strings.HasPrefix(target, "../"):
		return find(path.Join("/", dir, target))
	}
	if found := find(path.Join(dir, target)); found != "" {
		return found
	}
	for at := dir; ; at = path.Dir(at) {
		if found := find(path.Join(at, "miniprogram_npm", target)); found != "" {
			return found
		}
		if at == "." || at == "/" {
			break
		}
	}
	return find(target)
}

func (c *compilation) isComponent(base string) bool {
	_, markup := c.files[base+".wxml"]
	return markup || c.script(base) != ""
}

// componentMissing reports a tag whose component is not there. What is around it is shown all the same, and
// the tag as a plain box with its attributes, so that the developer sees what is missing and where. Nobody can
// put a plugin there, so that one is a warning: the rest of such a program can be published.
func (c *compilation) componentMissing(into *image.Component, use template.Use, missing *using) {
	code, message := c.whyMissing(missing)
	severity := source.Error
	if code == pluginCode {
		severity = source.Warning
	}
	c.reportIn(into, source.Diagnostic{Severity: severity, Code: code, Message: message,
		File: use.File, Line: use.Line, Column: use.Column})
}

// warnMissing reports a component that is named and not there. Of a package it tells the first one
// alone; told are the packages that were told of.
func (c *compilation) warnMissing(missing *using, told []string) []string {
	code, message := c.whyMissing(missing)
	if name := npmPackage(missing.target); code == "npm-not-built" {
		if slices.Contains(told, name) {
			return told
		}
		told = append(told, name)
	}
	missing.at.report(source.Warning, code, "%s", message)
	return told
}

func (c *compilation) whyMissing(missing *using) (code, message string) {
	switch name := npmPackage(missing.target); {
	case strings.Contains(missing.target, "://"):
		return pluginCode, fmt.Sprintf("<%s> is the component %q of a plugin and is shown as an empty box: "+
			"plugins are programs of others that only the vendor's client has. Put a component of your own in its place.",
			missing.tag, missing.target)
	case name != "" && !c.hasFolder(name):
		return "npm-not-built", fmt.Sprintf("The component <%s> comes from the package %s, which is not in miniprogram_npm. %s",
			missing.tag, name, npmAdvice)
	}
	return "component-not-found", fmt.Sprintf("<%s> is the component %q of %s, which is not there. "+
		"Check the path; it is relative to that file.", missing.tag, missing.target, c.root+missing.at.file)
}

// hasFolder reports whether the program has the folder, itself or in a miniprogram_npm.
func (c *compilation) hasFolder(name string) bool {
	for file := range c.files {
		if strings.HasPrefix(file, name+"/") || strings.Contains("/"+file, "/miniprogram_npm/"+name+"/") {
			return true
		}
	}
	return false
}

// wantComponent puts a component on the list of those that are compiled.
func (c *compilation) wantComponent(name string) {
	if c.wanted == nil {
		c.wanted = map[string]bool{}
	}
	if !c.wanted[name] {
		c.wanted[name] = true
		c.pending = append(c.pending, name)
	}
}

// componentConfig reads what the JSON file of a page or component says about components.
func (c *compilation) componentConfig(doc node, into *image.Component) []using {
	doc.setBool("component", &into.Declared)
	doc.setOneOf("styleIsolation", &into.StyleIsolation, "isolated", "apply-shared", "shared",
		"page-isolated", "page-apply-shared", "page-shared")
	doc.setBool("addGlobalClass", &into.AddGlobalClass)
	doc.setText("pureDataPattern", &into.PureDataPattern)
	if generics := doc.object("componentGenerics"); generics.given() {
		into.Generics = map[string]string{}
		for _, name := range generics.keys() {
			into.Generics[name] = c.genericDefault(generics.member(name))
		}
	}
	placeholders := doc.object("componentPlaceholder")
	for _, tag := range placeholders.keys() {
		entry := placeholders.member(tag)
		text, ok := entry.string()
		if !ok {
			entry.wrong(source.Error, "the tag that is shown in place of the component")
			continue
		}
		if into.Placeholders == nil {
			into.Placeholders = map[string]string{}
		}
		into.Placeholders[tag] = text
	}
	return c.usingComponents(doc)
}

// genericDefault reads an entry of componentGenerics: true, or {"default": path}.
func (c *compilation) genericDefault(entry node) string {
	target := entry
	if entry.given() && entry.value.Value.Kind() == '{' {
		target = entry.member("default")
	}
	text, ok := target.string()
	if !ok {
		return ""
	}
	found := c.resolveComponent(entry.file, text)
	if found == "" {
		target.report(source.Error, "component-not-found", "There is no component %q.", text)
		return ""
	}
	c.wantComponent(found)
	return found
}

// components compiles all components that pages and other components use, and sorts them.
func (c *compilation) components() {
	for len(c.pending) > 0 && c.ctx.Err() == nil {
		name := c.pending[0]
		c.pending = c.pending[1:]
		if len(c.img.Components) >= MaxComponents {
			c.report(source.Error, "too-many-components", "app.json", 0, 0,
				"A program may use %d components.", MaxComponents)
			return
		}
		made := image.Component{Path: name}
		var list []using
		if content, ok := c.files[name+".json"]; ok {
			if doc, ok := c.document(name+".json", content); ok {
				list = c.componentConfig(doc, &made)
			}
		}
		c.markup(&made, list, true)
		c.img.Components = append(c.img.Components, made)
	}
	slices.SortFunc(c.img.Components, func(a, b image.Component) int { return strings.Compare(a.Path, b.Path) })
	if len(c.img.Components) == 0 {
		return
	}
	paths := make([]string, len(c.img.Components))
	templates := make([]*template.Template, len(c.img.Components))
	for i := range c.img.Components {
		paths[i], templates[i] = c.img.Components[i].Path, c.img.Components[i].Template
	}
	c.public[image.ComponentsFile] = template.Structures(paths, templates)
}
