package worker

import (
	"time"

	"github.com/teahouse/teahouse/fault"
)

// Why a session ended, as Reason.Code. The shell shows Reason.Message to the user.
const (
	CodeClosed      = "closed"        // the host asked for it
	CodeStopped     = "app-stopped"   // a turn went past a limit
	CodeCrashed     = "app-crashed"   // the session or its worker broke
	CodeQuarantined = "quarantined"   // the app version crashes too often
	CodeDraining    = "host-draining" // the host is shutting down
)

// Reason is why a session ended.
type Reason struct {
	Code    string
	Message string // for the user
	Detail  string // for the log and the app's developer; may contain text of the app
}

// The sentences that users read. Each says what happened and what to do.
const (
	messageCrashed       = "This mini program stopped unexpectedly. Open it again to continue."
	messageSlow          = "This mini program took too long to respond and was closed. Open it again to continue."
	messageMemory        = "This mini program used too much memory and was closed. Open it again to continue."
	messageOutput        = "This mini program sent too much at once and was closed. Open it again to continue."
	messageQuarantined   = "This mini program keeps stopping and has been paused. Its developer has been told."
	messagePausedSoon    = "This mini program keeps stopping and has been paused. Its developer has been told. Try again in %d min."
	messageDraining      = "The service is restarting. Your mini program will reconnect in a moment."
	messageRestarting    = "This mini program is restarting. Try again in a moment."
	messageAppBusy       = "This mini program has too many visitors right now. Try again in a moment."
	messageFunctionsBusy = "This mini program runs too many cloud functions right now. Try again in a moment."
	messageHostBusy      = "The service is very busy right now. Try again in a moment."
	messageSessionBusy   = "Too much is happening at once. Wait a moment and try again."
	messageBroken        = "This version of the mini program cannot be opened. Its developer has been told."
	messageSlowOpen      = "This mini program took too long to open. Try again."
)

// Quarantined is the fault for a user who opens, or has open, a version that crashes too often and is
// paused for so long. When it can be tried again soon, it says when.
func Quarantined(left time.Duration) error {
	if left > QuarantineSoon {
		return fault.Errorf(fault.Unavailable, CodeQuarantined, messageQuarantined)
	}
	minutes := max(1, int((left+time.Minute-1)/time.Minute))
	paused := fault.Errorf(fault.Unavailable, CodeQuarantined, messagePausedSoon, minutes)
	paused.RetryAfter = left
	return paused
}

// reasonOf reads the worker's reason for the end of a session. The user reads only our own
// sentences: the app may control the worker, and users would take its text for the platform's.
func reasonOf(h header) Reason {
	r := Reason{Code: CodeCrashed, Message: messageCrashed, Detail: h.Detail}
	switch h.Code {
	case CodeClosed:
		r.Code = CodeClosed
	case CodeStopped:
		switch h.Message {
		case messageSlow, messageMemory, messageOutput:
			r.Code, r.Message = CodeStopped, h.Message
		}
	}
	return r
}

func (c stopCause) code() string { return CodeStopped }

func (c stopCause) message() string {
	switch c {
	case causeMemory:
		return messageMemory
	case causeOutput:
		return messageOutput
	default:
		return messageSlow
	}
}
