package objects

const (
	// MaxKeyBytes is below the 1,024 that S3 allows, with room for an operator's prefix.
	MaxKeyBytes = 512
	// MaxSegmentBytes is below the 255 of common file systems, with room for a temporary suffix.
	MaxSegmentBytes = 200
	// MaxListKeys is the page size of S3 listings.
	MaxListKeys = 1000
)
