package check

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// OK says whether every page passed.
func (r *Report) OK() bool { return r.Failed == 0 }

// WriteJSON writes the report for machines.
func (r *Report) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// WriteText writes the report for people: a line per page, the unsupported APIs, and the count as
// the last line.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	for _, d := range r.Diagnostics {
		fmt.Fprintf(&b, "%s  %s%s\n", d.Severity, d.Message, place(d.File, d.Line, d.Column))
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
			fmt.Fprintf(&b, "  %s", p.Error)
			if p.Offline {
				b.WriteString(" (the page asks for its server; the network is off during a check)")
			}
		}
		b.WriteByte('\n')
		for _, warning := range p.Warnings {
			fmt.Fprintf(&b, "      warning: %s\n", warning)
		}
	}
	for _, u := range r.Unsupported {
		fmt.Fprintf(&b, "unsupported  wx.%s%s\n", u.API, place(u.File, u.Line, 0))
	}
	fmt.Fprintf(&b, "%d passed, %d failed\n", r.Passed, r.Failed)
	_, err := io.WriteString(w, b.String())
	return err
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
