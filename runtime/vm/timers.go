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

// timers are the timers of a VM. While they are paused, those that are due later than the end of the
// grace wait.
type timers struct {
	heap   timerHeap
	due    []*timer // of the running turn
	last   int      // the number of the newest
	paused bool
	until  time.Time // end of the grace
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
func (v *VM) NextTimer() (time.Time, bool) {
	if v.ended != nil {
		return time.Time{}, false
	}
	if len(v.timers.heap) == 0 {
		return v.sooner(time.Time{}, false)
	}
	when := v.timers.heap[0].when
	return v.sooner(when, !v.timers.paused || !when.After(v.timers.until))
}

// RunTimers runs the timers that are due at now, in one turn. The caller asks NextTimer first,
// which leaves out timers that wait until the app is back on the screen.
func (v *VM) RunTimers(now time.Time) error {
	return v.Run(func() {
		v.timers.due = v.timers.due[:0]
		for len(v.timers.heap) > 0 && !v.timers.heap[0].when.After(now) && len(v.timers.due) < MaxTimersPerTurn {
			v.timers.due = append(v.timers.due, heap.Pop(&v.timers.heap).(*timer))
		}
		for _, t := range v.timers.due {
			if t.every > 0 {
				// After a pause a repeating timer runs once, not once for each missed tick.
				t.when = now.Add(t.every)
				v.addTimer(t)
			}
		}
		for _, t := range v.timers.due {
			if !t.gone {
				v.Invoke(t.fn, goja.Undefined(), t.args...)
			}
		}
		v.runTimersBeside(now)
	})
}

// PauseTimers lets timers run for another BackgroundGrace and then wait for ResumeTimers.
func (v *VM) PauseTimers() {
	v.timers.paused, v.timers.until = true, v.now().Add(BackgroundGrace)
	if other := v.beside.Load(); other != nil {
		other.PauseTimers()
	}
}

// ResumeTimers ends a pause. A timer that has waited is due at once.
func (v *VM) ResumeTimers() {
	v.timers.paused = false
	if other := v.beside.Load(); other != nil {
		other.ResumeTimers()
	}
}

func (v *VM) addTimer(t *timer) {
	v.timers.last++
	t.seq = v.timers.last
	heap.Push(&v.timers.heap, t)
}

// SetTimer calls a function of the app's world once after the delay, as setTimeout does. Only
// what set it can clear it.
func (v *VM) SetTimer(delay time.Duration, fn goja.Value) {
	v.addTimer(&timer{when: v.now().Add(delay), fn: fn})
}

func (v *VM) setTimer(c goja.FunctionCall, repeat bool) goja.Value {
	if _, ok := goja.AssertFunction(c.Argument(0)); !ok {
		panic(v.NewError("TypeError", "timers take a function, not text or nothing"))
	}
	if len(v.timers.heap) >= MaxTimers {
		panic(v.NewError("RangeError", "an app may have %d timers at a time", MaxTimers))
	}
	delay := MinTimerDelay
	if ms := c.Argument(1).ToFloat(); ms > 0 && !math.IsInf(ms, 1) {
		delay = max(MinTimerDelay, time.Duration(min(ms, math.MaxInt32)*float64(time.Millisecond)))
	}
	t := &timer{when: v.now().Add(delay), fn: c.Argument(0)}
	if repeat {
		t.every = delay
	}
	if len(c.Arguments) > 2 {
		t.args = append(t.args, c.Arguments[2:]...)
	}
	v.addTimer(t)
	t.id = t.seq
	return v.rt.ToValue(t.id)
}

func (v *VM) clearTimer(c goja.FunctionCall) goja.Value {
	if !goja.IsNumber(c.Argument(0)) {
		return goja.Undefined()
	}
	id := int(c.Argument(0).ToInteger())
	if id <= 0 {
		return goja.Undefined() // a timer of SetTimer has no number
	}
	for _, t := range v.timers.due {
		if t.id == id {
			t.gone = true
		}
	}
	for _, t := range v.timers.heap {
		if t.id == id {
			t.gone = true
			heap.Remove(&v.timers.heap, t.index)
			break
		}
	}
	return goja.Undefined()
}
