// Package wxss compiles the style sheets of mini programs to CSS for the page's frame.
//
// WXSS is CSS with an additional unit, imports between files of the program, and the tags of WXML.
// The compiler reads it with a tokenizer that follows the CSS Syntax module and writes every token
// again. So the output contains only what was read as CSS: no comment, no markup that could end a
// <style> element, and no reference to a host that the program did not declare.
//
//   - @import is replaced by the rules of the file that it names.
//   - Lengths in rpx become calc(N * var(--rpx, 0.5px)): the frame sets --rpx to a 750th of its
//     width, so a rotated phone needs no new style sheet.
//   - Tag selectors are mapped to the elements of the frame: view becomes wx-view.
//   - url() of a file of the program becomes its path below the image.
//
// Errors that a browser ignores are ignored here too, with a warning.
package wxss

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Source gives the compiler the files of a mini program by slash-separated path.
type Source interface {
	ReadFile(path string) ([]byte, bool)
}

// Severity says whether a diagnostic stops the build.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Diagnostic is one finding. Line and Column count from 1, in characters.
type Diagnostic struct {
	Severity Severity
	Code     string
	Message  string
	File     string
	Line     int
	Column   int
}

// Options describe the rest of the program.
type Options struct {
	// Asset reports whether the path is a public file of the program.
	Asset func(path string) bool
	// Domains are the hosts that url() may name over HTTPS, with the port if it is not 443.
	Domains []string
}

// Sheet is a compiled style sheet.
type Sheet struct {
	// CSS is safe to put inside a <style> element.
	CSS string
	// Background is the background colour that a plain `page` rule sets, or empty.
	Background string
}

// Compile compiles the style sheet at path and all that it imports. The sheet can be used even when
// diagnostics are errors; the parts with errors are then missing.
func Compile(src Source, file string, opts Options) (Sheet, []Diagnostic) {
	c := &compiler{src: src, opts: opts}
	c.file(file, nil)
	return Sheet{CSS: c.out.String(), Background: c.background}, c.diagnostics
}

type compiler struct {
	src         Source
	opts        Options
	out         strings.Builder
	background  string
	diagnostics []Diagnostic
	stack       []string // files that are being imported, outermost first
	name        string   // the file being read
	text        string
	read        int  // bytes read so far, imports included
	full        bool // the output has reached its limit
}

// file compiles one file. at is the import that names it, nil for the first file.
func (c *compiler) file(name string, at *token) {
	if slices.Contains(c.stack, name) {
		cycle := strings.Join(append(slices.Clone(c.stack), name), " → ")
		c.report(Error, "wxss-import-cycle", at, "This import forms a cycle: %s.", cycle)
		return
	}
	if len(c.stack) >= MaxImportDepth {
		c.report(Error, "wxss-import-depth", at,
			"Imports are nested more than %d deep.", MaxImportDepth)
		return
	}
	content, ok := c.src.ReadFile(name)
	if !ok {
		c.report(Error, "wxss-import-not-found", at,
			"There is no file %q to import. Check the path; it is relative to this file.", name)
		return
	}
	if c.read += len(content) + fileCost; c.read > MaxInputBytes {
		c.report(Error, "wxss-too-large", at,
			"With its imports this style sheet has more than %d bytes.", MaxInputBytes)
		return
	}
	outerName, outerText := c.name, c.text
	c.stack = append(c.stack, name)
	c.name, c.text = name, normalise(string(content))
	if len(content) > MaxFileBytes {
		c.report(Error, "wxss-too-large", nil, "A style sheet may have %d bytes.", MaxFileBytes)
	} else {
		p := &parser{compiler: c, tokens: c.tokenize()}
		p.rules(0, contextTop)
	}
	c.stack = c.stack[:len(c.stack)-1]
	c.name, c.text = outerName, outerText
}

// normalise does the preprocessing of section 3.3 of the CSS Syntax module.
func normalise(content string) string {
	content = strings.TrimPrefix(strings.ToValidUTF8(content, "\ufffd"), "\ufeff")
	return preprocess.Replace(content)
}

var preprocess = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\f", "\n", "\x00", "\ufffd")

// report adds a diagnostic at the token of the current file, or for the whole file.
func (c *compiler) report(severity Severity, code string, at *token, format string, args ...any) {
	if len(c.diagnostics) >= MaxDiagnostics {
		// Further diagnostics are dropped, but an error must replace a warning.
		if severity != Error || c.diagnostics[MaxDiagnostics-1].Severity == Error {
			return
		}
		c.diagnostics = c.diagnostics[:MaxDiagnostics-1]
	}
	d := Diagnostic{Severity: severity, Code: code, Message: fmt.Sprintf(format, args...), File: c.name}
	if at != nil {
		before := c.text[:at.offset]
		d.Line = strings.Count(before, "\n") + 1
		d.Column = len([]rune(before[strings.LastIndexByte(before, '\n')+1:])) + 1
	}
	c.diagnostics = append(c.diagnostics, d)
}

// write adds to the output unless that would break its limit.
func (c *compiler) write(s string) {
	if c.full {
		return
	}
	if c.out.Len()+len(s) > MaxOutputBytes {
		c.full = true
		c.report(Error, "wxss-too-large", nil,
			"With its imports this style sheet has more than %d bytes.", MaxOutputBytes)
		return
	}
	c.out.WriteString(s)
}

// resolve makes a path of the program from a reference in the current file. It returns false for a
// path outside the program.
func (c *compiler) resolve(ref string) (string, bool) {
	if strings.HasPrefix(ref, "/") {
		ref = path.Clean(ref)[1:]
	} else {
		ref = path.Join(path.Dir(c.name), ref)
	}
	return ref, ref != "" && ref != "." && ref != ".." && !strings.HasPrefix(ref, "../")
}
