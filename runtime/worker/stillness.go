package worker

import "time"

// stillness measures how long a thread or a process has used no CPU at all. Wall time says little about
// an app on a busy machine: its turn waits for a core like everybody else's, and gets one again and
// again. What truly waits gets none.
type stillness struct {
	checked time.Time
	cpu     time.Duration
	lasted  time.Duration
}

func (s *stillness) begin(now time.Time, cpu time.Duration) {
	*s = stillness{checked: now, cpu: cpu}
}

// check returns how long no CPU was used. It should be called at the given interval: the time of a check
// that came late is not counted, because the machine stood still, and not the app.
func (s *stillness) check(now time.Time, cpu, interval time.Duration) time.Duration {
	if cpu == s.cpu {
		s.lasted += min(now.Sub(s.checked), 2*interval)
	} else {
		s.lasted = 0
	}
	s.checked, s.cpu = now, cpu
	return s.lasted
}
