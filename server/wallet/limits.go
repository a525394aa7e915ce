package wallet

import "time"

// Calls a minute. A server makes an order for each customer; a person taps "pay" now and then.
const (
	ordersPerMinute  = 1200
	preparePerMinute = 30
)

// maxFutureSkew is how far hosts' clocks may differ before payment parameters look forged.
const maxFutureSkew = 5 * time.Minute

// maxNonce bounds the nonce of payment parameters: what the incumbent's interface allows.
const maxNonce = 32
