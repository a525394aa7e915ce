package audit

// MaxDetailBytes bounds the detail of an entry: facts, not files.
const MaxDetailBytes = 16 << 10
