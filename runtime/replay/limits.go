package replay

// MaxLog bounds the inputs that are kept of one session, in bytes: some thousand taps. What comes later is
// left out, because a session can only be played from its beginning.
const MaxLog = 512 << 10
