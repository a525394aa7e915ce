package socket

import "time"

// Limits of every websocket.
const (
	// AuthWait is the timeout of the first frame: a client has its token before it connects.
	AuthWait = 5 * time.Second
	// WriteWait is enough for a short loss of the phone's network; after it the socket counts as broken.
	WriteWait = 10 * time.Second
	// PingEvery is below the idle timeout of common proxies (30 to 60 s).
	PingEvery = 25 * time.Second
	// ReadWait is two missed pings and a margin.
	ReadWait = 70 * time.Second
	// Linger and LingerBytes bound the wait for a client to close its side after the last frame.
	Linger      = 500 * time.Millisecond
	LingerBytes = 1 << 20
	// Buffer is the read and write buffer of a connection, each; most frames fit.
	Buffer = 1024
	// CheckEvery is how late a host learns that a session ended when the announcement was lost: NATS
	// may be unreachable.
	CheckEvery = 10 * time.Second
	// CheckTimeout bounds one such question to the database, of at most MaxCheck sessions.
	CheckTimeout = 5 * time.Second
	MaxCheck     = 5000
	// MaxReason is the longest reason in a close frame.
	MaxReason = 123
)
