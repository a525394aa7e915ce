// Package accounts stores official accounts and their mini programs, who works on them, who follows
// them, and what each person has agreed to.
//
// An official account is the party that people deal with; a mini program (App) belongs to one. The
// package has these subjects, each with its own service: Accounts and their members, Profiles
// (names and pictures, which are reviewed), Apps and their secrets, Invitations of members and
// testers, Followers, Identities (open IDs, login codes, consents), and Subscriptions. Service
// contains all of them.
package accounts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/bridge"
)

// Options of New; all but Pusher, AppChanged, Logger and Now are required.
type Options struct {
	Pool      *pgxpool.Pool
	Secret    auth.Secret
	Releases  Releases
	Messenger Messenger
	Pusher    Pusher // may be nil: then clients are not told
	// AppChanged is called when an app was taken down or brought back, and when somebody may no longer
	// try it: what runs of it is checked. It may be nil.
	AppChanged func(ctx context.Context, appID string)
	Logger     *slog.Logger     // nil means slog.Default
	Now        func() time.Time // nil means time.Now
}

// Service combines all services of the package.
type Service struct {
	*Accounts
	*Profiles
	*Apps
	*Invitations
	*Followers
	*Identities
	*Subscriptions
}

var _ bridge.Apps = (*Apps)(nil)

// New returns the services.
func New(o Options) (*Service, error) {
	if o.Pool == nil || len(o.Secret) != auth.SecretBytes || o.Releases == nil || o.Messenger == nil {
		return nil, errors.New("accounts: a pool, a secret, releases and a messenger are required")
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	servers, err := lru.New[string, cachedServer](MaxCachedApps)
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	profiles := &Profiles{pool: o.Pool, now: o.Now}
	apps := &Apps{pool: o.Pool, releases: o.Releases, profiles: profiles, now: o.Now, servers: servers, changed: o.AppChanged}
	identities := &Identities{pool: o.Pool, openKey: o.Secret.Derive("open id"), log: o.Logger, now: o.Now}
	return &Service{
		Accounts:      &Accounts{pool: o.Pool, apps: apps, profiles: profiles, now: o.Now},
		Profiles:      profiles,
		Apps:          apps,
		Invitations:   &Invitations{pool: o.Pool, apps: apps, pusher: o.Pusher, log: o.Logger, now: o.Now},
		Followers:     &Followers{pool: o.Pool, identities: identities, messenger: o.Messenger, now: o.Now},
		Identities:    identities,
		Subscriptions: &Subscriptions{pool: o.Pool, apps: apps, identities: identities, messenger: o.Messenger, now: o.Now},
	}, nil
}

// Routes adds the operations of all services.
func (s *Service) Routes(api huma.API, _ fiber.Router) {
	s.Accounts.routes(api)
	s.Profiles.routes(api)
	s.Apps.routes(api)
	s.Invitations.routes(api)
	s.Followers.routes(api)
	s.Identities.routes(api)
	s.Subscriptions.routes(api)
}

// Capabilities returns the rows that the package adds to the bridge.
func (s *Service) Capabilities() []bridge.Capability {
	rows := s.Identities.capabilities()
	rows = append(rows, s.Subscriptions.capabilities()...)
	return append(rows, s.Followers.capabilities()...)
}

// uniqueViolation is PostgreSQL's code for a key that exists already.
const uniqueViolation = "23505"

// isUnique reports whether an error is that of a key that exists already.
func isUnique(err error) bool {
	var unique *pgconn.PgError
	return errors.As(err, &unique) && unique.Code == uniqueViolation
}
