package worker

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

func platformFences() []Fence {
	// Those that read or write /proc come before the one that closes it, landlock before the limit of
	// descriptors because it needs one, and seccomp last because it forbids what all the others do.
	return []Fence{orphanFence{}, descriptorFence{}, &namespaceFence{}, &userFence{}, priorityFence{}, oomFence{},
		memoryFence{}, dumpFence{}, capabilityFence{}, privilegeFence{}, landlockFence{}, resourceFence{}, seccompFence{}}
}

// orphanFence ends the worker when the host ends, for any reason.
type orphanFence struct{}

func (orphanFence) Name() string { return "parent-death-signal" }

func (orphanFence) Spawn(cmd *exec.Cmd) {
	attributes(cmd).Pdeathsig = syscall.SIGKILL
}

func (orphanFence) Enter(Limits) error { return nil }

// priorityFence gives the worker a lower scheduling priority than the host.
type priorityFence struct{}

func (priorityFence) Name() string    { return "priority" }
func (priorityFence) Spawn(*exec.Cmd) {}
func (priorityFence) Enter(Limits) error {
	raw, err := unix.Getpriority(unix.PRIO_PROCESS, 0)
	if err != nil {
		return err
	}
	if nice := 20 - raw; nice >= Nice { // the host has a low priority itself, which a worker may not raise
		return nil
	}
	return unix.Setpriority(unix.PRIO_PROCESS, 0, Nice)
}

// oomFence makes the kernel end workers first when the machine is out of memory: each worker stays
// within its limits, but many together may use more than the machine has, and then the kernel must
// not end the host or its database.
type oomFence struct{}

func (oomFence) Name() string    { return "first-out-of-memory" }
func (oomFence) Spawn(*exec.Cmd) {}
func (oomFence) Enter(Limits) error {
	// In some containers /proc cannot be written; the other limits of the app still apply.
	if err := os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0); err != nil {
		return missing("%v", err)
	}
	return nil
}

// dumpFence keeps the worker's memory out of core files and hides it from debuggers.
type dumpFence struct{}

func (dumpFence) Name() string    { return "not-dumpable" }
func (dumpFence) Spawn(*exec.Cmd) {}
func (dumpFence) Enter(Limits) error {
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return err
	}
	return unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
}

// memoryFence limits the address space. A Go process maps over a gigabyte at its start, so the limit
// is added to what is mapped now.
type memoryFence struct{}

func (memoryFence) Name() string    { return "address-space" }
func (memoryFence) Spawn(*exec.Cmd) {}
func (memoryFence) Enter(limits Limits) error {
	mapped, err := mappedBytes()
	if err != nil {
		return err
	}
	most := uint64(mapped + limits.Address)
	return unix.Setrlimit(unix.RLIMIT_AS, &unix.Rlimit{Cur: most, Max: most})
}

// mappedBytes returns the size of this process's address space.
func mappedBytes() (int64, error) {
	raw, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	var pages int64
	if _, err := fmt.Sscan(string(raw), &pages); err != nil {
		return 0, fmt.Errorf("statm: %w", err)
	}
	return pages * int64(os.Getpagesize()), nil
}
