package webhooks

import "time"

// Limits of webhooks.
const (
	// timeout is how long a receiver may take to answer, from Standard Webhooks.
	timeout = 15 * time.Second

	// maxURL bounds an endpoint's address.
	maxURL = 2048

	// maxPayload keeps messages small: they say what happened, and the receiver fetches details.
	maxPayload = 20_000

	// maxResponseStart is how much of an answer is kept for the developer to read.
	maxResponseStart = 512

	// secretBytes is the length of a new secret; the standard allows 24 to 64.
	secretBytes = 32

	// secretOverlap is how long the previous secret also signs after a change.
	secretOverlap = 24 * time.Hour

	// maxRetryAfter bounds how long a receiver may ask us to wait: the longest step of the
	// schedule.
	maxRetryAfter = 24 * time.Hour

	// jitter spreads retries by up to this part of their step, so that a receiver does not get all
	// retries at once after an outage.
	jitter = 0.1
)

// schedule is the wait before each attempt, from the standard: ten attempts over 75 hours.
var schedule = []time.Duration{0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour,
	5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour}
