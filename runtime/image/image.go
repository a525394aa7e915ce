// Package image is the compiled form of a mini program. The compiler makes it from a bundle, and a
// sandbox worker runs it.
//
// An image is complete and self-contained: configuration with its defaults filled in, one compiled
// template per page and component, every JavaScript module in the dialect that the engine accepts, and the list
// of the public files that browsers fetch. Its encoding is canonical, and its name is the SHA-256
// of that encoding. The list of public files contains their digests, so the name changes when a
// picture or a colour changes, and everything below /images/<name>/ may be cached forever.
package image

import (
	"crypto/sha256"
	"encoding/hex"
)

// Format is the version of the encoding. An image of another format is not decoded: the registry
// compiles it again from its bundle.
const Format = 3

// Image is one compiled mini program.
type Image struct {
	Format int
	// App is app.json with the defaults filled in.
	App AppConfig
	// Pages are in the order of app.json, pages of subpackages after those of the main package.
	Pages []Page
	// Components are all that a page or app.json reaches, sorted by path. Their index is their number
	// in the protocol.
	Components []Component
	// Modules are sorted by path.
	Modules []Module
	// Functions are the cloud functions, sorted by name. Their modules are apart from those of the program.
	Functions []Function
	// Files lists the public files, sorted by path.
	Files []File
}

// Page is one page of the app.
type Page struct {
	// Component has its route, as Path, and its template.
	Component
	// Config is the window of app.json, overridden by page.json.
	Config WindowConfig
	// TemplateHash is the SHA-256 of the structure for the browser, in hexadecimal.
	TemplateHash string
	// Background is the colour of the page before its first paint: that of a plain `page` rule
	// in the style sheets, else backgroundColorContent, else white.
	Background string
}

// Module is one JavaScript file of the app in the form that the engine runs.
type Module struct {
	// Path ends in .js also when the developer wrote TypeScript.
	Path string
	// File is the file the developer wrote, as the project or bundle names it.
	File string
	// Source is ES2022 CommonJS without what the engine lacks.
	Source string
	// SourceMap is a version 3 map back to File. Nil means that lines and columns are unchanged.
	SourceMap []byte
}

// Function is one cloud function: code that runs apart from the program, with the rights of the app.
type Function struct {
	Name string `json:"name"`
	// Main is the path of the module that exports main.
	Main string `json:"main"`
	// Timeout is how long a call may take, in milliseconds.
	Timeout int `json:"timeout"`
	// Variables are what process.env has.
	Variables []Variable `json:"variables,omitempty"`
	// Modules are sorted by path; paths are relative to the folder of the function.
	Modules []Module `json:"-"`
}

// Variable is one name and value of process.env.
type Variable struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// File is one public file of an image, served below /images/<name>/.
type File struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// Page returns the page of that route, or nil.
func (i *Image) Page(route string) *Page {
	for k := range i.Pages {
		if i.Pages[k].Path == route {
			return &i.Pages[k]
		}
	}
	return nil
}

// Name is the name of an encoded image: the SHA-256 of its bytes in hexadecimal.
func Name(encoded []byte) string {
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:])
}
