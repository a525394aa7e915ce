package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/registry"
)

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// versionColumns reads a version with its bundle, its last submission and the findings of that.
const versionColumns = `
	SELECT v.id, v.app_id, v.label, v.state, b.unpacked_size, b.file_count, v.created_at,
		v.created_by, v.notes, v.diagnostics, v.report, v.image_hash, v.bundle_sha256,
		(SELECT to_jsonb(s) FROM submission s WHERE s.version_id = v.id ORDER BY s.id DESC LIMIT 1),
		(SELECT coalesce(jsonb_agg(to_jsonb(f) ORDER BY f.ordinal), '[]') FROM finding f
		 WHERE f.submission_id = (SELECT s.id FROM submission s WHERE s.version_id = v.id
			AND s.state = 'rejected' ORDER BY s.id DESC LIMIT 1))
	FROM version v JOIN bundle b ON b.sha256 = v.bundle_sha256 `

func scanVersion(row pgx.CollectableRow) (registry.Version, error) {
	var v registry.Version
	err := row.Scan(&v.ID, &v.AppID, &v.Label, &v.State, &v.Size, &v.FileCount, &v.CreatedAt,
		&v.CreatedBy, &v.Notes, &v.Diagnostics, &v.Report, &v.ImageHash, &v.BundleSHA256,
		&v.Submission, &v.Findings)
	return v, err
}

func versionNotFound() error {
	return fault.Errorf(fault.NotFound, "version-not-found", "This app has no such version.")
}

func findVersion(ctx context.Context, db querier, appID string, id uuid.UUID) (registry.Version, error) {
	rows, err := db.Query(ctx, versionColumns+`WHERE v.id = $1 AND v.app_id = $2`, id, appID)
	if err != nil {
		return registry.Version{}, fmt.Errorf("select version: %w", err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, scanVersion)
	if errors.Is(err, pgx.ErrNoRows) {
		return registry.Version{}, versionNotFound()
	}
	if err != nil {
		return registry.Version{}, fmt.Errorf("select version: %w", err)
	}
	return v, nil
}

// Version finds a version of that app.
func (s *Store) Version(ctx context.Context, appID string, id uuid.UUID) (registry.Version, error) {
	return findVersion(ctx, s.pool, appID, id)
}

// Versions lists versions of an app, newest first.
func (s *Store) Versions(ctx context.Context, f registry.VersionFilter) ([]registry.Version, error) {
	rows, err := s.pool.Query(ctx, versionColumns+`
		WHERE v.app_id = $1 AND ($2::uuid = $4::uuid OR v.id < $2::uuid)
			AND (NOT $5 OR v.state <> 'failed') ORDER BY v.id DESC LIMIT $3`,
		f.AppID, f.Before, pageSize(f.Limit), uuid.Nil, f.Compiled)
	if err != nil {
		return nil, fmt.Errorf("select versions: %w", err)
	}
	versions, err := pgx.CollectRows(rows, scanVersion)
	if err != nil {
		return nil, fmt.Errorf("select versions: %w", err)
	}
	return versions, nil
}

// Released finds the released versions of the apps that have one.
func (s *Store) Released(ctx context.Context, appIDs []string) (map[string]registry.Version, error) {
	rows, err := s.pool.Query(ctx, versionColumns+`
		WHERE v.app_id = any($1) AND v.state = 'released'`, appIDs)
	if err != nil {
		return nil, fmt.Errorf("select released versions: %w", err)
	}
	versions, err := pgx.CollectRows(rows, scanVersion)
	if err != nil {
		return nil, fmt.Errorf("select released versions: %w", err)
	}
	byApp := make(map[string]registry.Version, len(versions))
	for _, v := range versions {
		byApp[v.AppID] = v
	}
	return byApp, nil
}

const submissionColumns = `
	SELECT id, version_id, app_id, state, notes, scope_reasons, submitted_by, submitted_at,
		decided_by, decided_at, note, profiles, baseline_id
	FROM submission `

func findSubmission(ctx context.Context, db querier, id uuid.UUID) (registry.Submission, error) {
	rows, err := db.Query(ctx, submissionColumns+`WHERE id = $1`, id)
	if err != nil {
		return registry.Submission{}, fmt.Errorf("select submission: %w", err)
	}
	submission, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[registry.Submission])
	if errors.Is(err, pgx.ErrNoRows) {
		return submission, fault.Errorf(fault.NotFound, "submission-not-found", "There is no such submission.")
	}
	if err != nil {
		return submission, fmt.Errorf("select submission: %w", err)
	}
	return submission, nil
}

// Submission finds a submission in any state.
func (s *Store) Submission(ctx context.Context, id uuid.UUID) (registry.Submission, error) {
	return findSubmission(ctx, s.pool, id)
}

// Submissions lists submissions, the one that waits longest first.
func (s *Store) Submissions(
	ctx context.Context, f registry.SubmissionFilter,
) ([]registry.Submission, error) {
	rows, err := s.pool.Query(ctx, submissionColumns+`
		WHERE ($1 = '' OR state = $1) AND id > $2 ORDER BY id LIMIT $3`,
		string(f.State), f.After, pageSize(f.Limit))
	if err != nil {
		return nil, fmt.Errorf("select submissions: %w", err)
	}
	submissions, err := pgx.CollectRows(rows, pgx.RowToStructByPos[registry.Submission])
	if err != nil {
		return nil, fmt.Errorf("select submissions: %w", err)
	}
	return submissions, nil
}

// PublicFiles lists the public files of an image.
func (s *Store) PublicFiles(ctx context.Context, imageHash string) ([]registry.PublicFile, error) {
	var files []registry.PublicFile
	err := s.pool.QueryRow(ctx, `SELECT files FROM app_image WHERE hash = $1`, imageHash).Scan(&files)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fault.Errorf(fault.NotFound, "image-not-found", "There is no such image.")
	}
	if err != nil {
		return nil, fmt.Errorf("select image: %w", err)
	}
	return files, nil
}

// pageSize bounds a limit. It allows one more than MaxPageSize, to find out whether there is
// another page.
func pageSize(limit int) int {
	if limit <= 0 {
		return registry.DefaultPageSize
	}
	return min(limit, registry.MaxPageSize+1)
}
