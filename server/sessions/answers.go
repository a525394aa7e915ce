package sessions

import (
	"context"
	"runtime/debug"
	"sync"

	"github.com/google/uuid"
	"golang.org/x/sync/semaphore"

	"github.com/teahouse/teahouse/fault"
)

// answers is the host's memory for answers on their way to apps. Large ones are those that took room before they
// were read: they wait for each other. Small ones do not wait for large ones.
type answers struct {
	large *semaphore.Weighted // of MaxLargeAnswers
	small *semaphore.Weighted // of MaxAnswers

	mu     sync.Mutex
	people map[uuid.UUID]*share
}

// share is what one person may have of the room for large answers.
type share struct {
	*semaphore.Weighted     // of MaxAnswersUser
	rooms               int // that use it; guarded by answers.mu
}

func newAnswers() *answers {
	return &answers{large: semaphore.NewWeighted(MaxLargeAnswers), small: semaphore.NewWeighted(MaxAnswers),
		people: map[uuid.UUID]*share{}}
}

// room is the memory of one answer, from where it is read until the app has it. It is a bridge.Room.
type room struct {
	answers *answers
	user    uuid.UUID
	share   *share // nil while it is a small one
	taken   int64
}

// open returns a room without memory. Each needs a close.
func (a *answers) open(user uuid.UUID) *room { return &room{answers: a, user: user} }

// Take implements bridge.Room. A person waits for their own share first, so that who asks for much does not
// stand before others in the line for the host's.
func (r *room) Take(ctx context.Context, bytes int64) error {
	if r.share == nil {
		r.share = r.answers.join(r.user)
		collectOften(1)
	}
	if err := r.share.Acquire(ctx, bytes); err != nil {
		return err
	}
	if err := r.answers.large.Acquire(ctx, bytes); err != nil {
		r.share.Release(bytes)
		return err
	}
	r.taken += bytes
	return nil
}

func (a *answers) join(user uuid.UUID) *share {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.people[user]
	if s == nil {
		s = &share{Weighted: semaphore.NewWeighted(MaxAnswersUser)}
		a.people[user] = s
	}
	s.rooms++
	return s
}

// fit gives back what the answer does not need after all, or takes room for a small one. That does not wait,
// because the answer is in memory already.
func (r *room) fit(bytes int64) error {
	if r.share != nil {
		if less := r.taken - bytes; less > 0 {
			r.share.Release(less)
			r.answers.large.Release(less)
			r.taken = bytes
		}
		return nil
	}
	if !r.answers.small.TryAcquire(bytes) {
		return fault.Errorf(fault.Unavailable, "host-busy", "The service is very busy right now. Try again in a moment.")
	}
	r.taken = bytes
	return nil
}

// close gives everything back.
func (r *room) close() {
	if r.share == nil {
		r.answers.small.Release(r.taken)
		return
	}
	_ = r.fit(0) // never fails for a large one
	collectOften(-1)
	r.answers.mu.Lock()
	defer r.answers.mu.Unlock()
	if r.share.rooms--; r.share.rooms == 0 {
		delete(r.answers.people, r.user)
	}
}

// collecting is how many large answers of the process there are, and the setting of its garbage collector before
// the first of them.
var collecting struct {
	sync.Mutex
	large   int
	percent int
}

// collectOften counts large answers. While there are some, garbage is collected more often: each leaves several
// times its size behind, which the collector would let grow to as much as the host needs otherwise.
func collectOften(more int) {
	collecting.Lock()
	defer collecting.Unlock()
	before := collecting.large
	collecting.large += more
	switch {
	case before == 0:
		collecting.percent = debug.SetGCPercent(LargeAnswersGC)
	case collecting.large == 0:
		debug.SetGCPercent(collecting.percent)
	}
}
