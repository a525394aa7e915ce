package accounts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/audit"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/bridge"
)

// AccountRef names the account of an app.
type AccountRef struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
}

// App is a mini program.
type App struct {
	ID              string     `json:"id" example:"ta0123456789abcdef"`
	Name            string     `json:"name"`
	Description     string     `json:"description"`
	IconURL         string     `json:"icon_url"`
	Account         AccountRef `json:"account"`
	ReleasedVersion *Release   `json:"released_version" doc:"What people get; null before the first release."`

	disabled bool // taken down
}

// AppRef names an app and its account, for those who only need to know where it belongs.
type AppRef struct {
	AppID     string
	AccountID uuid.UUID
}

// DevApp is an app as those who work on it see it.
type DevApp struct {
	App
	SecretHint string    `json:"secret_hint" doc:"The last four characters of the secret in force."`
	Disabled   bool      `json:"disabled" doc:"Taken down by an administrator."`
	CreatedAt  time.Time `json:"created_at"`
}

// secretPrefix marks app secrets, so that scanners of leaked secrets know them.
const secretPrefix = "tea_sec_"

func newSecret() (secret string, hash []byte, hint string) {
	secret = secretPrefix + rand.Text() + rand.Text()
	sum := sha256.Sum256([]byte(secret))
	return secret, sum[:], secret[len(secret)-4:]
}

func newAppID() string {
	raw := make([]byte, 8)
	rand.Read(raw)
	return "ta" + hex.EncodeToString(raw)
}

// appUpdate holds what a member changes; nil leaves a field as it is.
type appUpdate struct {
	Name        *string `json:"name,omitempty" maxLength:"200"`
	Description *string `json:"description,omitempty" maxLength:"2000"`
	IconURL     *string `json:"icon_url,omitempty" maxLength:"300"`
}

func (u appUpdate) check() error {
	if u.Name != nil {
		if err := auth.CheckName(*u.Name, "body.name", MaxName); err != nil {
			return err
		}
	}
	if u.IconURL != nil {
		if err := auth.CheckPicture(*u.IconURL, "body.icon_url"); err != nil {
			return err
		}
	}
	return checkText(u.Description, "body.description", MaxDescription)
}

// CreateApp adds an app to an account that the person works on, and returns its secret, which is
// shown this once. Faults: NotFound for an account of others, Invalid, Conflict for too many apps.
func (s *Service) CreateApp(ctx context.Context, userID, accountID uuid.UUID, name,
	description string) (DevApp, string, error) {
	if err := (appUpdate{Name: &name, Description: &description}).check(); err != nil {
		return DevApp{}, "", err
	}
	id := newAppID()
	secret, hash, hint := newSecret()
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		// The lock on the account makes counting and adding one step.
		var count int
		err := tx.QueryRow(ctx, `
			SELECT (SELECT count(*) FROM app WHERE account_id = a.id)
			FROM official_account a JOIN account_member m ON m.account_id = a.id AND m.user_id = $2
			WHERE a.id = $1 FOR UPDATE OF a`, accountID, userID).Scan(&count)
		if errors.Is(err, pgx.ErrNoRows) {
			return noSuchAccount()
		}
		if err != nil {
			return err
		}
		if count >= MaxAppsPerAccount {
			return fault.Errorf(fault.Conflict, "too-many-apps", "An account has at most %d apps.",
				MaxAppsPerAccount)
		}
		if _, err := tx.Exec(ctx,
			`INSERT INTO app (id, account_id, name, description) VALUES ($1, $2, $3, $4)`,
			id, accountID, name, description); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx,
			`INSERT INTO app_secret (app_id, secret_hash, hint) VALUES ($1, $2, $3)`,
			id, hash, hint); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{
			Action: "app.create", Target: "app:" + id,
			Detail: map[string]string{"account": accountID.String(), "name": name},
		})
	})
	if err != nil {
		return DevApp{}, "", err
	}
	app, err := s.devApp(ctx, userID, id)
	return app, secret, err
}

