package webhooks

// MakeAttempt makes one attempt without the job queue, so that tests need not wait for the schedule.
var MakeAttempt = (*Service).attempt

// Schedule is the wait before each attempt.
var Schedule = schedule

// Pause is the wait before a step, given a random number.
var Pause = pause

// Clip makes text valid for the log of attempts.
var Clip = clip

// RetryAfter reads how long a receiver asks to wait.
var RetryAfter = retryAfter

// ReasonOf is what the log of attempts says of an error.
var ReasonOf = reasonOf
