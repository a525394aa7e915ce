//go:build race

package waittest

// RaceDetector tells that the race detector watches: everything then takes some ten times the processor
// time and several times the memory, so limits that are measured against either do not apply.
const RaceDetector = true
