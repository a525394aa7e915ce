package accounts

import (
	"context"

	"github.com/google/uuid"
)

// insiders is the condition that the person u is an insider of the app p: a member of its account,
// one of its testers, or a reviewer who opened a version that is not released.
const insiders = `(
	EXISTS (SELECT FROM account_member m WHERE m.account_id = p.account_id AND m.user_id = u.id)
	OR EXISTS (SELECT FROM app_tester t WHERE t.app_id = p.id AND t.user_id = u.id)
	OR 'admin' = ANY (u.roles) AND EXISTS (SELECT FROM app_reviewer r WHERE r.app_id = p.id AND r.user_id = u.id))`

// Insider reports whether the person is an insider of the app.
func (s *Apps) Insider(ctx context.Context, appID string, userID uuid.UUID) (bool, error) {
	var inside bool
	err := s.pool.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM app p, app_user u WHERE p.id = $1 AND u.id = $2 AND `+insiders+`)`,
		appID, userID).Scan(&inside)
	return inside, err
}

// NoteReviewer records that a reviewer opened a version of the app that is not released. From then
// on the app may treat them like a tester; otherwise they could not test its functions.
func (s *Apps) NoteReviewer(ctx context.Context, appID string, userID uuid.UUID) error {
	_, err := s.pool.Exec(ctx, `
		INSERT INTO app_reviewer (app_id, user_id, opened_at) VALUES ($1, $2, $3)
		ON CONFLICT (app_id, user_id) DO NOTHING`, appID, userID, s.now())
	return err
}
