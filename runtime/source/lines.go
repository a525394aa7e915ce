package source

import (
	"sort"
	"unicode/utf8"
)

// Lines finds the lines of a text: it turns offsets in bytes into lines and columns. One Lines
// answers any number of questions; it is made in one pass over the text.
type Lines struct {
	text   string
	starts []int // offset of the beginning of each line
}

// NewLines reads the lines of a text.
func NewLines(text string) *Lines {
	l := &Lines{text: text, starts: []int{0}}
	for i := range len(text) {
		if text[i] == '\n' {
			l.starts = append(l.starts, i+1)
		}
	}
	return l
}

// At returns the line and the column of an offset, both from 1. An offset outside the text is the
// nearest end.
func (l *Lines) At(offset int) (line, column int) {
	offset = min(max(offset, 0), len(l.text))
	line = sort.SearchInts(l.starts, offset+1)
	return line, utf8.RuneCountInString(l.text[l.starts[line-1]:offset]) + 1
}
