package ratelimit

import "time"

const (
	// DefaultMaxKeys bounds the keys that one rule remembers: about 8 MB at 100 bytes a key.
	DefaultMaxKeys = 65_536
	// storeTimeout bounds the wait for the store: a limit must not delay what it protects.
	storeTimeout = time.Second
	// storePause is how long a host counts alone after the store did not answer.
	storePause = 5 * time.Second
)
