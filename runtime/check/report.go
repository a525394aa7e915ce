package check

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/teahouse/teahouse/runtime/compile"
)

// OK says whether every page passed; strict, whether there is nothing to say at all.
func (r *Report) OK(strict bool) bool {
	return r.Failed == 0 && (!strict || r.warnings() == 0 && len(r.Unsupported) == 0)
}

// warnings counts those of the compiler and of the pages, each once.
func (r *Report) warnings() int {
	said := said{}
	count := 0
	for _, d := range r.Diagnostics {
		if d.Severity == compile.SeverityWarning && d.Code != notSupported && said.first(problemOf(d)) {
			count++
		}
	}
	for _, p := range r.Pages {
		for _, warning := range p.Warnings {
			if said.first(warning) {
				count++
			}
		}
	}
	return count
}

// notSupported is the compiler's warning about an API, which the report lists in a place of its own.
const notSupported = "api-not-supported"

func problemOf(d compile.Diagnostic) Problem {
	return Problem{Text: d.Message, File: d.File, Line: d.Line, Column: d.Column}
}

// said remembers what a report has told: a fault in app.js shows on every page, and is one fault.
type said map[string]bool

// first says whether a problem has not been told yet, and remembers it. Where it showed is no part
// of what it is.
func (s said) first(p Problem) bool {
	p.During = ""
	key := p.String()
	if s[key] {
		return false
	}
	s[key] = true
	return true
}

// WriteJSON writes the report for machines.
func (r *Report) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// WriteText writes the report for people: a line per page, the unsupported APIs, and the count as
// the last line. A problem is written once; where it shows again, its place stands.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	said := said{}
	for _, d := range r.Diagnostics {
		if d.Code != notSupported && said.first(problemOf(d)) {
			fmt.Fprintf(&b, "%s  %s\n", d.Severity, problemOf(d))
		}
	}
	width := 0
	for _, p := range r.Pages {
		width = max(width, len(p.Page))
	}
	for _, p := range r.Pages {
		verdict := "ok"
		if !p.OK {
			verdict = "fail"
		}
		fmt.Fprintf(&b, "%-4s  %-*s  %4d nodes  %7.1f ms  %2d taps", verdict, width, p.Page, p.Nodes,
			p.Milliseconds, p.Taps)
		if p.Error != nil {
			fmt.Fprintf(&b, "  %s", said.error(*p.Error))
			if p.Offline {
				b.WriteString(" (the page asks for its server; the network is off during a check)")
			}
		}
		b.WriteByte('\n')
		for _, warning := range p.Warnings {
			if said.first(warning) {
				fmt.Fprintf(&b, "      warning: %s\n", warning)
			}
		}
	}
	for _, u := range r.Unsupported {
		fmt.Fprintf(&b, "unsupported  wx.%s%s\n", u.API, place(u.File, u.Line, 0))
	}
	fmt.Fprintf(&b, "%d passed, %d failed\n", r.Passed, r.Failed)
	_, err := io.WriteString(w, b.String())
	return err
}

// error words the error of a page.
func (s said) error(p Problem) string {
	if s.first(p) || p.File == "" {
		return p.String()
	}
	return "as above" + place(p.File, p.Line, p.Column)
}

// String words a problem on one line, its place last.
func (p Problem) String() string {
	text, _, _ := strings.Cut(p.Text, "\n")
	if p.During != "" && p.During != "open" && p.During != "compile" {
		text += " [" + p.During + "]"
	}
	return text + place(p.File, p.Line, p.Column)
}

func place(file string, line, column int) string {
	switch {
	case file == "":
		return ""
	case line == 0:
		return " (" + file + ")"
	case column == 0:
		return fmt.Sprintf(" (%s:%d)", file, line)
	}
	return fmt.Sprintf(" (%s:%d:%d)", file, line, column)
}
