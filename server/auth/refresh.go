package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/request"
	"github.com/teahouse/teahouse/server/audit"
)

// Refresh tokens rotate: each works once and yields its successor. All tokens descending from one
// login are a family. When a token comes a second time, two parties hold the session, and since
// nobody can tell which is the thief the family ends.
//
// One replay is innocent: two tabs refresh at once, or an answer is lost on the way. So within
// RefreshGrace, and only while the successor has not been used, the old token yields the very same
// successor again. It is not stored: it is HMAC(seed, old token), with a seed that is made at the
// rotation, so neither the database alone nor the old token alone gives it away. A thief gains
// nothing by the grace: thief and owner then hold one and the same token, and the second to use it
// ends the family.

// refreshToken is a row.
type refreshToken struct {
	ID            uuid.UUID
	FamilyID      uuid.UUID
	UserID        uuid.UUID
	SuccessorID   *uuid.UUID
	SuccessorSeed []byte
	RotatedAt     *time.Time
	RevokedAt     *time.Time
	ExpiresAt     time.Time
}

const refreshColumns = `id, family_id, user_id, successor_id, successor_seed, rotated_at, revoked_at, expires_at`

// refreshBytes is the entropy of a token: 256 bits cannot be guessed, so a plain hash protects it.
const refreshBytes = 32

var errSessionEnded = fault.Errorf(fault.Unauthenticated, "session-ended",
	"The session has ended; log in again.")

// startSession begins a family for the person and returns its first refresh token.
func (s *Service) startSession(ctx context.Context, userID uuid.UUID) (string, error) {
	raw := make([]byte, refreshBytes)
	rand.Read(raw)
	token := base64.RawURLEncoding.EncodeToString(raw)
	family, err := uuid.NewV7()
	if err != nil {
		return "", err
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := s.insertRefresh(ctx, tx, token, family, userID); err != nil {
			return err
		}
		// Family IDs are in order of time: what is not among the newest goes.
		_, err := tx.Exec(ctx, `
			DELETE FROM refresh_token WHERE user_id = $1 AND family_id NOT IN (
				SELECT DISTINCT family_id FROM refresh_token WHERE user_id = $1
				ORDER BY family_id DESC LIMIT $2)`, userID, MaxSessions)
		return err
	})
	return token, err
}

func (s *Service) insertRefresh(ctx context.Context, tx pgx.Tx, token string, family,
	userID uuid.UUID) (uuid.UUID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return id, err
	}
	info := request.FromContext(ctx)
	hash := sha256.Sum256([]byte(token))
	now := s.now()
	_, err = tx.Exec(ctx, `
		INSERT INTO refresh_token (id, family_id, user_id, token_hash, created_at, expires_at, user_agent, ip)
		VALUES ($1, $2, $3, $4, $5, $6, left($7, 200), $8)`,
		id, family, userID, hash[:], now, now.Add(RefreshLifetime), info.UserAgent, info.IP)
	return id, err
}

// rotate exchanges a refresh token for its successor. It returns an Unauthenticated fault when the
// session has ended, and ends it when the token is replayed.
func (s *Service) rotate(ctx context.Context, token string) (userID uuid.UUID, successor string,
	err error) {
	var ended error
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		old, err := findRefresh(ctx, tx, token)
		if errors.Is(err,
			pgx.ErrNoRows) || err == nil && (old.RevokedAt != nil || !s.now().Before(old.ExpiresAt)) {
			ended = errSessionEnded
			return nil
		}
		if err != nil {
			return err
		}
		userID = old.UserID
		if old.RotatedAt == nil {
			successor, err = s.succeed(ctx, tx, old, token)
			return err
		}
		innocent, err := s.innocent(ctx, tx, old)
		if err != nil {
			return err
		}
		if innocent {
			successor = deriveSuccessor(old.SuccessorSeed, token)
			return nil
		}
		// The transaction must commit, so the refusal is not returned as its error.
		ended = fault.Errorf(fault.Unauthenticated, "session-replayed",
			"This session was used from two places and has been ended for safety; log in again.")
		return s.revokeReplayed(ctx, tx, old)
	})
	if err == nil {
		err = ended
	}
	return userID, successor, err
}

func findRefresh(ctx context.Context, tx pgx.Tx, token string) (refreshToken, error) {
	hash := sha256.Sum256([]byte(token))
	rows, err := tx.Query(ctx,
		`SELECT `+refreshColumns+` FROM refresh_token WHERE token_hash = $1 FOR UPDATE`, hash[:])
	if err != nil {
		return refreshToken{}, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[refreshToken])
}

// succeed rotates a token that comes for the first time.
func (s *Service) succeed(ctx context.Context, tx pgx.Tx, old refreshToken, token string) (string,
	error) {
	seed := make([]byte, refreshBytes)
	rand.Read(seed)
	successor := deriveSuccessor(seed, token)
	id, err := s.insertRefresh(ctx, tx, successor, old.FamilyID, old.UserID)
	if err != nil {
		return "", err
	}
	_, err = tx.Exec(ctx, `
		UPDATE refresh_token SET rotated_at = $2, successor_id = $3, successor_seed = $4 WHERE id = $1`,
		old.ID, s.now(), id, seed)
	return successor, err
}

func deriveSuccessor(seed []byte, token string) string {
	mac := hmac.New(sha256.New, seed)
	mac.Write([]byte(token))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// innocent reports whether a second coming is within the grace and the successor still unused.
func (s *Service) innocent(ctx context.Context, tx pgx.Tx, old refreshToken) (bool, error) {
	if s.now().Sub(*old.RotatedAt) > RefreshGrace || old.SuccessorID == nil {
		return false, nil
	}
	var unused bool
	err := tx.QueryRow(ctx, `
		SELECT rotated_at IS NULL AND revoked_at IS NULL FROM refresh_token WHERE id = $1 FOR UPDATE`,
		old.SuccessorID).Scan(&unused)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return unused, err
}

func (s *Service) revokeReplayed(ctx context.Context, tx pgx.Tx, old refreshToken) error {
	if err := s.revokeFamily(ctx, tx, old.FamilyID); err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Entry{
		Actor: "user:" + old.UserID.String(), Action: "auth.session.replayed",
		Target: "session:" + old.FamilyID.String(),
	})
}

// revokeFamily ends every token of the family. A refresh under way holds the lock on a token that is
// not revoked, so the statement waits for it, but does not see the successor that it made
// meanwhile: only when there is nothing left to revoke is the family at its end.
func (s *Service) revokeFamily(ctx context.Context, tx pgx.Tx, family uuid.UUID) error {
	for {
		tag, err := tx.Exec(ctx, `
			UPDATE refresh_token SET revoked_at = $2, successor_seed = NULL
			WHERE family_id = $1 AND revoked_at IS NULL`, family, s.now())
		if err != nil {
			return fmt.Errorf("ending session %s: %w", family, err)
		}
		if tag.RowsAffected() == 0 {
			return nil
		}
	}
}

// endSession ends the family of the token; an unknown token has no session to end.
func (s *Service) endSession(ctx context.Context, token string) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		old, err := findRefresh(ctx, tx, token)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		return s.revokeFamily(ctx, tx, old.FamilyID)
	})
}
