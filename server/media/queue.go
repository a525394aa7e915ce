package media

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
)

// queue has a few places. A person has one at a time, and people take turns: a person who sends fifty
// pictures delays another person by at most one of them.
type queue struct {
	mu      sync.Mutex
	free    int
	waiting int
	lines   map[uuid.UUID]*line
	turns   []*line // of people who wait and have no place, in the order of their turns
}

// line is the waiting pictures of one person.
type line struct {
	owner   uuid.UUID
	placed  bool // the person has a place
	waiting []*ticket
}

// ticket is one wait. granted is closed when it has its place.
type ticket struct{ granted chan struct{} }

func newQueue(places int) *queue {
	return &queue{free: places, lines: map[uuid.UUID]*line{}}
}

// errBusy tells a person to try again.
func errBusy() error {
	err := fault.Errorf(fault.Unavailable, "pictures-busy",
		"Many pictures are being looked at. Try again in a few seconds.")
	err.RetryAfter = RetryAfter
	return err
}

// take waits for a place and returns the function that gives it back. It returns an Unavailable
// fault at once when too many wait, and after MaxWait.
func (q *queue) take(ctx context.Context, owner uuid.UUID) (func(), error) {
	t, err := q.join(owner)
	if err != nil {
		return nil, err
	}
	patience := time.NewTimer(MaxWait)
	defer patience.Stop()
	select {
	case <-t.granted:
		return func() { q.leave(owner, t) }, nil
	case <-patience.C:
		err = errBusy()
	case <-ctx.Done():
		err = ctx.Err()
	}
	q.leave(owner, t)
	return nil, err
}

func (q *queue) join(owner uuid.UUID) (*ticket, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := q.lines[owner]
	if l == nil {
		l = &line{owner: owner}
	}
	if len(l.waiting) >= MaxWaitingOfOne || q.waiting >= MaxWaiting {
		return nil, errBusy()
	}
	q.lines[owner] = l
	t := &ticket{granted: make(chan struct{})}
	l.waiting = append(l.waiting, t)
	q.waiting++
	if !l.placed && len(l.waiting) == 1 {
		q.turns = append(q.turns, l)
	}
	q.grant()
	return t, nil
}

// leave gives back the place of a ticket, or removes it from its line.
func (q *queue) leave(owner uuid.UUID, t *ticket) {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := q.lines[owner]
	select {
	case <-t.granted:
		q.free++
		l.placed = false
		if len(l.waiting) > 0 {
			q.turns = append(q.turns, l)
		}
	default:
		l.waiting = slices.DeleteFunc(l.waiting, func(other *ticket) bool { return other == t })
		q.waiting--
	}
	if !l.placed && len(l.waiting) == 0 {
		delete(q.lines, owner)
		q.turns = slices.DeleteFunc(q.turns, func(other *line) bool { return other == l })
	}
	q.grant()
}

// grant gives free places to those whose turn it is.
func (q *queue) grant() {
	for q.free > 0 && len(q.turns) > 0 {
		l := q.turns[0]
		q.turns = q.turns[1:]
		t := l.waiting[0]
		l.waiting = l.waiting[1:]
		q.waiting--
		q.free--
		l.placed = true
		close(t.granted)
	}
}
