package worker

import (
	"fmt"
	"os"
	"os/exec"

	"golang.org/x/sys/unix"
)

// resourceFence sets each limit of the kernel to what a worker needs, which is mostly nothing.
type resourceFence struct{}

func (resourceFence) Name() string    { return "resources" }
func (resourceFence) Spawn(*exec.Cmd) {}
func (resourceFence) Enter(Limits) error {
	most := map[int]uint64{
		unix.RLIMIT_NOFILE:   0, // no further descriptor of any kind; those that are open stay
		unix.RLIMIT_FSIZE:    0, // no byte into a file
		unix.RLIMIT_MEMLOCK:  0, // no memory that the kernel may not take back
		unix.RLIMIT_MSGQUEUE: 0,
		unix.RLIMIT_RTPRIO:   0,
		unix.RLIMIT_NICE:     0,
	}
	// The kernel counts the threads of a user, so there is a limit only where the worker has one for itself.
	if uid := os.Getuid(); uid >= FirstUser && uid < FirstUser+Users {
		most[unix.RLIMIT_NPROC] = MaxThreads
	}
	for resource, value := range most {
		if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: value, Max: value}); err != nil {
			return fmt.Errorf("limit %d: %w", resource, err)
		}
	}
	return nil
}
