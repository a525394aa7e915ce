package accounts

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/audit"
	"github.com/teahouse/teahouse/server/auth"
)

// Apps keeps mini programs and the secrets of their servers.
type Apps struct {
	pool     *pgxpool.Pool
	releases Releases
	profiles *Profiles
	now      func() time.Time
	servers  *lru.Cache[string, cachedServer] // by app ID
	changed  func(ctx context.Context, appID string)
}

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
	ReleasedVersion *Release   `json:"released_version" doc:"What users get; null before the first release."`

	disabled bool // taken down
}

// TakenDown reports whether an administrator has taken the app down: then it cannot be opened.
func (a App) TakenDown() bool { return a.disabled }

// AppRef names an app and its account.
type AppRef struct {
	AppID     string
	AccountID uuid.UUID
}

// DevApp is an app as those who work on it see it.
type DevApp struct {
	App
	SecretHint     string    `json:"secret_hint" doc:"The last four characters of the secret in force."`
	TestSecretHint string    `json:"test_secret_hint" doc:"The same of the test secret; empty when there is none."`
	Disabled       bool      `json:"disabled" doc:"Taken down by an administrator."`
	CreatedAt      time.Time `json:"created_at"`
	Reviewed       bool      `json:"reviewed" doc:"A reviewer has seen its profile; a change of it is a proposal from now on."`

	ProfileChange *ProfileChange `json:"profile_change" doc:"The proposal that waits for a reviewer, or the last one that was decided."`
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
		if err := checkName(*u.Name); err != nil {
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
// shown only now. Faults: NotFound for an account of others, Invalid, Conflict for too many apps.
func (s *Apps) CreateApp(ctx context.Context, userID, accountID uuid.UUID, name,
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
		if err := s.profiles.checkNameFree(ctx, tx, accountID, &name); err != nil {
			return err
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

// RequireMember returns the account of the app, or a NotFound fault unless the caller works on it: for
// other people the app's developer data does not exist.
func (s *Apps) RequireMember(ctx context.Context, appID string) (AppRef, error) {
	return memberOf(ctx, s.pool, appID, auth.UserFromContext(ctx))
}

// queryRower is a pool or a transaction.
type queryRower interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func memberOf(ctx context.Context, db queryRower, appID string, userID uuid.UUID) (AppRef, error) {
	ref := AppRef{AppID: appID}
	err := db.QueryRow(ctx, `
		SELECT a.account_id FROM app a
		JOIN account_member m ON m.account_id = a.account_id AND m.user_id = $2
		WHERE a.id = $1`, appID, userID).Scan(&ref.AccountID)
	if errors.Is(err, pgx.ErrNoRows) {
		return ref, noSuchApp()
	}
	return ref, err
}

// MayDevelop returns a NotFound fault unless the person may see the app's developer data: people
// who work on it, and administrators, who review it.
func (s *Apps) MayDevelop(ctx context.Context, id auth.Identity, appID string) error {
	if id.Has(auth.RoleAdmin) {
		_, err := s.AppByID(ctx, appID)
		return err
	}
	_, err := s.RequireMember(auth.NewContext(ctx, id), appID)
	return err
}

// MembersOfApp returns the people who work on the app, to tell them of decisions about it.
func (s *Apps) MembersOfApp(ctx context.Context, appID string) ([]uuid.UUID, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT m.user_id FROM app a JOIN account_member m ON m.account_id = a.account_id
		WHERE a.id = $1 ORDER BY m.user_id`, appID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

func (s *Apps) devApp(ctx context.Context, userID uuid.UUID, id string) (DevApp, error) {
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
func (s *Apps) devApps(ctx context.Context, userID uuid.UUID, id string) ([]DevApp, error) {
	apps, err := s.queryApps(ctx, `
		JOIN account_member m ON m.account_id = a.id AND m.user_id = $1
		WHERE $2 = '' OR p.id = $2 ORDER BY p.created_at, p.id`, userID, id)
	if err != nil {
		return nil, err
	}
	rows, err := s.pool.Query(ctx, `
		SELECT p.id, k.hint, coalesce(t.hint, ''), p.created_at, p.reviewed_at IS NOT NULL FROM app p
		JOIN app_secret k ON k.app_id = p.id AND NOT k.test
		LEFT JOIN app_secret t ON t.app_id = p.id AND t.test
		JOIN account_member m ON m.account_id = p.account_id AND m.user_id = $1
		WHERE $2 = '' OR p.id = $2`, userID, id)
	if err != nil {
		return nil, err
	}
	type extra struct {
		ID        string
		Hint      string
		TestHint  string
		CreatedAt time.Time
		Reviewed  bool
	}
	extras, err := pgx.CollectRows(rows, pgx.RowToStructByPos[extra])
	if err != nil {
		return nil, err
	}
	accounts := make([]uuid.UUID, len(apps))
	for i := range apps {
		accounts[i] = apps[i].Account.ID
	}
	changes, err := s.profiles.last(ctx, accounts, true)
	if err != nil {
		return nil, err
	}
	full := make([]DevApp, 0, len(apps))
	for _, app := range apps {
		dev := DevApp{App: app, Disabled: app.disabled}
		if i := slices.IndexFunc(extras, func(e extra) bool { return e.ID == app.ID }); i >= 0 {
			more := extras[i]
			dev.SecretHint, dev.TestSecretHint = more.Hint, more.TestHint
			dev.CreatedAt, dev.Reviewed = more.CreatedAt, more.Reviewed
		}
		if c, ok := changes[app.ID]; ok {
			dev.ProfileChange = &c
		}
		full = append(full, dev)
	}
	return full, nil
}

func (s *Apps) updateApp(ctx context.Context, userID uuid.UUID, id string, u appUpdate) (DevApp,
	error) {
	if err := u.check(); err != nil {
		return DevApp{}, err
	}
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		ref, err := memberOf(ctx, tx, id, userID)
		if err != nil {
			return err
		}
		if err := s.profiles.checkNameFree(ctx, tx, ref.AccountID, u.Name); err != nil {
			return err
		}
		err = s.profiles.apply(ctx, tx, subject{ref.AccountID, id}, userID,
			change{name: u.Name, description: u.Description, picture: u.IconURL})
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "app.update", Target: "app:" + id, Detail: u})
	})
	if err != nil {
		return DevApp{}, err
	}
	return s.devApp(ctx, userID, id)
}

// SetDisabled takes an app down or brings it back, for administrators; the reason goes to the log.
func (s *Apps) SetDisabled(ctx context.Context, appID string, disabled bool,
	reason string) error {
	action := "app.enable"
	if disabled {
		action = "app.disable"
	}
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			UPDATE app SET disabled_at = CASE WHEN $2 THEN coalesce(disabled_at, $3) END,
				disabled_reason = CASE WHEN $2 THEN $4 END, disabled_by = CASE WHEN $2 THEN $5 END
			WHERE id = $1`, appID, disabled, s.now(), reason, callerName(ctx))
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
	if err == nil {
		s.tellChanged(ctx, appID)
	}
	return err
}

func noSuchApp() error {
	return fault.Errorf(fault.NotFound, "no-such-app", "There is no such app.")
}

// callerName returns the caller's name in the audit log.
func callerName(ctx context.Context) string {
	id, _ := auth.IdentityFromContext(ctx)
	return id.String()
}

// tellChanged says that what runs of an app must be checked.
func (s *Apps) tellChanged(ctx context.Context, appID string) {
	if s.changed != nil {
		s.changed(ctx, appID)
	}
}
