// Package postgres keeps the registry's rows in PostgreSQL.
//
// A change of state is one statement, "UPDATE … WHERE state = any(states that allow it)": the
// second of two concurrent changes finds no row and gets a Conflict. The rules come from
// registry.State.After.
package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/registry"
)

// Recorder writes an entry to the audit log within the transaction. The package does not depend on
// the audit log in another way.
type Recorder func(ctx context.Context, tx pgx.Tx, action, target string, detail map[string]any) error

// Profiles stores the names and pictures by which people know apps. Its methods run in the transaction
// of the change, so that what a reviewer approves is what they saw.
type Profiles interface {
	// Freeze returns the profiles of the app and its account as they are now.
	Freeze(ctx context.Context, tx pgx.Tx, appID string) (registry.Profiles, error)
	// Approved makes the profiles that were frozen the ones that people see, if none was approved
	// before.
	Approved(ctx context.Context, tx pgx.Tx, appID string, submittedBy uuid.UUID, saw registry.Profiles) error
}

// Store implements registry.Store.
type Store struct {
	pool     *pgxpool.Pool
	record   Recorder
	profiles Profiles
}

var _ registry.Store = (*Store)(nil)

// New returns a store on the migrated database.
func New(pool *pgxpool.Pool, record Recorder, profiles Profiles) *Store {
	return &Store{pool: pool, record: record, profiles: profiles}
}

