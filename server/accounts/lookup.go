package accounts

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// TakenDown reports whether an administrator has taken the app down: nobody may open it.
func (a App) TakenDown() bool { return a.disabled }

// AccountFace is an official account as it signs what it sends.
type AccountFace struct {
	ID        uuid.UUID
	Name      string
	AvatarURL string
}

// AccountByID returns the account's face, or a NotFound fault. It asks nobody's permission.
func (s *Service) AccountByID(ctx context.Context, id uuid.UUID) (AccountFace, error) {
	face := AccountFace{ID: id}
	err := s.pool.QueryRow(ctx, `SELECT name, avatar_url FROM official_account WHERE id = $1`, id).
		Scan(&face.Name, &face.AvatarURL)
	if errors.Is(err, pgx.ErrNoRows) {
		return face, noSuchAccount()
	}
	return face, err
}

// MembersOfApp returns the people who work on the app, to tell them what became of it.
func (s *Service) MembersOfApp(ctx context.Context, appID string) ([]uuid.UUID, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT m.user_id FROM app a JOIN account_member m ON m.account_id = a.account_id
		WHERE a.id = $1 ORDER BY m.user_id`, appID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}
