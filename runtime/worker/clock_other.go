//go:build !linux

package worker

import "time"

// Without readable CPU clocks the bounds in wall time hold alone.
func threadClock() int32                    { return 0 }
func processClock(int) int32                { return 0 }
func readClock(int32) (time.Duration, bool) { return 0, false }
