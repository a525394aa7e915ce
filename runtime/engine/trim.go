package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// trim leaves files out of a module, because what they import would come into every program that uses the rest.
type trim struct {
	module string
	folder string // its name beside goja
	reason string
	files  []string
}

var trims = []trim{{
	module: "github.com/andybalholm/brotli",
	folder: "brotli",
	reason: "A worker unpacks files with brotli. The module's helper for HTTP handlers, which nobody calls, would bring " +
		"net/http, TLS and the rest of a network stack into the process that runs strangers' code.",
	files: []string{"http.go"},
}}

// leaveOut removes a trim's files from a copy of its module.
func leaveOut(dir string, t trim) error {
	for _, name := range t.files {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("%s is left out of %s: %w; the module has changed; look whether that is still needed", name, t.module, err)
		}
	}
	return nil
}
