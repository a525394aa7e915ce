// Package migrations holds the database schema of Teahouse inside the binary, and applies it.
//
// A migration is a folder `NNNNN_name` with `up.sql`, which runs once, in one transaction. Beside
// it may stand `before.sql` and `after.sql`: what must hold, and which rows must be there, before
// and after it; the tests run them, a host does not. Files are never edited once released: a change
// is a new folder. A function is a file of its own in `functions/`, and is applied again when its
// revision has been raised (see functions.go).
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed 0* functions
var files embed.FS

// Migrate brings the database to the newest schema: Teahouse's tables, the job queue's, and then
// the functions. Hosts that start together may all call it; one works while the others wait.
func Migrate(ctx context.Context, pool *pgxpool.Pool) error {
	release, err := lock(ctx, pool.Config().ConnConfig)
	if err != nil {
		return fmt.Errorf("migrations: waiting for the other hosts: %w", err)
	}
	defer release()
	db := stdlib.OpenDBFromPool(pool)
	defer db.Close()
	tables, err := newProvider(db)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	if _, err := tables.Up(ctx); err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	jobs, err := rivermigrate.New(riverpgxv5.New(pool), nil)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	if _, err := jobs.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrations: job queue: %w", err)
	}
	if err := applyFunctions(ctx, pool, files); err != nil {
		return fmt.Errorf("migrations: functions: %w", err)
	}
	return nil
}

// newProvider gives goose the folders. Plain `NNNNN_name.sql` files, in goose's own form, are taken
// too. A number lower than the newest that was applied is applied all the same: two branches may
// each have added one.
func newProvider(db *sql.DB) (*goose.Provider, error) {
	folders, err := fs.Glob(files, "*/up.sql")
	if err != nil {
		return nil, err
	}
	var steps []*goose.Migration
	for _, name := range folders {
		step, err := folder(name)
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	return goose.NewProvider(goose.DialectPostgres, db, files, goose.WithGoMigrations(steps...),
		goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true))
}

// folder reads one migration. It goes to the server as one text: dollar quotes need no marks.
func folder(up string) (*goose.Migration, error) {
	name := path.Dir(up)
	number, _, _ := strings.Cut(name, "_")
	version, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("the folder %s does not begin with a number: %w", name, err)
	}
	text, err := fs.ReadFile(files, up)
	if err != nil {
		return nil, err
	}
	return goose.NewGoMigration(version, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, string(text)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}}, nil), nil
}
