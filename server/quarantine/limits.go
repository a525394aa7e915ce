package quarantine

import "time"

const (
	// Memory is how long an earlier pause makes the next one of the same version longer: after a week in which
	// it worked, its next failure is a new one.
	Memory = 7 * 24 * time.Hour
	// MaxDeaths is how many deaths of a worker a pause keeps as evidence, the last ones.
	MaxDeaths = 10
	// MaxDetail bounds the bytes of what is known about one death: how the process ended and what it wrote first.
	MaxDetail = 2000
	// RecordTimeout bounds one attempt to write a pause.
	RecordTimeout = 5 * time.Second
	// SyncEvery is how often a host compares what it has paused with the database, also without a sign that it
	// missed an announcement: a host may have been killed between its write and its announcement.
	SyncEvery = 30 * time.Second
	// MaxActive is how many pauses a host reads to hold them in memory. Of further ones sessions are refused all
	// the same, since every open asks the database.
	MaxActive = 10_000
)
