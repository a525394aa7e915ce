package image

// Limits bound what Decode accepts. A worker decodes an image from its host, and a host decodes an
// image that a worker made from hostile input. Neither side trusts the other's sizes.
type Limits struct {
	// Bytes is the most that an encoded image may have.
	Bytes int
	// Pages, Components, Modules and Files are counts.
	Pages      int
	Components int
	Modules    int
	Functions  int
	Files      int
}

// DefaultLimits is what the platform accepts. The compiler's own limits are lower.
func DefaultLimits() Limits {
	return Limits{Bytes: MaxBytes, Pages: MaxPages, Components: MaxComponents, Modules: MaxModules,
		Functions: MaxFunctions, Files: MaxFiles}
}

const (
	// MaxBytes is enough for a 30 MB bundle whose code doubles in size with its source maps.
	MaxBytes = 96 << 20
	// MaxPages is ten times the largest program that we have seen.
	MaxPages = 1_000
	// MaxComponents is ten times the largest library of components, as a program may use several.
	MaxComponents = 1_000
	// MaxModules and MaxFiles follow from the 10,000 files of a bundle; every page adds two.
	MaxModules = 10_000
	MaxFiles   = 12_001
	// MaxFunctions is twice what the vendor's smallest plan has, and more than any program that we have seen.
	MaxFunctions = 100
	// maxHeaderBytes bounds the JSON part: a path, a digest and sizes for every entry.
	maxHeaderBytes = 16 << 20
)
