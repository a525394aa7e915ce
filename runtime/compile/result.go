// Package compile turns the files of a mini program into an image and its public files.
//
// It is a pure function of a map of files: it reads no disk, no clock and no network, so the same
// bundle always gives the same image. All errors of a program are found in one pass and reported
// with file, line and column of the developer's source.
//
// The input is hostile. Callers run Compile in a sandbox worker: the JavaScript and JSON parsers
// recurse, and a hostile file can exhaust the stack of the process they run in.
package compile

import (
	"github.com/teahouse/teahouse/runtime/image"

	"github.com/teahouse/teahouse/runtime/source"
)

// Report is the summary that a reviewer reads before the files.
type Report struct {
	AppName string   `json:"app_name"`
	Pages   []string `json:"pages"`
	// Scopes and Domains are what the program requests.
	Scopes  []string `json:"scopes"`
	Domains []string `json:"domains"`
	// Collections are those of its database, with who may use each.
	Collections map[string]string `json:"collections,omitempty"`
	// Functions names its cloud functions, which work with the rights of the app.
	Functions []string `json:"functions,omitempty"`
	// APIs lists the first use of every wx.* member, sorted by name.
	APIs []APIUse `json:"apis"`
	// Hosts lists the servers that scripts name by constants, sorted.
	Hosts []HostUse `json:"hosts"`
}

// APIUse is the first place where the program names a member of wx.
type APIUse struct {
	Name      string `json:"name"`
	Supported bool   `json:"supported"`
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
}

// Result is the outcome of a compilation.
type Result struct {
	// Image is nil when any diagnostic is an error.
	Image *image.Image
	// Public holds the files that browsers fetch, by path; nil without an image.
	Public      map[string][]byte
	Diagnostics []source.Diagnostic
	Report      Report
}

// Options configure the compiler.
type Options struct {
	// Supported reports whether the engine has wx.<name>. Nil means that everything is supported.
	Supported func(name string) bool
	// Members are all members of wx that exist, supported or not. Without them, no name is taken
	// for a typing error.
	Members []string
	// FunctionModule says whether cloud functions can require a module that is none of their own: why is the reason
	// when they cannot. known is false for modules of which nothing is known. Nil means that nothing is.
	FunctionModule func(id string) (why string, known bool)
	// WhyNot says why a member of wx does not work, "" when nobody knows. Nil means that nobody does.
	WhyNot func(name string) string
}
