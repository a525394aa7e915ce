package goja

import "math"

// wrapped is the integer of a float for conversions that keep its low bits, as 1e21 | 0 does. A float
// beyond 64 bits has no int64 of its own.
func wrapped(f float64) int64 {
	if math.Abs(f) < 1<<63 {
		return int64(f)
	}
	return int64(math.Mod(f, 1<<32))
}
