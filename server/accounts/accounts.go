// Package accounts keeps official accounts and their mini programs, who works on them, who follows
// them, and what each person has agreed to.
//
// An official account is the party that people deal with; a mini program (App) belongs to one. What
// a person is to an app is an open ID, different for every app; a union ID is shared by the apps of
// one account (openid.go). Consents (consent.go) and one-time subscription grants (subscription.go)
// belong to the person who gave them and can be taken back.
package accounts

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/auth"
	"github.com/teahouse/teahouse/server/bridge"
)

// Release is the version of an app that people get.
type Release struct {
	ID      uuid.UUID `json:"id"`
	Version string    `json:"version" example:"1.2.0"`
}

// Releases is what accounts asks of the registry.
type Releases interface {
	// Released returns the released versions of those of the apps that have one.
	Released(ctx context.Context, appIDs []string) (map[string]Release, error)
	// HeldScopes returns the scopes that the app's server holds: those that review approved for
	// the released version, or before the first release those that the newest version asks for,
	// since then only members of the account can open it.
	HeldScopes(ctx context.Context, appID string) ([]string, error)
}

// Messenger is what accounts asks of the chat.
type Messenger interface {
	// AccountConversation returns the conversation of the account and the person, made if needed.
	AccountConversation(ctx context.Context, accountID, userID uuid.UUID) (uuid.UUID, error)
	// SendFromAccount sends once for a client ID, however often it is called, and returns the
	// message's ID.
	SendFromAccount(ctx context.Context, accountID, userID uuid.UUID, clientID, kind string,
		content any) (uuid.UUID, error)
	// LastFromUser returns when the person last wrote to the account, the zero time for never.
	LastFromUser(ctx context.Context, accountID, userID uuid.UUID) (time.Time, error)
}

// Options of New; all but Logger and Now are required.
type Options struct {
	Pool      *pgxpool.Pool
	Secret    auth.Secret
	Releases  Releases
	Messenger Messenger
	Logger    *slog.Logger     // nil means slog.Default
	Now       func() time.Time // nil means time.Now
}

// Service is the room's one service.
type Service struct {
	pool      *pgxpool.Pool
	openKey   []byte
	releases  Releases
	messenger Messenger
	log       *slog.Logger
	now       func() time.Time

	mu      sync.Mutex
	servers map[string]cachedServer // by app ID
}

type cachedServer struct {
	app     bridge.ServerApp
	expires time.Time
}

var _ bridge.Apps = (*Service)(nil)

// New returns a service.
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
	return &Service{
		pool: o.Pool, openKey: o.Secret.Derive("open id"), releases: o.Releases, messenger: o.Messenger,
		log: o.Logger, now: o.Now, servers: map[string]cachedServer{},
	}, nil
}

// Run sweeps expired login codes until the context ends.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(LoginCodeLife)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		_, err := s.pool.Exec(ctx, `DELETE FROM login_code WHERE expires_at < $1`, s.now())
		if err != nil && ctx.Err() == nil {
			s.log.Error("sweeping login codes failed, will try again", "error", err)
		}
	}
}

// uniqueViolation is PostgreSQL's code for a key that exists already.
const uniqueViolation = "23505"

func noSuchAccount() error {
	return fault.Errorf(fault.NotFound, "no-such-account", "There is no such official account.")
}

func noSuchApp() error {
	return fault.Errorf(fault.NotFound, "no-such-app", "There is no such app.")
}
