package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/fault"
)

// The second factor is a time-based one-time password, RFC 6238 with the parameters that every
// authenticator app assumes: HMAC-SHA-1, six digits, steps of 30 seconds. The algorithm is the few
// lines of totp; libraries for it do not say which step a code was of, and that is what refusing a
// replay needs.
const (
	totpBytes = 20 // RFC 4226 recommends the length of the hash
	totpStep  = 30 * time.Second
	totpSkew  = 1 // steps before and after, for clocks that differ
)

func totp(secret []byte, step int64) string {
	mac := hmac.New(sha1.New, secret)
	_ = binary.Write(mac, binary.BigEndian, uint64(step)) // a hash takes every write
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0x0f
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[at:at+4])&0x7fffffff%1_000_000)
}

func stepOf(at time.Time) int64 { return at.Unix() / int64(totpStep/time.Second) }

// matchingStep returns the step after last that the code is of, and false when it is of none.
func matchingStep(secret []byte, code string, now time.Time, last int64) (int64, bool) {
	for step := stepOf(now) - totpSkew; step <= stepOf(now)+totpSkew; step++ {
		if step > last && hmac.Equal([]byte(totp(secret, step)), []byte(code)) {
			return step, true
		}
	}
	return 0, false
}

// FactorSetUp is what a person's authenticator needs.
type FactorSetUp struct {
	Secret string `json:"secret" doc:"For typing, base32." example:"JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"`
	URL    string `json:"url" doc:"For a QR code: otpauth://totp/…"`
}

// Security describes how a person's account is protected.
type Security struct {
	SecondFactor         bool       `json:"second_factor" doc:"Whether one is set up."`
	SecondFactorSince    *time.Time `json:"second_factor_since"`
	SecondFactorRequired bool       `json:"second_factor_required" doc:"Whether the person's roles ask for one here."`
	RecoveryCodes        int        `json:"recovery_codes" doc:"How many are left."`
	PasswordChangedAt    *time.Time `json:"password_changed_at" doc:"null: not since signing up."`
	APITokens            int        `json:"api_tokens" doc:"How many personal access tokens are in force."`
}

// Security describes how the caller's account is protected.
func (s *Service) Security(ctx context.Context) (Security, error) {
	var sec Security
	var roles []Role
	err := s.pool.QueryRow(ctx, `
		SELECT u.roles, f.confirmed_at, u.password_changed_at,
		       (SELECT count(*) FROM recovery_code c WHERE c.user_id = u.id AND c.used_at IS NULL),
		       (SELECT count(*) FROM api_token t WHERE t.user_id = u.id AND t.expires_at > $2)
		FROM app_user u LEFT JOIN second_factor f ON f.user_id = u.id WHERE u.id = $1`,
		UserFromContext(ctx), s.now()).
		Scan(&roles, &sec.SecondFactorSince, &sec.PasswordChangedAt, &sec.RecoveryCodes, &sec.APITokens)
	sec.SecondFactor = sec.SecondFactorSince != nil
	sec.SecondFactorRequired = s.requireFactor && asksForFactor(roles)
	return sec, err
}

// asksForFactor reports whether the roles require a second factor: those that can harm all users,
// because they review, release, suspend and take down.
func asksForFactor(roles []Role) bool { return Identity{Roles: roles}.Has(RoleAdmin) }

// BeginFactor makes a secret for the caller's authenticator. It changes nothing until ConfirmFactor
// has seen a code. A person who already has a second factor must give a code of it, so that
// somebody else with the unlocked phone cannot replace it.
func (s *Service) BeginFactor(ctx context.Context, password, code string) (FactorSetUp, error) {
	user, err := s.proveOwner(ctx, password, code)
	if err != nil {
		return FactorSetUp{}, err
	}
	secret := make([]byte, totpBytes)
	rand.Read(secret)
	sealed, err := s.keys.secret.Seal(secret, factorName(user.ID))
	if err != nil {
		return FactorSetUp{}, err
	}
	if _, err := s.pool.Exec(ctx, `
		INSERT INTO second_factor (user_id, pending_sealed) VALUES ($1, $2)
		ON CONFLICT (user_id) DO UPDATE SET pending_sealed = excluded.pending_sealed`, user.ID, sealed); err != nil {
		return FactorSetUp{}, err
	}
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
	label := url.PathEscape(factorIssuer + ":" + user.Handle)
	return FactorSetUp{Secret: text,
		URL: "otpauth://totp/" + label + "?" + url.Values{"secret": {text}, "issuer": {factorIssuer}}.Encode()}, nil
}

