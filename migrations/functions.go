package migrations

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// A function of the database is a file in functions/SCHEMA/ that begins with `-- revision: N` and
// replaces the function that was there. Who changes the text raises the revision: during an upgrade
// a host of the version before may start once more, and must not put its older text back. Who
// changes a parameter adds a migration that drops the function of before.

// function is one such file.
type function struct {
	name     string // payments/post.sql
	text     string
	revision int
	sha256   [sha256.Size]byte
}

var revisionLine = regexp.MustCompile(`^-- revision: ([1-9][0-9]*)\n`)

func readFunctions(from fs.FS) ([]function, error) {
	var found []function
	err := fs.WalkDir(from, "functions", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		line := revisionLine.FindSubmatch(text)
		if line == nil {
			return fmt.Errorf("%s does not begin with a line `-- revision: N`", name)
		}
		revision, err := strconv.Atoi(string(line[1]))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		found = append(found, function{name: strings.TrimPrefix(name, "functions/"), text: string(text),
			revision: revision, sha256: sha256.Sum256(text)})
		return nil
	})
	return found, err
}

// applyFunctions replaces the functions whose revision is newer than the database's, all or none.
// The same revision with another text is one that is being written: it is applied too.
func applyFunctions(ctx context.Context, pool *pgxpool.Pool, from fs.FS) error {
	functions, err := readFunctions(from)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		// Functions may name each other in any order; tables are all there.
		if _, err := tx.Exec(ctx, `SET LOCAL check_function_bodies = off`); err != nil {
			return err
		}
		for _, f := range functions {
			tag, err := tx.Exec(ctx, `INSERT INTO migration_function AS known (name, revision, sha256)
				VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE
				SET revision = excluded.revision, sha256 = excluded.sha256, applied_at = now()
				WHERE known.revision < excluded.revision
					OR known.revision = excluded.revision AND known.sha256 <> excluded.sha256`,
				f.name, f.revision, f.sha256[:])
			if err != nil {
				return err
			}
			if tag.RowsAffected() == 0 {
				continue
			}
			if _, err := tx.Exec(ctx, f.text); err != nil {
				return fmt.Errorf("%s: %w", f.name, err)
			}
		}
		return nil
	})
}
