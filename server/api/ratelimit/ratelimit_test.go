package ratelimit

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/teahouse/teahouse/fault"
)

// Ensure that a bucket allows its burst, then refuses with the time to wait, then refills.
func TestLimiterRefusesAfterBurst(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	l := NewAt(Rule{Name: "login", Burst: 3, Window: 30 * time.Second},
		func() time.Time { return now })
	for range 3 {
		if err := l.Allow("a"); err != nil {
			t.Fatal(err)
		}
	}
	err := l.Allow("a")
	f, ok := fault.As(err)
	if !ok || f.Code != fault.RateLimited || f.RetryAfter != 10*time.Second {
		t.Fatalf("got %v, want rate-limited for 10 s", err)
	}
	if err := l.Allow("b"); err != nil {
		t.Fatalf("another key was refused: %v", err)
	}
	now = now.Add(10 * time.Second)
	if err := l.Allow("a"); err != nil {
		t.Fatalf("not refilled: %v", err)
	}
	if l.Allow("a") == nil {
		t.Fatal("refilled too much")
	}
}

// Ensure that in no sequence of calls more than burst + rate * time are allowed.
func TestLimiterNeverExceedsItsRate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		burst := rapid.IntRange(1, 20).Draw(t, "burst")
		window := time.Duration(rapid.IntRange(1, 1000).Draw(t,
			"window")) * time.Millisecond * time.Duration(burst)
		start := time.Unix(0, 0)
		now := start
		l := NewAt(Rule{Name: "r", Burst: burst, Window: window}, func() time.Time { return now })
		allowed := 0
		for _, step := range rapid.SliceOfN(rapid.IntRange(0, 500), 1, 200).Draw(t, "steps") {
			now = now.Add(time.Duration(step) * time.Millisecond)
			if l.Allow("k") == nil {
				allowed++
			}
		}
		most := burst + int(now.Sub(start)*time.Duration(burst)/window)
		if allowed > most {
			t.Fatalf("%d calls passed, at most %d should", allowed, most)
		}
	})
}

// Ensure that many keys cannot make the table larger than its limit.
func TestLimiterMemoryIsBounded(t *testing.T) {
	t.Parallel()
	l := New(Rule{Name: "r", Burst: 1, Window: time.Hour, MaxKeys: 100})
	for i := range 10_000 {
		if err := l.Allow(fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if len(l.full) > 100 {
		t.Fatalf("%d keys kept, limit 100", len(l.full))
	}
}

func BenchmarkAllow(b *testing.B) {
	l := New(Rule{Name: "r", Burst: 1 << 30, Window: time.Second})
	b.ReportAllocs()
	for b.Loop() {
		_ = l.Allow("user:0190f3f8-0000-7000-8000-000000000000")
	}
}
