package chat

// Limits of a conversation, each with its reason.
const (
	MaxTextRunes     = 4000     // a long letter; longer texts should be files
	MaxContentBytes  = 32 << 10 // what an account may put in a card or a template message
	MaxClientIDBytes = 64       // a UUID fits with room to spare
	PageDefault      = 50       // messages: one or two screens
	PageMax          = 200      // messages: one answer to catch up on a busy day
)
