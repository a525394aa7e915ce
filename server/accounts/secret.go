package accounts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/audit"
	"github.com/teahouse/teahouse/server/bridge"
)

// secretPrefix marks app secrets, so that scanners of leaked secrets know them.
const secretPrefix = "tea_sec_"

func newSecret() (secret string, hash []byte, hint string) {
	secret = secretPrefix + rand.Text() + rand.Text()
	sum := sha256.Sum256([]byte(secret))
	return secret, sum[:], secret[len(secret)-4:]
}

// RotateSecret replaces the secret of an app. The old one, and every token issued for it, ends
// within AppCacheLife.
func (s *Apps) RotateSecret(ctx context.Context, appID string) (string, error) {
	if _, err := s.RequireMember(ctx, appID); err != nil {
		return "", err
	}
	secret, hash, hint := newSecret()
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `
			UPDATE app_secret SET generation = generation + 1, secret_hash = $2, hint = $3, created_at = now()
			WHERE app_id = $1`, appID, hash, hint); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "app.secret.rotate", Target: "app:" + appID})
	})
	s.forgetServer(appID)
	return secret, err
}

type cachedServer struct {
	app     bridge.ServerApp
	expires time.Time
}

// AuthenticateApp checks the secret of an app's server. It returns one Unauthenticated fault for an
// unknown app, a wrong secret and an app that was taken down.
func (s *Apps) AuthenticateApp(ctx context.Context, appID, secret string) (bridge.ServerApp,
	error) {
	var want []byte
	err := s.pool.QueryRow(ctx, `SELECT secret_hash FROM app_secret WHERE app_id = $1`,
		appID).Scan(&want)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return bridge.ServerApp{}, err
	}
	got := sha256.Sum256([]byte(secret))
	if subtle.ConstantTimeCompare(got[:], want) != 1 {
		return bridge.ServerApp{}, fault.Errorf(fault.Unauthenticated, "bad-app-credentials",
			"The app ID or the secret is wrong.")
	}
	s.forgetServer(appID) // a fresh token must not carry a generation that is out of date
	return s.ServerApp(ctx, appID)
}

// ServerApp returns what the app's server may do now. It may be AppCacheLife old.
func (s *Apps) ServerApp(ctx context.Context, appID string) (bridge.ServerApp, error) {
	s.mu.Lock()
	cached, ok := s.servers[appID]
	s.mu.Unlock()
	if ok && s.now().Before(cached.expires) {
		return cached.app, nil
	}
	app := bridge.ServerApp{AppID: appID}
	err := s.pool.QueryRow(ctx, `
		SELECT p.account_id, k.generation FROM app p JOIN app_secret k ON k.app_id = p.id
		WHERE p.id = $1 AND p.disabled_at IS NULL`, appID).Scan(&app.AccountID, &app.SecretGen)
	if errors.Is(err, pgx.ErrNoRows) {
		return app, fault.Errorf(fault.Unauthenticated, "bad-app-credentials",
			"The app ID or the secret is wrong.")
	}
	if err != nil {
		return app, err
	}
	if app.Scopes, err = s.releases.HeldScopes(ctx, appID); err != nil {
		return app, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.servers) >= MaxCachedApps {
		clear(s.servers) // rare, and reading an app anew costs two short queries
	}
	s.servers[appID] = cachedServer{app: app, expires: s.now().Add(AppCacheLife)}
	return app, nil
}

func (s *Apps) forgetServer(appID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.servers, appID)
}
