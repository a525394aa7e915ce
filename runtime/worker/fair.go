package worker

import (
	"runtime"
	"slices"
	"time"
)

// When the apps of a host together want more CPU than it has for them, those that want most are slowed down, so
// that those that want little go on as if they were alone. Priorities do not do that: among equals the
// system gives each its part, and a part of a busy core comes late. The host measures what each worker uses, and
// tells the greatest users what they may use. They rest between their turns; nothing is lost.

// demand is what one worker wants of the host's cores.
type demand struct {
	worker *child
	used   float64 // cores, in the last FairEvery
	pace   float64 // cores that it was told; 0 for no limit
}

// wants is how much CPU the worker would use. One that uses what it was told would use more: nobody knows how much.
func (d demand) wants(cores float64) float64 {
	if d.pace > 0 && d.used >= d.pace*PaceUsed {
		return cores
	}
	return d.used
}

// fairLevel returns the most that a worker may use so that all together use no more than there is, each as much as
// it wants or that: nobody gets more before everybody has as much. 0 means that there is enough.
func fairLevel(wants []float64, there float64) float64 {
	wants = slices.Sorted(slices.Values(wants))
	for i, want := range wants {
		if share := there / float64(len(wants)-i); want > share {
			return share
		}
		there -= want
	}
	return 0
}

// pace slows down the workers that use most, and lets them go again. It is called by the kill timer, with p.mu held.
func (p *Pool) pace(now time.Time) {
	since := now.Sub(p.paced)
	if since < FairEvery {
		return
	}
	first := p.paced.IsZero()
	p.paced = now
	cores := float64(runtime.NumCPU())
	var demands []demand
	var wants []float64
	for _, s := range p.slots {
		if s.child == nil {
			continue
		}
		cpu, known := readClock(s.child.clock)
		used := (cpu - s.child.counted).Seconds() / since.Seconds()
		s.child.counted = cpu
		if !known || first {
			continue
		}
		d := demand{worker: s.child, used: used, pace: s.child.pace}
		demands, wants = append(demands, d), append(wants, d.wants(cores))
	}
	level := fairLevel(wants, cores*FairShare)
	for i, d := range demands {
		told := 0.0
		if level > 0 && wants[i] > level {
			told = level
		}
		if told == d.pace {
			continue
		}
		if d.worker.enqueue(message{kind: kindPace, header: header{Time: time.Duration(told * float64(time.Second))}}, false) == nil {
			d.worker.pace = told
		} // a full queue is tried again
	}
}
