package worker_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/waittest"
)

// What tells this binary that it is to try what fences forbid, and against what.
const (
	attemptsIn   = "TEAHOUSE_TEST_FENCES" // names, or "all"
	attemptsHost = "TEAHOUSE_TEST_HOST"   // process number of one that stands in for the host
	attemptsTCP  = "TEAHOUSE_TEST_TCP"    // port at which it listens, on 127.0.0.1
	attemptsUnix = "TEAHOUSE_TEST_UNIX"   // name at which it listens, without a file
	attemptsFile = "TEAHOUSE_TEST_FILE"   // a file of the test
)

// hostMain is a host with one worker that waits to be killed, if this process was started for it.
func hostMain() {
	if os.Getenv(attemptsIn) != "host" {
		return
	}
	pool := worker.NewPool(worker.Config{Logger: slog.New(slog.DiscardHandler), Spares: 1})
	if _, err := pool.Fences(context.Background()); err != nil {
		panic(err)
	}
	// The process that was asked for its fences ends; the one that stays is the spare.
	for st := pool.Stats(); st.Processes != 1 || st.Spares != 1; st = pool.Stats() {
		runtime.Gosched()
	}
	fmt.Println(pool.Pids()[0])
	select {}
}

// tried is what an attempt came to.
type tried struct {
	Missing  map[string]string // fences that this machine lacks
	Refused  map[string]string // by attempt
	Achieved []string          // attempts
	Open     []string          // descriptors, before the fences
}

// attemptMain makes the attempts, if this process was started for it.
func attemptMain() {
	hostMain()
	in := os.Getenv(attemptsIn)
	if in == "" {
		return
	}
	names := strings.Split(in, ",")
	if in == "all" {
		names = nil
	}
	open := descriptors()
	// The attempts are made by a thread that was there before the fences: they must hold on every thread.
	todo, done := make(chan func()), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		for run := range todo {
			run()
			done <- struct{}{}
		}
	}()
	todo <- func() {}
	<-done
	worker.InFences(names, func(missing map[string]string) any {
		all := tried{Missing: missing, Refused: map[string]string{}, Open: open}
		for name, attempt := range attempts {
			todo <- func() {
				if err := attempt(); err != nil {
					all.Refused[name] = err.Error()
				} else {
					all.Achieved = append(all.Achieved, name)
				}
			}
			<-done
		}
		return all
	})
	os.Exit(0)
}

// descriptors lists what is open in this process, except what Go's runtime opened for itself.
func descriptors() (open []string) {
	for fd := range 1024 {
		name, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd))
		if err == nil && !strings.HasPrefix(name, "anon_inode:") && !strings.HasPrefix(name, "/sys/fs/cgroup/") {
			open = append(open, strconv.Itoa(fd))
		}
	}
	return open
}

func hostOf() int { pid, _ := strconv.Atoi(os.Getenv(attemptsHost)); return pid }

func invoke(trap uintptr, args ...uintptr) error {
	var a [6]uintptr
	copy(a[:], args)
	if _, _, errno := syscall.RawSyscall6(trap, a[0], a[1], a[2], a[3], a[4], a[5]); errno != 0 {
		return errno
	}
	return nil
}

// reached takes away the error of a call that goes as far as its arguments, which harm nothing.
func reached(err, far error) error {
	if errors.Is(err, far) {
		return nil
	}
	return err
}

func opened(path string, flags int) error {
	fd, err := unix.Open(path, flags, 0o600)
	if err == nil {
		_ = unix.Close(fd)
	}
	return err
}

// reach makes a socket and connects it.
func reach(kind int, to unix.Sockaddr) error {
	family := unix.AF_INET
	if _, ok := to.(*unix.SockaddrUnix); ok {
		family = unix.AF_UNIX
	}
	fd, err := unix.Socket(family, kind, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	return unix.Connect(fd, to)
}

func loopback() *unix.SockaddrInet4 {
	port, _ := strconv.Atoi(os.Getenv(attemptsTCP))
	return &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}
}

