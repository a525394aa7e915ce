package egress

import "time"

const (
	// MaxResponse is the vendor's limit on a response body, in bytes; it is counted after
	// decompression, so a small gzip cannot become a large one.
	MaxResponse = 10 << 20
	// SmallResponse is what every request may hold of a response, in bytes; answers of an API rarely
	// have more.
	SmallResponse = 256 << 10
	// MaxLarge is how many responses on one host may be larger at once; the others wait with the
	// rest of theirs. Without it 200 requests of one app held 2 GB of the host, copies not counted.
	MaxLarge = 16
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
	// PerSession is the vendor's limit on requests that one open app has under way.
	PerSession = 10
	// PerApp bounds what all sessions of one app have under way on one host, so that one app
	// cannot use up the host's sockets.
	PerApp = 200
	// PerMinute bounds the requests of one app and user: ten a second, as no app needs for long.
	PerMinute = 600
	// IdleConnections are kept for the next request to the same server.
	IdleConnections = 64
	// IdleTimeout is how long: below the 60 s after which common servers hang up.
	IdleTimeout = 45 * time.Second
	// MaxAnswers bounds the addresses of a name that are tried.
	MaxAnswers = 16
)
