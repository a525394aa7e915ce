// Package compile turns the files of a mini program into an image and its public files.
//
// It is a pure function of an explicit map of files: it reads no disk, no clock and no network,
// so the same bundle always gives the same image. Everything that is wrong with a program is
// found in one pass and reported with file, line and column as the developer wrote them.
//
// The input is hostile. Callers run Compile in a sandbox worker: the JavaScript and JSON parsers
// recurse, and a file made for the purpose can exhaust the stack of the process they run in.
package compile

import "github.com/teahouse/teahouse/runtime/image"

// Severity tells whether a diagnostic stops the program from being published.
type Severity string

const (
	// SeverityError means that there is no image.
	SeverityError Severity = "error"
	// SeverityWarning means that the program works, though perhaps not as it was meant to.
	SeverityWarning Severity = "warning"
)

// Diagnostic is one thing to tell the developer. Line and Column count from 1, in characters as
// editors count them; both are 0 when the diagnostic is about the file as a whole.
type Diagnostic struct {
	Severity Severity `json:"severity"`
	// Code is a stable slug such as "page-not-found".
	Code    string `json:"code"`
	Message string `json:"message"`
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
}

// Report is what a reviewer wants to know before opening a file.
type Report struct {
	AppName string   `json:"app_name"`
	Pages   []string `json:"pages"`
	// Scopes and Domains are what the program asks for.
	Scopes  []string `json:"scopes"`
	Domains []string `json:"domains"`
	// APIs lists the first use of every wx.* member, sorted by name.
	APIs []APIUse `json:"apis"`
}

// APIUse is the first place where the program names a member of wx.
type APIUse struct {
	Name      string `json:"name"`
	Supported bool   `json:"supported"`
	File      string `json:"file"`
	Line      int    `json:"line"`
}

// Result is the outcome of a compilation.
type Result struct {
	// Image is nil when any diagnostic is an error.
	Image *image.Image
	// Public holds the files that browsers fetch, by path; nil without an image.
	Public      map[string][]byte
	Diagnostics []Diagnostic
	Report      Report
}

// Options are the things that the compiler is told from outside.
type Options struct {
	// Supported tells whether the engine has wx.<name>. Nil means that everything is supported.
	Supported func(name string) bool
}
