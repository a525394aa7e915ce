package worker

import (
	"fmt"
	"log/slog"
	"testing"

	"golang.org/x/sys/unix"
)

// A host on a machine that has too little of something for a moment starts no worker then; it does not start
// one with less around it.
func TestAFenceThatHeldIsNotGivenUp(t *testing.T) {
	t.Parallel()
	refused := fmt.Errorf("start: %w", unix.ENOSPC)
	for name, c := range map[string]struct {
		held  bool
		err   error
		gives bool
	}{
		"refused from the start":         {err: refused, gives: true},
		"refused after a worker started": {held: true, err: refused},
		"too little memory":              {err: fmt.Errorf("start: %w", unix.ENOMEM)},
	} {
		p := &Pool{log: slog.New(slog.DiscardHandler), fences: Fences()}
		if c.held {
			for _, fence := range p.fences {
				if f, ok := fence.(yielding); ok {
					f.hold()
				}
			}
		}
		if got := p.yield(c.err); got != c.gives {
			t.Errorf("%s: a fence was given up: %v, want %v", name, got, c.gives)
		}
	}
}

// What was given up stays so: its start without it is not a start within it.
func TestAFenceThatWasGivenUpDoesNotHold(t *testing.T) {
	t.Parallel()
	var fence namespaceFence
	if !fence.yield(unix.EPERM) || fence.yield(unix.EPERM) {
		t.Error("a fence is given up once")
	}
	fence.hold()
	if fence.yielded() == nil {
		t.Error("it holds again")
	}
}
