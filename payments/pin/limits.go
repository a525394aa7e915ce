package pin

// Parameters of argon2id: the second recommendation of OWASP. A stolen table of six-digit PINs
// falls in any case; the cost makes it hours instead of seconds.
const (
	argonTime    = 2        // passes, with that memory
	argonMemory  = 19 << 10 // in KiB: 19 MiB
	argonThreads = 1        // a hash is one core's work, so that hashes share the machine evenly
	argonKey     = 32       // bytes, as long as what a guesser would have to find
	saltLength   = 16       // bytes; no two PINs of a platform share one
)

// maxHashing bounds how many hashes are computed at once, and with them memory (19 MiB each).
const maxHashing = 4