// attempts are what a hole in the engine would let an app do, if there were no fences. Each achieves it on a
// process of the test's user without fences.
var attempts = map[string]func() error{
	"read a file":             func() error { return opened("/etc/passwd", unix.O_RDONLY) },
	"read the host's file":    func() error { return opened(os.Getenv(attemptsFile), unix.O_RDONLY) },
	"write the host's file":   func() error { return opened(os.Getenv(attemptsFile), unix.O_WRONLY) },
	"make a file":             func() error { return opened(os.Getenv(attemptsFile)+"2", unix.O_WRONLY|unix.O_CREAT) },
	"list a folder":           func() error { return opened("/", unix.O_RDONLY|unix.O_DIRECTORY) },
	"remove a file":           func() error { return unix.Unlink(os.Getenv(attemptsFile) + "3") },
	"read the host's secrets": func() error { return opened(fmt.Sprintf("/proc/%d/environ", hostOf()), unix.O_RDONLY) },
	"connect by TCP":          func() error { return reach(unix.SOCK_STREAM, loopback()) },
	"send by UDP":             func() error { return reach(unix.SOCK_DGRAM, loopback()) },
	"connect by a name":       func() error { return reach(unix.SOCK_STREAM, &unix.SockaddrUnix{Name: "@" + os.Getenv(attemptsUnix)}) },
	"listen by TCP": func() error {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
		if err != nil {
			return err
		}
		defer func() { _ = unix.Close(fd) }()
		if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
			return err
		}
		return unix.Listen(fd, 1)
	},
	"make a pair of sockets": func() error {
		pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		if err == nil {
			_, _ = unix.Close(pair[0]), unix.Close(pair[1])
		}
		return err
	},
	"start a program": func() error { // by a child, because the attempt must go on when it works
		var status unix.WaitStatus
		pid, err := syscall.ForkExec("/proc/self/exe", []string{"x", "-test.run=^$"}, &syscall.ProcAttr{})
		if err == nil {
			_, err = unix.Wait4(pid, &status, 0, nil)
		}
		return err
	},
	"become a program": func() error { return reached(unix.Exec("/nowhere", []string{"x"}, nil), unix.ENOENT) },
	"make a process": func() error {
		pid, _, errno := syscall.RawSyscall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
		if errno != 0 {
			return errno
		}
		if pid == 0 {
			_, _, _ = syscall.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
		}
		_, err := unix.Wait4(int(pid), nil, 0, nil)
		return err
	},
	"signal the host":        func() error { return unix.Kill(hostOf(), 0) },
	"signal a host's thread": func() error { return unix.Tgkill(hostOf(), hostOf(), 0) },
	"trace the host":         func() error { return invoke(unix.SYS_PTRACE, unix.PTRACE_SEIZE, uintptr(hostOf())) },
	"read the host's memory": func() error {
		var one [1]byte
		local, remote := unix.Iovec{Base: &one[0], Len: 1}, unix.RemoteIovec{Base: uintptr(unsafe.Pointer(&one[0])), Len: 1}
		_, err := unix.ProcessVMReadv(hostOf(), []unix.Iovec{local}, []unix.RemoteIovec{remote}, 0)
		return reached(err, unix.EFAULT)
	},
	"slow the host":    func() error { return unix.Setpriority(unix.PRIO_PROCESS, hostOf(), 19) },
	"limit the host":   func() error { return unix.Prlimit(hostOf(), unix.RLIMIT_CORE, &unix.Rlimit{}, nil) },
	"mount":            func() error { return reached(unix.Mount("none", "/", "no such kind", 0, ""), unix.ENODEV) },
	"new namespaces":   func() error { return invoke(unix.SYS_UNSHARE, unix.CLONE_NEWUTS) },
	"become root":      func() error { return invoke(unix.SYS_SETRESUID, 0, 0, 0) },
	"name the machine": func() error { return reached(unix.Sethostname(make([]byte, 1000)), unix.EINVAL) },
	"memory with code": func() error {
		code, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_EXEC, unix.MAP_ANON|unix.MAP_PRIVATE)
		if err == nil {
			_ = unix.Munmap(code)
		}
		return err
	},
	"file in memory": func() error {
		fd, err := unix.MemfdCreate("x", 0)
		if err == nil {
			_ = unix.Close(fd)
		}
		return err
	},
	"work for the kernel's rings": func() error {
		var parameters [128]byte
		fd, _, errno := syscall.RawSyscall(unix.SYS_IO_URING_SETUP, 1, uintptr(unsafe.Pointer(&parameters)), 0)
		if errno != 0 {
			return errno
		}
		return unix.Close(int(fd))
	},
	"keys of the kernel": func() error { return invoke(unix.SYS_KEYCTL, 0, ^uintptr(2), 1) },
}

