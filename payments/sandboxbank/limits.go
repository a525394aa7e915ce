package sandboxbank

import "time"

// openingBalance is the play money of a new customer in major units (yuan, yen): enough to try
// everything, little enough to run into a refusal.
const openingBalance = 100_000

// DefaultDelay is how long the bank thinks. Long enough to see the pending state, short enough to
// wait for.
const DefaultDelay = time.Second
