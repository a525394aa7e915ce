package pin

// Parameters of argon2id: the second recommendation of OWASP. A stolen table of six-digit PINs can
// always be cracked; with this cost it takes hours instead of seconds.
const (
	argonTime    = 2        // passes, with that memory
	argonMemory  = 19 << 10 // in KiB: 19 MiB
	argonThreads = 1        // a hash uses one core, so that hashes share the machine evenly
	argonKey     = 32       // bytes
	saltLength   = 16       // bytes, so that no two PINs have the same salt
)

// maxHashing bounds how many hashes are computed at once, and so their memory (19 MiB each).
const maxHashing = 4
