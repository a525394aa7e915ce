package host

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/migrations"
	"github.com/teahouse/teahouse/server/postgres"
)

// openDatabase starts a database or connects to the given one, and brings it to the newest schema.
func (h *Host) openDatabase(ctx context.Context) error {
	url := h.config.PostgresURL
	if url == "" {
		instance, err := postgres.Start(ctx, postgres.Config{Dir: h.config.path("postgres"),
			BinDir: h.config.PostgresBin, Logger: h.log})
		if err != nil {
			return err
		}
		h.later(instance.Stop)
		url = instance.DSN(postgres.Database)
	}
	var err error
	if h.pool, h.pooled, err = openPool(ctx, url, h.config.PostgresConnections); err != nil {
		return err
	}
	h.later(func(context.Context) error { h.pool.Close(); return nil })
	if h.pooled {
		h.log.Info("PostgreSQL is behind a pooler: no statement is kept prepared, and jobs are polled for")
	}
	return migrations.Migrate(ctx, h.pool)
}

// openPool returns a pool on the database, and whether the connection goes through a pooler.
func openPool(ctx context.Context, url string, connections int32) (pool *pgxpool.Pool, pooled bool, err error) {
	config, err := poolConfig(url, connections)
	if err != nil {
		return nil, false, err
	}
	if pooled, err = throughPooler(ctx, config.ConnConfig); err != nil {
		return nil, false, err
	}
	if pooled && config.ConnConfig.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement {
		config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	}
	pool, err = pgxpool.NewWithConfig(ctx, config)
	return pool, pooled, err
}

// poolConfig reads the URL. The pool's size is the flag's, else the URL's, else poolConnections.
func poolConfig(url string, connections int32) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("the PostgreSQL URL is not valid: %w", err)
	}
	plain, err := pgx.ParseConfig(url) // pgxpool.ParseConfig does not tell which settings the URL has
	if err != nil {
		return nil, fmt.Errorf("the PostgreSQL URL is not valid: %w", err)
	}
	_, given := plain.RuntimeParams["pool_max_conns"]
	switch {
	case connections > 0:
		config.MaxConns = connections
	case !given:
		config.MaxConns = poolConnections
	}
	if config.MaxConns < minConnections {
		return nil, fmt.Errorf("a host needs %d connections to PostgreSQL at least; %d are allowed by --postgres-connections or pool_max_conns",
			minConnections, config.MaxConns)
	}
	return config, nil
}

// throughPooler reports whether something between this host and PostgreSQL shares connections
// between clients, as PgBouncer does. Such a pooler reports an invented process ID to a client that
// connects. The host cannot find out whether the pooler works by session or by transaction, so it
// then keeps nothing in a session: no prepared statement, no LISTEN.
func throughPooler(ctx context.Context, config *pgx.ConnConfig) (bool, error) {
	config = config.Copy()
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return false, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var pid uint32
	if err := conn.QueryRow(ctx, `SELECT pg_backend_pid()`).Scan(&pid); err != nil {
		return false, err
	}
	return pid != conn.PgConn().PID(), nil
}
