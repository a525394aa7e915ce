package worker_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/waittest"
)

// greedy uses 60 ms of CPU and more for its first tap, and stores that it was there.
const greedy = `Page({data: {n: 0}, go() {
	let x = 0
	if (!this.data.n) for (let i = 0; i < 1e6; i++) x += i
	this.setData({n: this.data.n + 1})
	wx.setStorageSync('taps', this.data.n)
}, onHide() { wx.setStorageSync('left', true) }})`

// openGreedy opens two sessions of an app in a pool whose sessions have next to no CPU, and lets the first
// use up its budget.
func openGreedy(t *testing.T) (spent, other *shell) {
	t.Helper()
	if waittest.RaceDetector {
		t.Skip("under the race detector the program uses up the budget while it opens")
	}
	pool := newPool(t, worker.Config{Limits: worker.Limits{SessionCPU: 500 * time.Microsecond}})
	image := program(t, files(greedy))
	spent, other = open(t, pool, "greedy", image), open(t, pool, "greedy", image)
	spent.tap()
	waittest.Eventually(t, "the developer is told", func() bool {
		spent.mu.Lock()
		defer spent.mu.Unlock()
		return slices.Equal(spent.slowed, []string{worker.BudgetCPU})
	})
	return spent, other
}

func TestASessionOverItsBudgetWaitsAndItsNeighbourDoesNot(t *testing.T) {
	t.Parallel()
	spent, other := openGreedy(t)
	spent.send(tapFrame)
	other.tap() // was sent later, and is answered first
	select {
	case frame := <-spent.frames:
		t.Errorf("the session over its budget drew %s", frame)
	default:
	}
}

func TestASessionOverItsBudgetEndsWhenItsUserLeaves(t *testing.T) {
	t.Parallel()
	spent, _ := openGreedy(t)
	spent.send(tapFrame)
	spent.remote.Leave()
	if reason := spent.ended(); reason.Code != worker.CodeClosed {
		t.Errorf("ended as %q, want %q", reason.Code, worker.CodeClosed)
	}
	var stored []string
	spent.mu.Lock()
	defer spent.mu.Unlock()
	for _, op := range spent.store {
		stored = append(stored, op.Key)
	}
	if want := []string{"taps", "left"}; !slices.Equal(stored, want) {
		t.Errorf("stored %q, want %q: it hides, and does not work off what waited", stored, want)
	}
}

func TestAnAppThatIsSlowedDownRestsAndGoesOn(t *testing.T) {
	t.Parallel()
	if waittest.RaceDetector {
		t.Skip("under the race detector the first tap takes longer than a turn may")
	}
	pool := newPool(t, worker.Config{})
	slow, other := open(t, pool, "slow", program(t, files(greedy))), open(t, pool, "other", program(t, files(counter)))
	if err := pool.Pace(key("slow"), 0.001); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	slow.tap()
	slow.send(tapFrame)
	for time.Since(began) < worker.MaxRest/10 {
		other.tap() // were sent later, and are answered first
	}
	if drew := len(slow.frames); drew > 0 && time.Since(began) < worker.MaxRest {
		t.Errorf("the app that is to rest drew %s", slow.next())
	}
	if err := pool.Pace(key("slow"), 0); err != nil {
		t.Fatal(err)
	}
	if got := slow.next(); !strings.Contains(got, "2") {
		t.Errorf("after its rest it drew %s", got)
	}
}
