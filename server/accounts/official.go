package accounts

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/audit"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/names"
)

// Accounts stores official accounts and who works on them.
type Accounts struct {
	pool     *pgxpool.Pool
	apps     *Apps // which of an account's apps are released
	profiles *Profiles
	now      func() time.Time
}

// OfficialAccount is an account as the caller sees it.
type OfficialAccount struct {
	ID             uuid.UUID  `json:"id"`
	Handle         string     `json:"handle" example:"cafe"`
	Name           string     `json:"name" example:"Corner Café"`
	Description    string     `json:"description"`
	Kind           string     `json:"kind" enum:"service,subscription"`
	AvatarURL      string     `json:"avatar_url"`
	Verified       bool       `json:"verified"`
	FollowerCount  int64      `json:"follower_count"`
	Following      bool       `json:"following" doc:"Whether the caller follows it."`
	ConversationID *uuid.UUID `json:"conversation_id" doc:"The caller's conversation with it, once there is one."`
	Apps           []App      `json:"apps" nullable:"false" doc:"Its released apps; empty in lists."`
}

// MemberAccount is an account as those who work on it see it.
type MemberAccount struct {
	ID            uuid.UUID `json:"id"`
	Handle        string    `json:"handle"`
	Name          string    `json:"name"`
	Description   string    `json:"description"`
	Kind          string    `json:"kind" enum:"service,subscription"`
	AvatarURL     string    `json:"avatar_url"`
	Verified      bool      `json:"verified"`
	WelcomeText   string    `json:"welcome_text"`
	FollowerCount int64     `json:"follower_count"`
	Role          string    `json:"role" enum:"owner,developer" doc:"What the caller is on it."`
	CreatedAt     time.Time `json:"created_at"`
	Reviewed      bool      `json:"reviewed" doc:"A reviewer has seen it. Before that only insiders can find and follow it."`

	ProfileChange *ProfileChange `json:"profile_change" db:"-" doc:"The proposal that waits for a reviewer, or the last one that was decided."`
}

// NewAccount describes an account to create.
type NewAccount struct {
	Handle      string `json:"handle" maxLength:"64"`
	Name        string `json:"name" maxLength:"200"`
	Description string `json:"description,omitempty" maxLength:"2000"`
	Kind        string `json:"kind,omitempty" enum:"service,subscription" default:"service"`
	WelcomeText string `json:"welcome_text,omitempty" maxLength:"3000" doc:"Sent once to each new follower."`
	AvatarURL   string `json:"avatar_url,omitempty" maxLength:"300"`
}

func (n NewAccount) check() error {
	if err := auth.CheckHandle(n.Handle); err != nil {
		return err
	}
	if err := auth.CheckFree(n.Handle); err != nil {
		return err
	}
	return accountUpdate{Name: &n.Name, Description: &n.Description, WelcomeText: &n.WelcomeText,
		AvatarURL: &n.AvatarURL}.check()
}

// accountUpdate holds what a member changes; nil leaves a field as it is.
type accountUpdate struct {
	Name        *string `json:"name,omitempty" maxLength:"200"`
	Description *string `json:"description,omitempty" maxLength:"2000"`
	WelcomeText *string `json:"welcome_text,omitempty" maxLength:"3000"`
	AvatarURL   *string `json:"avatar_url,omitempty" maxLength:"300"`
}

func (u accountUpdate) check() error {
	if u.Name != nil {
		if err := checkName(*u.Name); err != nil {
			return err
		}
	}
	if u.AvatarURL != nil {
		if err := auth.CheckPicture(*u.AvatarURL, "body.avatar_url"); err != nil {
			return err
		}
	}
	return errors.Join(checkText(u.Description, "body.description", MaxDescription),
		checkText(u.WelcomeText, "body.welcome_text", MaxWelcome))
}

// checkName refuses an invalid name, and a name that looks like the platform's.
func checkName(name string) error {
	if err := auth.CheckName(name, "body.name", MaxName); err != nil {
		return err
	}
	return names.Check(name, "body.name")
}

func checkText(text *string, path string, limit int) error {
	if text != nil && utf8.RuneCountInString(*text) > limit {
		return fault.Errorf(fault.Invalid, "text-too-long", "This text has more than %d characters.",
			limit).
			At(path, "is too long")
	}
	return nil
}