// CreateVersion writes the rows of a bundle, its image and its version. The objects that they name
// are already stored.
func (s *Store) CreateVersion(ctx context.Context, v registry.NewVersion) (registry.Version, error) {
	return s.change(ctx, func(tx pgx.Tx) (registry.Version, error) {
		if v.State != registry.Failed {
			if err := checkLabelFree(ctx, tx, v.AppID, v.Label); err != nil {
				return registry.Version{}, err
			}
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO bundle AS b (sha256, size, unpacked_size, file_count, files) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (sha256) DO UPDATE SET files = coalesce(b.files, excluded.files)`,
			v.Bundle.SHA256, v.Bundle.Size, v.Bundle.UnpackedSize, v.Bundle.FileCount, v.Bundle.Files)
		if err != nil {
			return registry.Version{}, fmt.Errorf("insert bundle: %w", err)
		}
		var imageHash *string
		if v.Image != nil {
			imageHash = &v.Image.Hash
			if err := insertImage(ctx, tx, v.Image); err != nil {
				return registry.Version{}, err
			}
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO version (id, app_id, label, state, notes, bundle_sha256, image_hash,
				diagnostics, report, created_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			v.ID, v.AppID, v.Label, v.State, v.Notes, v.Bundle.SHA256, imageHash,
			orEmpty(v.Diagnostics), v.Report, v.CreatedBy)
		if err != nil {
			return registry.Version{}, fmt.Errorf("insert version: %w", err)
		}
		err = s.note(ctx, tx, "version.upload", v.ID, v.AppID,
			map[string]any{"version": v.Label, "state": v.State, "bundle": v.Bundle.SHA256})
		if err != nil {
			return registry.Version{}, err
		}
		return findVersion(ctx, tx, v.AppID, v.ID)
	})
}

func insertImage(ctx context.Context, tx pgx.Tx, image *registry.StoredImage) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO app_image (hash, format, size, files) VALUES ($1, $2, $3, $4)
		ON CONFLICT (hash) DO UPDATE SET format = excluded.format`, image.Hash, image.Format, image.Size, image.Files)
	if err != nil {
		return fmt.Errorf("insert image: %w", err)
	}
	return nil
}

// checkLabelFree refuses a label that another version of the app has. One that did not compile has
// none: the upload that mends it may be called the same. There is no unique index for this rule,
// because hosts have older versions that share a label.
func checkLabelFree(ctx context.Context, tx pgx.Tx, appID, label string) error {
	// Concurrent uploads to one app wait here for each other.
	_, err := tx.Exec(ctx, `SELECT FROM app WHERE id = $1 FOR NO KEY UPDATE`, appID)
	if err != nil {
		return fmt.Errorf("lock app: %w", err)
	}
	var taken bool
	err = tx.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM version WHERE app_id = $1 AND label = $2 AND state <> $3)`,
		appID, label, registry.Failed).Scan(&taken)
	if err != nil {
		return fmt.Errorf("look for label: %w", err)
	}
	if taken {
		return fault.Errorf(fault.Conflict, "version-taken",
			"This app has a version %s already. Use another version number.", label)
	}
	return nil
}

// Submit submits a version for review.
func (s *Store) Submit(
	ctx context.Context, appID string, id, by uuid.UUID, notes string, scopeReasons map[string]string,
) (registry.Version, error) {
	return s.change(ctx, func(tx pgx.Tx) (registry.Version, error) {
		v, err := move(ctx, tx, appID, id, registry.ActionSubmit)
		if err != nil {
			return registry.Version{}, err
		}
		if scopeReasons == nil {
			scopeReasons = map[string]string{}
		}
		profiles, err := s.profiles.Freeze(ctx, tx, appID)
		if err != nil {
			return registry.Version{}, fmt.Errorf("freeze profiles: %w", err)
		}
		submission, err := uuid.NewV7()
		if err != nil {
			return registry.Version{}, err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO submission (id, version_id, app_id, state, notes, scope_reasons, submitted_by, profiles)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			submission, id, appID, registry.Pending, notes, scopeReasons, by, profiles)
		if err != nil {
			return registry.Version{}, fmt.Errorf("insert submission: %w", err)
		}
		err = s.note(ctx, tx, "version.submit", id, appID,
			map[string]any{"submission": submission, "version": v.Label})
		if err != nil {
			return registry.Version{}, err
		}
		return findVersion(ctx, tx, appID, id)
	})
}

// Withdraw takes a version back from review.
func (s *Store) Withdraw(
	ctx context.Context, appID string, id, by uuid.UUID,
) (registry.Version, error) {
	return s.change(ctx, func(tx pgx.Tx) (registry.Version, error) {
		v, err := move(ctx, tx, appID, id, registry.ActionWithdraw)
		if err != nil {
			return registry.Version{}, err
		}
		_, err = tx.Exec(ctx, `
			UPDATE submission SET state = $2, decided_by = $3, decided_at = now()
			WHERE version_id = $1 AND state = 'pending'`, id, registry.SubmissionWithdrawn, by)
		if err != nil {
			return registry.Version{}, fmt.Errorf("withdraw submission: %w", err)
		}
		err = s.note(ctx, tx, "version.withdraw", id, appID, map[string]any{"version": v.Label})
		if err != nil {
			return registry.Version{}, err
		}
		return findVersion(ctx, tx, appID, id)
	})
}

// Release makes a version the released one and retires the one before.
func (s *Store) Release(ctx context.Context, appID string, id, by uuid.UUID) (registry.Version, error) {
	return s.change(ctx, func(tx pgx.Tx) (registry.Version, error) {
		// Concurrent releases of one app wait here for each other, so that the second sees the
		// result of the first and does not fail at the unique index.
		_, err := tx.Exec(ctx, `SELECT FROM version WHERE app_id = $1 ORDER BY id FOR UPDATE`, appID)
		if err != nil {
			return registry.Version{}, fmt.Errorf("lock versions: %w", err)
		}
		current, err := findVersion(ctx, tx, appID, id)
		if err != nil {
			return registry.Version{}, err
		}
		if _, ok := current.State.After(registry.ActionRelease); !ok {
			return registry.Version{}, notAllowed(registry.ActionRelease, current.State)
		}
		retired, err := retire(ctx, tx, appID)
		if err != nil {
			return registry.Version{}, err
		}
		v, err := move(ctx, tx, appID, id, registry.ActionRelease)
		if err != nil {
			return registry.Version{}, err
		}
		release, err := uuid.NewV7()
		if err != nil {
			return registry.Version{}, err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO release (id, app_id, version_id, released_by) VALUES ($1, $2, $3, $4)`,
			release, appID, id, by)
		if err != nil {
			return registry.Version{}, fmt.Errorf("insert release: %w", err)
		}
		err = s.note(ctx, tx, "version.release", id, appID,
			map[string]any{"version": v.Label, "retired": retired})
		if err != nil {
			return registry.Version{}, err
		}
		return findVersion(ctx, tx, appID, id)
	})
}

// retire retires the released version of the app and returns its ID, if there is one.
func retire(ctx context.Context, tx pgx.Tx, appID string) (*uuid.UUID, error) {
	var id uuid.UUID
	next, _ := registry.Released.After(registry.ActionRetire)
	err := tx.QueryRow(ctx, `
		UPDATE version SET state = $2 WHERE app_id = $1 AND state = $3 RETURNING id`,
		appID, next, registry.Released).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("retire version: %w", err)
	}
	_, err = tx.Exec(ctx, `
		UPDATE release SET retired_at = now() WHERE app_id = $1 AND retired_at IS NULL`, appID)
	if err != nil {
		return nil, fmt.Errorf("end release: %w", err)
	}
	return &id, nil
}

// Approve approves a submission.
func (s *Store) Approve(ctx context.Context, d registry.Decision) (registry.Version, error) {
	return s.decide(ctx, d, registry.ActionApprove, registry.SubmissionApproved)
}

// Reject rejects a submission and stores the findings.
func (s *Store) Reject(ctx context.Context, d registry.Decision) (registry.Version, error) {
	return s.decide(ctx, d, registry.ActionReject, registry.SubmissionRejected)
}

