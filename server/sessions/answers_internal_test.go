package sessions

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
)

func TestLargeAnswersOfOnePersonWaitForEachOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, ann, bob := newAnswers(), uuid.New(), uuid.New()
		const size = MaxAnswersUser * 2 / 3
		take := func(user uuid.UUID) (*room, chan error) {
			r, taken := a.open(user), make(chan error, 1)
			go func() { taken <- r.Take(t.Context(), size) }()
			synctest.Wait()
			return r, taken
		}
		first, taken := take(ann)
		if err := <-taken; err != nil {
			t.Fatal(err)
		}
		second, waits := take(ann)
		other, passes := take(bob)
		if len(waits) != 0 || len(passes) != 1 {
			t.Errorf("%d more of the same person and %d of another are read, want 0 and 1", len(waits), len(passes))
		}
		small := a.open(ann)
		if err := small.fit(1 << 20); err != nil {
			t.Errorf("a small answer waits for large ones: %v", err)
		}
		if err := first.fit(size / 10); err != nil { // it is read
			t.Fatal(err)
		}
		synctest.Wait()
		if len(waits) != 1 {
			t.Error("what the first has given back did not reach the second")
		}
		for _, r := range []*room{first, second, other, small} {
			r.close()
		}
		if !a.large.TryAcquire(MaxLargeAnswers) || !a.small.TryAcquire(MaxAnswers) || len(a.people) != 0 {
			t.Errorf("room is lost: %+v", a)
		}
	})
}

func TestAnAnswerThatStopsWaitingTakesNothing(t *testing.T) {
	t.Parallel()
	a := newAnswers()
	full := a.open(uuid.New())
	a.large.TryAcquire(MaxLargeAnswers)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := full.Take(ctx, 1); err == nil {
		t.Error("took room that is not there")
	}
	full.close()
	a.large.Release(MaxLargeAnswers)
	if !a.large.TryAcquire(MaxLargeAnswers) || len(a.people) != 0 {
		t.Errorf("room is lost: %+v", a)
	}
}

func TestSmallAnswersAreBoundedToo(t *testing.T) {
	t.Parallel()
	a := newAnswers()
	one, more := a.open(uuid.New()), a.open(uuid.New())
	if err := one.fit(MaxAnswers); err != nil {
		t.Fatal(err)
	}
	if err := more.fit(1); fault.SlugOf(err) != "host-busy" {
		t.Errorf("beyond the room: %v", err)
	}
	more.close()
	one.close()
	if err := more.fit(1); err != nil {
		t.Error(err)
	}
}
