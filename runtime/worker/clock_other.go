//go:build !linux

package worker

import "time"

// Without readable CPU clocks only the limits in wall time apply.
func threadClock() int32                    { return 0 }
func processClock(int) int32                { return 0 }
func readClock(int32) (time.Duration, bool) { return 0, false }
