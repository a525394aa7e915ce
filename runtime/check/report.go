package check

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/source"
	"github.com/teahouse/teahouse/runtime/wx"
)

// OK says whether every page passed; strict, whether there is nothing to say at all.
func (r *Report) OK(strict bool) bool {
	return r.Failed == 0 && !r.hasErrors() && (!strict || r.warnings() == 0 && len(r.Unsupported) == 0)
}

// hasErrors reports whether the compiler found what keeps the program from being published. It may be
// in a page that this check did not see fail, such as in a style sheet.
func (r *Report) hasErrors() bool {
	return slices.ContainsFunc(r.Diagnostics, func(d source.Diagnostic) bool { return d.Severity == source.Error })
}

// warnings counts those of the compiler and of the pages, each once.
func (r *Report) warnings() int {
	said := said{}
	count := 0
	for _, d := range r.Diagnostics {
		if d.Severity == source.Warning && d.Code != notSupported && said.first(problemOf(d)) {
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

// unclean says what makes a strict check fail, "" when there is nothing.
func (r *Report) unclean(language string) string {
	var reasons []string
	for _, found := range []struct {
		count     int
		one, many fault.Text
	}{
		{r.warnings(), fault.Textf("1 warning"), fault.Textf("%d warnings", r.warnings())},
		{len(r.Unsupported), fault.Textf("1 unsupported API"), fault.Textf("%d unsupported APIs", len(r.Unsupported))},
	} {
		switch {
		case found.count == 1:
			reasons = append(reasons, found.one.In(language))
		case found.count > 1:
			reasons = append(reasons, found.many.In(language))
		}
	}
	if len(reasons) == 0 {
		return ""
	}
	between := ", "
	if language == fault.Chinese {
		between = "、"
	}
	return fault.Textf("; not clean (--strict): %s", strings.Join(reasons, between)).In(language)
}

// notSupported is the compiler's warning about an API, which the report lists in a place of its own.
const notSupported = "api-not-supported"

func problemOf(d source.Diagnostic) Problem {
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

// WriteText writes the report for people, in one of fault.Languages: a line per page, the unsupported
// APIs, and the count as the last line, which says what else makes a strict check fail. A problem is
// written once; where it shows again, its place stands. The words ok and fail and the count are the
// same in every language, and what the program itself says is as it says it.
func (r *Report) WriteText(w io.Writer, strict bool, language string) error {
	var b strings.Builder
	said := said{}
	for _, d := range r.Diagnostics {
		if d.Code != notSupported && said.first(problemOf(d)) {
			line := fault.Textf("warning  %s", problemOf(d).In(language))
			if d.Severity == source.Error {
				line = fault.Textf("error  %s", problemOf(d).In(language))
			}
			b.WriteString(line.In(language) + "\n")
		}
	}
	width := 0
	for _, p := range r.Pages {
		width = max(width, len(p.Page))
	}
	for _, p := range r.Pages {
		result := "ok"
		if !p.OK {
			result = "fail"
		}
		fmt.Fprintf(&b, "%-4s  %-*s  %s", result, width, p.Page,
			fault.Textf("%4d nodes  %7.1f ms  %2d taps", p.Nodes, p.Milliseconds, p.Taps).In(language))
		if p.Error != nil {
			fmt.Fprintf(&b, "  %s", said.error(*p.Error, language))
			if p.Offline {
				b.WriteString(fault.Textf(" (the page asks for its server; the network is off during a check)").In(language))
			}
		}
		b.WriteByte('\n')
		for _, warning := range p.Warnings {
			if said.first(warning) {
				b.WriteString(fault.Textf("      warning: %s", warning.In(language)).In(language) + "\n")
			}
		}
		b.WriteString(p.Tree)
	}
	for _, step := range r.Steps {
		result := "ok"
		if !step.OK {
			result = "fail"
		}
		fmt.Fprintf(&b, "%-4s  %s", result, step.Text)
		if step.Error != nil {
			b.WriteString("  " + fault.Textf("%s (line %d of the steps)", step.Error.In(language), step.Line).In(language))
		}
		b.WriteString("\n" + step.Tree)
	}
	for _, u := range r.Unsupported {
		line := fault.Textf("unsupported  wx.%s%s", u.API, place(u.File, u.Line, u.Column))
		if why := wx.WhyNot(u.API); why != "" {
			line = fault.Textf("unsupported  wx.%s%s: %s", u.API, place(u.File, u.Line, u.Column), why)
		}
		b.WriteString(line.In(language) + "\n")
	}
	fmt.Fprintf(&b, "%d passed, %d failed", r.Passed, r.Failed) // scripts read it, whatever the language
	if strict {
		b.WriteString(r.unclean(language))
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}

// error is the text of a page's error.
func (s said) error(p Problem, language string) string {
	if s.first(p) || p.File == "" {
		return p.In(language)
	}
	return fault.Textf("as above%s", place(p.File, p.Line, p.Column)).In(language)
}

// String is a problem on one line, its place last.
func (p Problem) String() string { return p.In(fault.English) }

// In is String in one of the languages of the host.
func (p Problem) In(language string) string {
	text, _, _ := strings.Cut(p.Text, "\n")
	text = fault.Translate(language, text)
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
