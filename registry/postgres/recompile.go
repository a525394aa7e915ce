package postgres

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/registry"
)

// Recompiled finds what became of a version that was compiled again.
func (s *Store) Recompiled(ctx context.Context, version uuid.UUID, format int) (*registry.Recompiled, error) {
	return findRecompiled(ctx, s.pool, version, format)
}

func findRecompiled(ctx context.Context, db querier, version uuid.UUID, format int) (*registry.Recompiled, error) {
	rows, err := db.Query(ctx, `
		SELECT image_hash, diagnostics FROM version_image WHERE version_id = $1 AND format = $2
			AND (image_hash IS NOT NULL OR compiled_at > now() - $3::interval)`,
		version, format, registry.RecompileAfter)
	if err != nil {
		return nil, fmt.Errorf("select image of version: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToAddrOfStructByPos[registry.Recompiled])
	if err != nil {
		return nil, fmt.Errorf("select image of version: %w", err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	return found[0], nil
}

// Outdated lists the released versions that have no image of this format.
func (s *Store) Outdated(ctx context.Context, format int) ([]uuid.UUID, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT v.id FROM version v JOIN app_image i ON i.hash = v.image_hash
		WHERE v.state = 'released' AND i.format IS DISTINCT FROM $1 AND NOT EXISTS (
			SELECT FROM version_image n WHERE n.version_id = v.id AND n.format = $1 AND n.image_hash IS NOT NULL)
		ORDER BY v.id`, format)
	if err != nil {
		return nil, fmt.Errorf("select outdated versions: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, fmt.Errorf("select outdated versions: %w", err)
	}
	return ids, nil
}

// Recompile keeps what compile returns. The row of the version's own image is the lock: nothing else
// changes it, and a version that waits for it can still be submitted and released.
func (s *Store) Recompile(
	ctx context.Context, v registry.Version, format int,
	compile func(context.Context) (*registry.StoredImage, []registry.Diagnostic, error),
) (registry.Recompiled, error) {
	var result registry.Recompiled
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		// A server that ends idle transactions must not end this one while it compiles.
		if _, err := tx.Exec(ctx, `SET LOCAL idle_in_transaction_session_timeout = 0`); err != nil {
			return fmt.Errorf("keep transaction: %w", err)
		}
		if _, err := tx.Exec(ctx, `SELECT FROM app_image WHERE hash = $1 FOR NO KEY UPDATE`, v.ImageHash); err != nil {
			return fmt.Errorf("lock image: %w", err)
		}
		done, err := findRecompiled(ctx, tx, v.ID, format)
		if err != nil {
			return err
		}
		if done != nil {
			result = *done
			return nil
		}
		image, diagnostics, err := compile(ctx)
		if err != nil {
			return err
		}
		result.Diagnostics = orEmpty(diagnostics)
		if image != nil {
			result.ImageHash = &image.Hash
			if err := insertImage(ctx, tx, image); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO version_image (version_id, format, image_hash, diagnostics) VALUES ($1, $2, $3, $4)
			ON CONFLICT (version_id, format) DO UPDATE SET image_hash = excluded.image_hash,
				diagnostics = excluded.diagnostics, compiled_at = clock_timestamp()`,
			v.ID, format, result.ImageHash, result.Diagnostics)
		if err != nil {
			return fmt.Errorf("insert image of version: %w", err)
		}
		return nil
	})
	return result, err
}
