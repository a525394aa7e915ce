// Package wxml compiles WXML, the markup of mini programs, into templates.
package wxml

import "github.com/teahouse/teahouse/runtime/template"

// Compile compiles the page at path, e.g. "pages/index/index.wxml", with everything that it
// imports and includes. The template is nil when there is an error among the diagnostics.
func Compile(src Source, path string) (*template.Template, []Diagnostic) { return nil, nil }
