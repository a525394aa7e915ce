package socket

import (
	"github.com/fasthttp/websocket"

	"github.com/teahouse/teahouse/fault"
)

// Slugs of the ends that are possible for every socket.
const (
	SlugDraining = "host-draining" // the host stops: reconnect
	SlugTooSlow  = "client-too-slow"
)

// CloseCode returns the code of the close frame; the fault's slug is its reason. The code is 4000 + the
// HTTP status, except where the websocket protocol has its own code that libraries understand as
// "connect again".
func CloseCode(err error) int {
	switch code := fault.CodeOf(err); {
	case err == nil:
		return websocket.CloseNormalClosure
	case fault.SlugOf(err) == SlugDraining:
		return websocket.CloseServiceRestart
	case code == fault.Unavailable:
		return websocket.CloseTryAgainLater
	case code == fault.Internal:
		return websocket.CloseInternalServerErr
	default:
		return 4000 + code.Status()
	}
}

// Draining is the end of a socket whose host stops.
func Draining() error {
	return fault.Errorf(fault.Unavailable, SlugDraining, "This host is stopping; reconnect.")
}

// TooSlow is the end of a socket whose client does not read what it is sent.
func TooSlow() error {
	return fault.Errorf(fault.RateLimited, SlugTooSlow, "Your connection is too slow for what it is sent; reconnect.")
}
