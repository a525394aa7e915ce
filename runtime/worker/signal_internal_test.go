package worker

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
)

// A child without a process: only the test takes messages from its queue.
func idleChild(queue int) (*child, *Remote) {
	c := &child{out: make(chan message, queue), quit: make(chan struct{}), sessions: map[uint64]*Remote{}}
	r := &Remote{child: c, id: 1, line: newLine(), done: make(chan struct{})}
	c.sessions[r.id] = r
	return c, r
}

func TestAnAnswerWaitsForRoomAndLosesNothing(t *testing.T) {
	t.Parallel()
	c, r := idleChild(MaxQueue)
	r.pending.Store(MaxPending)
	const answers = 4 * MaxPending
	var waiting sync.WaitGroup
	for i := range answers {
		waiting.Go(func() {
			if err := r.ReplyInTime(t.Context(), uint64(i), true, nil); err != nil {
				t.Error(err)
			}
		})
	}
	seen := map[uint64]bool{}
	for len(r.line) == 0 { // until one has found the inbox full
		runtime.Gosched()
	}
	for range answers { // a turn makes room for one
		if err := c.handle(r, message{kind: kindDone, header: header{OK: true}}); err != nil {
			t.Fatal(err)
		}
		m := <-c.out
		seen[m.header.Call] = true
		close(m.sent) // as transmit does
	}
	waiting.Wait()
	if len(seen) != answers {
		t.Errorf("%d of %d answers came", len(seen), answers)
	}
}

func TestAnAnswerStopsWaitingWhenTheSessionIsOver(t *testing.T) {
	t.Parallel()
	_, r := idleChild(1)
	r.pending.Store(MaxPending)
	failed := make(chan error, 2)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { failed <- r.ReplyInTime(ctx, 1, true, nil) }()
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	for range 2 { // one waits for room, the other for its turn
		go func() { failed <- r.SendInTime(context.Background(), nil) }()
	}
	close(r.done)
	for range 2 {
		if err := <-failed; err == nil {
			t.Error("no error")
		}
	}
}
