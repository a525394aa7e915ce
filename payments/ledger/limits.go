package ledger

import "time"

const (
	// retries bounds how often a transaction that lost a lock conflict is tried again. Locks are
	// taken in one order, so one retry is already rare.
	retries = 3

	// retryPause is the mean pause before a retry: the time of a few transactions.
	retryPause = 5 * time.Millisecond
)

// busyOffset makes the IDs of shared accounts larger than those of users, for up to 2^40 users.
const busyOffset = 1 << 40

// expireBatch bounds one round of expiry, so that a backlog is not read at once.
const expireBatch = 500
