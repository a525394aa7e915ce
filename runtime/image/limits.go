package image

// Limits bound what Decode takes. A worker decodes what its host sends, and a host decodes what
// a worker made of hostile input, so neither side believes the other's sizes.
type Limits struct {
	// Bytes is the most that an encoded image may have.
	Bytes int
	// Pages, Modules and Files are counts.
	Pages   int
	Modules int
	Files   int
}

// DefaultLimits is what the platform takes. The compiler stays below it by its own limits.
func DefaultLimits() Limits {
	return Limits{Bytes: MaxBytes, Pages: MaxPages, Modules: MaxModules, Files: MaxFiles}
}

const (
	// MaxBytes leaves room for a 30 MB bundle whose code doubles with its source maps.
	MaxBytes = 96 << 20
	// MaxPages is ten times the largest program that we have seen.
	MaxPages = 1_000
	// MaxModules and MaxFiles follow the 10,000 files of a bundle; every page adds two.
	MaxModules = 10_000
	MaxFiles   = 12_001
	// maxHeaderBytes bounds the JSON part: a path, a digest and sizes for every entry.
	maxHeaderBytes = 16 << 20
)
