package wxml

const (
	// MaxFileBytes is the largest WXML file. The largest that we found in public has 300 KB.
	MaxFileBytes = 1 << 20
	// MaxNesting is how deep elements may be nested; hand-written pages stay below 30.
	MaxNesting = 100
	// MaxIncludes is how deep files may include each other.
	MaxIncludes = 16
	// MaxIncludedBytes is how much text the includes of a page may insert, counted every time:
	// files that include each other twice would double it at each level.
	MaxIncludedBytes = 4 << 20
	// MaxFiles is how many files one page may import and include.
	MaxFiles = 200
	// MaxElements is how many elements one page may have, with its includes inserted.
	MaxElements = 50_000
	// MaxDiagnostics is how many findings are reported; more would not be read.
	MaxDiagnostics = 200
)
