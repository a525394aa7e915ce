package worker

import (
	"encoding/binary"
	"testing"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// answer runs the filter on a call, as the kernel does.
func answer(t *testing.T, pid int, arch, number uint32, args ...uint64) uint32 {
	t.Helper()
	var program []bpf.Instruction
	for _, raw := range seccompFilter(pid) {
		program = append(program, bpf.RawInstruction{Op: raw.Code, Jt: raw.Jt, Jf: raw.Jf, K: raw.K}.Disassemble())
	}
	vm, err := bpf.NewVM(program)
	if err != nil {
		t.Fatal(err)
	}
	// The library reads words as networks write them, the kernel as the processor does; each word is the same.
	data := make([]byte, 64)
	binary.BigEndian.PutUint32(data[dataNumber:], number)
	binary.BigEndian.PutUint32(data[dataArch:], arch)
	for i, arg := range args {
		binary.BigEndian.PutUint32(data[dataArgs+8*i:], uint32(arg))
		binary.BigEndian.PutUint32(data[dataArgs+8*i+4:], uint32(arg>>32))
	}
	given, err := vm.Run(data)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(given)
}

func TestTheFilterOfSystemCalls(t *testing.T) {
	t.Parallel()
	const pid, allow, refuse = 7, unix.SECCOMP_RET_ALLOW, unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
	const rw = unix.PROT_READ | unix.PROT_WRITE
	for name, c := range map[string]struct {
		number uint32
		args   []uint64
		want   uint32
	}{
		"read":                        {unix.SYS_READ, nil, allow},
		"open":                        {unix.SYS_OPENAT, nil, refuse},
		"memory":                      {unix.SYS_MMAP, []uint64{0, 4096, rw}, allow},
		"memory with code":            {unix.SYS_MMAP, []uint64{0, 4096, rw | unix.PROT_EXEC}, refuse},
		"memory becomes code":         {unix.SYS_MPROTECT, []uint64{0, 4096, unix.PROT_EXEC}, refuse},
		"memory is read only":         {unix.SYS_MPROTECT, []uint64{0, 4096, unix.PROT_READ}, allow},
		"a thread of Go":              {unix.SYS_CLONE, []uint64{threadFlags}, allow},
		"a process":                   {unix.SYS_CLONE, []uint64{uint64(unix.SIGCHLD)}, refuse},
		"a process as vfork makes it": {unix.SYS_CLONE, []uint64{unix.CLONE_VM | unix.CLONE_VFORK | uint64(unix.SIGCHLD)}, refuse},
		"a thread with a network":     {unix.SYS_CLONE, []uint64{threadFlags | unix.CLONE_NEWNET}, refuse},
		"a thread that is traced":     {unix.SYS_CLONE, []uint64{threadFlags | unix.CLONE_PTRACE}, refuse},
		"the newer call for threads":  {unix.SYS_CLONE3, nil, unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)},
		"a signal to itself":          {unix.SYS_TGKILL, []uint64{pid, 9}, allow},
		"a signal to another":         {unix.SYS_TGKILL, []uint64{pid + 1, 9}, refuse},
		"waiting":                     {unix.SYS_FUTEX, []uint64{0, 128}, allow},
		"waking":                      {unix.SYS_FUTEX, []uint64{0, 129}, allow},
		"handing over waiters":        {unix.SYS_FUTEX, []uint64{0, 128 | 12}, refuse},
		"names of memory":             {unix.SYS_PRCTL, nil, unix.SECCOMP_RET_ERRNO | uint32(unix.EINVAL)},
	} {
		if len(seccompMore) > 0 && name == "handing over waiters" {
			continue // the C library does it
		}
		if got := answer(t, pid, seccompArch, c.number, c.args...); got != c.want {
			t.Errorf("%s: %#x, want %#x", name, got, c.want)
		}
	}
	if got := answer(t, pid, unix.AUDIT_ARCH_I386, unix.SYS_READ); got != unix.SECCOMP_RET_KILL_PROCESS {
		t.Errorf("a call of another processor: %#x", got)
	}
	// On processors of this kind a second set of numbers has this bit.
	if got := answer(t, pid, seccompArch, unix.SYS_READ|0x40000000); got != refuse {
		t.Errorf("a call by the numbers of x32: %#x", got)
	}
	allowed := 0
	for number := range uint32(1024) {
		if answer(t, pid, seccompArch, number, 0, 0, 0) == allow {
			allowed++
		}
	}
	// Those of the list, and the two of memory, which depend on their arguments.
	if want := len(seccompAllowed) + len(seccompMore) + 2; allowed != want && len(seccompMore) == 0 {
		t.Errorf("%d calls are allowed, want %d", allowed, want)
	}
}
