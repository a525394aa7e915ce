package bridge

import (
	"context"
	"sync"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/server/api/ratelimit"
)

// People is what the guard needs to know about the people of an app.
type People interface {
	// Granted reports whether the person has allowed the app the scope.
	Granted(ctx context.Context, userID uuid.UUID, appID, scope string) (bool, error)
	// Insider reports whether the person is a member of the app's account, a tester of the app, or
	// a reviewer who opened a version of it that is not released.
	Insider(ctx context.Context, appID string, userID uuid.UUID) (bool, error)
	// UserOf returns the person with an open ID of an app, or a NotFound fault.
	UserOf(ctx context.Context, appID, openID string) (uuid.UUID, error)
}

// Counting is the guard of a host: it counts calls and asks People.
type Counting struct {
	people   People
	counters ratelimit.Store

	mu       sync.RWMutex
	limiters map[string]*ratelimit.Limiter // by capability; as many as the table has rows
}

var _ Guard = (*Counting)(nil)

// NewGuard returns a guard that counts in the counters of all hosts; with nil it counts only here.
func NewGuard(people People, counters ratelimit.Store) *Counting {
	return &Counting{people: people, counters: counters, limiters: map[string]*ratelimit.Limiter{}}
}

// Allow implements Guard: PerMinute calls of a capability per app and user, with those of
// cloud functions that the user's program calls, or per app at the account's server.
func (g *Counting) Allow(_ context.Context, caller Caller, c Capability) error {
	key := caller.AppID
	if caller.Kind != AccountServer {
		key += caller.UserID.String()
	}
	return g.limiter(c).Allow(key)
}

func (g *Counting) limiter(c Capability) *ratelimit.Limiter {
	g.mu.RLock()
	limiter, ok := g.limiters[c.Name]
	g.mu.RUnlock()
	if ok {
		return limiter
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if limiter, ok = g.limiters[c.Name]; !ok {
		limiter = ratelimit.New(ratelimit.PerMinute(c.Name, c.PerMinute).Shared(g.counters))
		g.limiters[c.Name] = limiter
	}
	return limiter
}

// Consented implements Guard.
func (g *Counting) Consented(ctx context.Context, caller Caller, scope string) (bool, error) {
	return g.people.Granted(ctx, caller.UserID, caller.AppID, scope)
}

// Insider implements Guard.
func (g *Counting) Insider(ctx context.Context, caller Caller, openID string) (bool, error) {
	user := caller.UserID
	if openID != "" {
		var err error
		if user, err = g.people.UserOf(ctx, caller.AppID, openID); err != nil {
			return false, err
		}
	}
	return g.people.Insider(ctx, caller.AppID, user)
}
