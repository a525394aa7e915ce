// Package compiled is what a compilation comes to. It is apart from the compiler, for programs that take the
// outcome and compile nothing.
package compiled

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

// HostUse is the first place where the program's scripts name a server by a constant. A program can
// build addresses in other ways; what it may reach is decided at every request.
type HostUse struct {
	// URL is scheme and authority, such as "https://api.example.com:8443".
	URL string `json:"url"`
	// Declared reports whether teahouse.domains covers it.
	Declared bool `json:"declared"`
	// Private reports an address that is not on the public Internet.
	Private bool   `json:"private"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
}
