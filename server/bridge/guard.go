package bridge

import (
	"context"
	"sync"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/server/api/ratelimit"
)

// Consents is what the guard asks of whoever keeps the users' consents.
type Consents interface {
	// Granted reports whether the person has allowed the app the scope.
	Granted(ctx context.Context, userID uuid.UUID, appID, scope string) (bool, error)
}

// Counting is the guard of a host: it counts calls in memory and asks Consents.
type Counting struct {
	consents Consents

	mu       sync.RWMutex
	limiters map[string]*ratelimit.Limiter // by capability; as many as the table has rows
}

var _ Guard = (*Counting)(nil)

// NewGuard returns a guard.
func NewGuard(consents Consents) *Counting {
	return &Counting{consents: consents, limiters: map[string]*ratelimit.Limiter{}}
}

// Allow implements Guard: PerMinute calls of a capability per app and user, or per app at the
// server's door.
func (g *Counting) Allow(_ context.Context, caller Caller, c Capability) error {
	key := caller.AppID
	if caller.Door == AppSession {
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
		limiter = ratelimit.New(ratelimit.PerMinute(c.Name, c.PerMinute))
		g.limiters[c.Name] = limiter
	}
	return limiter
}

// Consented implements Guard.
func (g *Counting) Consented(ctx context.Context, caller Caller, scope string) (bool, error) {
	return g.consents.Granted(ctx, caller.UserID, caller.AppID, scope)
}
