package worker

import (
	"container/heap"
	"time"
)

// timerHeap orders the sessions with timers by the time of their next timer.
type timerHeap struct{ order sessionOrder }

// due returns a session whose timer is due, or nil.
func (h *timerHeap) due(now time.Time) *session {
	if len(h.order) == 0 || h.order[0].timer.After(now) {
		return nil
	}
	return h.order[0]
}

// first returns when the next timer is due.
func (h *timerHeap) first() (time.Time, bool) {
	if len(h.order) == 0 {
		return time.Time{}, false
	}
	return h.order[0].timer, true
}

// update adds, moves or removes the session after its timer changed.
func (h *timerHeap) update(s *session) {
	switch {
	case s.timer.IsZero() && s.position >= 0:
		heap.Remove(&h.order, s.position)
	case s.timer.IsZero():
	case s.position >= 0:
		heap.Fix(&h.order, s.position)
	default:
		heap.Push(&h.order, s)
	}
}

type sessionOrder []*session

func (o sessionOrder) Len() int           { return len(o) }
func (o sessionOrder) Less(i, j int) bool { return o[i].timer.Before(o[j].timer) }
func (o sessionOrder) Swap(i, j int) {
	o[i], o[j] = o[j], o[i]
	o[i].position, o[j].position = i, j
}
func (o *sessionOrder) Push(x any) {
	s := x.(*session)
	s.position = len(*o)
	*o = append(*o, s)
}
func (o *sessionOrder) Pop() any {
	old := *o
	s := old[len(old)-1]
	old[len(old)-1] = nil
	*o = old[:len(old)-1]
	s.position = -1
	return s
}
