package expr

const (
	// MaxDepth is how deep an expression may be nested; it keeps parser and evaluator, which
	// are recursive, far from the end of the Go stack.
	MaxDepth = 100
	// MaxSource is the longest text with {{ }} that is parsed, in bytes. Real texts have less than
	// 2 KB.
	MaxSource = 64 << 10
	// MaxSpread is how many elements an array literal may take from spread arrays.
	MaxSpread = 100_000
)
