package embedded

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// inMemory writes a program to a file that exists in memory only and can never be changed again.
func inMemory(name string, program []byte) (*os.File, error) {
	const flags = unix.MFD_CLOEXEC | unix.MFD_ALLOW_SEALING
	fd, err := unix.MemfdCreate(name, flags|unix.MFD_EXEC)
	if errors.Is(err, unix.EINVAL) { // before Linux 6.3, which knows no MFD_EXEC, every such file can be started
		fd, err = unix.MemfdCreate(name, flags)
	}
	if err != nil { // not in this kernel, or vm.memfd_noexec forbids it
		return nil, fmt.Errorf("%w: %w", errors.ErrUnsupported, err)
	}
	file := os.NewFile(uintptr(fd), name)
	_, err = file.Write(program)
	if err == nil {
		_, err = unix.FcntlInt(file.Fd(), unix.F_ADD_SEALS, unix.F_SEAL_SEAL|unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_WRITE)
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}

// startable is a path by which the host can start an open file, whatever happens to its name, and also as a user
// who may not enter its folder.
func startable(file *os.File, _ string) string { return fmt.Sprintf("/proc/self/fd/%d", file.Fd()) }
