package realtime

import "time"

// Limits of a person's socket.
const (
	// MaxClientFrame bounds a frame of the client: a token is about 1 KB, other frames are smaller.
	MaxClientFrame = 16 << 10
	// MaxQueue and MaxQueueBytes are how many events and bytes may wait for a slow client; after its
	// next connection it asks for what it missed.
	MaxQueue      = 256
	MaxQueueBytes = 4 << 20
	// MaxSocketsUser bounds the tabs and devices of one person on one host.
	MaxSocketsUser = 20
	// SyncWait is how long a client waits until all hosts know its subscription, before it gets
	// "ready". If they do not know it by then, it gets a "gap" as soon as they do.
	SyncWait = 500 * time.Millisecond
	// SyncTimeout ends the wait for the subscription; a connection so slow counts as broken anyway.
	SyncTimeout = 30 * time.Second
	// GapsPerSecond is how many clients of one host are told of a gap each second: all of them ask at
	// once for what they missed.
	GapsPerSecond = 1000
	// OrderWait is how long a message waits for the one before it, which another host may still send.
	// After that the client asks for the missing one itself.
	OrderWait = 100 * time.Millisecond
	// MaxHeld bounds the messages of one conversation that wait for one before them.
	MaxHeld = 64
	// MaxStreams is of how many conversations of a person the host remembers the last number.
	MaxStreams = 1000
)
