package worker

import (
	"time"

	"golang.org/x/sys/unix"
)

// Linux makes the CPU clocks of any thread and of any process readable from outside, under clock
// numbers built from their IDs: the complement shifted by three, 2 for scheduler time, and 4 for a
// single thread.
const (
	clockScheduler = 2
	clockThread    = 4
)

// threadClock returns the CPU clock of the calling thread, readable from other threads.
func threadClock() int32 { return int32(^unix.Gettid())<<3 | clockScheduler | clockThread }

// processClock returns the CPU clock of a process.
func processClock(pid int) int32 { return int32(^pid)<<3 | clockScheduler }

// readClock returns what the clock shows, and false when its thread or process is gone.
func readClock(clock int32) (time.Duration, bool) {
	var ts unix.Timespec
	if err := unix.ClockGettime(clock, &ts); err != nil {
		return 0, false
	}
	return time.Duration(ts.Nano()), true
}
