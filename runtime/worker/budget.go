package worker

import "time"

// A turn is bounded by its own limits, but a program that uses them again and again would use a core of
// the machine and the host's time for as long as it is open. So each session also has a budget by the
// second. A session that has used it up is not ended: its next turn waits until the budget allows it.
// Nothing is lost, its user sees a slow program, its neighbours see nothing, and its developer is told.

// bucket is how much of one thing a session may use: burst at once, and rate a second. A turn is
// counted after it has run, so a bucket may be in debt. The zero value never waits.
type bucket struct {
	rate, burst float64
	left        float64
	at          time.Time
}

func newBucket(rate, burst float64, now time.Time) bucket {
	return bucket{rate: rate, burst: burst, left: burst, at: now}
}

// use takes what a turn has used, and returns how long the next one must wait.
func (b *bucket) use(now time.Time, amount float64) time.Duration {
	if b.rate <= 0 {
		return 0
	}
	// A clock that was set back gives nothing.
	b.left = min(b.burst, b.left+b.rate*max(0, now.Sub(b.at).Seconds())) - amount
	b.at = now
	if b.left >= 0 {
		return 0
	}
	return time.Duration(-b.left / b.rate * float64(time.Second))
}

// usage is what one turn has used.
type usage struct {
	cpu      time.Duration
	messages int
	bytes    int // sent, with the weight of storage
}

// allowance is the budget of one session.
type allowance struct {
	cpu, messages, bytes bucket
	told                 time.Time // when its developer was told last
}

func newAllowance(limits Limits, now time.Time) allowance {
	share := limits.SessionCPU.Seconds()
	return allowance{
		cpu:      newBucket(share, share*SessionBurst, now),
		messages: newBucket(SessionMessages, SessionMessages*SessionBurst, now),
		bytes:    newBucket(SessionBytes, SessionBytes*SessionBurst, now),
	}
}

// spend counts a turn. It returns how long the next turn must wait, and for what.
func (a *allowance) spend(now time.Time, used usage) (time.Duration, string) {
	wait, what := a.cpu.use(now, used.cpu.Seconds()), BudgetCPU
	if more := a.messages.use(now, float64(used.messages)); more > wait {
		wait, what = more, BudgetMessages
	}
	if more := a.bytes.use(now, float64(used.bytes)); more > wait {
		wait, what = more, BudgetBytes
	}
	return min(wait, MaxPause), what
}

// flow is what the host takes from one worker. The budgets of its sessions are counted in the worker, whose
// word counts for nothing once an app has broken out of its engine; this one is the host's own.
type flow struct{ messages, bytes bucket }

func newFlow(now time.Time) flow {
	return flow{messages: newBucket(AppMessages, AppMessages*AppBurst, now),
		bytes: newBucket(AppBytes, AppBytes*AppBurst, now)}
}

// use counts a message, and returns how long the next one must wait: 0 until that is LeastWait.
func (f *flow) use(now time.Time, m message) time.Duration {
	if m.kind == kindDone || m.kind == kindBusy { // one for each turn, and they cost the host nothing
		return 0
	}
	wait := max(f.messages.use(now, 1), f.bytes.use(now, float64(len(m.body))))
	if wait < LeastWait {
		return 0
	}
	return wait
}

// What a session may use up, as Sink.Slowed names it.
const (
	BudgetCPU      = "cpu"      // SessionCPU
	BudgetMessages = "messages" // SessionMessages
	BudgetBytes    = "bytes"    // SessionBytes
)

// Budgets are all of them.
var Budgets = []string{BudgetCPU, BudgetMessages, BudgetBytes}
