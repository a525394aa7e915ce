// Package replay records what goes into a session, and plays it again.
//
// A session has no other sources than these: the request that opened it, with its storage and seed, the
// frames of the shell, the answers of the host, the turns of its timers, and the clock. Whoever has
// them in order has the session: the same program does the same and sends the same frames, byte for
// byte. A crash report so shows its developer how it came to the crash.
package replay

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/protocol"
)

// Format is written into every log; another one cannot be read.
const Format = 1

// Log is what went into one session.
type Log struct {
	Head   Head
	Inputs []Input
}

// Head is the first line of a log.
type Head struct {
	Format int `json:"teahouse_replay"`
	// Image is the name of the image that ran.
	Image   string               `json:"image"`
	Request protocol.OpenRequest `json:"request"`
}

// Kinds of inputs, beside the request, which is the first.
const (
	opened  = "open"
	message = "message" // Data is a frame of the shell or the host
	reply   = "reply"   // Data answers the call
	timers  = "timers"  // At is the time that they ran for
)

// Input is one turn.
type Input struct {
	Kind string          `json:"kind"`
	Call uint64          `json:"call,omitempty"`
	OK   bool            `json:"ok,omitempty"`
	Data json.RawMessage `json:"data,omitempty"`
	At   int64           `json:"at,omitempty"` // nanoseconds since 1970
	// Clock is what the clock told, in pairs: how many milliseconds later than before, and how often.
	Clock []int64 `json:"clock,omitempty"`
	// Sum is over everything that the turn sent: frames, calls, changes of the storage, lines of the log.
	Sum string `json:"sum"`
	// Ended says that the session ended in this turn, and why. Where it was stopped is up to the clock
	// of the processor, and not played.
	Ended string `json:"ended,omitempty"`
	// Full says that the inputs after this one are missing.
	Full bool `json:"full,omitempty"`
}

// Encode writes a log, one line of JSON for each part.
func (l *Log) Encode() []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(&l.Head) // our own types, into memory
	for i := range l.Inputs {
		_ = encoder.Encode(&l.Inputs[i])
	}
	return b.Bytes()
}

// Read reads a log.
func Read(text []byte) (*Log, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	var l Log
	if err := decoder.Decode(&l.Head); err != nil || l.Head.Format == 0 {
		return nil, fault.Errorf(fault.Invalid, "no-replay", "This is not the log of a session.")
	}
	if l.Head.Format != Format {
		return nil, fault.Errorf(fault.Invalid, "other-replay", "The log has the format %d; this version plays %d.", l.Head.Format, Format)
	}
	for decoder.More() {
		var in Input
		if err := decoder.Decode(&in); err != nil {
			return nil, fault.Errorf(fault.Invalid, "no-replay", "The log is broken after %d inputs.", len(l.Inputs)).Because(err)
		}
		l.Inputs = append(l.Inputs, in)
	}
	if len(l.Inputs) == 0 || l.Inputs[0].Kind != opened {
		return nil, fault.Errorf(fault.Invalid, "no-replay", "The log does not begin with the opening of a session.")
	}
	return &l, nil
}

// String names an input for people.
func (in *Input) String() string {
	switch in.Kind {
	case message:
		var f struct {
			T, Type string
		}
		_ = json.Unmarshal(in.Data, &f) // whatever it is, it is shown as it is
		if f.Type != "" {
			return f.T + " " + f.Type
		}
		return f.T
	case reply:
		return fmt.Sprintf("answer to call %d", in.Call)
	}
	return in.Kind
}
