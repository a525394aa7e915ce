package ledger

import "time"

const (
	// retries bounds how often a transaction that lost a lock conflict is tried again. Locks are
	// taken in one order, so one retry is already rare.
	retries = 3

	// retryPause is the mean pause before a retry: a few transactions long.
	retryPause = 5 * time.Millisecond
)

// busyOffset lifts the IDs of shared accounts above those of users: 2^40 users come first.
const busyOffset = 1 << 40

// expireBatch bounds one round of expiry, so that a backlog does not become one long list.
const expireBatch = 500
