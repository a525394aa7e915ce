package sandboxbank

import "time"

// openingBalance is the play money of a new customer in major units (yuan, yen): enough to try
// everything, and small enough to cause a refusal.
const openingBalance = 100_000

// DefaultDelay is how long the bank takes to decide: long enough to see the pending state, short
// enough to wait for.
const DefaultDelay = time.Second
