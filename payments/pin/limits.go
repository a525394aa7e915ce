package pin

// Parameters of argon2id: the second recommendation of OWASP. A stolen table of six-digit PINs
// falls in any case; the cost makes it hours instead of seconds.
const (
	argonTime    = 2
	argonMemory  = 19 << 10 // KiB
	argonThreads = 1
	argonKey     = 32
	saltLength   = 16
)

// maxHashing bounds how many hashes are computed at once, and with them memory (19 MiB each).
const maxHashing = 4
