package worker

import (
	"os/exec"
)

// Fence is one restriction of the operating system on a worker. Namespaces, landlock and seccomp
// can be added as fences. Each fence has one step in the host, before the process starts, and one
// in the worker, when it knows its limits and before it reads the app.
type Fence interface {
	// Name is the fence's name in logs and documents.
	Name() string
	// Spawn prepares the command before the process starts.
	Spawn(cmd *exec.Cmd)
	// Enter restricts the calling process, permanently.
	Enter(limits Limits) error
}

// Fences lists the fences of this operating system in the order in which a worker enters them.
// The order matters: a later fence may forbid what an earlier one needs.
func Fences() []Fence { return platformFences() }
