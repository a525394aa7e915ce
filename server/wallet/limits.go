package wallet

import "time"

// Calls a minute.
const (
	ordersPerMinute  = 1200 // of an app's server, which makes an order for each customer
	preparePerMinute = 30   // of a person, who taps "pay" now and then
)

// maxFutureSkew is how far hosts' clocks may differ before payment parameters look forged.
const maxFutureSkew = 5 * time.Minute

// maxNonce bounds the nonce of payment parameters: what the incumbent's interface allows.
const maxNonce = 32
