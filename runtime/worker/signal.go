package worker

import (
	"context"
	"sync"
)

// signal tells waiting goroutines that something has changed. The zero value is ready for use.
type signal struct {
	mu sync.Mutex
	ch chan struct{}
}

// next returns a channel that is closed at the next change.
func (s *signal) next() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ch == nil {
		s.ch = make(chan struct{})
	}
	return s.ch
}

func (s *signal) changed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ch != nil {
		close(s.ch)
		s.ch = nil
	}
}

// line lets one goroutine through at a time.
type line chan struct{}

func newLine() line { return make(line, 1) }

func (l line) enter(ctx context.Context, over <-chan struct{}) error {
	select {
	case l <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-over:
		return errEnded()
	}
}

func (l line) leave() { <-l }
