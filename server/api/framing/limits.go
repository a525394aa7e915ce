package framing

const (
	// maxExtensions bounds the chunk extensions of a request; no known client uses them.
	maxExtensions = 256
	// maxDigits bounds a length: 18 digits fit 64 bits.
	maxDigits = 18
	// maxHexDigits bounds the length of a chunk: 15 hexadecimal digits fit 64 bits.
	maxHexDigits = 15
)
