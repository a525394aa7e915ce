package host

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/migrations/migrationtest"
	"github.com/teahouse/teahouse/server/auth"
)

func TestTheSizeOfThePoolIsTheFlagsOrTheURLs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		url  string
		flag int32
		want int32
	}{
		{"postgres://a/b", 0, poolConnections},
		{"postgres://a/b?pool_max_conns=12", 0, 12},
		{"host=a pool_max_conns=12", 0, 12},
		{"postgres://a/b?pool_max_conns=12", 7, 7},
		{"postgres://a/b", 7, 7},
	} {
		config, err := poolConfig(c.url, c.flag)
		if err != nil || config.MaxConns != c.want {
			t.Errorf("%s with --postgres-connections %d: %v, want %d", c.url, c.flag, err, c.want)
		}
	}
	if _, err := poolConfig("postgres://a/b?pool_max_conns=1", 0); err == nil || !strings.Contains(err.Error(), "--postgres-connections") {
		t.Errorf("a pool that is too small: %v, want an error that names the setting", err)
	}
}

// behindPgBouncer starts a PgBouncer in transaction mode with few connections before the pool's
// database and returns its URL.
func behindPgBouncer(t *testing.T, pool *pgxpool.Pool) string {
	t.Helper()
	binary, err := exec.LookPath("pgbouncer")
	if err != nil {
		binary = "/usr/sbin/pgbouncer" // Debian's path, which is often not in PATH
		if _, err := os.Stat(binary); err != nil {
			// Only a bare `go test` comes here: `make test` installs PgBouncer, or says that it is missing.
			t.Skip("no pgbouncer on this machine")
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	dir, err := os.MkdirTemp("", "pgbouncer")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	to := pool.Config().ConnConfig
	settings := fmt.Sprintf(`[databases]
tea = host=%s port=%d dbname=%s user=%s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 6
max_client_conn = 200
logfile = %s
`, to.Host, to.Port, to.Database, to.User, port, filepath.Join(dir, "log"))
	if err := os.WriteFile(filepath.Join(dir, "ini"), []byte(settings), 0o644); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	command := exec.Command(binary, filepath.Join(dir, "ini"))
	command.Stderr = &said
	if socket, err := os.Stat(to.Host); err == nil && os.Getuid() == 0 {
		// It does not run as root, and only the owner can read the database's directory.
		owner := socket.Sys().(*syscall.Stat_t)
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
		if err := os.Chown(dir, int(owner.Uid), int(owner.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = command.Wait() }()
	t.Cleanup(func() { _ = command.Process.Kill(); <-ended })
	for ctx := t.Context(); ; {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			conn.Close()
			break
		}
		select {
		case <-ended:
			t.Fatalf("pgbouncer ended: %s", said.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
	return (&url.URL{Scheme: "postgres", User: url.User(to.User), Host: fmt.Sprintf("127.0.0.1:%d", port), Path: "/tea",
		RawQuery: "sslmode=disable"}).String()
}

// Two hosts behind a PgBouncer in transaction mode migrate an empty database, and serve.
func TestHostsWorkBehindPgBouncerInTransactionMode(t *testing.T) {
	t.Parallel()
	address := behindPgBouncer(t, migrationtest.OpenEmpty(t))
	secret := filepath.Join(t.TempDir(), "secret.key")
	hosts := make([]*Host, 2)
	var starting sync.WaitGroup
	for i := range hosts {
		config := Serve{Addr: "127.0.0.1:0", Data: t.TempDir(), Secret: secret, Currency: "CNY", PostgresURL: address}
		starting.Go(func() {
			h, err := Boot(t.Context(), config, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Error(err)
				return
			}
			hosts[i] = h
		})
	}
	starting.Wait()
	for _, h := range hosts {
		if h != nil {
			t.Cleanup(func() { h.Shutdown(context.Background()) })
		}
	}
	if t.Failed() {
		return
	}
	if !hosts[0].pooled {
		t.Fatal("the host did not see the pooler")
	}
	token := person(t, hosts[0], "mei", auth.RoleUser)
	var asking sync.WaitGroup
	for i := range 12 {
		asking.Go(func() {
			for n := range 25 {
				path := []string{"/api/v1/me", "/api/v1/conversations", "/api/v1/wallet", "/api/v1/me/api-tokens"}[n%4]
				if status, body := ask(t, hosts[i%2], "GET", path, token, ""); status != 200 {
					t.Errorf("%s: %d %s", path, status, body)
					return
				}
			}
		})
	}
	asking.Wait()
	r, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+hosts[1].Address()+"/api/v1/wallet/top-ups",
		strings.NewReader(`{"amount":100,"currency":"CNY"}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"Content-Type": "application/json", "Authorization": "Bearer " + token, "Idempotency-Key": "first"} {
		r.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusAccepted {
		t.Errorf("a top-up: %d", response.StatusCode)
	}
}
