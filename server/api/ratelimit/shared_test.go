package ratelimit_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/migrations/migrationtest"
	"github.com/teahouse/teahouse/server/api/ratelimit"
)

// onHosts returns a limiter for each of n hosts that share one database.
func onHosts(t *testing.T, n int, rule ratelimit.Rule) []*ratelimit.Limiter {
	t.Helper()
	store := ratelimit.NewPostgres(migrationtest.Open(t))
	limiters := make([]*ratelimit.Limiter, n)
	for i := range limiters {
		limiters[i] = ratelimit.New(rule.Shared(store))
	}
	return limiters
}

// Ensure that three hosts, with many calls at the same time, allow together as many calls as one
// host would.
func TestHostsTogetherAllowWhatTheRuleSays(t *testing.T) {
	t.Parallel()
	for _, rule := range []ratelimit.Rule{
		{Name: "few", Burst: 10, Window: 1000 * time.Hour},
		{Name: "many", Burst: 400, Window: 40_000 * time.Hour},
	} {
		hosts := onHosts(t, 3, rule)
		var passed atomic.Int64
		var group errgroup.Group
		for i := range 12 {
			group.Go(func() error {
				for range rule.Burst {
					if err := hosts[i%len(hosts)].Allow("mei"); err == nil {
						passed.Add(1)
					} else if fault.CodeOf(err) != fault.RateLimited {
						return err
					}
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		if got := passed.Load(); got != int64(rule.Burst) {
			t.Errorf("%s: the hosts passed %d calls, the rule is %d", rule.Name, got, rule.Burst)
		}
		if err := hosts[0].Allow("somebody else"); err != nil {
			t.Errorf("%s: another key was refused: %v", rule.Name, err)
		}
	}
}

// Ensure that a refusal says when a call will be allowed, also on a host that has allowed none.
func TestARefusalSaysWhen(t *testing.T) {
	t.Parallel()
	hosts := onHosts(t, 2, ratelimit.Rule{Name: "login", Burst: 2, Window: 20 * time.Minute})
	for range 2 {
		if err := hosts[0].Allow("mei"); err != nil {
			t.Fatal(err)
		}
	}
	state := hosts[1].Take("mei")
	if state.Wait <= 9*time.Minute || state.Wait > 10*time.Minute || state.Left != 0 {
		t.Errorf("%+v, want a wait of ten minutes", state)
	}
	hosts[0].Forget("mei")
	if err := hosts[0].Allow("mei"); err != nil {
		t.Errorf("a key that was forgotten is refused: %v", err)
	}
}

// silentStore is a store that does not answer.
type silentStore struct{ asked atomic.Int64 }

func (a *silentStore) Take(context.Context, ratelimit.Rule, string, int) (int, time.Duration, error) {
	a.asked.Add(1)
	return 0, 0, errors.New("connection refused")
}

func (a *silentStore) Forget(context.Context, ratelimit.Rule, string) error {
	return errors.New("connection refused")
}

// Ensure that a host applies the rule alone while the store does not answer, and does not ask the
// store for each call.
func TestAHostCountsAloneWhileTheStoreDoesNotAnswer(t *testing.T) {
	t.Parallel()
	store := &silentStore{}
	limiter := ratelimit.New(ratelimit.Rule{Name: "login", Burst: 3, Window: time.Hour}.Shared(store))
	passed := 0
	for range 10 {
		if limiter.Allow("mei") == nil {
			passed++
		}
	}
	if passed != 3 {
		t.Errorf("%d calls passed, the rule is 3", passed)
	}
	if n := store.asked.Load(); n != 1 {
		t.Errorf("the store was asked %d times in one pause", n)
	}
}

func BenchmarkShared(b *testing.B) {
	store := ratelimit.NewPostgres(migrationtest.Open(b))
	limiter := ratelimit.New(ratelimit.PerMinute("user", 1_000_000_000).Shared(store)) // it never refuses
	b.Run("call", func(b *testing.B) {
		for b.Loop() {
			_ = limiter.Allow("user:0190f3f8-0000-7000-8000-000000000000")
		}
	})
	b.Run("lease", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := store.Take(b.Context(), ratelimit.PerMinute("user", 1200), "mei", 60); err != nil {
				b.Fatal(err)
			}
		}
	})
}
