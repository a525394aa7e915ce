package publishing

import "time"

const (
	// MaxUploadBytes is a bundle of 30 MB and two megabytes for the form.
	MaxUploadBytes = 32 << 20
	// maxManifests is how many images' lists of files are kept in memory; a list has a few hundred
	// entries of about 200 bytes.
	maxManifests = 256
	// checkTime bounds the run of a program for the reviewer: a hundred pages take some seconds.
	checkTime = 90 * time.Second
	// checkTimeout bounds the job, including reading the bundle and storing the report.
	checkTimeout = 2 * time.Minute
	// checkAttempts is the number of attempts before the reviewer is told that a version cannot be
	// checked.
	checkAttempts = 3
	// CheckWorkers is how many programs a host runs headless at a time: a check uses a whole processor.
	CheckWorkers = 1
	// MaxHistory is how many earlier submissions of an app a reviewer sees.
	MaxHistory = 30
	// publicMaxAge is the longest time that browsers accept: the content below a hash never changes.
	publicMaxAge = 365 * 24 * time.Hour
)
