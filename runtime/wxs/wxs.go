// Package wxs compiles WXS, the scripts that mini programs write for their views: functions for values
// in WXML, and functions that handle events where the finger is, in the browser.
//
// WXS is a small JavaScript of 2009 without objects of the browser or of the program. The compiler checks
// a module and writes it twice: as JavaScript for the engine on the server, which computes the values of
// templates beside the program's own code, and as JSON for the view script, which interprets it. The view
// script never evaluates a text as code. docs/wxs.md has the reasons.
package wxs

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/parser"

	"github.com/teahouse/teahouse/runtime/source"
	"github.com/teahouse/teahouse/runtime/template"
)

// Set is the modules of one page or component: those of its files and all that these require. Every
// module is in it once.
type Set struct {
	src      source.Files
	findings *source.Findings
	modules  []template.Module
	indexes  map[string]int
	full     bool
}

// NewSet makes an empty set. Diagnostics are added to findings.
func NewSet(src source.Files, findings *source.Findings) *Set {
	return &Set{src: src, findings: findings, indexes: map[string]int{}}
}

// Modules are the modules of the set; the index of one is what Inline and File return.
func (s *Set) Modules() []template.Module { return s.modules }

// Inline adds the text between <wxs> and </wxs> of a WXML file, which begins at a line and a column.
func (s *Set) Inline(wxml, name, text string, line, column int) int {
	return s.add(wxml+"#"+name, &unit{set: s, file: wxml, text: text, line: line, column: column})
}

// File adds the file that a path names, seen from another file. It returns false when there is none.
func (s *Set) File(from, name string) (int, bool) {
	if !strings.HasPrefix(name, "/") {
		name = path.Join("/", path.Dir(from), name)
	}
	name = path.Clean(name)[1:]
	if path.Ext(name) != ".wxs" {
		name += ".wxs"
	}
	if index, known := s.indexes[name]; known {
		return index, true
	}
	text, ok := s.src.ReadFile(name)
	if !ok {
		return 0, false
	}
	return s.add(name, &unit{set: s, file: name, text: strings.TrimPrefix(string(text), "\ufeff"), line: 1, column: 1}), true
}

// add compiles a module. Its place in the list is taken before the modules that it requires are
// compiled, so that two modules may require each other.
func (s *Set) add(key string, u *unit) int {
	if index, known := s.indexes[key]; known {
		return index
	}
	index := len(s.modules)
	s.indexes[key] = index
	s.modules = append(s.modules, template.Module{Path: key})
	u.lines = source.NewLines(u.text)
	if index >= MaxModules {
		if !s.full {
			s.full = true
			u.report(source.Error, 1, 1, "wxs-too-many-modules",
				"The page and what it uses have more than %d modules. Put some of them together.", MaxModules)
		}
		return index
	}
	compiled := u.compile()
	compiled.Path = key
	s.modules[index] = compiled
	return index
}

// unit is one module while it is compiled.
type unit struct {
	set          *Set
	file         string
	text         string
	line, column int // where the text begins in the file
	lines        *source.Lines
	requires     []int
}

func (u *unit) report(severity source.Severity, line, column int, code, format string, args ...any) {
	if line == 1 {
		column += u.column - 1
	}
	u.set.findings.Add(source.Diagnostic{Severity: severity, Code: code, Message: fmt.Sprintf(format, args...),
		File: u.file, Line: line + u.line - 1, Column: column})
}

func (u *unit) compile() (m template.Module) {
	if len(u.text) > MaxFileBytes {
		u.report(source.Error, 1, 1, "wxs-too-large", "The module is larger than %d KB. Split it.", MaxFileBytes>>10)
		return m
	}
	if at := tooManyBrackets(u.text); at >= 0 {
		line, column := u.lines.At(at)
		u.report(source.Error, line, column, "wxs-too-deep",
			"Brackets are nested more than %d deep. Split the code into functions.", MaxBrackets)
		return m
	}
	program, err := parser.ParseFile(nil, "", free(u.text), 0, parser.WithDisableSourceMaps)
	if err != nil {
		line, column, message := 1, 1, "it is not a script"
		if list, ok := errors.AsType[parser.ErrorList](err); ok && len(list) > 0 {
			line, column, message = list[0].Position.Line, list[0].Position.Column, list[0].Message
		}
		u.report(source.Error, max(line, 1), max(column, 1), "wxs-syntax", "The code cannot be read: %s.", message)
		return m
	}
	fn, ok := u.lower(program)
	if !ok {
		return m
	}
	m.Code, m.View, m.Requires, m.Exports = javascript(fn, u.line), encoded(fn), u.requires, exports(fn)
	return m
}

func (u *unit) lower(program *ast.Program) (fn *function, ok bool) {
	offset := func(at file.Idx) int { return int(at) - 1 }
	defer func() {
		if r := recover(); r != nil {
			refused, known := r.(refusal)
			if !known {
				panic(r)
			}
			line, column := u.lines.At(offset(refused.at))
			u.report(source.Error, line, column, refused.code, "%s", refused.text)
			fn, ok = nil, false
		}
	}()
	l := &lowering{}
	*l = lowering{
		line: func(at file.Idx) int { line, _ := u.lines.At(offset(at)); return line + u.line - 1 },
		warn: func(at file.Idx, code, format string, args ...any) {
			line, column := u.lines.At(offset(at))
			u.report(source.Warning, line, column, code, format, args...)
		},
		require: func(name string, at file.Idx) int {
			index, found := u.set.File(u.file, name)
			if !found {
				l.refuseAs(at, "wxs-missing-file", "There is no module %s. Check the path; it is relative to this file.", name)
			}
			u.requires = append(u.requires, index)
			return index
		},
	}
	return l.program(program), true
}

// tooManyBrackets returns where brackets become too deep, or -1. It takes brackets in texts and comments
// for brackets too: code with hundreds of them in one text is not real.
func tooManyBrackets(text string) int {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '(', '[', '{':
			if depth++; depth > MaxBrackets {
				return i
			}
		case ')', ']', '}':
			depth = max(0, depth-1)
		}
	}
	return -1
}

// exports lists the names that a module exports, when every use of module and exports is of a form that
// says them; nil when it cannot be known.
func exports(fn *function) []string {
	names := []string{}
	known := true
	isExports := func(n *node) bool { // module.exports or exports, at the top level
		return n.op == opLocal && n.slot == 1 ||
			n.op == opMember && n.kids[0].op == opLocal && n.kids[0].slot == 0 && n.kids[1].text == "exports"
	}
	for _, s := range fn.body {
		if s.op == stExpression && s.kids[0].op == opAssign && s.kids[0].text == "" {
			target, value := s.kids[0].kids[0], s.kids[0].kids[1]
			switch {
			case isExports(target) && value.op == opObject:
				for _, field := range value.kids {
					names = append(names, field.text)
				}
				value.own(0, func(n *node) { known = known && n.slot > 1 })
				continue
			case target.op == opMember && isExports(target.kids[0]) && target.kids[1].op == opText:
				names = append(names, target.kids[1].text)
				value.own(0, func(n *node) { known = known && n.slot > 1 })
				continue
			}
		}
		s.own(0, func(n *node) { known = known && n.slot > 1 })
	}
	if !known {
		return nil
	}
	return names
}
