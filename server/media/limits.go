package media

// Limits of a picture.
const (
	MaxBytes     = 10 << 20   // a phone's photo as it comes; clients shrink larger ones
	MaxPixels    = 40_000_000 // decoding takes 4 bytes each: 160 MB, one at a time
	ThumbnailMax = 480        // longest side in pixels: a bubble is 150 CSS px on a 3x screen
	thumbQuality = 80         // of JPEG, in percent: below it edges show
	PerHour      = 200        // uploads of one person: an album, at most 2 GB
	decodesMost  = 2          // at once, so that uploads cannot take the machine's memory
)
