package media

// ParseForFuzzing runs the parsers of untrusted bytes that are ours.
func ParseForFuzzing(data []byte) {
	orientation(data)
	withoutMetadata(data)
}
