package fairqueue

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/teahouse/teahouse/fault"
)

const (
	ofOne   = 12
	ofAll   = 100
	maxWait = 10 * time.Second
)

func testQueue(places int) *Queue {
	return New(Config{Places: places, OfOne: ofOne, OfAll: ofAll, MaxWait: maxWait, Busy: func() error {
		busy := fault.Errorf(fault.Unavailable, "busy", "Try again.")
		busy.RetryAfter = time.Second
		return busy
	}})
}

// A flood is fifty calls of one person. Each takes so long that eleven of the waiting ones get
// their place within maxWait.
func TestAFloodOfOnePersonHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := testQueue(2)
		mallory, ann := uuid.New(), uuid.New()
		refused := make(chan error, 50)
		for range 50 {
			go func() {
				done, err := q.Take(t.Context(), mallory)
				refused <- err
				if err == nil {
					time.Sleep(maxWait/11 - time.Millisecond) // by the clock of the test's own bubble
					done()
				}
			}()
		}
		synctest.Wait()
		started := time.Now()
		done, err := q.Take(t.Context(), ann)
		if err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(started); waited != 0 {
			t.Errorf("the other person waited %v beside a free place", waited)
		}
		done()
		synctest.Wait()
		at := time.Now()
		busy := 0
		for range 50 {
			if err := <-refused; err != nil {
				busy++
				if f, ok := fault.As(err); !ok || f.Code != fault.Unavailable || f.RetryAfter <= 0 {
					t.Errorf("refused with %v", err)
				}
			}
		}
		if want := 50 - 1 - 11; busy != want {
			t.Errorf("%d were refused, want %d", busy, want)
		}
		if took := time.Since(at); took > maxWait+time.Second {
			t.Errorf("somebody waited %v", took)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if len(q.lines) != 0 || q.waiting != 0 || q.free != 2 || len(q.turns) != 0 {
			t.Errorf("left behind: %+v", q)
		}
	})
}

// What waits is kept in the host's memory, so there is a most of it, of one person and of all.
func TestOnlySoManyWait(t *testing.T) {
	t.Parallel()
	q := testQueue(1)
	join := func(owner uuid.UUID) error {
		_, err := q.join(owner)
		return err
	}
	if err := join(uuid.New()); err != nil || q.waiting != 0 {
		t.Fatalf("the only place: %v, %d wait", err, q.waiting)
	}
	one := uuid.New()
	for range ofOne {
		if err := join(one); err != nil {
			t.Fatal(err)
		}
	}
	if err := join(one); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("one more of a person: %v", err)
	}
	for range ofAll - ofOne {
		if err := join(uuid.New()); err != nil {
			t.Fatal(err)
		}
	}
	if err := join(uuid.New()); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("one more of all: %v", err)
	}
}

func TestPeopleTakeTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := testQueue(1)
		order := make(chan string, 6)
		send := func(name string, owner uuid.UUID) {
			go func() {
				done, err := q.Take(t.Context(), owner)
				if err != nil {
					t.Error(err)
					return
				}
				order <- name
				time.Sleep(time.Second)
				done()
			}()
			synctest.Wait()
		}
		ann, bob, eve := uuid.New(), uuid.New(), uuid.New()
		send("ann 1", ann)
		send("ann 2", ann)
		send("ann 3", ann)
		send("bob 1", bob)
		send("bob 2", bob)
		send("eve 1", eve)
		time.Sleep(6 * time.Second)
		for _, want := range []string{"ann 1", "bob 1", "eve 1", "ann 2", "bob 2", "ann 3"} {
			if got := <-order; got != want {
				t.Errorf("%s came where %s was due", got, want)
			}
		}
	})
}

func TestAPersonWhoStopsWaitingKeepsNoPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := testQueue(1)
		done, err := q.Take(t.Context(), uuid.New())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		gaveUp := make(chan error)
		go func() { _, err := q.Take(ctx, uuid.New()); gaveUp <- err }()
		synctest.Wait()
		cancel()
		if err := <-gaveUp; !errors.Is(err, context.Canceled) {
			t.Errorf("gave up with %v", err)
		}
		done()
		next, err := q.Take(t.Context(), uuid.New())
		if err != nil {
			t.Fatal(err)
		}
		next()
		if len(q.lines) != 0 || q.free != 1 {
			t.Errorf("left behind: %+v", q)
		}
	})
}

// In every sequence of calls, no more places are given than exist, and no person gets two.
func TestPlacesAreNeverGivenTwice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		places := rapid.IntRange(1, 3).Draw(t, "places")
		q := testQueue(places)
		people := make([]uuid.UUID, 4)
		for i := range people {
			people[i] = uuid.New()
		}
		type held struct {
			owner uuid.UUID
			t     *ticket
		}
		var tickets []held
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			if len(tickets) == 0 || rapid.Bool().Draw(t, "join") {
				owner := rapid.SampledFrom(people).Draw(t, "owner")
				if ticket, err := q.join(owner); err == nil {
					tickets = append(tickets, held{owner, ticket})
				}
			} else {
				i := rapid.IntRange(0, len(tickets)-1).Draw(t, "leaves")
				q.leave(tickets[i].owner, tickets[i].t)
				tickets = append(tickets[:i], tickets[i+1:]...)
			}
			given, waiting := map[uuid.UUID]int{}, 0
			for _, h := range tickets {
				select {
				case <-h.t.granted:
					given[h.owner]++
				default:
					waiting++
				}
			}
			for _, n := range given {
				if n > 1 {
					t.Fatal("one person has two places")
				}
			}
			if len(given) > places || len(given)+q.free != places || waiting != q.waiting {
				t.Fatalf("%d of %d places given, %d free; %d wait, %d counted", len(given), places, q.free, waiting, q.waiting)
			}
			for _, h := range tickets {
				if q.free > 0 && given[h.owner] == 0 {
					t.Fatal("somebody waits beside a free place")
				}
			}
		}
	})
}
