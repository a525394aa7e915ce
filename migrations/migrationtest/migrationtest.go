// Package migrationtest opens fresh databases for tests, fully migrated ones and empty ones.
package migrationtest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/migrations"
	"github.com/teahouse/teahouse/server/postgres/postgrestest"
)

// poolSize bounds each test's connections, so that many parallel tests fit one server.
const poolSize = 8

var serial atomic.Int64

// template is migrated once in a process and copied for each test: a copy takes a tenth of a
// migration's time.
var template = sync.OnceValues(func() (string, error) {
	ctx := context.Background()
	dsn, err := postgrestest.DSN()
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("teahouse_template_%d", os.Getpid())
	if err := execute(ctx, dsn, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	pool, err := connect(ctx, dsn, name)
	if err != nil {
		return "", err
	}
	defer pool.Close()
	return name, migrations.Migrate(ctx, pool)
})

// Open returns a pool on a database that only this test uses; it is dropped when the test ends.
func Open(t testing.TB) *pgxpool.Pool {
	t.Helper()
	source, err := template()
	if err != nil {
		t.Fatalf("preparing the test database: %v", err)
	}
	return create(t, source)
}

// OpenEmpty returns a pool on a database without any table.
func OpenEmpty(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return create(t, "template0")
}

func create(t testing.TB, source string) *pgxpool.Pool {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	dsn, err := postgrestest.DSN()
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("teahouse_test_%d_%d", os.Getpid(), serial.Add(1))
	if err := execute(ctx, dsn, "CREATE DATABASE "+name+" TEMPLATE "+source); err != nil {
		t.Fatalf("creating the test database: %v", err)
	}
	pool, err := connect(ctx, dsn, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		pool.Close()
		if err := execute(context.Background(), dsn, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("dropping the test database: %v", err)
		}
	})
	return pool
}

func connect(ctx context.Context, dsn, database string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	config.ConnConfig.Database = database
	config.MaxConns = poolSize
	return pgxpool.NewWithConfig(ctx, config)
}

// createLock serialises CREATE DATABASE: PostgreSQL refuses to copy a template that another
// session is copying in the wrong moment.
var createLock sync.Mutex

func execute(ctx context.Context, dsn, sql string) error {
	createLock.Lock()
	defer createLock.Unlock()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}
