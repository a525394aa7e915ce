package accounts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/audit"
	"github.com/teahouse/teahouse/server/bridge"
)

// secretPrefix marks app secrets, so that scanners for leaked secrets recognise them.
const secretPrefix = "tea_sec_"

func newSecret() (secret string, hash []byte, hint string) {
	secret = secretPrefix + rand.Text() + rand.Text()
	sum := sha256.Sum256([]byte(secret))
	return secret, sum[:], secret[len(secret)-4:]
}

// RotateSecret replaces the secret of an app, or makes and replaces its test secret, whose tokens
// reach only insiders. The old one, and every token issued for it, stops working within
// AppCacheLife.
func (s *Apps) RotateSecret(ctx context.Context, appID string, test bool) (string, error) {
	if _, err := s.RequireMember(ctx, appID); err != nil {
		return "", err
	}
	secret, hash, hint := newSecret()
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `
			INSERT INTO app_secret AS k (app_id, test, secret_hash, hint) VALUES ($1, $4, $2, $3)
			ON CONFLICT (app_id, test) DO UPDATE SET generation = k.generation + 1,
				secret_hash = excluded.secret_hash, hint = excluded.hint, created_at = now()`,
			appID, hash, hint, test); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "app.secret.rotate", Target: "app:" + appID,
			Detail: map[string]bool{"test": test}})
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
func (s *Apps) AuthenticateApp(
	ctx context.Context, appID, secret string,
) (app bridge.ServerApp, test bool, err error) {
	// The digest is of 256 random bits, so the time of the lookup tells an attacker nothing.
	hash := sha256.Sum256([]byte(secret))
	err = s.pool.QueryRow(ctx, `SELECT test FROM app_secret WHERE app_id = $1 AND secret_hash = $2`,
		appID, hash[:]).Scan(&test)
	if errors.Is(err, pgx.ErrNoRows) {
		return app, false, badCredentials()
	}
	if err != nil {
		return app, false, err
	}
	s.forgetServer(appID) // a fresh token must not carry a generation that is out of date
	app, err = s.ServerApp(ctx, appID)
	return app, test, err
}

func badCredentials() error {
	return fault.Errorf(fault.Unauthenticated, "bad-app-credentials", "The app ID or the secret is wrong.")
}

// ServerApp returns what the app's server may do now. It may be AppCacheLife old.
func (s *Apps) ServerApp(ctx context.Context, appID string) (bridge.ServerApp, error) {
	if cached, ok := s.servers.Get(appID); ok && s.now().Before(cached.expires) {
		return cached.app, nil
	}
	app := bridge.ServerApp{AppID: appID}
	err := s.pool.QueryRow(ctx, `
		SELECT p.account_id, k.generation, coalesce(t.generation, 0) FROM app p
		JOIN app_secret k ON k.app_id = p.id AND NOT k.test
		LEFT JOIN app_secret t ON t.app_id = p.id AND t.test
		WHERE p.id = $1 AND p.disabled_at IS NULL`, appID).Scan(&app.AccountID, &app.SecretGen, &app.TestGen)
	if errors.Is(err, pgx.ErrNoRows) {
		return app, badCredentials()
	}
	if err != nil {
		return app, err
	}
	if app.Released, app.Newest, err = s.releases.Grants(ctx, appID); err != nil {
		return app, err
	}
	s.servers.Add(appID, cachedServer{app: app, expires: s.now().Add(AppCacheLife)})
	return app, nil
}

func (s *Apps) forgetServer(appID string) {
	s.servers.Remove(appID)
}
