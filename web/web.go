// Package web embeds the built web client: `make web` fills dist.
package web

import "embed"

// Dist holds dist/phone, dist/console and dist/view. It is empty, but for a placeholder, in a
// binary built without `make web`.
//
//go:embed all:dist
var Dist embed.FS
