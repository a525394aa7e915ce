package realtime

import "time"

// Limits of a person's socket.
const (
	// MaxClientFrame bounds a frame of the client: a token is about 1 KB, and nothing else has size.
	MaxClientFrame = 16 << 10
	// MaxQueue and MaxQueueBytes are what a slow client may lag behind, in events and in bytes; its
	// next connection asks for what it missed.
	MaxQueue      = 256
	MaxQueueBytes = 4 << 20
	// MaxSocketsUser bounds the tabs and devices of one person on one host.
	MaxSocketsUser = 20
	// SyncWait is how long a client waits for its subscription to be known to all hosts before it is
	// told "ready". One that waited in vain is told of a gap as soon as the subscription is known.
	SyncWait = 500 * time.Millisecond
	// SyncTimeout ends the asking; a connection that answers so late counts as broken before.
	SyncTimeout = 30 * time.Second
	// GapsPerSecond is how many clients of one host are told of a gap each second: all of them ask at
	// once for what they missed.
	GapsPerSecond = 1000
	// OrderWait is how long a message waits for the one before it, which another host may still be
	// sending. Later the client asks for it itself.
	OrderWait = 100 * time.Millisecond
	// MaxHeld bounds the messages of one conversation that wait for one before them.
	MaxHeld = 64
	// MaxStreams is of how many conversations of a person the host remembers the last number.
	MaxStreams = 1000
)