// CreateAccount makes an account that the person owns. Faults: Invalid, Conflict for a handle that
// is taken or too many accounts.
func (s *Accounts) CreateAccount(ctx context.Context, userID uuid.UUID,
	new NewAccount) (MemberAccount, error) {
	new.Handle = auth.NormalizeHandle(new.Handle)
	if new.Kind == "" {
		new.Kind = "service"
	}
	if err := new.check(); err != nil {
		return MemberAccount{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return MemberAccount{}, err
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := limitAccounts(ctx, tx, userID); err != nil {
			return err
		}
		if err := s.profiles.checkNameFree(ctx, tx, id, &new.Name); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
			INSERT INTO official_account (id, handle, name, description, kind, welcome_text, avatar_url)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			id, new.Handle, new.Name, new.Description, new.Kind, new.WelcomeText, new.AvatarURL); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
			INSERT INTO account_member (account_id, user_id, role) VALUES ($1, $2, 'owner')`, id, userID); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{
			Action: "account.create", Target: "account:" + id.String(), Detail: map[string]string{"handle": new.Handle},
		})
	})
	if isUnique(err) {
		return MemberAccount{}, fault.Errorf(fault.Conflict, "handle-taken",
			"This handle is taken; choose another.").
			At("body.handle", "is taken").Because(err)
	}
	if err != nil {
		return MemberAccount{}, err
	}
	return s.memberAccount(ctx, userID, id)
}

// limitAccounts locks the person, so that counting and adding are one step.
func limitAccounts(ctx context.Context, tx pgx.Tx, userID uuid.UUID) error {
	var count int
	err := tx.QueryRow(ctx, `
		SELECT (SELECT count(*) FROM account_member WHERE user_id = u.id)
		FROM app_user u WHERE id = $1 FOR UPDATE`, userID).Scan(&count)
	if errors.Is(err, pgx.ErrNoRows) {
		return fault.Errorf(fault.NotFound, "no-such-user", "There is no such person.")
	}
	if err == nil && count >= MaxAccountsPerUser {
		return fault.Errorf(fault.Conflict, "too-many-accounts",
			"One person can work on at most %d official accounts.", MaxAccountsPerUser)
	}
	return err
}

const memberAccountQuery = `
	SELECT a.id, a.handle, a.name, a.description, a.kind, a.avatar_url, a.verified, a.welcome_text,
	       (SELECT count(*) FROM follower f WHERE f.account_id = a.id AND f.unfollowed_at IS NULL),
	       m.role, a.created_at, a.reviewed_at IS NOT NULL
	FROM official_account a JOIN account_member m ON m.account_id = a.id AND m.user_id = $1`

// memberAccount returns an account that the person works on, or a NotFound fault.
func (s *Accounts) memberAccount(ctx context.Context, userID, id uuid.UUID) (MemberAccount, error) {
	found, err := s.queryMine(ctx, ` WHERE a.id = $2`, userID, id)
	if err != nil {
		return MemberAccount{}, err
	}
	if len(found) == 0 {
		return MemberAccount{}, noSuchAccount()
	}
	return found[0], nil
}

// queryMine reads accounts that the person $1 works on, with the state of their proposals.
func (s *Accounts) queryMine(ctx context.Context, sql string, args ...any) ([]MemberAccount, error) {
	rows, err := s.pool.Query(ctx, memberAccountQuery+sql, args...)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[MemberAccount])
	if err != nil || len(found) == 0 {
		return found, err
	}
	ids := make([]uuid.UUID, len(found))
	for i := range found {
		ids[i] = found[i].ID
	}
	changes, err := s.profiles.last(ctx, ids, false)
	for i := range found {
		if c, ok := changes[found[i].ID.String()]; ok {
			found[i].ProfileChange = &c
		}
	}
	return found, err
}

func (s *Accounts) memberAccounts(ctx context.Context, userID uuid.UUID) ([]MemberAccount, error) {
	return s.queryMine(ctx, ` ORDER BY a.id`, userID)
}

func (s *Accounts) updateAccount(ctx context.Context, userID, id uuid.UUID,
	u accountUpdate) (MemberAccount, error) {
	if err := u.check(); err != nil {
		return MemberAccount{}, err
	}
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			UPDATE official_account a SET welcome_text = coalesce($3, welcome_text), updated_at = now()
			WHERE id = $2 AND EXISTS (SELECT FROM account_member m WHERE m.account_id = a.id AND m.user_id = $1)`,
			userID, id, u.WelcomeText)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return noSuchAccount()
		}
		if err := s.profiles.checkNameFree(ctx, tx, id, u.Name); err != nil {
			return err
		}
		err = s.profiles.apply(ctx, tx, subject{accountID: id}, userID,
			change{name: u.Name, description: u.Description, picture: u.AvatarURL})
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "account.update",
			Target: "account:" + id.String(), Detail: u})
	})
	if err != nil {
		return MemberAccount{}, err
	}
	return s.memberAccount(ctx, userID, id)
}

// RequireAccountMember returns a NotFound fault unless the caller works on the account: for other
// people the account's developer data does not exist.
func (s *Accounts) RequireAccountMember(ctx context.Context, accountID uuid.UUID) error {
	_, err := s.memberAccount(ctx, auth.UserFromContext(ctx), accountID)
	return err
}

// visibleAccount is the condition that the person $1 may see the account a: a reviewer has seen it,
// or they are an insider. Nobody else can find or follow an account whose name nobody has reviewed.
const visibleAccount = `(a.reviewed_at IS NOT NULL
	OR EXISTS (SELECT FROM account_member m WHERE m.account_id = a.id AND m.user_id = $1)
	OR EXISTS (SELECT FROM app_tester t JOIN app p ON p.id = t.app_id WHERE p.account_id = a.id AND t.user_id = $1))`

