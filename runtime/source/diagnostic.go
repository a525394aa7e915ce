package source

import (
	"slices"
	"strings"
)

// Severity says whether a diagnostic keeps the program from being published.
type Severity string

const (
	// Error means that there is no result.
	Error Severity = "error"
	// Warning means that there is a result, but perhaps not the intended one.
	Warning Severity = "warning"
)

// Diagnostic is one finding for the developer. Message says what is wrong and how to fix it.
type Diagnostic struct {
	Severity Severity `json:"severity"`
	// Code is a stable slug such as "wxml-unclosed-element".
	Code    string `json:"code"`
	Message string `json:"message"`
	File    string `json:"file,omitempty"`
	// Line and Column count from 1, in characters; both are 0 when the file as a whole is meant.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
}

// Compare orders diagnostics for readers: errors first, then by place.
func Compare(a, b Diagnostic) int {
	if a.Severity != b.Severity {
		return strings.Compare(string(a.Severity), string(b.Severity)) // "error" before "warning"
	}
	if by := strings.Compare(a.File, b.File); by != 0 {
		return by
	}
	if by := a.Line - b.Line; by != 0 {
		return by
	}
	if by := a.Column - b.Column; by != 0 {
		return by
	}
	return strings.Compare(a.Code+a.Message, b.Code+b.Message)
}

// Findings collects the diagnostics of one compilation, at most Max of them.
type Findings struct {
	Max    int
	List   []Diagnostic
	Failed bool // an error was found, whether it is in the list or not
}

// Add keeps a diagnostic. When there are too many, an error replaces a warning; anything else is
// dropped.
func (f *Findings) Add(d Diagnostic) {
	f.Failed = f.Failed || d.Severity == Error
	if len(f.List) >= f.Max {
		at := slices.IndexFunc(f.List, func(d Diagnostic) bool { return d.Severity == Warning })
		if d.Severity != Error || at < 0 {
			return
		}
		f.List = slices.Delete(f.List, at, at+1)
	}
	f.List = append(f.List, d)
}
