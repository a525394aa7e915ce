package worker

import (
	"math"
	"os"
	"os/exec"
	"strconv"

	"golang.org/x/sys/unix"
)

// descriptorFence gives the worker no descriptor but its own four. Go opens all descriptors so that they
// end with exec; but whoever started the host may have left others open, which every process inherits.
type descriptorFence struct{}

func (descriptorFence) Name() string       { return "descriptors" }
func (descriptorFence) Enter(Limits) error { return nil }

// Spawn marks all descriptors of the host, so that none of them passes to any process that it starts,
// except those that exec.Cmd passes on purpose: it makes these anew in the child.
func (descriptorFence) Spawn(*exec.Cmd) {
	if unix.CloseRange(socketFD, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC) == nil {
		return
	}
	// Linux before 5.11.
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil { // there is no /proc: nothing was opened before the host that we could find
		return
	}
	for _, entry := range entries {
		if fd, err := strconv.Atoi(entry.Name()); err == nil && fd >= socketFD {
			unix.CloseOnExec(fd)
		}
	}
}
