package payments

import "time"

// Limits of money. The database repeats those on amounts as CHECK constraints.
const (
	// MaxAmount bounds one transfer: ten billion yuan. A few thousand of them still fit an int64,
	// and each is exact in JSON.
	MaxAmount = 1_000_000_000_000

	// MaxBalance is 2^53 - 1, the largest integer that every JSON reader keeps exact.
	MaxBalance = 1<<53 - 1

	// MaxKeyLength bounds an Idempotency-Key: the usual length in the industry.
	MaxKeyLength = 255

	// MaxDescription bounds the description of an order, in characters: one line on a phone, and
	// the limit of existing platforms' interfaces.
	MaxDescription = 127

	// MaxAttach bounds the text that a merchant gets back with an order, in bytes.
	MaxAttach = 128

	// MinTradeNo and MaxTradeNo bound a merchant's own order number, as existing servers expect.
	MinTradeNo = 6
	MaxTradeNo = 32

	// DefaultOrderLife is how long an order can be paid by default: a customer may leave the
	// payment sheet open and come back.
	DefaultOrderLife = 2 * time.Hour

	// MinOrderLife and MaxOrderLife bound the life that a merchant may choose.
	MinOrderLife = time.Minute
	MaxOrderLife = 7 * 24 * time.Hour

	// PrepayLife is how long signed payment parameters are valid; for an order with a longer life
	// they must be requested again.
	PrepayLife = 2 * time.Hour

	// MaxPINFailures is how many wrong PINs lock a wallet: five guesses succeed with a chance of
	// one in 200,000.
	MaxPINFailures = 5

	// PINLock is how long a locked wallet stays locked: it allows at most forty guesses a day.
	PINLock = 3 * time.Hour

	// MaxPage bounds a page of a list; DefaultPage is its length when the caller names none.
	MaxPage     = 100
	DefaultPage = 30
)
