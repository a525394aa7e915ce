package host

import "time"

// Limits of the host as a whole.
const (
	poolConnections = 30               // three hosts and an operator fit PostgreSQL's default of 100
	minConnections  = 4                // the job queue keeps one or two, and a request may need two at once
	jobWorkers      = 20               // jobs mostly wait for webhooks' receivers
	healthTimeout   = 2 * time.Second  // load balancers do not wait longer
	jobTimeout      = 60 * time.Second // above the webhook timeout, with room for its bookkeeping
	jobRescue       = 2 * jobTimeout   // a job that runs longer belonged to a host that crashed
	shutdownTimeout = 25 * time.Second // for clients, jobs and sessions to end; a supervisor kills later
)
