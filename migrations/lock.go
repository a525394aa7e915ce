package migrations

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	gooselock "github.com/pressly/goose/v3/lock"
)

// lockPause is the time between two looks at the lock: long against a look, short against a start.
const lockPause = 100 * time.Millisecond

// lock waits until no other host migrates, and keeps the others waiting until release is called.
//
// It holds one transaction open on a connection of its own. A lock of the transaction, unlike one
// of the session, stays where it is behind a pooler that hands connections from client to client.
// It looks again and again instead of waiting inside PostgreSQL, because a statement that waits is
// what CREATE INDEX CONCURRENTLY waits for. The number is goose's own, so that a host of a version
// that locked by goose is kept out too.
func lock(ctx context.Context, config *pgx.ConnConfig) (release func(), err error) {
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	release = func() { _ = conn.Close(context.WithoutCancel(ctx)) } // ends the transaction with it
	if err := waitForLock(ctx, conn); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

func waitForLock(ctx context.Context, conn *pgx.Conn) error {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	// A server that ends long or idle transactions must not end this one.
	if _, err := tx.Exec(ctx, `SELECT set_config(name, '0', true) FROM pg_settings
		WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')`); err != nil {
		return err
	}
	for {
		var ours bool
		if err := tx.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock($1)`, gooselock.DefaultLockID).Scan(&ours); err != nil {
			return err
		}
		if ours {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("another host is still migrating: %w", ctx.Err())
		case <-time.After(lockPause):
		}
	}
}
