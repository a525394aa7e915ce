package worker

import (
	"os/exec"
)

// Fence is one thing that the operating system does to hold a worker. Fences are the seam where
// namespaces, landlock and seccomp go: each has a half in the host, before the process starts, and
// a half in the worker, after it knows its limits and before it touches the app.
type Fence interface {
	// Name is how logs and documents call the fence.
	Name() string
	// Spawn prepares the process to be.
	Spawn(cmd *exec.Cmd)
	// Enter puts the calling process behind the fence, for good.
	Enter(limits Limits) error
}

// Fences lists the fences of this operating system in the order in which a worker enters them.
// The order matters: what a later fence forbids, an earlier one may still need.
func Fences() []Fence { return platformFences() }
