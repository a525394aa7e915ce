package objects

import "time"

const (
	// MaxKeyBytes is below the 1,024 that S3 allows, with room for an operator's prefix.
	MaxKeyBytes = 512
	// MaxSegmentBytes is below the 255 of common file systems, with room for a temporary suffix.
	MaxSegmentBytes = 200
	// tries of a request to S3 bound the wait for a storage that is away to a few seconds: a person
	// waits behind it, and is told to try again.
	tries = 3
	// storageRetry is what that person is told.
	storageRetry = 5 * time.Second
	// MaxListKeys is the page size of S3 listings.
	MaxListKeys = 1000
)
