package postgres

import "time"

// Limits of the supervisor.
const (
	startTimeout   = 60 * time.Second       // crash recovery of a large log takes a while; longer means stuck
	stopTimeout    = 20 * time.Second       // a fast shutdown writes one checkpoint
	pollInterval   = 60 * time.Millisecond  // shorter fills the log with "the database system is starting up"
	restartBackoff = 500 * time.Millisecond // the first pause after PostgreSQL has ended by itself; doubles
	restartMax     = 10 * time.Second       // the longest pause between restarts
	socketPathMax  = 107                    // sun_path on Linux, less the terminating zero
	initdbTimeout  = 120 * time.Second      // it takes 2 s, and much longer on a slow network disk
	fetchTimeout   = 5 * time.Minute        // for the download of about 20 MB
)
