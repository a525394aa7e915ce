package postgres

import (
	"context"
	"encoding/json"
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
		v.created_by, v.notes, coalesce(r.diagnostics, v.diagnostics), v.report, v.image_hash,
		coalesce(i.format, 0), r.version_id IS NOT NULL, v.bundle_sha256,
		(SELECT to_jsonb(s) FROM submission s WHERE s.version_id = v.id ORDER BY s.id DESC LIMIT 1),
		(SELECT coalesce(jsonb_agg(to_jsonb(f) ORDER BY f.ordinal), '[]') FROM finding f
		 WHERE f.submission_id = (SELECT s.id FROM submission s WHERE s.version_id = v.id
			AND s.state = 'rejected' ORDER BY s.id DESC LIMIT 1))
	FROM version v JOIN bundle b ON b.sha256 = v.bundle_sha256
	LEFT JOIN app_image i ON i.hash = v.image_hash
	LEFT JOIN version_image r ON r.version_id = v.id AND r.image_hash IS NULL
		AND r.format = (SELECT max(n.format) FROM version_image n WHERE n.version_id = v.id) `

func scanVersion(row pgx.CollectableRow) (registry.Version, error) {
	var v registry.Version
	err := row.Scan(&v.ID, &v.AppID, &v.Label, &v.State, &v.Size, &v.FileCount, &v.CreatedAt,
		&v.CreatedBy, &v.Notes, &v.Diagnostics, &v.Report, &v.ImageHash,
		&v.ImageFormat, &v.Outdated, &v.BundleSHA256,
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

// Submissions lists submissions in the order of the filter.
func (s *Store) Submissions(
	ctx context.Context, f registry.SubmissionFilter,
) ([]registry.Submission, error) {
	order := ` AND ($4::uuid = $5::uuid OR id > $4) ORDER BY id LIMIT $6`
	if f.NewestFirst {
		order = ` AND ($4::uuid = $5::uuid OR id < $4) ORDER BY id DESC LIMIT $6`
	}
	rows, err := s.pool.Query(ctx, submissionColumns+`
		WHERE ($1 = '' OR state = $1) AND ($2 = '' OR app_id = $2) AND (NOT $3 OR state <> 'pending')`+order,
		string(f.State), f.AppID, f.Decided, f.After, uuid.Nil, pageSize(f.Limit))
	if err != nil {
		return nil, fmt.Errorf("select submissions: %w", err)
	}
	submissions, err := pgx.CollectRows(rows, pgx.RowToStructByPos[registry.Submission])
	if err != nil {
		return nil, fmt.Errorf("select submissions: %w", err)
	}
	return submissions, nil
}

// VersionsByID finds versions of any app.
func (s *Store) VersionsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]registry.Version, error) {
	rows, err := s.pool.Query(ctx, versionColumns+`WHERE v.id = any($1)`, ids)
	if err != nil {
		return nil, fmt.Errorf("select versions: %w", err)
	}
	versions, err := pgx.CollectRows(rows, scanVersion)
	if err != nil {
		return nil, fmt.Errorf("select versions: %w", err)
	}
	byID := make(map[uuid.UUID]registry.Version, len(versions))
	for _, v := range versions {
		byID[v.ID] = v
	}
	return byID, nil
}

// FindingsOf finds the reasons of rejections by submission.
func (s *Store) FindingsOf(
	ctx context.Context, submissions []uuid.UUID,
) (map[uuid.UUID][]registry.Finding, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT submission_id, rule, text, file, line FROM finding
		WHERE submission_id = any($1) ORDER BY submission_id, ordinal`, submissions)
	if err != nil {
		return nil, fmt.Errorf("select findings: %w", err)
	}
	found := map[uuid.UUID][]registry.Finding{}
	var id uuid.UUID
	var f registry.Finding
	_, err = pgx.ForEachRow(rows, []any{&id, &f.Rule, &f.Text, &f.File, &f.Line}, func() error {
		found[id] = append(found[id], f)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("select findings: %w", err)
	}
	return found, nil
}

// BundleFiles lists the files of a bundle, nil when the list was not kept.
func (s *Store) BundleFiles(ctx context.Context, sha256 string) ([]registry.SourceFile, error) {
	var files []registry.SourceFile
	err := s.pool.QueryRow(ctx, `SELECT files FROM bundle WHERE sha256 = $1`, sha256).Scan(&files)
	if err != nil {
		return nil, fmt.Errorf("select files of bundle: %w", err)
	}
	return files, nil
}

// Check finds the check of a version, nil when none was asked for.
func (s *Store) Check(ctx context.Context, version uuid.UUID) (*registry.Check, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT state, report, requested_at, finished_at FROM version_check WHERE version_id = $1`, version)
	if err != nil {
		return nil, fmt.Errorf("select check: %w", err)
	}
	checks, err := pgx.CollectRows(rows, pgx.RowToAddrOfStructByPos[registry.Check])
	if err != nil || len(checks) == 0 {
		return nil, err
	}
	return checks[0], nil
}

// RequestCheck asks for a check of a version.
func (s *Store) RequestCheck(ctx context.Context, version uuid.UUID) error {
	_, err := s.pool.Exec(ctx, `
		INSERT INTO version_check (version_id, state) VALUES ($1, 'waiting')
		ON CONFLICT (version_id) DO UPDATE SET state = 'waiting', report = NULL, requested_at = now(), finished_at = NULL`,
		version)
	if err != nil {
		return fmt.Errorf("insert check: %w", err)
	}
	return nil
}

// FinishCheck stores the report of a check.
func (s *Store) FinishCheck(ctx context.Context, version uuid.UUID, report json.RawMessage) error {
	state := registry.CheckDone
	if report == nil {
		state = registry.CheckFailed
	}
	_, err := s.pool.Exec(ctx, `
		UPDATE version_check SET state = $2, report = $3, finished_at = now() WHERE version_id = $1`,
		version, state, report)
	if err != nil {
		return fmt.Errorf("update check: %w", err)
	}
	return nil
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
