package media

import "time"

const (
	// PerHour is how many pictures a person uploads: an album, at most 2 GB.
	PerHour = 200

	// SmallAtOnce and LargeAtOnce are how many pictures are decoded at once, each in its own process
	// (worker.SmallPictureHeap, worker.PictureHeap). Large pictures have separate places, so that
	// small ones, which take milliseconds, do not wait for them.
	SmallAtOnce = 2
	LargeAtOnce = 2
	// MaxWaitingOfOne is how many pictures of one person may wait for a place: the nine that phones
	// send at once, and a few.
	MaxWaitingOfOne = 12
	// MaxWaiting is how many pictures of all people may wait; they wait in the host's memory.
	MaxWaiting = 100
	// MaxWaitingBytes is the total size of waiting files above picture.SmallBytes: six photos of a camera.
	// A smaller file is not refused because of other people's files.
	MaxWaitingBytes = 64 << 20
	// MaxWait is how long a picture waits for its place before its sender is told to try again.
	MaxWait = 10 * time.Second
	// RetryAfter is when to try again: a large picture takes a few seconds at most.
	RetryAfter = 5 * time.Second
)
