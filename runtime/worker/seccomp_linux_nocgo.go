//go:build linux && !cgo

package worker

// A binary without cgo needs no more than Go's runtime.
var seccompMore []uint32

const seccompMoreFlags = 0
