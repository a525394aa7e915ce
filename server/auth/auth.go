// Package auth knows who is calling: people with passwords and sessions, the tokens that they and
// the servers of official accounts use, and the keys that sign those.
//
// A login yields an access token, a short-lived EdDSA JWT that is checked without the database, and
// a refresh token, an opaque random value in a cookie that is kept as a hash, rotates at each use
// and whose replay ends the session (session.go). Keys rotate by the clock (keys.go) and are public
// at /.well-known/jwks.json.
package auth

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/server/api/ratelimit"
)

// Options of New.
type Options struct {
	Pool   *pgxpool.Pool // required
	Secret Secret        // required; see LoadSecret
	// Issuer is the iss of tokens, the public URL of the host by custom. "" means "teahouse".
	Issuer string
	// HasPIN reports whether the person has set a payment PIN. nil means that no person has.
	HasPIN func(ctx context.Context, userID uuid.UUID) (bool, error)
	// Endings is told of sessions that ended. It may be nil.
	Endings Endings
	// Notices tells people of what happened to their account. nil means they are not told.
	Notices Notices
	// MayClose returns a Conflict fault while the person cannot close their account, such as for money
	// in the wallet. nil means everybody can.
	MayClose func(ctx context.Context, userID uuid.UUID) error
	// OptionalSecondFactor lets administrators and those who release do without a second factor.
	OptionalSecondFactor bool
	Limits               Limits
	// Counters count for all hosts together. With nil this host counts alone, by the clock Now.
	Counters ratelimit.Store
	Logger   *slog.Logger     // nil means slog.Default
	Now      func() time.Time // nil means time.Now
}

// Service is the package's only service.
type Service struct {
	pool     *pgxpool.Pool
	issuer   string
	hasPIN   func(ctx context.Context, userID uuid.UUID) (bool, error)
	log      *slog.Logger
	now      func() time.Time
	keys     *keyring
	parser   *jwt.Parser
	verified *lru.Cache[[sha256.Size]byte, Identity]
	sessions sessionCache
	endings  Endings
	notices  Notices
	mayClose func(ctx context.Context, userID uuid.UUID) error

	requireFactor bool
	guesses       guessRules
	pause         func(ctx context.Context, wait time.Duration) error
	hasher        *hasher

	signUps       *ratelimit.Limiter
	loginsByPlace *ratelimit.Limiter
	refreshes     *ratelimit.Limiter
}

// New returns a service with keys read from the database, made if there are none. It fails when
// the secret is not the one that the keys were sealed with.
func New(ctx context.Context, o Options) (*Service, error) {
	if o.Pool == nil || len(o.Secret) != SecretBytes {
		return nil, errors.New("auth: a pool and a secret are required")
	}
	if o.Issuer == "" {
		o.Issuer = "teahouse"
	}
	if o.HasPIN == nil {
		o.HasPIN = func(context.Context, uuid.UUID) (bool, error) { return false, nil }
	}
	if o.Endings == nil {
		o.Endings = noEndings{}
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	limits := o.Limits.defaults()
	verified, err := lru.New[[sha256.Size]byte, Identity](MaxVerified)
	if err != nil {
		return nil, err
	}
	s := &Service{
		pool: o.Pool, issuer: o.Issuer, hasPIN: o.HasPIN, log: o.Logger, now: o.Now,
		keys:   &keyring{pool: o.Pool, secret: o.Secret, now: o.Now},
		hasher: newHasher(), verified: verified, sessions: newSessionCache(), endings: o.Endings,
		notices: o.Notices, mayClose: o.MayClose, requireFactor: !o.OptionalSecondFactor,
		guesses: newGuessRules(), pause: pause,
		parser: jwt.NewParser(
			jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}),
			jwt.WithIssuer(o.Issuer), jwt.WithExpirationRequired(), jwt.WithTimeFunc(o.Now),
			jwt.WithStrictDecoding()), // only one encoding of a token is valid
		signUps:       ratelimit.NewAt(limits.SignUp.Shared(o.Counters), o.Now),
		loginsByPlace: ratelimit.NewAt(limits.LoginPerAddress.Shared(o.Counters), o.Now),
		refreshes:     ratelimit.NewAt(limits.Refresh.Shared(o.Counters), o.Now),
	}
	if _, err := s.keys.refresh(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// Run rotates keys and deletes expired rows until the context ends.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(KeyCheck)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := s.Maintain(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("auth upkeep failed, will try again", "error", err)
		}
	}
}

// Maintain is one round of Run.
func (s *Service) Maintain(ctx context.Context) error {
	shrunk, err := s.keys.refresh(ctx)
	if err != nil {
		return err
	}
	if shrunk {
		s.verified.Purge()
	}
	now := s.now()
	_, refreshErr := s.pool.Exec(ctx, `DELETE FROM refresh_token WHERE expires_at < $1`, now)
	_, sessionErr := s.pool.Exec(ctx, `DELETE FROM login_session WHERE last_seen_at < $1`, now.Add(-RefreshLifetime))
	_, deviceErr := s.pool.Exec(ctx, `DELETE FROM login_device WHERE last_seen_at < $1`, now.Add(-DeviceLifetime))
	_, guessErr := s.pool.Exec(ctx, `DELETE FROM guess_bucket WHERE full_at < $1`, now)
	_, tokenErr := s.pool.Exec(ctx, `DELETE FROM api_token WHERE expires_at < $1`, now)
	_, keyErr := s.pool.Exec(ctx, `
		DELETE FROM signing_key
		WHERE expires_at < $1 AND generation < (SELECT max(generation) FROM signing_key)`, now)
	return errors.Join(refreshErr, sessionErr, deviceErr, guessErr, tokenErr, keyErr, s.eraseClosed(ctx))
}
