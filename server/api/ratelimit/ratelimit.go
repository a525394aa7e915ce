// Package ratelimit counts calls by named rules, per key, in bounded memory.
//
// A rule is a bucket of Burst calls that refills evenly over Window (the generic cell rate
// algorithm: one time per key, no timers). With a Store all hosts share the bucket: in any window
// they allow together at most Burst + Window's refill, plus one lease for each host (a twentieth of
// Burst, nothing for rules of less than 40). Without a Store, or while it does not answer, each
// host counts alone, and the limit is multiplied by the number of hosts.
package ratelimit

import (
	"sync"
	"time"

	"github.com/teahouse/teahouse/fault"
)

// sweepStep is how many keys are checked for each new key, so that the work of removing old keys is
// spread evenly over all calls.
const sweepStep = 4

// Rule is a named limit.
type Rule struct {
	Name    string        // for the message and the log, e.g. "login"
	Burst   int           // calls that may come at once
	Window  time.Duration // time in which an empty bucket refills entirely
	MaxKeys int           // 0 means DefaultMaxKeys
	Store   Store         // where all hosts count together; nil means that this host counts alone
}

// Shared returns the rule with the store.
func (r Rule) Shared(store Store) Rule {
	r.Store = store
	return r
}

// PerMinute is the rule that refills n calls a minute.
func PerMinute(name string, n int) Rule { return Rule{Name: name, Burst: n, Window: time.Minute} }

// Limiter applies one rule. It is safe for concurrent use.
type Limiter struct {
	rule     Rule
	interval time.Duration // between calls at the steady rate
	now      func() time.Time
	shared   *shared // nil without a store

	mu sync.Mutex
	// When each key's bucket is full again. A key whose time has passed is treated like an unknown
	// one.
	full map[string]time.Time
}

// New returns a limiter for the rule. A rule with a Burst or Window of zero or less panics: it
// would refuse everything or nothing.
func New(rule Rule) *Limiter { return NewAt(rule, time.Now) }

// NewAt is New with a clock.
func NewAt(rule Rule, now func() time.Time) *Limiter {
	if rule.Burst <= 0 || rule.Window <= 0 {
		panic("ratelimit: rule " + rule.Name + " has no burst or no window")
	}
	if rule.MaxKeys == 0 {
		rule.MaxKeys = DefaultMaxKeys
	}
	l := &Limiter{
		rule:     rule,
		interval: max(rule.Window/time.Duration(rule.Burst), 1),
		now:      now,
		full:     map[string]time.Time{},
	}
	if rule.Store != nil {
		l.shared = newShared(rule, l)
	}
	return l
}

// State is a key's bucket after a call.
type State struct {
	Rule Rule
	Left int           // calls that may come at once
	Full time.Duration // until the bucket is full again
	Wait time.Duration // 0 when the call may pass; otherwise until one may
}

// Err returns the RateLimited fault of a call that may not pass, nil for one that may.
func (s State) Err() error {
	if s.Wait <= 0 {
		return nil
	}
	err := fault.Errorf(fault.RateLimited, "rate-limited",
		"Too many requests (limit %q). Try again in %d seconds.", s.Rule.Name, Seconds(s.Wait))
	err.RetryAfter = s.Wait
	return err
}

// Allow counts one call of the key. It returns a RateLimited fault with RetryAfter when the
// bucket is empty; a refused call is not counted.
func (l *Limiter) Allow(key string) error { return l.Take(key).Err() }

// Take is Allow, and returns the state of the bucket.
func (l *Limiter) Take(key string) State {
	if l.shared != nil {
		return l.shared.take(key)
	}
	return l.takeHere(key)
}

// Seconds rounds a wait up to whole seconds, for Retry-After.
func Seconds(wait time.Duration) int { return int((wait + time.Second - 1) / time.Second) }

// takeHere counts a call on this host.
func (l *Limiter) takeHere(key string) State {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	full, known := l.full[key]
	if !known || full.Before(now) {
		full = now
	}
	whole := l.interval * time.Duration(l.rule.Burst)
	next := full.Add(l.interval)
	if wait := next.Sub(now) - whole; wait > 0 {
		return State{Rule: l.rule, Full: full.Sub(now), Wait: wait}
	}
	if !known {
		l.makeRoom(now)
	}
	l.full[key] = next
	return State{Rule: l.rule, Left: int((whole - next.Sub(now)) / l.interval), Full: next.Sub(now)}
}

// makeRoom removes a few keys whose buckets are full, and any keys when the table is full. The
// order of a map is random, so an attacker cannot choose which key is removed.
func (l *Limiter) makeRoom(now time.Time) {
	looked := 0
	for key, full := range l.full {
		if looked++; looked > sweepStep {
			break
		}
		if full.Before(now) || len(l.full) >= l.rule.MaxKeys {
			delete(l.full, key)
		}
	}
}

// Forget gives the key a full bucket again, for limits on failures: after a success the earlier
// failures no longer count.
func (l *Limiter) Forget(key string) {
	if l.shared != nil {
		l.shared.forget(key)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.full, key)
}
