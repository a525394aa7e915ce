package device

const (
	// MaxRandom is the vendor's limit on random bytes of one call.
	MaxRandom = 1 << 20
	// PerMinute bounds the calls of one app and user: a map that asks where the user is every second.
	PerMinute = 120
)
