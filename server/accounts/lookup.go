package accounts

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/fault"
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
		return face, fault.Errorf(fault.NotFound, "account-not-found", "There is no such official account.")
	}
	return face, err
}
