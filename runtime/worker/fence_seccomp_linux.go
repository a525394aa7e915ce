package worker

import (
	"errors"
	"os"
	"os/exec"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// seccompFence leaves the worker the system calls that Go's runtime and the socket to the host need. Every
// other one fails with EPERM: a worker that the fence surprises should say so, not vanish.
type seccompFence struct{}

func (seccompFence) Name() string    { return "seccomp" }
func (seccompFence) Spawn(*exec.Cmd) {}
func (seccompFence) Enter(Limits) error {
	if seccompArch == 0 {
		return missing("it is not made for this kind of processor")
	}
	filter := seccompFilter(os.Getpid())
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC,
		uintptr(unsafe.Pointer(&program)))
	switch {
	case errno == 0:
		return nil
	case errors.Is(errno, unix.ENOSYS), errors.Is(errno, unix.EINVAL):
		return missing("the kernel does not have it; it needs Linux 3.17 with CONFIG_SECCOMP_FILTER")
	default:
		return errno
	}
}

// seccompAllowed are the calls that Go's runtime makes in a process that opens nothing. Those that are made
// most often come first.
var seccompAllowed = []uint32{
	unix.SYS_EPOLL_PWAIT, unix.SYS_READ, unix.SYS_WRITE, unix.SYS_NANOSLEEP, unix.SYS_CLOCK_GETTIME,
	unix.SYS_MADVISE, unix.SYS_GETPID, unix.SYS_GETTID, unix.SYS_SCHED_YIELD, unix.SYS_RT_SIGRETURN, unix.SYS_RT_SIGPROCMASK,
	unix.SYS_RT_SIGACTION, unix.SYS_SIGALTSTACK, unix.SYS_MUNMAP, unix.SYS_MINCORE, unix.SYS_EPOLL_CTL, unix.SYS_CLOSE,
	unix.SYS_GETRANDOM, unix.SYS_RESTART_SYSCALL, unix.SYS_CLOCK_NANOSLEEP, unix.SYS_GETTIMEOFDAY, unix.SYS_EXIT, unix.SYS_EXIT_GROUP,
}

// threadFlags are how Go starts a thread: it shares everything with the others.
const threadFlags = unix.CLONE_VM | unix.CLONE_FS | unix.CLONE_FILES | unix.CLONE_SIGHAND | unix.CLONE_THREAD |
	unix.CLONE_SYSVSEM | unix.CLONE_SETTLS

// Offsets in struct seccomp_data.
const (
	dataNumber = 0
	dataArch   = 4
	dataArgs   = 16 // 8 bytes each; little endian, so the lower half comes first
)

// seccompFilter makes the filter's program for the process with this number. It consists of blocks that compare
// the number of the call and end, or pass on to the next block.
func seccompFilter(pid int) []unix.SockFilter {
	refused, allowed := give(unix.SECCOMP_RET_ERRNO|uint32(unix.EPERM)), give(unix.SECCOMP_RET_ALLOW)
	program := []unix.SockFilter{
		load(dataArch), compare(unix.BPF_JEQ, seccompArch, 1, 0),
		give(unix.SECCOMP_RET_KILL_PROCESS), // nobody calls by another processor's numbers by chance
		load(dataNumber),
	}
	const futexWait, futexWake, futexPrivate = 0, 1, 128
	block := func(number uint32, body ...unix.SockFilter) {
		program = append(program, compare(unix.BPF_JEQ, number, 0, uint8(len(body))))
		program = append(program, body...)
	}
	// Waiting and waking of threads; with cgo also what the C library does. The rest of this call has had holes.
	if len(seccompMore) > 0 {
		block(unix.SYS_FUTEX, allowed)
	} else {
		block(unix.SYS_FUTEX, load(dataArgs+8), compare(unix.BPF_JEQ, futexPrivate|futexWait, 1, 0),
			compare(unix.BPF_JEQ, futexPrivate|futexWake, 0, 1), allowed, refused)
	}
	for _, number := range slices.Concat(seccompAllowed, seccompMore) {
		block(number, allowed)
	}
	// Memory, but none that can be executed: all code is in the program's own file.
	for _, number := range []uint32{unix.SYS_MMAP, unix.SYS_MPROTECT} {
		block(number, load(dataArgs+2*8), compare(unix.BPF_JSET, unix.PROT_EXEC, 1, 0), allowed, refused)
	}
	// Threads, but no processes and no namespaces.
	block(unix.SYS_CLONE, load(dataArgs), compare(unix.BPF_JSET, ^uint32(threadFlags|seccompMoreFlags), 2, 0),
		compare(unix.BPF_JSET, unix.CLONE_THREAD, 0, 1), allowed, refused)
	// Signals to the worker's own threads, by which Go interrupts them.
	block(unix.SYS_TGKILL, load(dataArgs), compare(unix.BPF_JEQ, uint32(pid), 0, 1), allowed, refused)
	// Libraries try it, and know another way when the kernel does not have it.
	block(unix.SYS_CLONE3, give(unix.SECCOMP_RET_ERRNO|uint32(unix.ENOSYS)))
	// Go's runtime gives names to memory until it hears this error.
	block(unix.SYS_PRCTL, give(unix.SECCOMP_RET_ERRNO|uint32(unix.EINVAL)))
	return append(program, refused)
}

func load(offset uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
}

// compare skips as many instructions as it is told for a comparison that holds and for one that does not.
func compare(how uint16, with uint32, holds, not uint8) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_JMP | how | unix.BPF_K, Jt: holds, Jf: not, K: with}
}

func give(answer uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: answer}
}
