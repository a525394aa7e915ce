package orders

import "time"

const (
	// expiryInterval is how often expired orders and holds are marked. Nothing depends on it: an
	// order past its time cannot be paid and reads as expired at once.
	expiryInterval = time.Minute

	// expiryBatch bounds one statement, so that a backlog does not lock thousands of rows.
	expiryBatch = 1000
)
