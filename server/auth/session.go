package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/api/request"
	"github.com/teahouse/teahouse/server/audit"
)

// Refresh tokens rotate: each works once and returns its successor. All tokens from one login are a
// family. When a token is used a second time, two parties have the session. The host cannot know which
// one is the thief, so the family ends.
//
// One replay is legitimate: two tabs refresh at once, or an answer is lost. So within
// RefreshGrace, and only while the successor has not been used, the old token returns the same
// successor again. The successor is not stored: it is HMAC(seed, old token), with a seed that is made
// at the rotation, so it takes both the database and the old token to compute it. A thief gains nothing
// from the grace: thief and owner then have the same token, and its second use ends the family.

// refreshToken is a row.
type refreshToken struct {
	ID            uuid.UUID
	SuccessorID   *uuid.UUID
	SuccessorSeed []byte
	RotatedAt     *time.Time
	ExpiresAt     time.Time
}

// login is the session that a token belongs to. Its row is locked first by everything that changes
// the session or its tokens, so that a refresh and an end come one after the other.
type login struct {
	ID      uuid.UUID
	UserID  uuid.UUID
	EndedAt *time.Time
}

// refreshBytes is the entropy of a token: 256 bits cannot be guessed, so a plain hash protects it.
const refreshBytes = 32

// Session is a log-in with fresh tokens.
type Session struct {
	User    User
	ID      uuid.UUID
	Access  string
	Refresh string // "" where the client keeps the one it has
	Device  string // what the device is to keep, "" where it keeps what it has
	// MustSetUp is set when the person's roles ask for a second factor and the session has shown
	// none: it allows nothing but the set-up.
	MustSetUp bool
}

var errSessionEnded = fault.Errorf(fault.Unauthenticated, "session-ended",
	"The session has ended; log in again.")

// session returns the session with a new access token with the person's present roles.
func (s *Service) session(ctx context.Context, userID, session uuid.UUID, refresh string) (Session, error) {
	user, err := s.UserByID(ctx, userID)
	if err != nil {
		return Session{}, err
	}
	var factor bool
	if err := s.pool.QueryRow(ctx, `SELECT second_factor FROM login_session WHERE id = $1`, session).Scan(&factor); err != nil {
		return Session{}, err
	}
	id := Identity{UserID: user.ID, Handle: user.Handle, Roles: user.Roles, Session: session,
		SecondFactor: factor || !s.requireFactor}
	access, err := s.issueAccess(id)
	return Session{User: user, ID: session, Access: access, Refresh: refresh, MustSetUp: id.MustSetUp()}, err
}

// Refresh exchanges a refresh token for a new one and a new access token. It returns an
// Unauthenticated fault when the session has ended, or ends because the token was used before.
func (s *Service) Refresh(ctx context.Context, token string) (Session, error) {
	if err := s.refreshes.Allow(request.FromContext(ctx).Network()); err != nil {
		return Session{}, err
	}
	if token == "" {
		return Session{}, errSessionEnded
	}
	of, successor, err := s.rotate(ctx, token)
	if err != nil {
		return Session{}, err
	}
	return s.session(ctx, of.UserID, of.ID, successor)
}

// StartSession begins a session of a person who has just signed up with the device.
func (s *Service) StartSession(ctx context.Context, user User, device string) (Session, error) {
	return s.startSession(ctx, user.ID, device, false)
}

// startSession begins a session of a person who has proven who they are. The oldest sessions end
// when there are more than MaxSessions.
func (s *Service) startSession(ctx context.Context, userID uuid.UUID, device string, secondFactor bool) (Session, error) {
	raw := make([]byte, refreshBytes)
	rand.Read(raw)
	token := base64.RawURLEncoding.EncodeToString(raw)
	id, err := uuid.NewV7()
	if err != nil {
		return Session{}, err
	}
	info := request.FromContext(ctx)
	var over []uuid.UUID
	var newDevice bool
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) (err error) {
		if device, newDevice, err = s.noteDevice(ctx, tx, userID, device); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
			INSERT INTO login_session (id, user_id, created_at, last_seen_at, user_agent, ip, new_device, second_factor)
			VALUES ($1, $2, $3, $3, left($4, 200), $5, $6, $7)`,
			id, userID, s.now(), info.UserAgent, info.IP, newDevice, secondFactor); err != nil {
			return err
		}
		if _, err := s.insertRefresh(ctx, tx, token, id, userID); err != nil {
			return err
		}
		over, err = s.endLogins(ctx, tx, `
			user_id = $2 AND id NOT IN (SELECT id FROM login_session
			WHERE user_id = $2 AND ended_at IS NULL ORDER BY id DESC LIMIT $3)`, userID, MaxSessions)
		return err
	})
	if err != nil {
		return Session{}, err
	}
	s.ended(ctx, userID, over...)
	session, err := s.session(ctx, userID, id, token)
	session.Device = device
	if err == nil && newDevice {
		s.tellNewDevice(ctx, session.User, id)
	}
	return session, err
}

// endLogins ends the sessions that the condition names and returns them, to be announced when the
// transaction is committed. The condition counts its parameters from $2.
func (s *Service) endLogins(ctx context.Context, tx pgx.Tx, condition string, parameters ...any) ([]uuid.UUID, error) {
	rows, err := tx.Query(ctx, `UPDATE login_session SET ended_at = $1 WHERE ended_at IS NULL AND `+condition+
		` RETURNING id`, append([]any{s.now()}, parameters...)...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

func (s *Service) insertRefresh(ctx context.Context, tx pgx.Tx, token string, session,
	userID uuid.UUID) (uuid.UUID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return id, err
	}
	hash := sha256.Sum256([]byte(token))
	now := s.now()
	_, err = tx.Exec(ctx, `
		INSERT INTO refresh_token (id, family_id, user_id, token_hash, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		id, session, userID, hash[:], now, now.Add(RefreshLifetime))
	return id, err
}

