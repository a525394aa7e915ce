package publishing

import "time"

const (
	// MaxUploadBytes leaves two megabytes for the form around a bundle of 30 MB.
	MaxUploadBytes = 32 << 20
	// maxManifests is how many images' lists of files are kept in memory; a list has a few hundred
	// entries of about 200 bytes.
	maxManifests = 256
	// publicMaxAge is as long as browsers take: the content below a hash never changes.
	publicMaxAge = 365 * 24 * time.Hour
)
