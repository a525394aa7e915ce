// Package postgrestest gives a test binary a PostgreSQL of its own: real, empty, fast because it
// does not wait for the disk, and gone with the process.
package postgrestest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/teahouse/teahouse/server/postgres"
)

// URLVariable names the environment variable with a running PostgreSQL to use instead; its user
// must be allowed to create databases.
const URLVariable = "TEAHOUSE_TEST_POSTGRES"

const prefix = "teahouse-pgtest-"

// shared starts the instance at most once in a process. It is never stopped: it dies with the
// process, and a later process sweeps its directory.
var shared = sync.OnceValues(func() (string, error) {
	if url := os.Getenv(URLVariable); url != "" {
		return url, nil
	}
	dir, err := freshDir()
	if err != nil {
		return "", err
	}
	instance, err := postgres.Start(context.Background(), postgres.Config{Dir: dir, NoSync: true,
		Settings: map[string]string{"fsync": "off", "synchronous_commit": "off",
			"full_page_writes": "off", "max_connections": "300", "shared_buffers": "64MB"}})
	if err != nil {
		return "", err
	}
	return instance.DSN("postgres"), nil
})

// DSN returns a connection string for the maintenance database of the process's instance.
func DSN() (string, error) { return shared() }

// freshDir makes a directory that is locked for the life of the process, and removes those whose
// process has ended.
func freshDir() (string, error) {
	old, err := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"))
	if err != nil {
		return "", err
	}
	for _, dir := range old {
		lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR, 0)
		if err != nil {
			continue // another process is just making it, or has just removed it
		}
		if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			os.RemoveAll(dir)
		}
		lock.Close()
	}
	dir, err := os.MkdirTemp("", prefix)
	if err != nil {
		return "", err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", err
	}
	held = lock
	return dir, syscall.Flock(int(lock.Fd()), syscall.LOCK_EX)
}

// held keeps the lock's file open until the process ends.
//
//nolint:unused // the collector would close a file that nothing holds
var held *os.File
