package media

import "time"

const (
	// PerHour is how many pictures a person uploads: an album, at most 2 GB.
	PerHour = 200

	// SmallAtOnce and LargeAtOnce are how many pictures are decoded at once, each in a process of its
	// own (worker.SmallPictureHeap, worker.PictureHeap). Large ones have places of their own, so that
	// small ones, which are done in milliseconds, do not wait for them.
	SmallAtOnce = 2
	LargeAtOnce = 2
	// MaxWaitingOfOne is how many pictures of one person may wait for a place: the nine that phones
	// send at once, and a few.
	MaxWaitingOfOne = 12
	// MaxWaiting is how many of all people may wait; they wait in the host's memory.
	MaxWaiting = 100
	// MaxWaitingBytes is how many bytes those above SmallBytes hold together: a few photos as they
	// come from a camera. Below it nobody is refused for what others hold.
	MaxWaitingBytes = 32 << 20
	SmallBytes      = 512 << 10
	// MaxWait is how long a picture waits for its place before its sender is told to come back.
	MaxWait = 10 * time.Second
	// RetryAfter is when it is worth trying again: a large picture takes a few seconds at most.
	RetryAfter = 5 * time.Second
)