// factorIssuer is what authenticator apps show above the code.
const factorIssuer = "Teahouse"

// factorName is authenticated with a sealed secret, so that rows cannot be swapped.
func factorName(userID uuid.UUID) string { return "second factor of " + userID.String() }

// ConfirmFactor ends a set-up with the first code of the authenticator. All other sessions and all
// personal access tokens end: none of them was opened with the new factor. It returns new recovery
// codes, shown only now, and the caller's session with a token that says that it has the factor.
func (s *Service) ConfirmFactor(ctx context.Context, code string) (session Session, codes []string, err error) {
	id, _ := IdentityFromContext(ctx)
	if _, err := s.takeGuess(ctx, s.guesses.codesOf("set-up", id.Session.String())...); err != nil {
		return session, nil, err
	}
	var ended []uuid.UUID
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var sealed []byte
		err := tx.QueryRow(ctx, `SELECT pending_sealed FROM second_factor WHERE user_id = $1 FOR UPDATE`, id.UserID).
			Scan(&sealed)
		if errors.Is(err, pgx.ErrNoRows) || err == nil && sealed == nil {
			return fault.Errorf(fault.Conflict, "no-set-up", "Begin the set-up first.")
		}
		if err != nil {
			return err
		}
		secret, err := s.keys.secret.Open(sealed, factorName(id.UserID))
		if err != nil {
			return err
		}
		step, ok := matchingStep(secret, cleanCode(code), s.now(), 0)
		if !ok {
			return errWrongCode
		}
		if _, err := tx.Exec(ctx, `
			UPDATE second_factor SET secret_sealed = pending_sealed, pending_sealed = NULL, confirmed_at = $2,
			       last_step = $3 WHERE user_id = $1`, id.UserID, s.now(), step); err != nil {
			return err
		}
		if codes, err = s.replaceRecoveryCodes(ctx, tx, id.UserID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE login_session SET second_factor = true WHERE id = $1`, id.Session); err != nil {
			return err
		}
		if ended, err = s.endLogins(ctx, tx, `user_id = $2 AND id <> $3`, id.UserID, id.Session); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM api_token WHERE user_id = $1`, id.UserID); err != nil {
			return err
		}
		return s.record(ctx, tx, "auth.second_factor.set", id.UserID, nil)
	})
	if err != nil {
		return session, nil, err
	}
	s.ended(ctx, id.UserID, ended...)
	session, err = s.session(ctx, id.UserID, id.Session, "")
	return session, codes, err
}

// RemoveFactor turns the caller's second factor off. It returns a Conflict fault when their roles
// require one.
func (s *Service) RemoveFactor(ctx context.Context, password, code string) error {
	id, _ := IdentityFromContext(ctx)
	user, err := s.proveOwner(ctx, password, code)
	if err != nil {
		return err
	}
	if s.requireFactor && asksForFactor(user.Roles) {
		return fault.Errorf(fault.Conflict, "second-factor-required",
			"Administrators of this host need a second factor. You can set up another one in place of it.")
	}
	return s.dropFactor(ctx, user.ID, id.Session, nil)
}

// dropFactor removes the factor and its recovery codes, and ends all sessions except keep.
func (s *Service) dropFactor(ctx context.Context, userID, keep uuid.UUID, detail any) error {
	var ended []uuid.UUID
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		for _, table := range []string{"recovery_code", "second_factor"} {
			if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE user_id = $1`, userID); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `UPDATE login_session SET second_factor = false WHERE user_id = $1`, userID); err != nil {
			return err
		}
		var err error
		if ended, err = s.endLogins(ctx, tx, `user_id = $2 AND id <> $3`, userID, keep); err != nil {
			return err
		}
		return s.record(ctx, tx, "auth.second_factor.remove", userID, detail)
	})
	if err == nil {
		s.ended(ctx, userID, ended...)
	}
	return err
}

// NewRecoveryCodes replaces the caller's recovery codes; the old ones no longer work.
func (s *Service) NewRecoveryCodes(ctx context.Context, password, code string) (codes []string, err error) {
	user, err := s.proveOwner(ctx, password, code)
	if err != nil {
		return nil, err
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var on bool
		if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM second_factor WHERE user_id = $1 AND confirmed_at IS NOT NULL)`,
			user.ID).Scan(&on); err != nil {
			return err
		}
		if !on {
			return fault.Errorf(fault.Conflict, "no-second-factor", "Set up a second factor first; recovery codes replace it when it is lost.")
		}
		if codes, err = s.replaceRecoveryCodes(ctx, tx, user.ID); err != nil {
			return err
		}
		return s.record(ctx, tx, "auth.recovery_codes.renew", user.ID, nil)
	})
	return codes, err
}

