package vm

import (
	"container/heap"
	"math"
	"time"

	"github.com/dop251/goja"
)

// timer is one setTimeout or setInterval.
type timer struct {
	id    int
	when  time.Time
	seq   int // order of equal times
	every time.Duration
	fn    goja.Value
	args  []goja.Value
	index int
	gone  bool
}

type timerHeap []*timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	if h[i].when.Equal(h[j].when) {
		return h[i].seq < h[j].seq
	}
	return h[i].when.Before(h[j].when)
}
func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}
func (h *timerHeap) Push(x any) {
	t := x.(*timer)
	t.index = len(*h)
	*h = append(*h, t)
}
func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	t.index = -1
	return t
}

// NextTimer says when RunTimers should be called next.
func (s *Session) NextTimer() (time.Time, bool) {
	if s.ended != nil || len(s.timers) == 0 {
		return time.Time{}, false
	}
	when := s.timers[0].when
	if s.hidden && when.After(s.hiddenAt.Add(BackgroundGrace)) {
		return time.Time{}, false
	}
	return when, true
}

// RunTimers runs the timers that are due at now, in one turn. The caller asks NextTimer first,
// which leaves out timers that wait until the app is back on the screen.
func (s *Session) RunTimers(now time.Time) error {
	return s.turn(func() {
		s.due = s.due[:0]
		for len(s.timers) > 0 && !s.timers[0].when.After(now) && len(s.due) < MaxTimersPerTurn {
			s.due = append(s.due, heap.Pop(&s.timers).(*timer))
		}
		for _, t := range s.due {
			if t.every > 0 {
				// After a pause a repeating timer runs once, not once for each missed tick.
				t.when = now.Add(t.every)
				s.addTimer(t)
			}
		}
		for _, t := range s.due {
			if !t.gone {
				s.invoke(t.fn, goja.Undefined(), t.args...)
			}
		}
	})
}

func (s *Session) addTimer(t *timer) {
	s.lastTID++
	t.seq = s.lastTID
	heap.Push(&s.timers, t)
}

func (s *Session) installTimers(fn func(string, func(goja.FunctionCall) goja.Value)) {
	fn("setTimeout", func(c goja.FunctionCall) goja.Value { return s.setTimer(c, false) })
	fn("setInterval", func(c goja.FunctionCall) goja.Value { return s.setTimer(c, true) })
	fn("clearTimeout", s.clearTimer)
	fn("clearInterval", s.clearTimer)
}

func (s *Session) setTimer(c goja.FunctionCall, repeat bool) goja.Value {
	if _, ok := goja.AssertFunction(c.Argument(0)); !ok {
		panic(s.jsError("TypeError", "timers take a function, not text or nothing"))
	}
	if len(s.timers) >= MaxTimers {
		panic(s.jsError("RangeError", "an app may have %d timers at a time", MaxTimers))
	}
	delay := MinTimerDelay
	if ms := c.Argument(1).ToFloat(); ms > 0 && !math.IsInf(ms, 1) {
		delay = max(MinTimerDelay, time.Duration(min(ms, math.MaxInt32)*float64(time.Millisecond)))
	}
	t := &timer{when: s.now().Add(delay), fn: c.Argument(0)}
	if repeat {
		t.every = delay
	}
	if len(c.Arguments) > 2 {
		t.args = append(t.args, c.Arguments[2:]...)
	}
	s.addTimer(t)
	t.id = t.seq
	return s.rt.ToValue(t.id)
}

func (s *Session) clearTimer(c goja.FunctionCall) goja.Value {
	if !goja.IsNumber(c.Argument(0)) {
		return goja.Undefined()
	}
	id := int(c.Argument(0).ToInteger())
	for _, t := range s.due {
		if t.id == id {
			t.gone = true
		}
	}
	for _, t := range s.timers {
		if t.id == id {
			t.gone = true
			heap.Remove(&s.timers, t.index)
			break
		}
	}
	return goja.Undefined()
}
