// Package fairqueue gives the few places where costly work is done to people in turn.
//
// A person has one place at a time, and people take turns: who asks for fifty delays another person by
// at most one. What waits is limited, for one person and for all, and in time.
package fairqueue

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Config is what a Queue is for. All fields are required.
type Config struct {
	Places  int           // how many work at once
	OfOne   int           // how many calls of one person may wait
	OfAll   int           // how many calls of all people may wait
	MaxWait time.Duration // how long a call waits
	Busy    func() error  // what a call is told that may not wait, or not any longer
}

// Queue is the places and those who wait for them.
type Queue struct {
	Config

	mu      sync.Mutex
	free    int
	waiting int
	lines   map[uuid.UUID]*line
	turns   []*line // of people who wait and have no place, in the order of their turns
}

// New returns a queue whose places are free.
func New(config Config) *Queue {
	return &Queue{Config: config, free: config.Places, lines: map[uuid.UUID]*line{}}
}

// line is the waiting calls of one person.
type line struct {
	owner   uuid.UUID
	placed  bool // the person has a place
	waiting []*ticket
}

// ticket is one wait. granted is closed when it has its place.
type ticket struct{ granted chan struct{} }

// Take waits for a place and returns the function that gives it back. It returns Busy at once when too
// many wait, and after MaxWait.
func (q *Queue) Take(ctx context.Context, owner uuid.UUID) (func(), error) {
	t, err := q.join(owner)
	if err != nil {
		return nil, err
	}
	patience := time.NewTimer(q.MaxWait)
	defer patience.Stop()
	select {
	case <-t.granted:
		return func() { q.leave(owner, t) }, nil
	case <-patience.C:
		err = q.Busy()
	case <-ctx.Done():
		err = ctx.Err()
	}
	q.leave(owner, t)
	return nil, err
}

func (q *Queue) join(owner uuid.UUID) (*ticket, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := q.lines[owner]
	if l == nil {
		l = &line{owner: owner}
	}
	if len(l.waiting) >= q.OfOne || q.waiting >= q.OfAll {
		return nil, q.Busy()
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
func (q *Queue) leave(owner uuid.UUID, t *ticket) {
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
func (q *Queue) grant() {
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
