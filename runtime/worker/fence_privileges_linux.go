package worker

import (
	"os/exec"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// onEveryThread makes a system call on all threads of the process, for what Linux keeps by the thread.
func onEveryThread(trap uintptr, args ...uintptr) error {
	var a [6]uintptr
	copy(a[:], args)
	if _, _, errno := syscall.AllThreadsSyscall6(trap, a[0], a[1], a[2], a[3], a[4], a[5]); errno != 0 {
		return errno
	}
	return nil
}

// builtWithCgo says why a fence by the thread is missing in a binary whose threads Go does not know.
const builtWithCgo = "this binary is built with cgo; build it with CGO_ENABLED=0"

// privilegeFence lets no exec give the worker more rights, and is what seccomp and landlock ask for.
type privilegeFence struct{}

func (privilegeFence) Name() string    { return "no-new-privileges" }
func (privilegeFence) Spawn(*exec.Cmd) {}
func (privilegeFence) Enter(Limits) error {
	err := onEveryThread(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1)
	if err == unix.ENOTSUP { //nolint:errorlint // an errno
		// With cgo seccomp sets it for the other threads.
		return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
	}
	return err
}

// capabilityFence takes from the worker what root may do, if it runs as root.
type capabilityFence struct{}

func (capabilityFence) Name() string    { return "no-capabilities" }
func (capabilityFence) Spawn(*exec.Cmd) {}
func (capabilityFence) Enter(Limits) error {
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none, has [2]unix.CapUserData
	if err := unix.Capget(&head, &has[0]); err != nil {
		return err
	}
	if has == none {
		return nil
	}
	err := onEveryThread(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&head)), uintptr(unsafe.Pointer(&none[0])))
	if err == unix.ENOTSUP { //nolint:errorlint // an errno
		return missing(builtWithCgo)
	}
	return err
}
