package host

import "time"

// Limits of the host as a whole.
const (
	poolConnections = 40               // PostgreSQL's default is 100; two hosts and an operator fit
	jobWorkers      = 20               // jobs mostly wait for webhooks' receivers
	healthTimeout   = 2 * time.Second  // a probe that waits longer says nothing
	jobTimeout      = 60 * time.Second // above the webhook timeout, with room for its bookkeeping
	jobRescue       = 2 * jobTimeout   // a job still running after this was left behind by a host that died
)
