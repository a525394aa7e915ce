// Package waittest is how tests wait for what other goroutines and processes bring about.
//
// A test does not say how fast a machine is: it waits for what must happen, and gives up only when
// it will not happen any more. Wait for a signal where the code gives one; ask again and again only
// where it does not.
package waittest

import (
	"fmt"
	"testing"
	"time"
)

// Patience is how long a test waits for what takes milliseconds on a machine at rest. It ends a test
// that hangs, and is far beyond what a machine with many times its work needs.
const Patience = 3 * time.Minute

// The pauses between two looks: the first is short, because most things are done at once.
const (
	shortPause = time.Millisecond
	longPause  = 50 * time.Millisecond
)

// Deadline is the end of Patience from now, for sockets and contexts.
func Deadline() time.Time { return time.Now().Add(Patience) }

// Eventually waits until something is so. what says it in words: "the worker ends".
func Eventually(t testing.TB, what string, ready func() bool) {
	t.Helper()
	Succeed(t, what, func() error {
		if !ready() {
			return fmt.Errorf("still not so after %v", Patience)
		}
		return nil
	})
}

// Succeed repeats something until it succeeds.
func Succeed(t testing.TB, what string, try func() error) {
	t.Helper()
	pause := shortPause
	for deadline := Deadline(); ; time.Sleep(pause) {
		err := try()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waiting until %s: %v", what, err)
		}
		pause = min(2*pause, longPause)
	}
}

// Receive waits for a signal and returns what came with it.
func Receive[T any](t testing.TB, what string, from <-chan T) T {
	t.Helper()
	patience := time.NewTimer(Patience)
	defer patience.Stop()
	select {
	case value := <-from:
		return value
	case <-patience.C:
		t.Fatalf("waiting for %s: nothing came in %v", what, Patience)
		panic("unreachable")
	}
}
