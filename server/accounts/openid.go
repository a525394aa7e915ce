package accounts

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/fault"
)

// OpenID identifies a person to an app: OpenID to this app only, UnionID to all apps of its
// account.
type OpenID struct {
	OpenID  string `json:"open_id" example:"o_abcdefghijklmnopqrstuvwxyz"`
	UnionID string `json:"union_id" example:"u_abcdefghijklmnopqrstuvwxyz"`
}

// openIDChars is 130 bits in base32: no collisions, no guessing.
const openIDChars = 26

var lowerBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// derive computes an ID that cannot be connected with the person without the key.
func (s *Identities) derive(prefix, owner string, userID uuid.UUID) string {
	mac := hmac.New(sha256.New, s.openKey)
	mac.Write([]byte(prefix + "\x00" + owner + "\x00"))
	mac.Write(userID[:])
	return prefix + lowerBase32.EncodeToString(mac.Sum(nil))[:openIDChars]
}

func (s *Identities) deriveOpenID(app AppRef, userID uuid.UUID) OpenID {
	return OpenID{
		OpenID:  s.derive("o_", app.AppID, userID),
		UnionID: s.derive("u_", app.AccountID.String(), userID),
	}
}

// OpenID returns the person's IDs for the app, and stores them so that UserOf finds them.
func (s *Identities) OpenID(ctx context.Context, appID string, userID uuid.UUID) (OpenID, error) {
	ids, err := s.OpenIDs(ctx, appID, []uuid.UUID{userID})
	if err != nil {
		return OpenID{}, err
	}
	return ids[userID], nil
}

// OpenIDs is OpenID for many people at once.
func (s *Identities) OpenIDs(ctx context.Context, appID string,
	userIDs []uuid.UUID) (map[uuid.UUID]OpenID, error) {
	known := make(map[uuid.UUID]OpenID, len(userIDs))
	if err := s.knownOpenIDs(ctx, appID, userIDs, known); err != nil || len(known) == len(userIDs) {
		return known, err
	}
	ref := AppRef{AppID: appID}
	err := s.pool.QueryRow(ctx, `SELECT account_id FROM app WHERE id = $1`, appID).Scan(&ref.AccountID)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, noSuchApp()
	}
	if err != nil {
		return nil, err
	}
	var users []uuid.UUID
	var opens, unions []string
	for _, userID := range userIDs {
		if _, ok := known[userID]; !ok {
			id := s.deriveOpenID(ref, userID)
			users, opens, unions = append(users, userID), append(opens, id.OpenID), append(unions,
				id.UnionID)
		}
	}
	if _, err := s.pool.Exec(ctx, `
		INSERT INTO open_id (app_id, user_id, open_id, union_id)
		SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::text[])
		ON CONFLICT (app_id, user_id) DO NOTHING`, appID, users, opens, unions); err != nil {
		return nil, err
	}
	// Read again: another request may have stored other IDs first, and those are valid.
	return known, s.knownOpenIDs(ctx, appID, users, known)
}

func (s *Identities) knownOpenIDs(ctx context.Context, appID string, userIDs []uuid.UUID,
	known map[uuid.UUID]OpenID) error {
	rows, err := s.pool.Query(ctx, `
		SELECT user_id, open_id, union_id FROM open_id WHERE app_id = $1 AND user_id = ANY($2)`, appID, userIDs)
	if err != nil {
		return err
	}
	var userID uuid.UUID
	var id OpenID
	_, err = pgx.ForEachRow(rows, []any{&userID, &id.OpenID, &id.UnionID}, func() error {
		known[userID] = id
		return nil
	})
	return err
}

// UserOf returns the person with the app's open ID. An open ID of another app, or one that was
// never issued, is a NotFound fault.
func (s *Identities) UserOf(ctx context.Context, appID, openID string) (uuid.UUID, error) {
	var userID uuid.UUID
	err := s.pool.QueryRow(ctx, `SELECT user_id FROM open_id WHERE app_id = $1 AND open_id = $2`,
		appID, openID).
		Scan(&userID)
	if errors.Is(err, pgx.ErrNoRows) {
		return uuid.Nil, fault.Errorf(fault.NotFound, "no-such-open-id",
			"This app knows nobody by that open ID.").
			At("open_id", "is not known to this app")
	}
	return userID, err
}

// newLoginCode makes the one-time code that wx.login gives to an app.
func (s *Identities) newLoginCode(ctx context.Context, appID string, userID uuid.UUID) (string,
	error) {
	code := strings.ToLower(rand.Text())
	hash := sha256.Sum256([]byte(code))
	_, err := s.pool.Exec(ctx,
		`INSERT INTO login_code (code_hash, app_id, user_id, expires_at) VALUES ($1, $2, $3, $4)`,
		hash[:], appID, userID, s.now().Add(LoginCodeLife))
	return code, err
}

// exchangeCode uses up a code of the app. Faults: Invalid for a code that is unknown, used, expired
// or another app's.
func (s *Identities) exchangeCode(ctx context.Context, appID, code string, insidersOnly bool) (OpenID, error) {
	hash := sha256.Sum256([]byte(code))
	var userID uuid.UUID
	err := s.pool.QueryRow(ctx, `
		UPDATE login_code SET used_at = $3
		WHERE code_hash = $1 AND app_id = $2 AND used_at IS NULL AND expires_at > $3 AND (NOT $4 OR EXISTS (
			SELECT FROM app p, app_user u WHERE p.id = $2 AND u.id = login_code.user_id AND `+insiders+`))
		RETURNING user_id`, hash[:], appID, s.now(), insidersOnly).Scan(&userID)
	if errors.Is(err, pgx.ErrNoRows) {
		return OpenID{}, fault.Errorf(fault.Invalid, "bad-code",
			"The code is unknown, used or older than %d minutes; call wx.login again.", int(LoginCodeLife.Minutes())).
			At("code", "cannot be exchanged")
	}
	if err != nil {
		return OpenID{}, err
	}
	return s.OpenID(ctx, appID, userID)
}
