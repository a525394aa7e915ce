package socket

import "time"

// Limits of every websocket.
const (
	// AuthWait is for the first frame: a client has its token before it connects.
	AuthWait = 5 * time.Second
	// WriteWait is a phone in a tunnel; longer and the socket is dead.
	WriteWait = 10 * time.Second
	// PingEvery is below the idle timeout of common proxies (30 to 60 s).
	PingEvery = 25 * time.Second
	// ReadWait is two pings missed, and a margin.
	ReadWait = 70 * time.Second
	// Linger and LingerBytes bound the wait for a client to close its side after the last frame.
	Linger      = 500 * time.Millisecond
	LingerBytes = 1 << 20
	// Buffer is the read and write buffer of a connection, each; most frames fit.
	Buffer = 1024
	// CheckEvery is how late a host learns that a session ended when the announcement was lost: NATS
	// may be away.
	CheckEvery = 10 * time.Second
	// CheckTimeout bounds one such question to the database, of at most MaxCheck sessions.
	CheckTimeout = 5 * time.Second
	MaxCheck     = 5000
	// MaxReason is what the protocol has room for in a close frame.
	MaxReason = 123
)
