//go:build !linux

package worker

// platformFences is empty where the kernel offers nothing that we rely on: workers are then held
// by being processes, by their watchdogs and by the host's kill timer alone. docs/sandbox.md says
// what is lost.
func platformFences() []Fence { return nil }
