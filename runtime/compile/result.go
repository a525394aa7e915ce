// Package compile turns the files of a mini program into an image and its public files.
//
// It is a pure function of a map of files: it reads no disk, no clock and no network, so the same
// bundle always gives the same image. All errors of a program are found in one pass and reported
// with file, line and column of the developer's source.
//
// The input is hostile. Callers run Compile in a sandbox worker: the JavaScript and JSON parsers
// recurse, and a hostile file can exhaust the stack of the process they run in.
package compile

import "github.com/teahouse/teahouse/runtime/compile/compiled"

// What a compilation comes to, see package compiled.
type (
	Report  = compiled.Report
	APIUse  = compiled.APIUse
	HostUse = compiled.HostUse
	Result  = compiled.Result
)

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
	// Begun is told of each file, as diagnostics name it, when the work on it begins. Nil means that nobody asks.
	Begun func(file string)
}
