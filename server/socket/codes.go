package socket

import (
	"github.com/fasthttp/websocket"

	"github.com/teahouse/teahouse/fault"
)

// Slugs of ends that every socket may meet.
const (
	SlugDraining = "host-draining" // the host stops: reconnect
	SlugTooSlow  = "client-too-slow"
)

// CloseCode returns the code of the close frame; the slug of the fault is its reason. What HTTP has a
// status for has the code 4000 + status, except where the protocol has a code of its own that
// libraries know as "connect again".
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
