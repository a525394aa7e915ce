package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// A device proves by a signed random value in a cookie that somebody logged in with it before. It
// replaces neither the password nor the session. It has two effects only: guesses from the device
// are counted separately, and no notice of a new device is sent. One browser has one value; what is
// stored is its hash with the person, so that the table does not tell who shares a browser.

// newDevice makes a value. It is signed, so that nobody can choose the value of somebody else's
// browser.
func (s *Service) newDevice() string {
	value := rand.Text()
	return value + "." + s.deviceMark(value)
}

func (s *Service) deviceMark(value string) string {
	mac := hmac.New(sha256.New, s.keys.secret.Derive("device"))
	mac.Write([]byte(value))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}

// isDevice reports whether the value is one of ours.
func (s *Service) isDevice(device string) bool {
	value, mark, _ := strings.Cut(device, ".")
	return value != "" && hmac.Equal([]byte(mark), []byte(s.deviceMark(value)))
}

func deviceHash(userID uuid.UUID, device string) []byte {
	hash := sha256.Sum256([]byte(userID.String() + " " + device))
	return hash[:]
}

// knowsDevice reports whether the person has logged in with the device before.
func (s *Service) knowsDevice(ctx context.Context, userID uuid.UUID, device string) (known bool, err error) {
	if userID == uuid.Nil || !s.isDevice(device) {
		return false, nil
	}
	err = s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM login_device WHERE user_id = $1 AND device_hash = $2)`,
		userID, deviceHash(userID, device)).Scan(&known)
	return known, err
}

// noteDevice remembers that the person has logged in with the device, or with a new one when it has
// no value yet. isNew is true when the person has logged in before, but never with this device.
// When there are more than MaxDevices, those not used for the longest time are deleted.
func (s *Service) noteDevice(ctx context.Context, tx pgx.Tx, userID uuid.UUID, device string) (value string, isNew bool,
	err error) {
	if !s.isDevice(device) {
		device = s.newDevice()
	}
	var others, known bool
	if err := tx.QueryRow(ctx, `
		SELECT coalesce(bool_or(device_hash = $2), false), coalesce(bool_or(device_hash <> $2), false)
		FROM login_device WHERE user_id = $1`, userID, deviceHash(userID, device)).Scan(&known, &others); err != nil {
		return "", false, err
	}
	_, insertErr := tx.Exec(ctx, `
		INSERT INTO login_device (user_id, device_hash, created_at, last_seen_at) VALUES ($1, $2, $3, $3)
		ON CONFLICT (user_id, device_hash) DO UPDATE SET last_seen_at = excluded.last_seen_at`,
		userID, deviceHash(userID, device), s.now())
	if insertErr != nil {
		return "", false, insertErr
	}
	_, err = tx.Exec(ctx, `
		DELETE FROM login_device WHERE user_id = $1 AND device_hash NOT IN (
			SELECT device_hash FROM login_device WHERE user_id = $1 ORDER BY last_seen_at DESC LIMIT $2)`,
		userID, MaxDevices)
	return device, others && !known, err
}

// Notices tells people of what happened to their account.
type Notices interface {
	// NewDevice tells of a log-in with a device that the person had not used before.
	NewDevice(ctx context.Context, user User, login LoginSession) error
}

// tellNewDevice is best effort: the list of sessions shows the same.
func (s *Service) tellNewDevice(ctx context.Context, user User, session uuid.UUID) {
	if s.notices == nil {
		return
	}
	login, err := s.loginSession(ctx, user.ID, session)
	if err == nil {
		err = s.notices.NewDevice(ctx, user, login)
	}
	if err != nil {
		s.log.Error("a person was not told of a new device", "user", user.ID, "error", err)
	}
}

// LoginSession is one place where a person is logged in.
type LoginSession struct {
	ID           uuid.UUID `json:"id"`
	CreatedAt    time.Time `json:"created_at"`
	LastSeenAt   time.Time `json:"last_seen_at" doc:"To the quarter of an hour."`
	IP           string    `json:"ip" doc:"Of when it was last seen."`
	Browser      string    `json:"browser" example:"Firefox" doc:"Empty when it cannot be told."`
	System       string    `json:"system" example:"Android" doc:"Empty when it cannot be told."`
	UserAgent    string    `json:"user_agent"`
	NewDevice    bool      `json:"new_device" doc:"The log-in was the first with this device."`
	SecondFactor bool      `json:"second_factor" doc:"The log-in showed a second factor."`
	Current      bool      `json:"current" doc:"The session that asks."`
}

const loginColumns = `id, created_at, last_seen_at, ip, user_agent, new_device, second_factor`

func scanLogin(row pgx.CollectableRow) (LoginSession, error) {
	var l LoginSession
	err := row.Scan(&l.ID, &l.CreatedAt, &l.LastSeenAt, &l.IP, &l.UserAgent, &l.NewDevice, &l.SecondFactor)
	l.Browser, l.System = describeClient(l.UserAgent)
	return l, err
}

func (s *Service) loginSession(ctx context.Context, userID, session uuid.UUID) (LoginSession, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+loginColumns+` FROM login_session WHERE id = $1 AND user_id = $2`,
		session, userID)
	if err != nil {
		return LoginSession{}, err
	}
	return pgx.CollectExactlyOneRow(rows, scanLogin)
}

// LoginSessions lists where the caller is logged in, the newest first.
func (s *Service) LoginSessions(ctx context.Context) ([]LoginSession, error) {
	id, _ := IdentityFromContext(ctx)
	rows, err := s.pool.Query(ctx, `
		SELECT `+loginColumns+` FROM login_session
		WHERE user_id = $1 AND ended_at IS NULL AND last_seen_at > $2 ORDER BY id DESC`,
		id.UserID, s.now().Add(-RefreshLifetime))
	if err != nil {
		return nil, err
	}
	sessions, err := pgx.CollectRows(rows, scanLogin)
	for i := range sessions {
		sessions[i].Current = sessions[i].ID == id.Session
	}
	return sessions, err
}

// EndLogin ends one of the caller's sessions; any other is a NotFound fault.
func (s *Service) EndLogin(ctx context.Context, session uuid.UUID) error {
	userID := UserFromContext(ctx)
	ended, err := s.endAndRecord(ctx, userID, `user_id = $2 AND id = $3`, userID, session)
	if err == nil && len(ended) == 0 {
		return errNoSuchSession
	}
	return err
}

// EndOtherLogins ends all of the caller's sessions but the one that asks, and returns how many.
func (s *Service) EndOtherLogins(ctx context.Context) (int, error) {
	id, _ := IdentityFromContext(ctx)
	ended, err := s.endAndRecord(ctx, id.UserID, `user_id = $2 AND id <> $3`, id.UserID, id.Session)
	return len(ended), err
}

func (s *Service) endAndRecord(ctx context.Context, userID uuid.UUID, condition string,
	parameters ...any) (ended []uuid.UUID, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if ended, err = s.endLogins(ctx, tx, condition, parameters...); err != nil || len(ended) == 0 {
			return err
		}
		return s.record(ctx, tx, "auth.session.end", userID, map[string]any{"sessions": ended})
	})
	if err == nil {
		s.ended(ctx, userID, ended...)
	}
	return ended, err
}
