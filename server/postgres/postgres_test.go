package postgres_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/server/postgres"
	"github.com/teahouse/teahouse/waittest"
)

// hostVariable makes the test binary play the host that gets killed.
const hostVariable = "TEAHOUSE_TEST_POSTGRES_HOST"

func TestMain(m *testing.M) {
	if dir := os.Getenv(hostVariable); dir != "" {
		playHost(dir)
		return
	}
	os.Exit(m.Run())
}

func playHost(dir string) {
	instance, err := postgres.Start(context.Background(), postgres.Config{Dir: dir, NoSync: true})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	fmt.Println("ready", instance.PID())
	select {}
}

// reachableDir is a temporary directory that the database's user may enter.
func reachableDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "teahouse-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func start(t *testing.T, dir string) *postgres.Instance {
	t.Helper()
	instance, err := postgres.Start(t.Context(), postgres.Config{Dir: dir, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := instance.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return instance
}

func TestDataSurvivesAStopAndAStart(t *testing.T) {
	t.Parallel()
	dir := reachableDir(t)
	first := start(t, dir)
	exec1(t, first, `CREATE TABLE kept (n int)`)
	exec1(t, first, `INSERT INTO kept VALUES (7)`)
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	second := start(t, dir)
	if got := queryInt(t, second, `SELECT n FROM kept`); got != 7 {
		t.Errorf("got %d, want 7", got)
	}
}

func TestAKilledPostgresComesBackWithItsCommittedData(t *testing.T) {
	t.Parallel()
	instance := start(t, reachableDir(t))
	exec1(t, instance, `CREATE TABLE kept AS SELECT 42 AS n`)
	before := instance.PID()
	if err := syscall.Kill(before, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	waittest.Succeed(t, "postgres comes back", func() error {
		if pid := instance.PID(); pid == 0 || pid == before {
			return fmt.Errorf("pid %d", pid)
		}
		conn, err := pgx.Connect(t.Context(), instance.DSN(postgres.Database))
		if err != nil {
			return err
		}
		return conn.Close(t.Context())
	})
	if got := queryInt(t, instance, `SELECT n FROM kept`); got != 42 {
		t.Errorf("got %d, want 42", got)
	}
}

func TestPostgresEndsCleanlyWhenItsHostIsKilled(t *testing.T) {
	t.Parallel()
	dir := reachableDir(t)
	host := exec.Command(os.Args[0])
	host.Env = append(os.Environ(), hostVariable+"="+dir)
	out, err := host.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	var word string
	var pid int
	if _, err := fmt.Fscan(out, &word, &pid); err != nil || word != "ready" {
		t.Fatalf("the host did not come up: %q %v", word, err)
	}
	if err := host.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = host.Wait() // killed by us; the exit status says only that
	waittest.Succeed(t, "postgres shuts down cleanly", func() error {
		log, err := os.ReadFile(filepath.Join(dir, "postgres.log"))
		if err != nil {
			return err
		}
		if !strings.Contains(string(log), "database system is shut down") {
			return fmt.Errorf("the log does not say so")
		}
		return nil
	})
	start(t, dir) // and its directory opens again
}

func TestAPathTooLongForASocketIsRefusedByName(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(reachableDir(t), strings.Repeat("long", 30))
	_, err := postgres.Start(t.Context(), postgres.Config{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "too long for a unix socket") {
		t.Errorf("got %v", err)
	}
}

func TestAClosedParentDirectoryIsNamed(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root runs the database as somebody else")
	}
	closed := filepath.Join(reachableDir(t), "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := postgres.Start(t.Context(), postgres.Config{Dir: filepath.Join(closed, "db")})
	if err == nil || !strings.Contains(err.Error(), closed+" is closed") {
		t.Errorf("got %v", err)
	}
}

func exec1(t *testing.T, instance *postgres.Instance, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), instance.DSN(postgres.Database))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func queryInt(t *testing.T, instance *postgres.Instance, sql string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), instance.DSN(postgres.Database))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if err := conn.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
