package wallet

import "time"

// Calls a minute.
const (
	ordersPerMinute  = 1200 // of an app's server, which makes an order for each customer
	preparePerMinute = 30   // of a user, who taps "pay" a few times
)

// maxFutureSkew is how far hosts' clocks may differ before payment parameters are refused.
const maxFutureSkew = 5 * time.Minute

// maxNonce bounds the nonce of payment parameters: the limit of existing platforms' interfaces.
const maxNonce = 32