// try starts this binary within fences and lets it try everything.
func tryAll(t *testing.T, fences string) tried {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("teahouse-test-%d-%s", os.Getpid(), strings.ReplaceAll(t.Name(), "/", "-"))
	named, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", "@"+name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = listener.Close(), named.Close() })
	file := filepath.Join(t.TempDir(), "secret")
	for _, each := range []string{file, file + "3"} {
		if err := os.WriteFile(each, []byte("secret"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// Something stands in for the host that can be traced without harm to this test.
	host := exec.CommandContext(t.Context(), "cat")
	if _, err := host.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = host.Process.Kill(), host.Wait() })
	var names []string
	if fences != "all" {
		names = strings.Split(fences, ",")
	}
	raw := worker.Fenced(t, names, attemptsIn+"="+fences, attemptsFile+"="+file, attemptsUnix+"="+name,
		fmt.Sprintf("%s=%d", attemptsHost, host.Process.Pid), fmt.Sprintf("%s=%d", attemptsTCP, listener.Addr().(*net.TCPAddr).Port))
	var got tried
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return got
}

func TestAWorkerReachesNothing(t *testing.T) {
	t.Parallel()
	got := tryAll(t, "all")
	if len(got.Achieved) > 0 {
		t.Errorf("a worker can: %q", got.Achieved)
	}
	if len(got.Refused) != len(attempts) {
		t.Errorf("%d of %d attempts were refused", len(got.Refused), len(attempts))
	}
	t.Logf("missing here: %v", got.Missing)
}

// Each fence alone refuses what it is for, so that a hole in one of them opens little.
func TestEachFenceHoldsAlone(t *testing.T) {
	t.Parallel()
	files := []string{"read a file", "read the host's file", "write the host's file", "make a file", "list a folder", "remove a file",
		"read the host's secrets"}
	others := []string{"signal the host", "signal a host's thread", "trace the host", "read the host's memory"}
	alone := map[string][]string{
		"no-new-privileges,seccomp":  slices.Collect(maps.Keys(attempts)),
		"no-new-privileges,landlock": slices.Concat(files, []string{"connect by TCP", "listen by TCP", "trace the host", "read the host's memory", "mount"}),
		"resources":                  {"read a file", "list a folder", "make a pair of sockets", "file in memory", "connect by TCP", "send by UDP", "work for the kernel's rings"},
		"namespaces":                 slices.Concat(others, []string{"connect by TCP", "limit the host", "slow the host"}),
		"own-user":                   slices.Concat(others, []string{"read the host's file", "read the host's secrets", "make a file", "remove a file", "mount", "become root", "name the machine"}),
		"no-capabilities":            {"mount", "name the machine", "new namespaces"},
	}
	if os.Geteuid() != 0 {
		// Only a user namespace lets others make the rest. To what is outside of it the user is the test's.
		alone["namespaces,own-user"] = alone["namespaces"]
		delete(alone, "namespaces")
		alone["own-user"] = []string{"become root", "name the machine", "mount"}
	}
	for fences, refused := range alone {
		t.Run(fences, func(t *testing.T) {
			t.Parallel()
			got := tryAll(t, fences)
			for name, why := range got.Missing {
				t.Skipf("%s: %s", name, why)
			}
			for _, attempt := range refused {
				if slices.Contains(got.Achieved, attempt) {
					t.Errorf("a worker can %s", attempt)
				}
			}
		})
	}
}

// Ensure that the attempts would work: an attempt that never does would always be refused.
func TestAProcessWithoutFencesCanDoWhatFencesForbid(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("some attempts need root")
	}
	got := tryAll(t, "none")
	for name, why := range got.Refused {
		t.Logf("%s: %s", name, why)
	}
	if least := len(attempts) - 4; len(got.Achieved) < least {
		t.Errorf("only %d attempts worked, want %d", len(got.Achieved), least)
	}
}

