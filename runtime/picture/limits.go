package picture

// What a picture may be. It is read from the headers and refused before anything is decoded.
const (
	MaxBytes  = 10 << 20   // of a file: a phone's photo as it comes
	MaxPixels = 40_000_000 // the largest photo of common phones, rounded down to what a screen can use
	MaxSide   = 16_383     // pixels of one side: the most that WebP has, and beyond any photo

	// MaxMemory is what decoding may allocate, as estimated from the headers: size, depth, components,
	// and the coefficients that a progressive JPEG keeps between its scans. A photo of 40 million
	// pixels fits in every usual form; three full progressive components do not.
	MaxMemory = 320 << 20
	// MaxWork is how many samples all passes of a picture may visit together. A progressive JPEG of
	// MaxPixels in ten scans stays near a third of it.
	MaxWork = 1_000_000_000
	// MaxUnpacked is how many bytes the pixels of a PNG and of all its frames may have when they are
	// unpacked, which takes about three seconds: the largest still picture, or 60 frames of a phone's screen.
	MaxUnpacked = 512 << 20
	// MaxScans is how many scans a JPEG may have; encoders write one, or about ten.
	MaxScans = 64
	// MaxParts is how many chunks, segments or blocks a file may have: reading one takes microseconds,
	// and in MaxBytes there is room for most of a million empty ones. libpng needs 1,300 for MaxBytes,
	// an animation of MaxFrames 6,000, and an encoder that writes a chunk for each row MaxSide.
	MaxParts = 20_000
	// MaxFrames and MaxFramePixels bound an animation: it is the receivers' phones that show it.
	MaxFrames      = 2_000
	MaxFramePixels = 1_000_000_000
	// MaxProfile bounds a colour profile that is looked at. Those that we keep have under 10 KB.
	MaxProfile = 64 << 10
	// MaxCurve is how many entries a curve of a colour profile may have.
	MaxCurve = 4_096
	// MaxResult bounds what comes out: the picture, written anew when it had to be turned.
	MaxResult = 16 << 20
)

// What counts as a small picture: those are decoded apart from the large ones, so that nobody's
// small picture waits for a large one.
const (
	SmallMemory   = 16 << 20    // a screenshot of a phone, a shrunk photo
	SmallWork     = 100_000_000 // tens of milliseconds
	SmallUnpacked = 64 << 20    // a third of a second
	SmallBytes    = 512 << 10   // reading metadata takes time too, and more in a larger file
)

// The copies.
const (
	ThumbnailMax     = 480 // longest side in pixels: a bubble is 150 CSS px on a 3x screen
	thumbnailQuality = 80  // of JPEG, in percent: below it edges show
	rewriteQuality   = 92  // of a JPEG that had to be turned: above it files only grow
)
