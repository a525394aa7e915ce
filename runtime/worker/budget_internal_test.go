package worker

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestABudgetIsABurstAndThenARate(t *testing.T) {
	t.Parallel()
	start := time.Unix(1_000_000, 0)
	b := newBucket(10, 30, start)
	for _, step := range []struct {
		after  time.Duration // since the start
		amount float64
		wait   time.Duration
	}{
		{0, 30, 0},                                        // the burst
		{0, 5, 500 * time.Millisecond},                    // debt is paid at the rate
		{500 * time.Millisecond, 10, time.Second},         // nothing was left
		{time.Hour, 40, time.Second},                      // rest gives no more than the burst
		{time.Hour - time.Minute, 10, 2 * time.Second},    // a clock that was set back gives nothing
		{time.Hour - 58*time.Second, 10, 1 * time.Second}, // and goes on from there
	} {
		if wait := b.use(start.Add(step.after), step.amount); wait.Round(time.Microsecond) != step.wait {
			t.Errorf("after %v, using %v: wait %v, want %v", step.after, step.amount, wait, step.wait)
		}
	}
}

// A session that waits as long as it is told uses no more than its burst, its rate, and one turn.
func TestNoSessionUsesMoreThanItsBudget(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := time.Unix(1_000_000, 0)
		now, total := start, 0.0
		b := newBucket(100, 400, start)
		for range rapid.IntRange(1, 200).Draw(t, "turns") {
			amount := rapid.Float64Range(0, 300).Draw(t, "amount")
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(time.Second)).Draw(t, "rest")))
			wait := b.use(now, amount)
			total += amount
			if most := 400 + 100*now.Sub(start).Seconds() + 300; total > most+0.001 {
				t.Fatalf("used %v in %v, more than %v", total, now.Sub(start), most)
			}
			now = now.Add(wait)
		}
	})
}

func TestASessionWaitsForWhatItUsedMostOf(t *testing.T) {
	t.Parallel()
	start := time.Unix(1_000_000, 0)
	for _, test := range []struct {
		used usage
		what string
		wait time.Duration
	}{
		{usage{cpu: 5 * time.Second, messages: 20_000, bytes: 40 << 20}, BudgetCPU, 0},
		{usage{cpu: 6 * time.Second}, BudgetCPU, 4 * time.Second},
		{usage{cpu: 6 * time.Second, messages: 30_000}, BudgetMessages, 10 * time.Second},
		{usage{messages: 21_000, bytes: 44 << 20}, BudgetBytes, 2 * time.Second},
		{usage{cpu: time.Hour}, BudgetCPU, MaxPause},
	} {
		a := newAllowance(Limits{}.orDefaults(), start)
		if wait, what := a.spend(start, test.used); wait != test.wait || what != test.what {
			t.Errorf("%+v: wait %v for %s, want %v for %s", test.used, wait, what, test.wait, test.what)
		}
	}
}

func TestAWorkerIsReadNoFasterThanAnAppMaySend(t *testing.T) {
	t.Parallel()
	start := time.Unix(1_000_000, 0)
	f, now, got := newFlow(start), start, 0
	for now.Sub(start) < time.Minute {
		got++
		now = now.Add(f.use(now, message{kind: kindFrame, body: make([]byte, 1<<20)}))
	}
	if least, most := 60*AppBytes>>20, (60+AppBurst+1)*AppBytes>>20; got < least || got > most {
		t.Errorf("took %d MB in a minute, want %d to %d", got, least, most)
	}
	if wait := f.use(now, message{kind: kindDone}); wait != 0 {
		t.Errorf("the end of a turn waits %v", wait)
	}
}

func TestWhoWantsLittleGetsItAndTheOthersShareTheRest(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		wants []float64
		there float64
		level float64
	}{
		{nil, 1.5, 0},
		{[]float64{0.1, 0.5, 0.9}, 1.6, 0},                  // enough for all
		{[]float64{0.1, 1, 1}, 1.5, 0.7},                    // 0.1 as it wants, and half of the rest each
		{[]float64{1, 0.1, 0.3, 1, 1}, 1.6, 0.4},            // in any order
		{[]float64{0.5, 0.5, 0.5, 0.5}, 1.5, 0.375},         // equals
		{[]float64{2, 2, 0, 0, 0, 0, 0, 0, 0, 0}, 1.5, .75}, // who wants nothing takes nothing away
	} {
		if level := fairLevel(test.wants, test.there); math.Abs(level-test.level) > 1e-9 {
			t.Errorf("%v of %v: level %v, want %v", test.wants, test.there, level, test.level)
		}
	}
}

// All get no more than there is, nobody more than they want, and nobody is slowed down while there is enough.
func TestFairLevelsAreFair(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		wants := rapid.SliceOf(rapid.Float64Range(0, 1)).Draw(t, "wants")
		there := rapid.Float64Range(0.5, 8).Draw(t, "there")
		level := fairLevel(wants, there)
		wanted, given := 0.0, 0.0
		for _, want := range wants {
			wanted += want
			if level > 0 {
				want = min(want, level)
			}
			given += want
		}
		if level == 0 && wanted > there+1e-9 || level > 0 && (wanted <= there-1e-9 || math.Abs(given-there) > 1e-9) {
			t.Errorf("%v of %v: level %v gives %v", wants, there, level, given)
		}
	})
}