// RotateSecret replaces the secret of an app. The old one, and every token issued for it, ends
// within AppCacheLife.
func (s *Service) RotateSecret(ctx context.Context, appID string) (string, error) {
	if _, err := s.RequireMember(ctx, appID); err != nil {
		return "", err
	}
	secret, hash, hint := newSecret()
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `
			UPDATE app_secret SET generation = generation + 1, secret_hash = $2, hint = $3, created_at = now()
			WHERE app_id = $1`, appID, hash, hint); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "app.secret.rotate", Target: "app:" + appID})
	})
	s.forgetServer(appID)
	return secret, err
}

// RequireMember returns where the app belongs, or a NotFound fault unless the caller works on it:
// to others the workshop of an app does not exist.
func (s *Service) RequireMember(ctx context.Context, appID string) (AppRef, error) {
	ref := AppRef{AppID: appID}
	err := s.pool.QueryRow(ctx, `
		SELECT a.account_id FROM app a
		JOIN account_member m ON m.account_id = a.account_id AND m.user_id = $2
		WHERE a.id = $1`, appID, auth.UserFromContext(ctx)).Scan(&ref.AccountID)
	if errors.Is(err, pgx.ErrNoRows) {
		return ref, noSuchApp()
	}
	return ref, err
}

// MayDevelop returns a NotFound fault unless the person may open versions of the app that are not
// released: those who work on it, and administrators, who review it.
func (s *Service) MayDevelop(ctx context.Context, id auth.Identity, appID string) error {
	if id.Has(auth.RoleAdmin) {
		_, err := s.AppByID(ctx, appID)
		return err
	}
	_, err := s.RequireMember(auth.NewContext(ctx, id), appID)
	return err
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

func (s *Service) queryApps(ctx context.Context, sql string, args ...any) ([]App, error) {
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

// AppByID returns the app, released or not, or a NotFound fault. It asks nobody's permission.
func (s *Service) AppByID(ctx context.Context, id string) (App, error) {
	apps, err := s.queryApps(ctx, ` WHERE p.id = $1`, id)
	if err != nil {
		return App{}, err
	}
	if len(apps) == 0 {
		return App{}, noSuchApp()
	}
	return apps[0], nil
}

// visibleApp returns the app if it is released, or if the caller works on it.
func (s *Service) visibleApp(ctx context.Context, id string) (App, error) {
	app, err := s.AppByID(ctx, id)
	if err != nil || app.ReleasedVersion != nil && !app.disabled {
		return app, err
	}
	if _, err := s.RequireMember(ctx, id); err != nil {
		return App{}, err
	}
	return app, nil
}

func (s *Service) appsOf(ctx context.Context, accountID uuid.UUID) ([]App, error) {
	return s.queryApps(ctx, ` WHERE p.account_id = $1 ORDER BY p.created_at, p.id`, accountID)
}

// searchApps returns released apps whose name or whose account's name holds the query. Which are
// released only the registry knows, so candidates are asked for until the page is full; a query
// with very many unreleased matches may return a short page with a cursor.
func (s *Service) searchApps(ctx context.Context, query string, q paging.Query) (paging.Page[App],
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

func (s *Service) devApp(ctx context.Context, userID uuid.UUID, id string) (DevApp, error) {
	apps, err := s.devApps(ctx, userID, id)
	if err != nil {
		return DevApp{}, err
	}
	if len(apps) == 0 {
		return DevApp{}, noSuchApp()
	}
	return apps[0], nil
}

// devApps returns the apps that the person works on: all of them, or the one with the ID.
func (s *Service) devApps(ctx context.Context, userID uuid.UUID, id string) ([]DevApp, error) {
	apps, err := s.queryApps(ctx, `
		JOIN account_member m ON m.account_id = a.id AND m.user_id = $1
		WHERE $2 = '' OR p.id = $2 ORDER BY p.created_at, p.id`, userID, id)
	if err != nil {
		return nil, err
	}
	rows, err := s.pool.Query(ctx, `
		SELECT p.id, k.hint, p.created_at FROM app p
		JOIN app_secret k ON k.app_id = p.id
		JOIN account_member m ON m.account_id = p.account_id AND m.user_id = $1
		WHERE $2 = '' OR p.id = $2`, userID, id)
	if err != nil {
		return nil, err
	}
	type extra struct {
		ID        string
		Hint      string
		CreatedAt time.Time
	}
	extras, err := pgx.CollectRows(rows, pgx.RowToStructByPos[extra])
	if err != nil {
		return nil, err
	}
	full := make([]DevApp, 0, len(apps))
	for _, app := range apps {
		dev := DevApp{App: app, Disabled: app.disabled}
		if i := slices.IndexFunc(extras, func(e extra) bool { return e.ID == app.ID }); i >= 0 {
			dev.SecretHint, dev.CreatedAt = extras[i].Hint, extras[i].CreatedAt
		}
		full = append(full, dev)
	}
	return full, nil
}

func (s *Service) updateApp(ctx context.Context, userID uuid.UUID, id string, u appUpdate) (DevApp,
	error) {
	if err := u.check(); err != nil {
		return DevApp{}, err
	}
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			UPDATE app p SET name = coalesce($3, name), description = coalesce($4, description),
			       icon_url = coalesce($5, icon_url), updated_at = now()
			WHERE id = $2 AND EXISTS (SELECT FROM account_member m WHERE m.account_id = p.account_id AND m.user_id = $1)`,
			userID, id, u.Name, u.Description, u.IconURL)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return noSuchApp()
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "app.update", Target: "app:" + id, Detail: u})
	})
	if err != nil {
		return DevApp{}, err
	}
	return s.devApp(ctx, userID, id)
}

// SetDisabled takes an app down or brings it back, for administrators; the reason goes to the log.
func (s *Service) SetDisabled(ctx context.Context, appID string, disabled bool,
	reason string) error {
	action := "app.enable"
	if disabled {
		action = "app.disable"
	}
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			UPDATE app SET disabled_at = CASE WHEN $2 THEN coalesce(disabled_at, $3) END WHERE id = $1`,
			appID, disabled, s.now())
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return noSuchApp()
		}
		return audit.Record(ctx, tx, audit.Entry{
			Action: action, Target: "app:" + appID, Detail: map[string]string{"reason": reason},
		})
	})
	s.forgetServer(appID)
	return err
}

