package paging

// Limits of a page.
const (
	DefaultLimit = 30  // fills a screen and a half
	MaxLimit     = 100 // bounds the work and the answer of one request
)
