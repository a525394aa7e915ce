package bus

import "time"

// Limits of the bus.
const (
	// MaxPayload bounds a message: a chat event with its conversation; pictures travel by URL.
	MaxPayload = 512 << 10
	// connectTimeout is for one try to reach NATS; a host that starts waits for the first.
	connectTimeout = 2 * time.Second
	// reconnectEvery is the pause between two tries. NATS's own is 2 s; wake-ups are waited for.
	reconnectEvery = 500 * time.Millisecond
	// writeTimeout is how long a write to NATS may hold up who publishes, before the connection counts
	// as broken: a server that is frozen or behind a dead line takes nothing and refuses nothing.
	writeTimeout = time.Second
	// pingEvery and pingsMissed find such a server when nobody publishes: after 10 s.
	pingEvery   = 5 * time.Second
	pingsMissed = 2
	// returnTimeout bounds the question after a return whether all subscriptions are in place.
	returnTimeout = 10 * time.Second
	// drainTimeout is what handlers get to finish at shutdown.
	drainTimeout = 5 * time.Second
	// pendingMessages and pendingBytes are what a subscription may lag behind; beyond it the oldest
	// messages are dropped, and that is a gap.
	pendingMessages = 65536
	pendingBytes    = 64 << 20
)
