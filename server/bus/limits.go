package bus

import "time"

// Limits of the bus.
const (
	// MaxPayload bounds a message: a chat event with its conversation; pictures travel by URL.
	MaxPayload = 512 << 10
	// connectTimeout is for one try to reach NATS; a host that starts waits for the first.
	connectTimeout = 2 * time.Second
	// reconnectEvery is the pause between two tries, shorter than the 2 s that NATS uses by default.
	reconnectEvery = 500 * time.Millisecond
	// writeTimeout is how long a write to NATS may block Publish before the connection counts as
	// broken: a frozen or disconnected server gives no error.
	writeTimeout = time.Second
	// pingEvery and pingsMissed find such a server when nobody publishes: after 10 s.
	pingEvery   = 5 * time.Second
	pingsMissed = 2
	// returnTimeout bounds the question after a return whether all subscriptions are in place.
	returnTimeout = 10 * time.Second
	// drainTimeout is what handlers get to finish at shutdown.
	drainTimeout = 5 * time.Second
	// pendingMessages and pendingBytes are how much may wait in a subscription; above it the oldest
	// messages are dropped, which is a gap.
	pendingMessages = 65536
	pendingBytes    = 64 << 20
)
