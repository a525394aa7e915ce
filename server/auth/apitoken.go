package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/audit"
)

// apiTokenPrefix marks personal access tokens, so that scanners for leaked secrets recognise them.
const apiTokenPrefix = "tea_pat_"

// APIToken is a personal access token without its secret.
type APIToken struct {
	ID         uuid.UUID  `json:"id"`
	Name       string     `json:"name" example:"laptop"`
	Hint       string     `json:"hint" doc:"Its last four characters."`
	CreatedAt  time.Time  `json:"created_at"`
	LastUsedAt *time.Time `json:"last_used_at" doc:"To the minute."`
	ExpiresAt  time.Time  `json:"expires_at"`
}

// CreateAPIToken makes a token for the person; its secret is shown this once.
func (s *Service) CreateAPIToken(ctx context.Context, userID uuid.UUID, name string,
	days int) (APIToken, string, error) {
	if err := CheckName(name, "body.name", MaxDisplayName); err != nil {
		return APIToken{}, "", err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return APIToken{}, "", err
	}
	secret := apiTokenPrefix + rand.Text() + rand.Text()
	hash := sha256.Sum256([]byte(secret))
	now := s.now()
	token := APIToken{
		ID: id, Name: name, Hint: secret[len(secret)-4:],
		CreatedAt: now, ExpiresAt: now.AddDate(0, 0, days),
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		// The lock on the person makes the count and the insert one step.
		var kept int
		if err := tx.QueryRow(ctx, `
			SELECT (SELECT count(*) FROM api_token WHERE user_id = u.id)
			FROM app_user u WHERE id = $1 FOR UPDATE`, userID).Scan(&kept); err != nil {
			return err
		}
		if kept >= MaxAPITokens {
			return fault.Errorf(fault.Conflict, "too-many-tokens",
				"You have %d tokens already; revoke one first.", kept)
		}
		if _, err := tx.Exec(ctx, `
			INSERT INTO api_token (id, user_id, name, token_hash, hint, created_at, expires_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			id, userID, name, hash[:], token.Hint, token.CreatedAt, token.ExpiresAt); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{
			Action: "auth.api_token.create", Target: "api_token:" + id.String(),
			Detail: map[string]string{"name": name},
		})
	})
	return token, secret, err
}

// APITokens lists the person's tokens, the newest first.
func (s *Service) APITokens(ctx context.Context, userID uuid.UUID) ([]APIToken, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT id, name, hint, created_at, last_used_at, expires_at FROM api_token
		WHERE user_id = $1 AND expires_at > $2 ORDER BY id DESC`, userID, s.now())
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[APIToken])
}

// RevokeAPIToken ends one of the person's own tokens; any other is a NotFound fault.
func (s *Service) RevokeAPIToken(ctx context.Context, userID, id uuid.UUID) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `DELETE FROM api_token WHERE id = $1 AND user_id = $2`, id, userID)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return fault.Errorf(fault.NotFound, "no-such-token", "You have no such token.")
		}
		return audit.Record(ctx, tx, audit.Entry{
			Action: "auth.api_token.revoke", Target: "api_token:" + id.String(),
		})
	})
}

// verifyAPIToken looks the token up each time, so that revoking works at once.
func (s *Service) verifyAPIToken(ctx context.Context, token string) (Identity, error) {
	hash := sha256.Sum256([]byte(token))
	id := Identity{Audience: AudienceAPIToken}
	var tokenID uuid.UUID
	var lastUsed *time.Time
	err := s.pool.QueryRow(ctx, `
		SELECT t.id, t.last_used_at, t.expires_at, u.id, u.handle, u.roles,
		       $3 OR EXISTS (SELECT FROM second_factor f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL)
		FROM api_token t JOIN app_user u ON u.id = t.user_id
		WHERE t.token_hash = $1 AND t.expires_at > $2 AND u.disabled_at IS NULL`, hash[:], s.now(), !s.requireFactor).
		Scan(&tokenID, &lastUsed, &id.Expires, &id.UserID, &id.Handle, &id.Roles, &id.SecondFactor)
	if errors.Is(err, pgx.ErrNoRows) {
		return Identity{}, badToken(nil)
	}
	if err != nil {
		return Identity{}, err
	}
	id.TokenID = tokenID.String()
	if lastUsed == nil || s.now().Sub(*lastUsed) > time.Minute {
		_, err = s.pool.Exec(ctx, `UPDATE api_token SET last_used_at = $2 WHERE id = $1`, tokenID,
			s.now())
	}
	return id, err
}

// checkAPIToken checks the token by its ID, for a connection that was opened with it.
func (s *Service) checkAPIToken(ctx context.Context, id Identity) error {
	var valid bool
	err := s.pool.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM api_token t JOIN app_user u ON u.id = t.user_id
		WHERE t.id = $1 AND u.id = $2 AND t.expires_at > $3 AND u.disabled_at IS NULL)`,
		id.TokenID, id.UserID, s.now()).Scan(&valid)
	if err == nil && !valid {
		return badToken(nil)
	}
	return err
}
