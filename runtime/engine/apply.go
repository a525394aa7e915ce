package main

import (
	"embed"
	"fmt"
	"go/format"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// added holds the files that edits put beside goja's own. They are of package goja, so they lie in a
// folder that the go command does not look into.
//
//go:embed _added
var added embed.FS

// edit is one change of goja, with everything that somebody needs to judge it.
type edit struct {
	name   string
	reason string   // what is wrong or slow without it, with figures where there are some
	add    []string // names of files in _added
	swaps  []swap
	tables []table
}

// table makes a field that is a map into a type with methods, in every use of a file.
type table struct {
	file, field string
	uses        int // how many there must be
}

// swap replaces one text by another. The text must occur in the file as often as said.
type swap struct {
	file, old, with string
	times           int // 0 means once
}

// apply makes the edits in a copy of goja. It changes nothing when one of them does not fit.
func apply(dir string, edits []edit) error {
	texts := map[string]string{}
	read := func(file string) (string, error) {
		if text, ok := texts[file]; ok {
			return text, nil
		}
		raw, err := os.ReadFile(filepath.Join(dir, file))
		return string(raw), err
	}
	for _, e := range edits {
		for _, s := range e.swaps {
			text, err := read(s.file)
			if err != nil {
				return fmt.Errorf("edit %q: %w", e.name, err)
			}
			if got, want := strings.Count(text, s.old), max(s.times, 1); got != want {
				return fmt.Errorf("edit %q expects %q in %s %d times, and it is there %d times: goja has changed; "+
					"look whether the edit is still needed", e.name, s.old, s.file, want, got)
			}
			texts[s.file] = strings.ReplaceAll(text, s.old, s.with)
		}
		for _, t := range e.tables {
			text, err := read(t.file)
			if err != nil {
				return fmt.Errorf("edit %q: %w", e.name, err)
			}
			text, uses, err := asTable(t.file, text, t.field)
			if err != nil {
				return fmt.Errorf("edit %q: %w", e.name, err)
			}
			if uses != t.uses {
				return fmt.Errorf("edit %q expects %d uses of %s in %s, and there are %d: goja has changed; "+
					"look whether each of them still means the same", e.name, t.uses, t.field, t.file, uses)
			}
			texts[t.file] = text
		}
		for _, name := range e.add {
			text, err := added.ReadFile("_added/" + name)
			if err != nil {
				return fmt.Errorf("edit %q: %w", e.name, err)
			}
			texts[addedName(name)] = string(text)
		}
	}
	for file, text := range texts {
		formatted, err := format.Source([]byte(text))
		if err != nil {
			return fmt.Errorf("%s after the edits: %w", file, err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), formatted, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// addedName is the file of the copy that a file of _added becomes.
func addedName(name string) string { return path.Join(path.Dir(name), "teahouse_"+path.Base(name)) }
