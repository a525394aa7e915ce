package worker

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

func platformFences() []Fence {
	// A process that is not dumpable can no longer write its own files in /proc.
	return []Fence{orphanFence{}, priorityFence{}, victimFence{}, dumpFence{}, memoryFence{}}
}

// orphanFence ends the worker when the host dies, however the host dies.
type orphanFence struct{}

func (orphanFence) Name() string { return "parent-death-signal" }

func (orphanFence) Spawn(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
}

func (orphanFence) Enter(Limits) error { return nil }

// priorityFence puts the worker behind the host in the scheduler's eyes.
type priorityFence struct{}

func (priorityFence) Name() string    { return "priority" }
func (priorityFence) Spawn(*exec.Cmd) {}
func (priorityFence) Enter(Limits) error {
	return unix.Setpriority(unix.PRIO_PROCESS, 0, Nice)
}

// victimFence makes the kernel end workers first when the machine is out of memory: each keeps to
// its limits, but many of them together may have more than there is, and the host and its
// database must not pay for that.
type victimFence struct{}

func (victimFence) Name() string    { return "first-out-of-memory" }
func (victimFence) Spawn(*exec.Cmd) {}
func (victimFence) Enter(Limits) error {
	// Some containers have a /proc that cannot be written; the app's own limits hold without it.
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0)
	return nil
}

// dumpFence keeps the worker's memory out of core files and out of other processes' debuggers.
type dumpFence struct{}

func (dumpFence) Name() string    { return "not-dumpable" }
func (dumpFence) Spawn(*exec.Cmd) {}
func (dumpFence) Enter(Limits) error {
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return err
	}
	return unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
}

// memoryFence bounds the address space. A Go process maps over a gigabyte before it does anything,
// so the limit counts from what is mapped now.
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

// mappedBytes is the size of the own address space.
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
