package accounts

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/audit"
)

// ConsentRecord is what a person has allowed an app.
type ConsentRecord struct {
	App       ConsentApp `json:"app"`
	Scope     string     `json:"scope" example:"profile"`
	GrantedAt time.Time  `json:"granted_at"`
}

// ConsentApp names the app of a consent.
type ConsentApp struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	IconURL string `json:"icon_url"`
}

// Granted reports whether the person has allowed the app the scope.
func (s *Identities) Granted(ctx context.Context, userID uuid.UUID, appID, scope string) (bool,
	error) {
	var granted bool
	err := s.pool.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM consent WHERE user_id = $1 AND app_id = $2 AND scope = $3)`,
		userID, appID, scope).Scan(&granted)
	return granted, err
}

// Consent records that the person has allowed the app the scope, after the shell asked them.
func (s *Identities) Consent(ctx context.Context, userID uuid.UUID, appID, scope string) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			INSERT INTO consent (user_id, app_id, scope, granted_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (user_id, app_id, scope) DO NOTHING`, userID, appID, scope, s.now())
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{
			Actor: "user:" + userID.String(), Action: "consent.grant", Target: "app:" + appID,
			Detail: map[string]string{"scope": scope},
		})
	})
}

// revokeConsent ends the consent; the app must ask again.
func (s *Identities) revokeConsent(ctx context.Context, userID uuid.UUID, appID, scope string) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `DELETE FROM consent WHERE user_id = $1 AND app_id = $2 AND scope = $3`,
			userID, appID, scope)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return fault.Errorf(fault.NotFound, "no-such-grant", "You have not allowed this app that.")
		}
		return audit.Record(ctx, tx, audit.Entry{
			Action: "consent.revoke", Target: "app:" + appID, Detail: map[string]string{"scope": scope},
		})
	})
}

func (s *Identities) consents(ctx context.Context, userID uuid.UUID) ([]ConsentRecord, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT p.id, p.name, p.icon_url, c.scope, c.granted_at
		FROM consent c JOIN app p ON p.id = c.app_id
		WHERE c.user_id = $1 ORDER BY p.name, p.id, c.scope`, userID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (ConsentRecord, error) {
		var c ConsentRecord
		err := row.Scan(&c.App.ID, &c.App.Name, &c.App.IconURL, &c.Scope, &c.GrantedAt)
		return c, err
	})
}
