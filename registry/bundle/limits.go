package bundle

const (
	// MaxArchiveBytes is the size of an upload: the same as that of its content.
	MaxArchiveBytes = 30 << 20
	// MaxTotalBytes is the vendor's limit for a program with all its subpackages.
	MaxTotalBytes = 30 << 20
	// MaxFiles is ten times the largest program that we have seen.
	MaxFiles = 10_000
	// MaxPathBytes and MaxDepth keep paths within what file systems and readers can handle.
	MaxPathBytes = 255
	MaxDepth     = 32
	// MaxRatio is how many times its packed size a file larger than RatioFloor may have. Code and
	// pictures stay below twenty; a zip bomb has a ratio near a thousand.
	MaxRatio   = 200
	RatioFloor = 1 << 20
	// maxDirectoryMarks bounds the entries that the zip reader can find before we count them. The
	// mark may also occur in the content of files, such as archives inside the archive.
	maxDirectoryMarks = 100_000
)