// AuthenticateApp checks the secret of an app's server. It returns one Unauthenticated fault for an
// unknown app, a wrong secret and an app that was taken down.
func (s *Service) AuthenticateApp(ctx context.Context, appID, secret string) (bridge.ServerApp,
	error) {
	var want []byte
	err := s.pool.QueryRow(ctx, `SELECT secret_hash FROM app_secret WHERE app_id = $1`,
		appID).Scan(&want)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return bridge.ServerApp{}, err
	}
	got := sha256.Sum256([]byte(secret))
	if subtle.ConstantTimeCompare(got[:], want) != 1 {
		return bridge.ServerApp{}, fault.Errorf(fault.Unauthenticated, "bad-app-credentials",
			"The app ID or the secret is wrong.")
	}
	s.forgetServer(appID) // a fresh token must not carry a generation that is out of date
	return s.ServerApp(ctx, appID)
}

// ServerApp returns what the app's server may do now. It may be AppCacheLife old.
func (s *Service) ServerApp(ctx context.Context, appID string) (bridge.ServerApp, error) {
	s.mu.Lock()
	cached, ok := s.servers[appID]
	s.mu.Unlock()
	if ok && s.now().Before(cached.expires) {
		return cached.app, nil
	}
	app := bridge.ServerApp{AppID: appID}
	err := s.pool.QueryRow(ctx, `
		SELECT p.account_id, k.generation FROM app p JOIN app_secret k ON k.app_id = p.id
		WHERE p.id = $1 AND p.disabled_at IS NULL`, appID).Scan(&app.AccountID, &app.SecretGen)
	if errors.Is(err, pgx.ErrNoRows) {
		return app, fault.Errorf(fault.Unauthenticated, "bad-app-credentials",
			"The app ID or the secret is wrong.")
	}
	if err != nil {
		return app, err
	}
	if app.Scopes, err = s.releases.HeldScopes(ctx, appID); err != nil {
		return app, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.servers) >= MaxCachedApps {
		clear(s.servers) // rare, and reading an app anew costs two short queries
	}
	s.servers[appID] = cachedServer{app: app, expires: s.now().Add(AppCacheLife)}
	return app, nil
}

func (s *Service) forgetServer(appID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.servers, appID)
}
