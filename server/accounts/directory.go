package accounts

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/bridge"
)

// Release is the version of an app that users get.
type Release struct {
	ID      uuid.UUID `json:"id"`
	Version string    `json:"version" example:"1.2.0"`
}

// Releases is what this package needs from the registry.
type Releases interface {
	// Released returns the released versions of those of the apps that have one.
	Released(ctx context.Context, appIDs []string) (map[string]Release, error)
	// Grants returns what the app's server holds: by the released version, and by the newest that
	// compiled. The zero grant means that there is no such version.
	Grants(ctx context.Context, appID string) (released, newest bridge.Grant, err error)
}

const appQuery = `
	SELECT p.id, p.name, p.description, p.icon_url, a.id, a.name, p.disabled_at IS NOT NULL
	FROM app p JOIN official_account a ON a.id = p.account_id`

func scanApp(row pgx.CollectableRow) (App, error) {
	var a App
	err := row.Scan(&a.ID, &a.Name, &a.Description, &a.IconURL, &a.Account.ID, &a.Account.Name,
		&a.disabled)
	return a, err
}

func (s *Apps) queryApps(ctx context.Context, sql string, args ...any) ([]App, error) {
	rows, err := s.pool.Query(ctx, appQuery+sql, args...)
	if err != nil {
		return nil, err
	}
	apps, err := pgx.CollectRows(rows, scanApp)
	if err != nil || len(apps) == 0 {
		return apps, err
	}
	ids := make([]string, len(apps))
	for i, app := range apps {
		ids[i] = app.ID
	}
	released, err := s.releases.Released(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i := range apps {
		if release, ok := released[apps[i].ID]; ok {
			apps[i].ReleasedVersion = &release
		}
	}
	return apps, nil
}

// AppByID returns the app, released or not, or a NotFound fault. It does not check permissions.
func (s *Apps) AppByID(ctx context.Context, id string) (App, error) {
	apps, err := s.queryApps(ctx, ` WHERE p.id = $1`, id)
	if err != nil {
		return App{}, err
	}
	if len(apps) == 0 {
		return App{}, noSuchApp()
	}
	return apps[0], nil
}

// AppsByID is AppByID for many apps at once; those that are not there are left out.
func (s *Apps) AppsByID(ctx context.Context, ids []string) (map[string]App, error) {
	apps, err := s.queryApps(ctx, ` WHERE p.id = ANY ($1)`, ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]App, len(apps))
	for _, app := range apps {
		byID[app.ID] = app
	}
	return byID, nil
}

// visibleApp returns the app if it is released, or if the caller is an insider of it.
func (s *Apps) visibleApp(ctx context.Context, id string) (App, error) {
	app, err := s.AppByID(ctx, id)
	if err != nil || app.ReleasedVersion != nil && !app.disabled {
		return app, err
	}
	inside, err := s.Insider(ctx, id, auth.UserFromContext(ctx))
	if err == nil && !inside {
		err = noSuchApp()
	}
	if err != nil {
		return App{}, err
	}
	return app, nil
}

func (s *Apps) of(ctx context.Context, accountID uuid.UUID) ([]App, error) {
	return s.queryApps(ctx, ` WHERE p.account_id = $1 ORDER BY p.created_at, p.id`, accountID)
}

// searchApps returns released apps whose name or whose account's name contains the query. Only the
// registry knows which apps are released, so candidates are read until the page is full; when very
// many unreleased apps match, the page may be short although a cursor follows.
func (s *Apps) searchApps(ctx context.Context, query string, q paging.Query) (paging.Page[App],
	error) {
	position, err := q.Position(2)
	if err != nil {
		return paging.Page[App]{}, err
	}
	if position == nil {
		position = []string{"", ""}
	}
	found := []App{}
	for range MaxSearchRounds {
		candidates, err := s.queryApps(ctx, `
			WHERE ($1 = '' OR strpos(lower(p.name), $1) > 0 OR strpos(lower(a.name), $1) > 0)
			  AND p.disabled_at IS NULL AND (p.name, p.id) > ($2, $3)
			ORDER BY p.name, p.id LIMIT $4`,
			strings.ToLower(strings.TrimSpace(query)), position[0], position[1], paging.MaxLimit)
		if err != nil {
			return paging.Page[App]{}, err
		}
		for _, app := range candidates {
			if app.ReleasedVersion != nil {
				found = append(found, app)
			}
		}
		if len(found) >= q.Rows() || len(candidates) < paging.MaxLimit {
			break
		}
		last := candidates[len(candidates)-1]
		position = []string{last.Name, last.ID}
	}
	found = found[:min(len(found), q.Rows())]
	return paging.Of(q, found, func(a App) []string { return []string{a.Name, a.ID} }), nil
}

// NoteOpened records that the person opened the app: for the list of recent apps, and as an action
// after which the account may write to the person.
func (s *Apps) NoteOpened(ctx context.Context, userID uuid.UUID, appID string) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		now := s.now()
		if _, err := tx.Exec(ctx, `
			INSERT INTO recent_app (user_id, app_id, last_opened_at) VALUES ($1, $2, $3)
			ON CONFLICT (user_id, app_id) DO UPDATE SET last_opened_at = excluded.last_opened_at`,
			userID, appID, now); err != nil {
			return err
		}
		var accountID uuid.UUID
		if err := tx.QueryRow(ctx, `SELECT account_id FROM app WHERE id = $1`,
			appID).Scan(&accountID); err != nil {
			return err
		}
		return touch(ctx, tx, accountID, userID, now)
	})
}

// recentApps returns the apps that the person opened last, if they can still open them: an app that
// was never released is left out for people who are no longer insiders.
func (s *Apps) recentApps(ctx context.Context, userID uuid.UUID) ([]App, error) {
	apps, err := s.queryApps(ctx, `
		JOIN recent_app r ON r.app_id = p.id AND r.user_id = $1
		WHERE p.disabled_at IS NULL ORDER BY r.last_opened_at DESC LIMIT $2`, userID, MaxRecentRead)
	if err != nil {
		return nil, err
	}
	kept := apps[:0]
	for _, app := range apps {
		if len(kept) == MaxRecent {
			break
		}
		inside := app.ReleasedVersion != nil
		if !inside {
			if inside, err = s.Insider(ctx, app.ID, userID); err != nil {
				return nil, err
			}
		}
		if inside {
			kept = append(kept, app)
		}
	}
	return kept, nil
}
