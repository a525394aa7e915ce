package payments

import "time"

// Limits of money. The database repeats those on amounts as CHECK constraints.
const (
	// MaxAmount bounds one transfer: ten thousand million yuan. Sums of a few thousand of them
	// still fit an int64, and all of them are exact in JSON.
	MaxAmount = 1_000_000_000_000

	// MaxBalance is 2^53 - 1, the largest integer that every JSON reader keeps exact.
	MaxBalance = 1<<53 - 1

	// MaxKeyLength bounds an Idempotency-Key: the length that the field agreed on.
	MaxKeyLength = 255

	// MaxDescription bounds what an order says it is for, in characters: one line on a phone, and
	// what the incumbent's interface allows.
	MaxDescription = 127

	// MaxAttach bounds the text that a merchant gets back with an order, in bytes.
	MaxAttach = 128

	// MinTradeNo and MaxTradeNo bound a merchant's own order number, as existing servers expect.
	MinTradeNo = 6
	MaxTradeNo = 32

	// DefaultOrderLife is how long an order can be paid unless its maker says otherwise: the time
	// that a customer may leave a sheet open and come back.
	DefaultOrderLife = 2 * time.Hour

	// MinOrderLife and MaxOrderLife bound what its maker may say.
	MinOrderLife = time.Minute
	MaxOrderLife = 7 * 24 * time.Hour

	// PrepayLife is how long signed payment parameters stay good; an order outlives them only to be
	// prepared again.
	PrepayLife = 2 * time.Hour

	// MaxPINFailures is how many wrong PINs lock a wallet: a guesser with all of them has one
	// chance in 200,000.
	MaxPINFailures = 5

	// PINLock is how long a locked wallet stays locked: forty guesses a day at most.
	PINLock = 3 * time.Hour

	// MaxPage bounds a list; DefaultPage is what a caller gets who does not say.
	MaxPage     = 100
	DefaultPage = 30
)
