package accounts

import (
	"context"
	"errors"
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
