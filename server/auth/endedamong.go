package auth

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// EndedAmong returns those of the sessions that have ended, or whose account has, in one query. Who
// holds sockets of many people asks it now and then, for announcements that did not arrive.
func (s *Service) EndedAmong(ctx context.Context, sessions []uuid.UUID) ([]uuid.UUID, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT open.id FROM unnest($1::uuid[]) AS open (id)
		LEFT JOIN login_session s ON s.id = open.id
		LEFT JOIN app_user u ON u.id = s.user_id
		WHERE u.id IS NULL OR s.ended_at IS NOT NULL OR u.disabled_at IS NOT NULL`, sessions)
	if err != nil {
		return nil, fmt.Errorf("auth: sessions that ended: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// SessionEnded is the fault for a person whose session ended.
func SessionEnded() error { return errSessionEnded }
