package worker

import (
	"time"

	"golang.org/x/sys/unix"
)

// On Linux a process can read the CPU clock of any thread and of any process. The clock number is
// made from the ID: its complement shifted by three, plus 2 for scheduler time, plus 4 for a single
// thread.
const (
	clockScheduler = 2
	clockThread    = 4
)

// threadClock returns the CPU clock of the calling thread, readable from other threads.
func threadClock() int32 { return int32(^unix.Gettid())<<3 | clockScheduler | clockThread }

// processClock returns the CPU clock of a process.
func processClock(pid int) int32 { return int32(^pid)<<3 | clockScheduler }

// readClock returns the time of the clock, and false when its thread or process has ended.
func readClock(clock int32) (time.Duration, bool) {
	var ts unix.Timespec
	if err := unix.ClockGettime(clock, &ts); err != nil {
		return 0, false
	}
	return time.Duration(ts.Nano()), true
}
