// Package postgres runs PostgreSQL as a child of the host, for the installation that configures
// nothing.
//
// The child listens on a unix socket inside the data directory and nowhere else. As root the host
// gives it another uid, because PostgreSQL refuses to run as root. It ends with the host, even
// when the host is killed (the kernel sends it SIGINT, a fast and clean shutdown), and the host
// starts it again when somebody kills it. The data directory is never deleted and the pid file
// never touched: PostgreSQL's own recovery decides.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// User is the database superuser that the host connects as.
const User = "teahouse"

// Database is the one database that the host uses.
const Database = "teahouse"

// Config says where the child keeps its data and how it is tuned.
type Config struct {
	Dir      string            // holds data/ and run/; created if absent, must not be below a 0700 directory of root
	BinDir   string            // folder of initdb and postgres; "" searches (see FindBinaries)
	CacheDir string            // where binaries are fetched to when none are installed; "" means Dir/bin
	Settings map[string]string // more settings, e.g. "fsync": "off" in tests
	NoSync   bool              // initdb without fsync, for tests
	Logger   *slog.Logger
}

// Instance is a running PostgreSQL.
type Instance struct {
	cfg     Config
	bin     string
	cred    *syscall.Credential
	dataDir string
	runDir  string

	mu       sync.Mutex
	process  *os.Process
	stopping bool

	stop chan struct{} // closed by Stop
	done chan struct{} // closed when the supervising goroutine has ended
}

// Start initialises the data directory if it is empty, starts PostgreSQL, and returns when it
// answers. The caller must call Stop.
func Start(ctx context.Context, cfg Config) (*Instance, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("postgres: data directory: %w", err)
	}
	cfg.Dir = dir
	i := &Instance{cfg: cfg, dataDir: filepath.Join(dir, "data"), runDir: filepath.Join(dir, "run"),
		stop: make(chan struct{}), done: make(chan struct{})}
	if i.bin, err = FindBinaries(ctx, cfg); err != nil {
		return nil, err
	}
	if i.cred, err = childCredential(); err != nil {
		return nil, err
	}
	if err := i.prepareDirs(); err != nil {
		return nil, err
	}
	if err := i.initdb(ctx); err != nil {
		return nil, err
	}
	started := make(chan error, 1)
	go i.supervise(started)
	if err := <-started; err != nil {
		return nil, err
	}
	if err := i.waitReady(ctx); err != nil {
		return nil, errors.Join(err, i.Stop(context.WithoutCancel(ctx)))
	}
	if err := i.createDatabase(ctx); err != nil {
		return nil, errors.Join(err, i.Stop(context.WithoutCancel(ctx)))
	}
	return i, nil
}

// DSN returns the connection string for a database of the instance.
func (i *Instance) DSN(database string) string { return DSN(i.cfg.Dir, database) }

// DSN returns the connection string for a database of the instance that runs, in whatever process,
// on Config.Dir.
func DSN(dir, database string) string {
	return fmt.Sprintf("host=%s user=%s dbname=%s", filepath.Join(dir, "run"), User, database)
}

// PID returns the process ID of the running postmaster, 0 between a death and the restart.
func (i *Instance) PID() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.process == nil {
		return 0
	}
	return i.process.Pid
}

// Stop shuts PostgreSQL down: first fast, after a time immediately. It is safe to call twice.
func (i *Instance) Stop(ctx context.Context) error {
	i.mu.Lock()
	if !i.stopping {
		i.stopping = true
		close(i.stop)
	}
	process := i.process
	i.mu.Unlock()
	if process != nil {
		_ = process.Signal(syscall.SIGINT) // it may be gone already; done tells
	}
	select {
	case <-i.done:
		return nil
	case <-ctx.Done():
	case <-time.After(stopTimeout):
	}
	if process != nil {
		_ = process.Signal(syscall.SIGQUIT)
	}
	<-i.done
	return fmt.Errorf("postgres: fast shutdown took too long; stopped immediately, recovery follows at the next start")
}

// prepareDirs makes the directories with the child's owner and nobody else's access.
func (i *Instance) prepareDirs() error {
	if len(filepath.Join(i.runDir, ".s.PGSQL.5432")) > socketPathMax {
		return fmt.Errorf("postgres: the path %s is too long for a unix socket (%d bytes at most); choose a shorter data directory",
			i.runDir, socketPathMax)
	}
	for _, dir := range []string{i.cfg.Dir, i.dataDir, i.runDir} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("postgres: %w", err)
		}
	}
	for _, dir := range []string{i.dataDir, i.runDir} {
		if i.cred != nil {
			if err := os.Chown(dir, int(i.cred.Uid), int(i.cred.Gid)); err != nil {
				return fmt.Errorf("postgres: %w", err)
			}
		}
		if err := os.Chmod(dir, 0o700); err != nil {
			return fmt.Errorf("postgres: %w", err)
		}
	}
	return i.checkReachable()
}