// recoveryAlphabet leaves out what looks alike: i, l, o, u. 32 letters, so five bits each.
const recoveryAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

func newRecoveryCode() string {
	raw := make([]byte, recoveryLength)
	rand.Read(raw)
	for i, b := range raw {
		raw[i] = recoveryAlphabet[b%32]
	}
	return string(raw[:recoveryLength/2]) + "-" + string(raw[recoveryLength/2:])
}

// cleanCode removes spaces, hyphens and capitals from a typed code, and replaces letters that look
// like digits.
func cleanCode(code string) string {
	return strings.NewReplacer(" ", "", "-", "", "o", "0", "i", "1", "l", "1").Replace(strings.ToLower(code))
}

func (s *Service) recoveryHash(userID uuid.UUID, code string) []byte {
	mac := hmac.New(sha256.New, s.keys.secret.Derive("recovery codes"))
	mac.Write([]byte(userID.String() + " " + cleanCode(code)))
	return mac.Sum(nil)
}

func (s *Service) replaceRecoveryCodes(ctx context.Context, tx pgx.Tx, userID uuid.UUID) ([]string, error) {
	if _, err := tx.Exec(ctx, `DELETE FROM recovery_code WHERE user_id = $1`, userID); err != nil {
		return nil, err
	}
	codes := make([]string, RecoveryCodes)
	hashes := make([][]byte, RecoveryCodes)
	for i := range codes {
		codes[i] = newRecoveryCode()
		hashes[i] = s.recoveryHash(userID, codes[i])
	}
	_, err := tx.Exec(ctx, `INSERT INTO recovery_code (user_id, code_hash) SELECT $1, unnest($2::bytea[])`, userID, hashes)
	return codes, err
}

var (
	errCodeNeeded = fault.Errorf(fault.Forbidden, "second-factor-needed",
		"Enter the code that your authenticator shows, or one of your recovery codes.").At("body.code", "is needed")
	errWrongCode = fault.Errorf(fault.Forbidden, "wrong-code",
		"The code is wrong, has been used or is too old. Wait for the next one.").At("body.code", "is wrong")
)

// checkCode takes a code of the person's authenticator or one of their recovery codes; each works
// once. It returns whether there is a factor at all: without one no code is asked for.
func (s *Service) checkCode(ctx context.Context, userID uuid.UUID, code string, buckets ...bucket) (has bool, err error) {
	if err := s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM second_factor WHERE user_id = $1 AND confirmed_at IS NOT NULL)`,
		userID).Scan(&has); err != nil || !has {
		return false, err
	}
	if code = cleanCode(code); code == "" {
		return true, errCodeNeeded
	}
	guess, err := s.takeGuess(ctx, buckets...)
	if err != nil {
		return true, err
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if len(code) == recoveryLength {
			return s.spendRecoveryCode(ctx, tx, userID, code)
		}
		return s.spendCode(ctx, tx, userID, code)
	})
	if err != nil {
		return true, err
	}
	return true, guess.uncount(ctx)
}

func (s *Service) spendCode(ctx context.Context, tx pgx.Tx, userID uuid.UUID, code string) error {
	var sealed []byte
	var last int64
	if err := tx.QueryRow(ctx, `SELECT secret_sealed, last_step FROM second_factor WHERE user_id = $1 FOR UPDATE`, userID).
		Scan(&sealed, &last); err != nil {
		return err
	}
	secret, err := s.keys.secret.Open(sealed, factorName(userID))
	if err != nil {
		return err
	}
	step, ok := matchingStep(secret, code, s.now(), last)
	if !ok {
		return errWrongCode
	}
	_, err = tx.Exec(ctx, `UPDATE second_factor SET last_step = $2 WHERE user_id = $1`, userID, step)
	return err
}

func (s *Service) spendRecoveryCode(ctx context.Context, tx pgx.Tx, userID uuid.UUID, code string) error {
	tag, err := tx.Exec(ctx, `
		UPDATE recovery_code SET used_at = $3 WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL`,
		userID, s.recoveryHash(userID, code), s.now())
	if err != nil {
		return err
	}
	if tag.RowsAffected() == 0 {
		return errWrongCode
	}
	return s.record(ctx, tx, "auth.recovery_code.use", userID, nil)
}
