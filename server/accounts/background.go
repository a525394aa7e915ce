package accounts

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Background is the account and the people of an app, for its reviewers.
type Background struct {
	ID            uuid.UUID `json:"id" doc:"Of the official account."`
	Handle        string    `json:"handle"`
	Name          string    `json:"name"`
	Kind          string    `json:"kind"`
	AvatarURL     string    `json:"avatar_url"`
	Verified      bool      `json:"verified"`
	Reviewed      bool      `json:"reviewed" doc:"A reviewer has seen its profile."`
	FollowerCount int64     `json:"follower_count"`
	AppCount      int64     `json:"app_count"`
	CreatedAt     time.Time `json:"created_at"`
	Members       []Member  `json:"members"`
}

// Background returns the account and the people of the app.
func (s *Accounts) Background(ctx context.Context, appID string) (Background, error) {
	var b Background
	err := s.pool.QueryRow(ctx, `
		SELECT a.id, a.handle, a.name, a.kind, a.avatar_url, a.verified, a.reviewed_at IS NOT NULL,
		       (SELECT count(*) FROM follower f WHERE f.account_id = a.id AND f.unfollowed_at IS NULL),
		       (SELECT count(*) FROM app o WHERE o.account_id = a.id), a.created_at
		FROM app p JOIN official_account a ON a.id = p.account_id WHERE p.id = $1`, appID).
		Scan(&b.ID, &b.Handle, &b.Name, &b.Kind, &b.AvatarURL, &b.Verified, &b.Reviewed, &b.FollowerCount,
			&b.AppCount, &b.CreatedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return b, noSuchApp()
	}
	if err != nil {
		return b, err
	}
	b.Members, err = s.members(ctx, b.ID)
	return b, err
}

// People returns the names of people; it leaves out those who do not exist.
func (s *Accounts) People(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]PersonRef, error) {
	rows, err := s.pool.Query(ctx, `SELECT id, handle, display_name FROM app_user WHERE id = ANY ($1)`, ids)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[PersonRef])
	if err != nil {
		return nil, err
	}
	byID := make(map[uuid.UUID]PersonRef, len(found))
	for _, person := range found {
		byID[person.ID] = person
	}
	return byID, nil
}

// Names returns the names of the audit log's actors and targets, by keys such as "user:<id>",
// "app:<id>", "account:<id>". Unknown keys and keys of other kinds are left out.
func (s *Accounts) Names(ctx context.Context, keys []string) (map[string]string, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT 'user:' || id, coalesce(nullif(display_name, ''), handle) FROM app_user
			WHERE id = ANY (SELECT k::uuid FROM unnest($1::text[]) k)
		UNION ALL SELECT 'account:' || id, name FROM official_account
			WHERE id = ANY (SELECT k::uuid FROM unnest($2::text[]) k)
		UNION ALL SELECT 'app:' || id, name FROM app WHERE id = ANY ($3)`,
		idsOf(keys, "user:"), idsOf(keys, "account:"), textsOf(keys, "app:"))
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	var key, name string
	_, err = pgx.ForEachRow(rows, []any{&key, &name}, func() error { names[key] = name; return nil })
	return names, err
}

// textsOf returns what follows the prefix in those keys that have it.
func textsOf(keys []string, prefix string) []string {
	found := []string{}
	for _, key := range keys {
		if rest, ok := strings.CutPrefix(key, prefix); ok {
			found = append(found, rest)
		}
	}
	return found
}

// idsOf is textsOf for UUIDs; invalid ones are left out.
func idsOf(keys []string, prefix string) []string {
	found := []string{}
	for _, text := range textsOf(keys, prefix) {
		if _, err := uuid.Parse(text); err == nil {
			found = append(found, text)
		}
	}
	return found
}