// checkReachable finds the directory on the way that the child's uid may not enter, so that the
// error names it rather than initdb's "permission denied".
func (i *Instance) checkReachable() error {
	if i.cred == nil {
		return nil
	}
	for dir := filepath.Dir(i.dataDir); dir != "/"; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return fmt.Errorf("postgres: %w", err)
		}
		stat, ok := info.Sys().(*syscall.Stat_t)
		if ok && stat.Uid != i.cred.Uid && info.Mode().Perm()&0o001 == 0 {
			return fmt.Errorf("postgres: %s is closed to the database's user (uid %d); choose a data directory outside of it with TEAHOUSE_DATA",
				dir, i.cred.Uid)
		}
	}
	return nil
}

func (i *Instance) initdb(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(i.dataDir, "PG_VERSION")); err == nil {
		return i.checkVersion()
	}
	ctx, cancel := context.WithTimeout(ctx, initdbTimeout)
	defer cancel()
	args := []string{"-D", i.dataDir, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"}
	if i.cfg.NoSync {
		args = append(args, "-N")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(i.bin, "initdb"), args...)
	cmd.Dir = i.dataDir
	cmd.Env = childEnv()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: i.cred}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("postgres: initdb: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}

// checkVersion refuses a data directory of another major version, which postgres could not open.
func (i *Instance) checkVersion() error {
	have, err := os.ReadFile(filepath.Join(i.dataDir, "PG_VERSION"))
	if err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	major, err := majorVersion(i.bin)
	if err != nil {
		return err
	}
	if strings.TrimSpace(string(have)) != major {
		return fmt.Errorf("postgres: the data in %s belongs to PostgreSQL %s, the binaries in %s are %s; install the former or move the data with pg_upgrade",
			i.dataDir, strings.TrimSpace(string(have)), i.bin, major)
	}
	return nil
}

// supervise owns the child: it starts it, waits for its end, and starts it again unless Stop was
// called. The thread is locked because the kernel's parent-death signal is bound to the thread
// that forked; were that thread to end, PostgreSQL would be shut down.
func (i *Instance) supervise(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(i.done)
	pause := restartBackoff
	for first := true; ; first = false {
		cmd, logFile, err := i.command()
		if err == nil {
			err = cmd.Start()
		}
		if first {
			started <- err
			if err != nil {
				return
			}
		}
		if err != nil {
			i.cfg.Logger.Error("postgres did not start", "error", err)
		} else {
			begun := time.Now()
			if !i.adopt(cmd.Process) {
				_ = cmd.Process.Signal(syscall.SIGINT) // Stop came first
			}
			err = cmd.Wait()
			logFile.Close()
			i.adopt(nil)
			if time.Since(begun) > restartMax {
				pause = restartBackoff
			}
		}
		select {
		case <-i.stop:
			return
		default:
			i.cfg.Logger.Warn("postgres ended; starting it again", "error", err, "pause", pause)
		}
		select {
		case <-i.stop:
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, restartMax)
	}
}

// adopt remembers the running process; false means that Stop has been called meanwhile.
func (i *Instance) adopt(p *os.Process) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.process = p
	return !i.stopping
}

func (i *Instance) command() (*exec.Cmd, *os.File, error) {
	args := []string{"-D", i.dataDir, "-k", i.runDir, "-c", "listen_addresses=",
		"-c", "unix_socket_permissions=0700", "-c", "timezone=UTC", "-c", "log_timezone=UTC"}
	for name, value := range i.cfg.Settings {
		args = append(args, "-c", name+"="+value)
	}
	logFile, err := os.OpenFile(filepath.Join(i.cfg.Dir, "postgres.log"),
		os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, err
	}
	cmd := exec.Command(filepath.Join(i.bin, "postgres"), args...)
	cmd.Dir = i.dataDir
	cmd.Env = childEnv()
	cmd.Stdout, cmd.Stderr = logFile, logFile
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: i.cred, Setpgid: true, Pdeathsig: syscall.SIGINT}
	return cmd, logFile, nil
}

func childEnv() []string { return []string{"LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin", "TZ=UTC"} }

func (i *Instance) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, i.DSN("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("postgres: not ready after %s; see %s: %w", startTimeout,
				filepath.Join(i.cfg.Dir, "postgres.log"), err)
		case <-i.done:
			return fmt.Errorf("postgres: ended while starting; see %s", filepath.Join(i.cfg.Dir, "postgres.log"))
		case <-time.After(pollInterval):
		}
	}
}

func (i *Instance) createDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, i.DSN("postgres"))
	if err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	defer conn.Close(ctx)
	var exists bool
	err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, Database).Scan(&exists)
	if err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	if exists {
		return nil
	}
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{Database}.Sanitize()); err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	return nil
}