func TestAWorkerInheritsNoDescriptor(t *testing.T) {
	t.Parallel()
	file, err := os.Open("/dev/null")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	fd, err := unix.FcntlInt(file.Fd(), unix.F_DUPFD, 251) // without the mark that Go sets
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(fd) }()
	if got := tryAll(t, "descriptors"); fmt.Sprint(got.Open) != "[0 1 2 3]" {
		t.Errorf("open in a worker: %v; %d is the test's", got.Open, fd)
	}
}

func TestTheKernelKnowsTheFencesOfAWorker(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{Spares: -1})
	s := open(t, pool, "counter", program(t, files(counter)))
	s.tap()
	pid := pool.Pids()[0] // before there is another process, which tells of its fences
	states, err := pool.Fences(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lacks := func(name string) bool {
		at := slices.IndexFunc(states, func(s worker.FenceState) bool { return s.Name == name })
		return at < 0 || states[at].Missing != ""
	}
	status := statusOf(t, pid)
	for field, want := range map[string]string{"NoNewPrivs": "1", "Seccomp": "2", "CapEff": "0000000000000000", "CapPrm": "0000000000000000"} {
		if status[field] != want && !(waittest.RaceDetector && strings.HasPrefix(field, "Cap") && lacks("no-capabilities")) {
			t.Errorf("%s is %q, want %q", field, status[field], want)
		}
	}
	if !lacks("namespaces") && len(strings.Fields(status["NSpid"])) < 2 {
		t.Errorf("the worker has the process number %s, of no namespace of its own", status["NSpid"])
	}
	if os.Geteuid() == 0 && !lacks("own-user") && strings.HasPrefix(status["Uid"], "0\t") {
		t.Errorf("the worker has the users %q", status["Uid"])
	}
	if os.Geteuid() == 0 && !lacks("own-user") && strings.TrimSpace(status["Groups"]) != "" {
		t.Errorf("the worker is in the groups %q", status["Groups"])
	}
	for _, file := range openFiles(pid) {
		if file != "/dev/null" && !strings.HasPrefix(file, "pipe:") && !strings.HasPrefix(file, "socket:") && !strings.HasPrefix(file, "anon_inode:") {
			t.Errorf("the worker holds %s open", file)
		}
	}
	if got := s.tap(); !strings.Contains(got, "2") {
		t.Errorf("within the fences the app answers %s", got)
	}
}

func TestAWorkerEndsWithAHostThatIsKilled(t *testing.T) {
	t.Parallel()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	host := exec.CommandContext(t.Context(), own)
	host.Env = append(os.Environ(), attemptsIn+"=host")
	out, err := host.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Fscan(out, &pid); err != nil {
		t.Fatal(err)
	}
	// A worker that is stopped does not notice that its socket is closed.
	if err := unix.Kill(pid, unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := host.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = host.Wait()
	waittest.Eventually(t, "the worker ends", func() bool {
		raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		return err != nil || strings.Contains(string(raw), "State:\tZ") // in some containers nobody waits for orphans
	})
}

// A host that was started by nice has a lower priority than workers are given.
func TestAWorkerStartsUnderAHostOfLowPriority(t *testing.T) {
	t.Parallel()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "nice", "-n", "19", own, "-test.run=^TestAWorkerReachesNothing$")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// openFiles lists what a process has open, as far as the test's user may know.
func openFiles(pid int) (files []string) {
	for fd := range 1024 {
		if name, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", pid, fd)); err == nil {
			files = append(files, name)
		}
	}
	return files
}

// statusOf reads what the kernel says of a process.
func statusOf(t *testing.T, pid int) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	status := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":\t"); ok {
			status[name] = value
		}
	}
	return status
}

func TestTheKernelEndsWorkersFirstWhenMemoryIsOut(t *testing.T) {
	t.Parallel()
	pool := newPool(t, worker.Config{Spares: -1})
	open(t, pool, "counter", program(t, files(counter)))
	for _, pid := range pool.Pids() {
		score, err := os.ReadFile(fmt.Sprintf("/proc/%d/oom_score_adj", pid))
		if err != nil || strings.TrimSpace(string(score)) != "1000" {
			t.Errorf("the worker's score is %q, %v", score, err)
		}
	}
}
