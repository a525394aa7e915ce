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
