package ratelimit

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Store stores buckets that all hosts share.
type Store interface {
	// Take takes up to n calls from the key's bucket. It returns how many it got, 0 when the bucket
	// is empty, and how long the bucket then needs to become full.
	Take(ctx context.Context, rule Rule, key string, n int) (taken int, full time.Duration, err error)
	// Forget fills the key's bucket.
	Forget(ctx context.Context, rule Rule, key string) error
}

// A host does not ask the store for each call: it takes a lease of some calls and counts them down
// alone. What it took and did not use is lost, so in a window the hosts together never allow more
// than the rule, plus what each had taken before the window began: one lease for each host.
//
// A lease is a part of a burst. Rules with fewer calls lease one call at a time, and are exact.
const leasePart = 20

// lease is the calls of one key that a host may still allow.
type lease struct {
	mu      sync.Mutex // locked while the store is asked, so that one call asks for all calls that wait
	left    int        // calls that may pass
	ends    time.Time  // when they expire
	blocked time.Time  // the bucket was empty, and will have a call again at this time
	full    time.Time  // when the bucket is full, as far as this host knows
}

// shared counts with leases from a store.
type shared struct {
	rule  Rule
	alone *Limiter // while the store does not answer
	size  int      // calls of a lease

	mu     sync.Mutex
	leases map[string]*lease
	pause  time.Time // the store is not asked before
}

func newShared(rule Rule, alone *Limiter) *shared {
	return &shared{rule: rule, alone: alone, size: max(1, rule.Burst/leasePart), leases: map[string]*lease{}}
}

// take counts a call.
func (s *shared) take(key string) State {
	now := s.alone.now()
	s.mu.Lock()
	if now.Before(s.pause) {
		s.mu.Unlock()
		return s.alone.takeHere(key)
	}
	l := s.leases[key]
	if l == nil {
		s.makeRoom(now)
		l = &lease{}
		s.leases[key] = l
	}
	s.mu.Unlock()

	l.mu.Lock()
	defer l.mu.Unlock()
	if l.left > 0 && now.Before(l.ends) {
		l.left--
		return s.state(l, now, 0)
	}
	if now.Before(l.blocked) {
		return s.state(l, now, l.blocked.Sub(now))
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	taken, full, err := s.rule.Store.Take(ctx, s.rule, key, s.size)
	if err != nil {
		slog.Warn("this host counts calls alone: the shared counters do not answer", "rule", s.rule.Name, "error", err)
		s.mu.Lock()
		s.pause = now.Add(storePause)
		s.mu.Unlock()
		return s.alone.takeHere(key)
	}
	l.full = now.Add(full)
	if taken == 0 {
		l.left = 0
		l.blocked = now.Add(max(full-s.alone.interval*time.Duration(s.rule.Burst-1), time.Millisecond))
		return s.state(l, now, l.blocked.Sub(now))
	}
	l.left, l.ends = taken-1, now.Add(s.rule.Window)
	return s.state(l, now, 0)
}

// state describes the bucket after a call; the caller holds the lease.
func (s *shared) state(l *lease, now time.Time, wait time.Duration) State {
	refill := max(l.full.Sub(now), 0)
	left := s.rule.Burst - int((refill+s.alone.interval-1)/s.alone.interval)
	if wait > 0 {
		left = 0
	} else {
		left = max(left, 0) + l.left
	}
	return State{Rule: s.rule, Left: min(left, s.rule.Burst), Full: refill, Wait: wait}
}

// makeRoom removes a few keys whose lease has expired, and any keys when there are too many.
func (s *shared) makeRoom(now time.Time) {
	looked := 0
	for key, l := range s.leases {
		if looked++; looked > sweepStep {
			break
		}
		if !l.mu.TryLock() { // the store is being asked for it
			continue
		}
		idle := !now.Before(l.ends) && !now.Before(l.blocked)
		l.mu.Unlock()
		if idle || len(s.leases) >= s.rule.MaxKeys {
			delete(s.leases, key)
		}
	}
}

func (s *shared) forget(key string) {
	s.mu.Lock()
	delete(s.leases, key)
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	if err := s.rule.Store.Forget(ctx, s.rule, key); err != nil {
		slog.Warn("the shared counters could not reset a key", "rule", s.rule.Name, "error", err)
	}
}
