// Package ratelimit counts calls by named rules, per key, in bounded memory.
//
// A rule is a bucket of Burst calls that refills evenly over Window (the generic cell rate
// algorithm: one time per key, no timers). Counting is per host: behind a load balancer the
// effective limit is that of one host times the number of hosts, which is what abuse control
// needs and what exact accounting, such as money, must not rely on.
package ratelimit

import (
	"sync"
	"time"

	"github.com/teahouse/teahouse/fault"
)

// DefaultMaxKeys bounds the keys that one rule remembers: about 8 MB at 100 bytes a key.
const DefaultMaxKeys = 65_536

// sweepStep is how many keys are looked at for each new key, so that forgetting is spread out
// evenly and no call pays for a sweep of the whole table.
const sweepStep = 4

// Rule is a named limit.
type Rule struct {
	Name    string        // for the message and the log, e.g. "login"
	Burst   int           // calls that may come at once
	Window  time.Duration // time in which an empty bucket refills entirely
	MaxKeys int           // 0 means DefaultMaxKeys
}

// PerMinute is the rule that refills n calls a minute.
func PerMinute(name string, n int) Rule { return Rule{Name: name, Burst: n, Window: time.Minute} }

// Limiter applies one rule. It is safe for concurrent use.
type Limiter struct {
	rule     Rule
	interval time.Duration // between calls at the steady rate
	now      func() time.Time

	mu sync.Mutex
	// When each key's bucket is full again. A key whose time has passed is as good as unknown.
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
	return &Limiter{
		rule:     rule,
		interval: max(rule.Window/time.Duration(rule.Burst), 1),
		now:      now,
		full:     map[string]time.Time{},
	}
}

// Allow counts one call of the key. It returns a RateLimited fault with RetryAfter when the
// bucket is empty; a refused call is not counted.
func (l *Limiter) Allow(key string) error {
	wait := l.take(key)
	if wait <= 0 {
		return nil
	}
	err := fault.Errorf(fault.RateLimited, "rate-limited",
		"Too many requests (limit %q). Try again in %d seconds.", l.rule.Name, Seconds(wait))
	err.RetryAfter = wait
	return err
}

// Seconds rounds a wait up to whole seconds, for Retry-After.
func Seconds(wait time.Duration) int { return int((wait + time.Second - 1) / time.Second) }

// take counts a call and returns 0, or returns how long to wait.
func (l *Limiter) take(key string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	full, known := l.full[key]
	if !known || full.Before(now) {
		full = now
	}
	full = full.Add(l.interval)
	if wait := full.Sub(now) - l.interval*time.Duration(l.rule.Burst); wait > 0 {
		return wait
	}
	if !known {
		l.makeRoom(now)
	}
	l.full[key] = full
	return 0
}

// makeRoom forgets a few keys whose buckets are full, and any key at all when the table is. The
// order of a map is random, so an attacker cannot choose which key is forgotten.
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

// Forget gives the key a full bucket again, for limits on failures: success shows that it was not
// guessing.
func (l *Limiter) Forget(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.full, key)
}
