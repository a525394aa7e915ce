package bridge

import "time"

const (
	// DefaultMaxBytes bounds the parameters of a call, which contain small values, not files.
	DefaultMaxBytes = 256 << 10
	// tokensPerMinute bounds the tokens that one address asks for: a server needs one in two hours.
	tokensPerMinute = 60
	// maxCredential bounds a client ID and a secret before they are looked at.
	maxCredential = 256
	// callTimeout bounds the work of one call.
	callTimeout = 30 * time.Second
)
