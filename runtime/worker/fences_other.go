//go:build !linux

package worker

// platformFences is empty on other operating systems: there only the process boundary, the watchdogs
// and the host's kill timer limit workers. docs/sandbox.md says what is missing.
func platformFences() []Fence { return nil }
