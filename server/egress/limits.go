package egress

import "time"

const (
	// MaxResponse is the vendor's limit on a response body, in bytes; it is counted after
	// decompression, so a small gzip cannot become a large one.
	MaxResponse = 10 << 20
	// SmallResponse is how many bytes of a response every request may read at once; responses of an
	// API are rarely larger.
	SmallResponse = 256 << 10
	// MaxLarge is how many larger responses one host reads at a time; the others wait. Without it
	// 200 requests of one app used 2 GB of the host's memory, not counting copies.
	MaxLarge = 8
	// ResponseCopies is how often a large response is in memory at most, at a time: the buffer that grew for it and
	// the one before, or it and its JSON, which is longer.
	ResponseCopies = 3
	// LargeTime is how long one of them is read: 10 MB with 350 KB a second.
	LargeTime = 30 * time.Second
	// MaxRequest bounds the parameters of net.request as JSON, body included: what a session may
	// send in one call.
	MaxRequest = 1 << 20
	// MaxHeaders bounds the headers of a request, and MaxResponseHeaders the bytes of a response's.
	MaxHeaders         = 50
	MaxResponseHeaders = 64 << 10
	// MaxTimeout is the vendor's default and largest timeout of a request.
	MaxTimeout = 60 * time.Second
	// DialTimeout bounds name lookup and connection together.
	DialTimeout = 10 * time.Second
	// MaxRedirects is enough for any working server; more is a loop.
	MaxRedirects = 5
	// PerSession is the vendor's limit on running requests of one open app.
	PerSession = 10
	// PerApp bounds the running requests of all sessions of one app on one host, so that one app
	// cannot use all of the host's sockets.
	PerApp = 200
	// PerMinute bounds the requests of one app and user: ten a second, more than an app needs over
	// a minute.
	PerMinute = 600
	// IdleConnections are kept for the next request to the same server.
	IdleConnections = 64
	// IdleTimeout is how long they are kept: less than the 60 s after which common servers close a
	// connection.
	IdleTimeout = 45 * time.Second
	// MaxAnswers bounds the addresses of a name that are tried.
	MaxAnswers = 16

	// SocketsPerSession is the vendor's limit on open websockets of one app. SocketsPerApp bounds those of
	// all its sessions on one host: each costs two goroutines and a connection.
	SocketsPerSession = 5
	SocketsPerApp     = 1000
	// SocketsPerMinute and MessagesPerMinute are for one app and user: reconnecting in a loop, and a game
	// that sends twenty times a second.
	SocketsPerMinute  = 60
	MessagesPerMinute = 1200
	// MaxMessage bounds a message from a server, as MaxRequest bounds one to it.
	MaxMessage = 1 << 20
	// SocketPing is how often a server is asked whether it is there; SocketSilence after how much silence
	// the connection counts as lost. SocketWrite bounds one write.
	SocketPing    = 25 * time.Second
	SocketSilence = 60 * time.Second
	SocketWrite   = 10 * time.Second
)
