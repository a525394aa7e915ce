package worker

import (
	"container/heap"
	"time"
)

// timerHeap orders the guests with timers by the time of their next timer.
type timerHeap struct{ order guestOrder }

// due returns a guest whose timer is due, or nil.
func (h *timerHeap) due(now time.Time) *guest {
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

// update adds, moves or removes the guest after its timer changed.
func (h *timerHeap) update(g *guest) {
	switch {
	case g.timer.IsZero() && g.position >= 0:
		heap.Remove(&h.order, g.position)
	case g.timer.IsZero():
	case g.position >= 0:
		heap.Fix(&h.order, g.position)
	default:
		heap.Push(&h.order, g)
	}
}

type guestOrder []*guest

func (o guestOrder) Len() int           { return len(o) }
func (o guestOrder) Less(i, j int) bool { return o[i].timer.Before(o[j].timer) }
func (o guestOrder) Swap(i, j int) {
	o[i], o[j] = o[j], o[i]
	o[i].position, o[j].position = i, j
}
func (o *guestOrder) Push(x any) {
	g := x.(*guest)
	g.position = len(*o)
	*o = append(*o, g)
}
func (o *guestOrder) Pop() any {
	old := *o
	g := old[len(old)-1]
	old[len(old)-1] = nil
	*o = old[:len(old)-1]
	g.position = -1
	return g
}
