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
//   - url() of a file of the program becomes its path below the image, after a mark that the frame
//     replaces by the image's address; that of another host is marked for the host's proxy.
//   - Rules for a theme (prefers-color-scheme) hold while the frame has it: the shell decides the theme.
//   - Insets of the safe area, as in env(safe-area-inset-top), become the frame's var(--safe-top).
//   - Classes of a component's sheet get the name of the component, so that they hold for it alone. So do
//     its key frames, for its own rules: of two components with a "spin" each has its own.
//
// Errors that a browser ignores are ignored here too, with a warning.
package wxss

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/teahouse/teahouse/runtime/source"
)

// Options describe the rest of the program.
type Options struct {
	// Asset reports whether the path is a public file of the program.
	Asset func(path string) bool
	// Domains are the hosts that url() may name over HTTPS, with the port if it is not 443.
	Domains []string
	// Scope is the name of the component whose sheet it is, such as "c12"; "" for the app and pages. The
	// sheet then holds for the component's own elements: classes are written as "c12--name", and :host is
	// the element with the attribute wx-host="c12", whose classes are in wx-class, for :host(.class). Tags and ids mean all elements, as with the vendor.
	Scope string
}

// AssetMark and RemoteMark stand in url("…") before the path of a file of the program, and before the address
// of another host's, escaped as a query. No other NUL is in a compiled sheet.
const (
	AssetMark  = "\x00a"
	RemoteMark = "\x00r"
)

// Sheet is a compiled style sheet.
type Sheet struct {
	// CSS is safe to put inside a <style> element.
	CSS string
	// Background is the background colour that a plain `page` rule sets, or empty.
	Background string
}

// Compile compiles the style sheet at path and all that it imports. The sheet can be used even when
// diagnostics are errors; the parts with errors are then missing.
func Compile(src source.Files, file string, opts Options) (Sheet, []source.Diagnostic) {
	compile := func(known map[string]bool) *compiler {
		c := &compiler{src: src, opts: opts, found: source.Findings{Max: MaxDiagnostics}, known: known, frames: map[string]bool{}}
		c.file(file, nil)
		return c
	}
	c := compile(nil)
	if opts.Scope != "" && len(c.frames) > 0 { // now that all names are known, also those of later rules
		c = compile(c.frames)
	}
	return Sheet{CSS: c.out.String(), Background: c.background}, c.found.List
}

// dataName finds a dataset in a selector, as in [data-theme=dark], or a value, as in attr(data-index).
var dataName = regexp.MustCompile(`(?i)(?:\[|attr\()\s*(data-[\w-]+)`)

// DataNames lists the datasets that a sheet names, in lower case. What stands in a comment counts too: a
// name too many only makes the browser know a value.
func DataNames(text []byte) []string {
	var names []string
	for _, found := range dataName.FindAllSubmatch(text, -1) {
		names = append(names, strings.ToLower(string(found[1])))
	}
	return names
}

type compiler struct {
	src        source.Files
	opts       Options
	out        strings.Builder
	background string
	found      source.Findings
	stack      []string // files that are being imported, outermost first
	name       string   // the file being read
	text       string
	read       int  // bytes read so far, imports included
	full       bool // the output has reached its limit

	theme  string          // for which the rules that are read hold, or ""
	frames map[string]bool // the names of the key frames that were read
	known  map[string]bool // those that get the component's name; nil for none
	naming bool            // what is written names key frames
}

// file compiles one file. at is the import that names it, nil for the first file.
func (c *compiler) file(name string, at *token) {
	content, ok := c.src.ReadFile(name)
	if !ok { // the ending may be left out
		if content, ok = c.src.ReadFile(name + ".wxss"); ok {
			name += ".wxss"
		}
	}
	if slices.Contains(c.stack, name) {
		cycle := strings.Join(append(slices.Clone(c.stack), name), " → ")
		c.report(source.Error, "wxss-import-cycle", at, "This import forms a cycle: %s.", cycle)
		return
	}
	if len(c.stack) >= MaxImportDepth {
		c.report(source.Error, "wxss-import-depth", at,
			"Imports are nested more than %d deep.", MaxImportDepth)
		return
	}
	if !ok {
		c.report(source.Error, "wxss-import-not-found", at,
			"There is no file %q to import. Check the path; it is relative to this file.", name)
		return
	}
	if c.read += len(content) + fileCost; c.read > MaxInputBytes {
		c.report(source.Error, "wxss-too-large", at,
			"With its imports this style sheet has more than %d bytes.", MaxInputBytes)
		return
	}
	outerName, outerText := c.name, c.text
	c.stack = append(c.stack, name)
	c.name, c.text = name, normalise(string(content))
	if len(content) > MaxFileBytes {
		c.report(source.Error, "wxss-too-large", nil, "A style sheet may have %d bytes.", MaxFileBytes)
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
func (c *compiler) report(severity source.Severity, code string, at *token, format string, args ...any) {
	d := source.Diagnostic{Severity: severity, Code: code, Message: fmt.Sprintf(format, args...), File: c.name}
	if at != nil {
		before := c.text[:at.offset]
		d.Line = strings.Count(before, "\n") + 1
		d.Column = len([]rune(before[strings.LastIndexByte(before, '\n')+1:])) + 1
	}
	c.found.Add(d)
}

// write adds to the output unless that would break its limit.
func (c *compiler) write(s string) {
	if c.full {
		return
	}
	if c.out.Len()+len(s) > MaxOutputBytes {
		c.full = true
		c.report(source.Error, "wxss-too-large", nil,
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