const officialAccountQuery = `
	SELECT a.id, a.handle, a.name, a.description, a.kind, a.avatar_url, a.verified,
	       (SELECT count(*) FROM follower f WHERE f.account_id = a.id AND f.unfollowed_at IS NULL),
	       f.user_id IS NOT NULL AND f.unfollowed_at IS NULL, f.conversation_id
	FROM official_account a LEFT JOIN follower f ON f.account_id = a.id AND f.user_id = $1`

func scanOfficialAccount(row pgx.CollectableRow) (OfficialAccount, error) {
	a := OfficialAccount{Apps: []App{}}
	err := row.Scan(&a.ID, &a.Handle, &a.Name, &a.Description, &a.Kind, &a.AvatarURL, &a.Verified,
		&a.FollowerCount, &a.Following, &a.ConversationID)
	return a, err
}

// officialAccount returns an account with its released apps, or a NotFound fault.
func (s *Accounts) officialAccount(ctx context.Context, userID, id uuid.UUID) (OfficialAccount,
	error) {
	rows, err := s.pool.Query(ctx, officialAccountQuery+` WHERE a.id = $2 AND `+visibleAccount, userID, id)
	if err != nil {
		return OfficialAccount{}, err
	}
	account, err := pgx.CollectExactlyOneRow(rows, scanOfficialAccount)
	if errors.Is(err, pgx.ErrNoRows) {
		return account, noSuchAccount()
	}
	if err != nil {
		return account, err
	}
	apps, err := s.apps.of(ctx, id)
	if err != nil {
		return account, err
	}
	account.Apps = slices.DeleteFunc(apps,
		func(a App) bool { return a.ReleasedVersion == nil || a.disabled })
	return account, nil
}

// searchAccounts returns accounts whose name contains the query or whose handle begins with it, in
// the order of their names; with following set, only those that the person follows.
func (s *Accounts) searchAccounts(ctx context.Context, userID uuid.UUID, query string,
	following bool, q paging.Query) (paging.Page[OfficialAccount], error) {
	position, err := q.Position(2)
	if err != nil {
		return paging.Page[OfficialAccount]{}, err
	}
	if position == nil {
		position = []string{"", uuid.Nil.String()}
	}
	rows, err := s.pool.Query(ctx, officialAccountQuery+`
		WHERE `+visibleAccount+` AND (NOT $6 OR f.user_id IS NOT NULL AND f.unfollowed_at IS NULL)
		  AND ($2 = '' OR strpos(lower(a.name), $2) > 0 OR starts_with(a.handle, $2))
		  AND (a.name, a.id) > ($3, $4::text::uuid)
		ORDER BY a.name, a.id LIMIT $5`,
		userID, strings.ToLower(strings.TrimSpace(query)), position[0], position[1], q.Rows(), following)
	if err != nil {
		return paging.Page[OfficialAccount]{}, err
	}
	found, err := pgx.CollectRows(rows, scanOfficialAccount)
	if err != nil {
		return paging.Page[OfficialAccount]{}, badPosition(err)
	}
	return paging.Of(q, found, func(a OfficialAccount) []string {
		return []string{a.Name,
			a.ID.String()}
	}), nil
}

// AccountSummary is an official account as the sender of a message.
type AccountSummary struct {
	ID        uuid.UUID
	Name      string
	AvatarURL string
}

// AccountByID returns the account's summary, or a NotFound fault. It does not check permissions.
func (s *Accounts) AccountByID(ctx context.Context, id uuid.UUID) (AccountSummary, error) {
	summary := AccountSummary{ID: id}
	err := s.pool.QueryRow(ctx, `SELECT name, avatar_url FROM official_account WHERE id = $1`, id).
		Scan(&summary.Name, &summary.AvatarURL)
	if errors.Is(err, pgx.ErrNoRows) {
		return summary, noSuchAccount()
	}
	return summary, err
}

func noSuchAccount() error {
	return fault.Errorf(fault.NotFound, "no-such-account", "There is no such official account.")
}

// Platform returns the official account in whose name the host itself writes to people. It is made
// when it is first needed, and has no members.
func (s *Accounts) Platform(ctx context.Context) (uuid.UUID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return id, err
	}
	_, err = s.pool.Exec(ctx, `
		INSERT INTO official_account (id, handle, name, description, kind, verified)
		VALUES ($1, $2, 'Teahouse', 'Notices about your account.', 'service', true)
		ON CONFLICT (handle) DO NOTHING`, id, names.PlatformHandle)
	if err != nil {
		return id, err
	}
	err = s.pool.QueryRow(ctx, `SELECT id FROM official_account WHERE handle = $1`, names.PlatformHandle).Scan(&id)
	return id, err
}

// OwnedAlone returns the names of the accounts that have no other owner than the person.
func (s *Accounts) OwnedAlone(ctx context.Context, userID uuid.UUID) ([]string, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT a.name FROM official_account a JOIN account_member m ON m.account_id = a.id
		WHERE m.user_id = $1 AND m.role = 'owner' AND NOT EXISTS (SELECT FROM account_member o
			WHERE o.account_id = a.id AND o.role = 'owner' AND o.user_id <> $1)
		ORDER BY a.name LIMIT 10`, userID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
