package worker

import (
	"fmt"
	"time"
)

// killedError says that the host's kill timer ended a worker.
type killedError struct {
	cpu, wall time.Duration
}

func (e *killedError) Error() string {
	return fmt.Sprintf("killed: no turn finished in %v of CPU time and %v", e.cpu.Round(time.Millisecond),
		e.wall.Round(time.Millisecond))
}

// patrol is the kill timer of all workers, and ends idle ones. It reads counters that the workers'
// goroutines keep anyway, so that a turn needs no timer of its own.
func (p *Pool) patrol() {
	tick := time.NewTicker(PatrolEvery)
	defer tick.Stop()
	for {
		select {
		case <-p.life.Done():
			return
		case now := <-tick.C:
			p.inspect(now)
		}
	}
}

func (p *Pool) inspect(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.living {
		if err := c.overdue(now); err != nil {
			c.end(err)
		}
	}
	for _, s := range p.slots {
		c := s.child
		if c == nil {
			continue
		}
		c.mu.Lock()
		idle := len(c.sessions) == 0 && now.Sub(c.idle) > p.config.IdleAfter && c.why == nil
		c.mu.Unlock()
		if idle {
			s.child = nil // from here on no session can open in it
			c.end(errIdle)
		}
	}
}

// overdue returns why the worker must be killed, or nil. Only the patrol calls it.
func (c *child) overdue(now time.Time) error {
	w := &c.watched
	progress := c.progress.Load()
	if c.outstanding.Load() <= 0 {
		w.busy = false
		return nil
	}
	cpu, known := readClock(c.clock)
	if !w.busy || progress != w.progress {
		*w = watched{busy: true, progress: progress, since: now, cpu: cpu}
		return nil
	}
	spent, waited := cpu-w.cpu, now.Sub(w.since)
	if (known && spent > c.limits.KillCPU) || waited > c.limits.KillWall {
		return &killedError{cpu: spent, wall: waited}
	}
	return nil
}
