// Package source holds what the compilers of a mini program's files share: how they get the files,
// how they name a place in one, and how they say what is wrong there.
package source

import "fmt"

// Files gives a compiler the files of a mini program.
type Files interface {
	// ReadFile returns the file at a slash-separated path such as "pages/index/index.wxml".
	ReadFile(path string) ([]byte, bool)
}

// Position is a place in what the developer wrote. Line and Column count from 1, in characters as
// editors count them; both are 0 when the file as a whole is meant. The zero value is no place.
type Position struct {
	File         string
	Line, Column int
}

// String is the position as tools print it, such as "pages/index/index.js:3:7".
func (p Position) String() string {
	if p.File == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}