// rotate exchanges a refresh token for its successor. It returns an Unauthenticated fault when the
// session has ended, and ends it when the token is replayed.
func (s *Service) rotate(ctx context.Context, token string) (of login, successor string, err error) {
	var refusal error
	replayed := false
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var old refreshToken
		of, old, err = findRefresh(ctx, tx, token)
		if errors.Is(err, pgx.ErrNoRows) || err == nil && (of.EndedAt != nil || !s.now().Before(old.ExpiresAt)) {
			refusal = errSessionEnded
			return nil
		}
		if err != nil {
			return err
		}
		if old.RotatedAt == nil {
			successor, err = s.issueSuccessor(ctx, tx, of, old, token)
			return err
		}
		withinGrace, err := s.isWithinGrace(ctx, tx, old)
		if err != nil {
			return err
		}
		if withinGrace {
			successor = deriveSuccessor(old.SuccessorSeed, token)
			return nil
		}
		// The transaction must commit, so the refusal is not returned as its error.
		refusal = fault.Errorf(fault.Unauthenticated, "session-replayed",
			"This session was used from two places and has been ended for safety; log in again.")
		replayed = true
		return s.endReplayed(ctx, tx, of)
	})
	if err != nil {
		return login{}, "", err
	}
	if replayed {
		s.ended(ctx, of.UserID, of.ID)
	}
	return of, successor, refusal
}

// findRefresh locks the session of the token and reads both.
func findRefresh(ctx context.Context, tx pgx.Tx, token string) (of login, found refreshToken, err error) {
	hash := sha256.Sum256([]byte(token))
	if err = tx.QueryRow(ctx, `SELECT family_id FROM refresh_token WHERE token_hash = $1`, hash[:]).Scan(&of.ID); err != nil {
		return of, found, err
	}
	if err = tx.QueryRow(ctx, `
		SELECT s.user_id, CASE WHEN u.disabled_at IS NULL THEN s.ended_at ELSE u.disabled_at END
		FROM login_session s JOIN app_user u ON u.id = s.user_id WHERE s.id = $1 FOR UPDATE OF s`, of.ID).
		Scan(&of.UserID, &of.EndedAt); err != nil {
		return of, found, err
	}
	// Only now: the token may have been rotated while the lock was waited for.
	err = tx.QueryRow(ctx, `
		SELECT id, successor_id, successor_seed, rotated_at, expires_at FROM refresh_token WHERE token_hash = $1`, hash[:]).
		Scan(&found.ID, &found.SuccessorID, &found.SuccessorSeed, &found.RotatedAt, &found.ExpiresAt)
	return of, found, err
}

// issueSuccessor rotates a token that is used for the first time.
func (s *Service) issueSuccessor(ctx context.Context, tx pgx.Tx, of login, old refreshToken, token string) (string,
	error) {
	seed := make([]byte, refreshBytes)
	rand.Read(seed)
	successor := deriveSuccessor(seed, token)
	id, err := s.insertRefresh(ctx, tx, successor, of.ID, of.UserID)
	if err != nil {
		return "", err
	}
	info := request.FromContext(ctx)
	if _, err := tx.Exec(ctx, `
		UPDATE login_session SET last_seen_at = $2, user_agent = left($3, 200), ip = $4 WHERE id = $1`,
		of.ID, s.now(), info.UserAgent, info.IP); err != nil {
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

// isWithinGrace reports whether a replay is within the grace and the successor is still unused.
func (s *Service) isWithinGrace(ctx context.Context, tx pgx.Tx, old refreshToken) (bool, error) {
	if s.now().Sub(*old.RotatedAt) > RefreshGrace || old.SuccessorID == nil {
		return false, nil
	}
	var unused bool
	err := tx.QueryRow(ctx, `SELECT rotated_at IS NULL FROM refresh_token WHERE id = $1`,
		old.SuccessorID).Scan(&unused)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return unused, err
}

func (s *Service) endReplayed(ctx context.Context, tx pgx.Tx, of login) error {
	if _, err := s.endLogins(ctx, tx, `id = $2`, of.ID); err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Entry{
		Actor: "user:" + of.UserID.String(), Action: "auth.session.replayed",
		Target: "session:" + of.ID.String(),
	})
}

// EndSession ends the session of the token; an unknown token has no session to end.
func (s *Service) EndSession(ctx context.Context, token string) error {
	var of login
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) (err error) {
		if of, _, err = findRefresh(ctx, tx, token); err != nil {
			return err
		}
		_, err = s.endLogins(ctx, tx, `id = $2`, of.ID)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err == nil {
		s.ended(ctx, of.UserID, of.ID)
	}
	return err
}
