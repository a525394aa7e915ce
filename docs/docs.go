// Package docs holds the pages of this folder, so that a host can show them beside its API.
package docs

import "embed"

// Files are the pages, in Markdown.
//
//go:embed *.md
var Files embed.FS
