package worker

import (
	"errors"
	"os/exec"
	"unsafe"

	"golang.org/x/sys/unix"
)

// landlockFence denies every file, TCP, and, where the kernel knows how, UDP, sockets of other processes and
// signals to them.
type landlockFence struct{}

func (landlockFence) Name() string    { return "landlock" }
func (landlockFence) Spawn(*exec.Cmd) {}

// landlockFirst is what the first version of landlock can deny: everything that reads or changes files.
const landlockFirst = unix.LANDLOCK_ACCESS_FS_MAKE_SYM<<1 - 1

// landlockLater lists what later versions can deny, the newest first.
var landlockLater = []unix.LandlockRulesetAttr{
	{Handled_access_net: unix.LANDLOCK_ACCESS_NET_BIND_UDP | unix.LANDLOCK_ACCESS_NET_CONNECT_SEND_UDP},
	{Handled_access_fs: unix.LANDLOCK_ACCESS_FS_RESOLVE_UNIX},
	{Scoped: unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL},                // Linux 6.12
	{Handled_access_fs: unix.LANDLOCK_ACCESS_FS_IOCTL_DEV},                                         // 6.10
	{Handled_access_net: unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP}, // 6.7
	{Handled_access_fs: unix.LANDLOCK_ACCESS_FS_TRUNCATE},                                          // 6.2
	{Handled_access_fs: unix.LANDLOCK_ACCESS_FS_REFER},                                             // 5.19
}

func (landlockFence) Enter(Limits) error {
	rules, err := landlockRules()
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(rules) }()
	// Newer kernels restrict all threads by themselves.
	_, _, errno := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, uintptr(rules), unix.LANDLOCK_RESTRICT_SELF_TSYNC, 0)
	if errno == 0 {
		return nil
	}
	err = onEveryThread(unix.SYS_LANDLOCK_RESTRICT_SELF, uintptr(rules))
	if errors.Is(err, unix.ENOTSUP) {
		return missing(builtWithCgo)
	}
	return err
}

// landlockRules makes a set of rules that denies all that the kernel can deny: it refuses what it does not
// know, so we ask for less until it agrees.
func landlockRules() (int, error) {
	for known := range len(landlockLater) + 1 {
		all := unix.LandlockRulesetAttr{Handled_access_fs: landlockFirst}
		for _, later := range landlockLater[known:] {
			all.Handled_access_fs |= later.Handled_access_fs
			all.Handled_access_net |= later.Handled_access_net
			all.Scoped |= later.Scoped
		}
		rules, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&all)), unsafe.Sizeof(all), 0)
		switch errno {
		case 0:
			return int(rules), nil
		case unix.EINVAL:
		case unix.ENOSYS:
			return 0, missing("the kernel does not have it; it needs Linux 5.13")
		case unix.EOPNOTSUPP:
			return 0, missing("the kernel has it but it is off; add landlock to lsm= on the kernel's command line")
		default:
			return 0, missing("the system refused it: %v", errno)
		}
	}
	return 0, missing("the kernel's version of it is not known")
}
