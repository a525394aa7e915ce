package worker

import (
	"errors"
	"testing"
	"time"
)

// TestTheKillTimerCountsOneTurn tells the kill timer what the clocks say. Nothing here waits.
func TestTheKillTimerCountsOneTurn(t *testing.T) {
	t.Parallel()
	limits := Limits{}.orDefaults()
	const blink = time.Millisecond
	start := time.Unix(1e9, 0)
	for name, c := range map[string]struct {
		turns      int64         // that were requested and are not finished
		cpu        time.Duration // at each check
		wall       time.Duration // between the first check and the last
		checks     int
		unreadable bool // the CPU clock cannot be read
		progress   bool // a turn ended since
		killed     bool
		hung       bool // ended, and not by the app's fault
	}{
		"works within the limits":         {turns: 1, checks: 10, cpu: KillCPU / 10, wall: KillWall},
		"uses too much CPU":               {turns: 1, checks: 10, cpu: KillCPU/10 + blink, wall: KillCPU, killed: true},
		"waits long for a busy machine":   {turns: 1, checks: 10 * int(HangWall/KillTimerEvery), cpu: 100 * time.Nanosecond, wall: 10 * HangWall},
		"is asked rarely, by a busy host": {turns: 1, checks: 10, wall: 10 * HangWall},
		"does nothing":                    {turns: 1, checks: int(HangWall / KillTimerEvery), wall: HangWall},
		"does nothing for long":           {turns: 1, checks: int(HangWall/KillTimerEvery) + 1, wall: HangWall + KillTimerEvery, hung: true},
		"uses too much in two turns":      {turns: 1, checks: 1, cpu: KillCPU + blink, wall: KillWall + blink, progress: true},
		"has nothing to do":               {turns: 0, checks: 10, cpu: 10 * KillCPU, wall: 10 * HangWall},
		"its clock cannot be read":        {turns: 1, checks: 10, cpu: KillCPU + blink, wall: KillWall, unreadable: true},
		"its clock cannot be read, late":  {turns: 1, checks: 10, wall: KillWall + blink, unreadable: true, killed: true},
	} {
		worker := &child{limits: limits}
		worker.outstanding.Store(c.turns)
		used := time.Hour // the CPU of earlier turns
		clock := func(int32) (time.Duration, bool) { return used, !c.unreadable }
		if err := worker.overdue(start, clock); err != nil {
			t.Fatalf("%s: killed at its first check: %v", name, err)
		}
		if c.progress {
			worker.progress.Add(1)
		}
		var err error
		for i := 1; i <= c.checks && err == nil; i++ {
			used += c.cpu
			err = worker.overdue(start.Add(c.wall*time.Duration(i)/time.Duration(c.checks)), clock)
		}
		if _, killed := errors.AsType[*killedError](err); killed != c.killed || errors.Is(err, errHung) != c.hung {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A worker that was taken over may say that its turns have ended, and go on.
func TestTheKillTimerCountsCoresAlsoWithoutATurn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cores  float64
		late   time.Duration // how much later than due each check is
		pause  time.Duration // by which the host is held up while it reads the clock
		killed bool
	}{
		"computes all the time":          {cores: 1},
		"computes, and collects garbage": {cores: Processors},
		"uses two cores":                 {cores: 2, killed: true},
		"is looked at late":              {cores: 1, late: time.Minute},
		"is looked at slowly":            {cores: 1, pause: time.Minute},
	} {
		worker, now, used := &child{}, time.Unix(1e9, 0), time.Hour
		pass := func(d time.Duration) {
			now = now.Add(d)
			used += time.Duration(c.cores * float64(d))
		}
		var err error
		for range 10 {
			err = errors.Join(err, worker.greedy(func() time.Time { return now }, func(int32) (time.Duration, bool) {
				pass(c.pause / 2)
				defer pass(c.pause / 2)
				return used, true
			}))
			pass(ProcessorsWindow + c.late)
		}
		if _, killed := errors.AsType[*greedyError](err); killed != c.killed {
			t.Errorf("%s: %v", name, err)
		}
	}
}
