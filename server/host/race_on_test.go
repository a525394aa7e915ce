//go:build race

package host

// raceDetector tells that the race detector watches, whose own memory is several times the host's.
const raceDetector = true
