package sessions

import (
	"testing"

	"github.com/teahouse/teahouse/runtime/protocol"
)

// A worker that skips the question to the user gets nothing of the phone.
func TestThePhoneIsAskedOnlyForWhatTheUserAllowed(t *testing.T) {
	t.Parallel()
	for question, capability := range permitted {
		s := &session{asked: map[uint64]asked{}}
		frame := protocol.UIFrame{T: "ui", Call: 1, Name: question, Args: []byte("{}")}
		if _, err := s.ask(frame); err == nil {
			t.Errorf("%s was passed on without permission", question)
		}
		s.remember(capability, []byte("{}"))
		if _, err := s.ask(frame); err != nil {
			t.Errorf("%s after the user allowed it: %v", question, err)
		}
	}
}