func (s *Store) decide(
	ctx context.Context, d registry.Decision, action registry.Action, state registry.SubmissionState,
) (registry.Version, error) {
	return s.change(ctx, func(tx pgx.Tx) (registry.Version, error) {
		submission, err := findSubmission(ctx, tx, d.SubmissionID)
		if err != nil {
			return registry.Version{}, err
		}
		// Lock the version first and then the submission, as in Submit and Withdraw: all use the
		// same order of locks.
		v, err := move(ctx, tx, submission.AppID, submission.VersionID, action)
		if err != nil {
			return registry.Version{}, err
		}
		tag, err := tx.Exec(ctx, `
			UPDATE submission SET state = $2, decided_by = $3, decided_at = now(), note = $4,
				baseline_id = (SELECT v.id FROM version v WHERE v.app_id = submission.app_id AND v.state = 'released')
			WHERE id = $1 AND state = 'pending'`, d.SubmissionID, state, d.By, d.Note)
		if err != nil {
			return registry.Version{}, fmt.Errorf("decide submission: %w", err)
		}
		if tag.RowsAffected() != 1 {
			return registry.Version{}, fault.Errorf(fault.Conflict, "submission-decided",
				"This submission is no longer pending. Load it again to see what has happened.")
		}
		if action == registry.ActionApprove {
			saw := registry.Profiles{}
			if submission.Profiles != nil {
				saw = *submission.Profiles
			}
			if err := s.profiles.Approved(ctx, tx, v.AppID, submission.SubmittedBy, saw); err != nil {
				return registry.Version{}, fmt.Errorf("approve profiles: %w", err)
			}
		}
		for i, f := range d.Findings {
			_, err := tx.Exec(ctx, `
				INSERT INTO finding (submission_id, ordinal, rule, text, file, line)
				VALUES ($1, $2, $3, $4, $5, $6)`, d.SubmissionID, i, f.Rule, f.Text, f.File, f.Line)
			if err != nil {
				return registry.Version{}, fmt.Errorf("insert finding: %w", err)
			}
		}
		err = s.note(ctx, tx, "version."+string(action), v.ID, v.AppID, map[string]any{
			"submission": d.SubmissionID, "version": v.Label, "findings": len(d.Findings), "note": d.Note,
		})
		if err != nil {
			return registry.Version{}, err
		}
		return findVersion(ctx, tx, v.AppID, v.ID)
	})
}

// moved is the data of a version after a change of state.
type moved struct {
	ID    uuid.UUID
	AppID string
	Label string
}

// move changes the state of a version, if its current state allows the action.
func move(
	ctx context.Context, tx pgx.Tx, appID string, id uuid.UUID, action registry.Action,
) (moved, error) {
	v := moved{ID: id, AppID: appID}
	for _, from := range registry.Before(action) {
		to, _ := from.After(action)
		err := tx.QueryRow(ctx, `
			UPDATE version SET state = $4 WHERE id = $1 AND app_id = $2 AND state = $3 RETURNING label`,
			id, appID, from, to).Scan(&v.Label)
		switch {
		case err == nil:
			return v, nil
		case isLabelTaken(err):
			return v, fault.Errorf(fault.Conflict, "version-taken",
				"Another version with this number has been reviewed already. Upload it again under "+
					"another number.").Because(err)
		case !errors.Is(err, pgx.ErrNoRows):
			return v, fmt.Errorf("%s version: %w", action, err)
		}
	}
	current, err := findVersion(ctx, tx, appID, id)
	if err != nil {
		return v, err
	}
	return v, notAllowed(action, current.State)
}

func notAllowed(action registry.Action, state registry.State) error {
	return fault.Errorf(fault.Conflict, "version-state",
		"It is not possible to %s a version that is %s. Load it again to see what has happened.",
		action, state).With(map[string]any{"state": state})
}

func isLabelTaken(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.ConstraintName == "version_label"
}

// change runs fn in a transaction.
func (s *Store) change(
	ctx context.Context, fn func(tx pgx.Tx) (registry.Version, error),
) (registry.Version, error) {
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return registry.Version{}, fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback(ctx) }() // after a commit this does nothing
	v, err := fn(tx)
	if err != nil {
		return registry.Version{}, err
	}
	if err := tx.Commit(ctx); err != nil {
		return registry.Version{}, fmt.Errorf("commit: %w", err)
	}
	return v, nil
}

func (s *Store) note(
	ctx context.Context, tx pgx.Tx, action string, version uuid.UUID, appID string, detail map[string]any,
) error {
	detail["app_id"] = appID
	if err := s.record(ctx, tx, action, "version:"+version.String(), detail); err != nil {
		return fmt.Errorf("audit %s: %w", action, err)
	}
	return nil
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
