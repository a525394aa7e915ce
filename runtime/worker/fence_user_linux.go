package worker

import (
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// refusal remembers that the kernel refused a fence at the start of a process.
type refusal struct {
	why  atomic.Pointer[error]
	held atomic.Bool
}

func (r *refusal) hold() { r.held.Store(r.yielded() == nil) }

func (r *refusal) yielded() error {
	if why := r.why.Load(); why != nil {
		return *why
	}
	return nil
}

// yield gives up for errors that say "not here"; others, such as too little memory, may pass.
func (r *refusal) yield(why error) bool {
	if r.held.Load() {
		return false
	}
	for _, never := range []error{unix.EPERM, unix.EACCES, unix.EINVAL, unix.ENOSYS, unix.ENOSPC, unix.EUSERS} {
		if errors.Is(why, never) {
			return r.why.CompareAndSwap(nil, &why)
		}
	}
	return false
}

func attributes(cmd *exec.Cmd) *syscall.SysProcAttr {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	return cmd.SysProcAttr
}

// userFence gives a worker a user of its own. Under a host that runs as root that is another user, to whom no
// file and no process belongs. Under another host it is a user namespace: there the worker has no rights over
// anything outside, but what it could open would still be opened as the host's user.
type userFence struct{ refusal }

// lastUser is what the next worker's user is counted from, by all pools of this process. Another process
// begins elsewhere.
var lastUser = func() *atomic.Uint32 {
	var n atomic.Uint32
	n.Store(rand.Uint32N(Users))
	return &n
}()

func (*userFence) Name() string { return "own-user" }

func (f *userFence) Spawn(cmd *exec.Cmd) {
	if f.yielded() != nil {
		return
	}
	attr, uid := attributes(cmd), FirstUser+int(lastUser.Add(1)%Users)
	if os.Geteuid() == 0 {
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)}
		return
	}
	attr.Cloneflags |= unix.CLONE_NEWUSER
	attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: uid, HostID: os.Geteuid(), Size: 1}}
	attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: uid, HostID: os.Getegid(), Size: 1}}
}

func (*userFence) Enter(Limits) error { return nil }

// namespaceFence gives a worker a network without interfaces, and process numbers, queues, names and mounts
// of its own: it can name nothing that belongs to others.
type namespaceFence struct{ refusal }

func (*namespaceFence) Name() string { return "namespaces" }

func (f *namespaceFence) Spawn(cmd *exec.Cmd) {
	if f.yielded() == nil {
		attributes(cmd).Cloneflags |= unix.CLONE_NEWNET | unix.CLONE_NEWPID | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS | unix.CLONE_NEWNS
	}
}

func (*namespaceFence) Enter(Limits) error { return nil }
