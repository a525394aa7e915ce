// Package pin stores and checks the payment PINs.
//
// Six digits are few, so only five wrong PINs are allowed. Each try is counted in the database
// before the PIN is compared, so of a thousand guesses sent at the same moment only five are
// compared, on any number of hosts.
package pin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/crypto/argon2"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/payments"
)

// Store holds the PINs of one installation. It is safe for concurrent use.
type Store struct {
	pool *pgxpool.Pool
	slot chan struct{}
}

var _ payments.PINVerifier = (*Store)(nil)

// New returns the PINs in the database of pool.
func New(pool *pgxpool.Pool) *Store {
	return &Store{pool: pool, slot: make(chan struct{}, maxHashing)}
}

// Set sets or changes a user's PIN after confirm has checked the account's password. It unlocks a
// locked wallet. Returns Invalid "bad-pin" or "weak-pin", or whatever confirm returned.
func (s *Store) Set(ctx context.Context, userID, pin string, confirm func(context.Context) error) error {
	if err := payments.ValidPIN(pin); err != nil {
		return err
	}
	if err := confirm(ctx); err != nil {
		return err
	}
	salt := make([]byte, saltLength)
	if _, err := rand.Read(salt); err != nil {
		return fmt.Errorf("pin: %w", err)
	}
	if err := s.enter(ctx); err != nil {
		return err
	}
	key := derive(pin, salt)
	s.leave()
	hash := fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime,
		argonThreads, base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
	_, err := s.pool.Exec(ctx, `INSERT INTO payments.wallet_pin (user_id, hash) VALUES ($1, $2)
		ON CONFLICT (user_id) DO UPDATE
		SET hash = excluded.hash, failures = 0, locked_until = NULL, changed_at = now()`, userID, hash)
	if err != nil {
		return fmt.Errorf("pin: set: %w", err)
	}
	return nil
}

// Has reports whether the user has set a PIN.
func (s *Store) Has(ctx context.Context, userID string) (has bool, err error) {
	err = s.pool.QueryRow(ctx,
		`SELECT EXISTS (SELECT FROM payments.wallet_pin WHERE user_id = $1)`, userID).Scan(&has)
	if err != nil {
		return false, fmt.Errorf("pin: %w", err)
	}
	return has, nil
}

// VerifyPIN implements payments.PINVerifier.
func (s *Store) VerifyPIN(ctx context.Context, userID, pin string) error {
	// Take a slot first and count afterwards: a caller that stops waiting for a slot has used no
	// try.
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	hash, failures, err := s.countTry(ctx, userID)
	if err != nil {
		return err
	}
	salt, want, err := parse(hash)
	if err != nil {
		return err
	}
	got := derive(pin, salt)
	if subtle.ConstantTimeCompare(got, want) != 1 {
		if failures >= payments.MaxPINFailures {
			return locked(payments.PINLock)
		}
		left := payments.MaxPINFailures - failures
		return fault.Errorf(fault.Forbidden, "wrong-pin",
			"The PIN is wrong. Tries left before the wallet is locked: %d.", left).
			With(map[string]int{"tries_left": left})
	}
	return s.forgetTries(ctx, userID, hash)
}

// forgetTries starts the count again after the right PIN, which has this hash. The condition on the hash
// protects the count of a PIN that was set while the earlier one was compared.
func (s *Store) forgetTries(ctx context.Context, userID, hash string) error {
	_, err := s.pool.Exec(ctx, `UPDATE payments.wallet_pin SET failures = 0, locked_until = NULL
		WHERE user_id = $1 AND hash = $2`, userID, hash)
	if err != nil {
		return fmt.Errorf("pin: %w", err)
	}
	return nil
}

// countTry uses one try and returns the hash to compare with and how many tries are used, including
// this one.
func (s *Store) countTry(ctx context.Context, userID string) (hash string, failures int, err error) {
	err = s.pool.QueryRow(ctx, `
		WITH old AS (
			SELECT user_id, CASE WHEN locked_until IS NULL THEN failures ELSE 0 END AS failures
			FROM payments.wallet_pin
			WHERE user_id = $1 AND (locked_until IS NULL OR locked_until <= now())
			FOR UPDATE)
		UPDATE payments.wallet_pin p SET failures = old.failures + 1,
			locked_until = CASE WHEN old.failures + 1 >= $2 THEN now() + $3::bigint * interval '1 second' END
		FROM old WHERE p.user_id = old.user_id
		RETURNING p.hash, p.failures`,
		userID, payments.MaxPINFailures, int64(payments.PINLock/time.Second)).Scan(&hash, &failures)
	if !errors.Is(err, pgx.ErrNoRows) {
		if err != nil {
			err = fmt.Errorf("pin: %w", err)
		}
		return hash, failures, err
	}
	var left float64
	err = s.pool.QueryRow(ctx, `SELECT coalesce(extract(epoch FROM locked_until - now()), 0)
		FROM payments.wallet_pin WHERE user_id = $1`, userID).Scan(&left)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", 0, fault.Errorf(fault.Conflict, "pin-not-set",
			"Set a payment PIN first; six digits in the wallet's settings.")
	}
	if err != nil {
		return "", 0, fmt.Errorf("pin: %w", err)
	}
	return "", 0, locked(time.Duration(max(left, 1) * float64(time.Second)))
}

func locked(rest time.Duration) error {
	minutes := int(math.Ceil(rest.Minutes()))
	f := fault.Errorf(fault.RateLimited, "pin-locked",
		"Too many wrong PINs. Wait %d minutes, or set a new PIN with your account password.", minutes)
	f.RetryAfter = rest
	return f
}

// enter waits for a hashing slot; leave frees it.
func (s *Store) enter(ctx context.Context) error {
	select {
	case s.slot <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("pin: %w", ctx.Err())
	}
}

func (s *Store) leave() { <-s.slot }

func derive(pin string, salt []byte) []byte {
	return argon2.IDKey([]byte(pin), salt, argonTime, argonMemory, argonThreads, argonKey)
}

// parse reads a stored hash. All stored hashes have the current parameters; after a change of them,
// derive must use those of the hash.
func parse(hash string) (salt, key []byte, err error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return nil, nil, errors.New("pin: the stored hash is not argon2id")
	}
	want := fmt.Sprintf("m=%d,t=%d,p=%d", argonMemory, argonTime, argonThreads)
	if parts[3] != want {
		return nil, nil, fmt.Errorf("pin: the stored hash has parameters %s, not %s", parts[3], want)
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return nil, nil, fmt.Errorf("pin: stored salt: %w", err)
	}
	if key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return nil, nil, fmt.Errorf("pin: stored hash: %w", err)
	}
	return salt, key, nil
}
