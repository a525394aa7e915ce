//go:build !race

package waittest

// RaceDetector tells that the race detector watches; it does not.
const RaceDetector = false
