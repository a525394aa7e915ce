// Package web embeds the built web client: `make web` fills dist.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files holds phone, console and view. It is empty, but for a placeholder, in a binary built
// without `make web`.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the path is constant and valid
	}
	return files
}
