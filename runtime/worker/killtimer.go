package worker

import (
	"errors"
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

// errHung is the end of a worker that did nothing while a turn was unfinished. Nothing in a VM waits, so
// the fault is not the app's, and the end does not count as a death.
var errHung = errors.New("the worker does nothing and finishes no turn")

// runKillTimer is the kill timer of all workers, and ends idle ones. It reads counters that the workers'
// goroutines keep anyway, so that a turn needs no timer of its own.
func (p *Pool) runKillTimer() {
	tick := time.NewTicker(KillTimerEvery)
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
		err := c.overdue(now, readClock)
		if err == nil {
			err = c.greedy(time.Now, readClock)
		}
		if err != nil {
			if errors.Is(err, errHung) {
				p.log.Error("a worker hangs", "pid", c.cmd.Process.Pid)
			}
			c.end(err)
		}
	}
	p.pace(now)
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

// greedyError says that a worker kept more cores busy than its runtime uses: code runs in it that is none of
// Go's, and it need not have a turn for that.
type greedyError struct {
	cpu, wall time.Duration
}

func (e *greedyError) Error() string {
	return fmt.Sprintf("killed: the worker used %v of CPU time in %v, and it has one core; it may have been taken over",
		e.cpu.Round(time.Millisecond), e.wall.Round(time.Millisecond))
}

// greedy returns why the worker must be killed whether it has a turn or not, or nil. Only the kill timer calls it.
func (c *child) greedy(clock func() time.Time, readClock func(clock int32) (time.Duration, bool)) error {
	// On a busy machine long may pass between two of these lines; it counts for the worker.
	w, before := &c.spent, clock()
	if before.Sub(w.since) < ProcessorsWindow {
		return nil
	}
	cpu, known := readClock(c.clock)
	used, wall, first := cpu-w.cpu, clock().Sub(w.since), w.since.IsZero()
	w.since, w.cpu = before, cpu
	if known && !first && float64(used) > Processors*float64(wall) {
		return &greedyError{cpu: used, wall: wall}
	}
	return nil
}

// overdue returns why the worker must be killed, or nil. Only the kill timer calls it.
func (c *child) overdue(now time.Time, readClock func(clock int32) (time.Duration, bool)) error {
	w := &c.watched
	progress := c.progress.Load()
	if c.outstanding.Load() <= 0 {
		w.busy = false
		return nil
	}
	cpu, known := readClock(c.clock)
	if !w.busy || progress != w.progress {
		*w = watched{busy: true, progress: progress, since: now, cpu: cpu}
		w.still.begin(now, cpu)
		return nil
	}
	spent, waited := cpu-w.cpu, now.Sub(w.since)
	switch {
	case !known && waited > c.limits.KillWall, known && spent > c.limits.KillCPU:
		return &killedError{cpu: spent, wall: waited}
	case known && w.still.check(now, cpu, KillTimerEvery) > HangWall:
		return errHung
	}
	return nil
}
