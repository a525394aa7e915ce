package wxss

const (
	// MaxFileBytes is above the largest component library's sheet, and bounds the tokens in memory.
	MaxFileBytes = 2 << 20
	// MaxInputBytes and MaxOutputBytes bound a page's sheet with its imports: files that import the
	// next file twice double the work at every level, even when they are empty. fileCost is what
	// each read of a file counts in addition to its bytes.
	MaxInputBytes  = 8 << 20
	MaxOutputBytes = 4 << 20
	fileCost       = 1 << 10
	// MaxImportDepth and MaxNesting bound recursion; real programs stay below five.
	MaxImportDepth = 16
	MaxNesting     = 16
	// MaxDiagnostics is more than a developer reads about one sheet.
	MaxDiagnostics = 100
)
