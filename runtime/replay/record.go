package replay

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"slices"
	"time"

	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/protocol"
)

// Session is a framework.Session whose inputs are recorded. Its methods are those of the session.
type Session struct {
	*framework.Session
	log    Log
	size   int
	full   bool
	failed bool // an exception of this turn was not caught

	now     func() time.Time
	last    int64 // what the clock told last, in milliseconds
	clock   []int64
	outputs *outputs
}

// Open opens a session and records it from its first line. The name of the image is for the reader of
// the log.
func Open(e *framework.Engine, req framework.OpenRequest, image string, host protocol.Host) (*Session, error) {
	s := &Session{now: req.Now, log: Log{Head: Head{Format: Format, Image: image, Request: req.OpenRequest}}}
	if s.now == nil {
		s.now = time.Now
	}
	s.outputs = &outputs{Host: host, sum: sha256.New(), failed: func() { s.failed = true }}
	req.Now = s.tell
	var inner *framework.Session
	err := s.turn(Input{Kind: opened}, func() (err error) {
		inner, err = e.Open(req, s.outputs)
		return err
	})
	s.Session = inner
	return s, err
}

// tell is the clock of the session, to the millisecond.
func (s *Session) tell() time.Time {
	ms := s.now().UnixMilli()
	if n := len(s.clock); n > 0 && ms == s.last {
		s.clock[n-1]++
	} else {
		s.clock = append(s.clock, ms-s.last, 1)
	}
	s.last = ms
	return time.UnixMilli(ms).UTC()
}

// turn runs one input and keeps it.
func (s *Session) turn(in Input, run func() error) error {
	s.clock, s.failed = s.clock[:0], false
	s.outputs.sum.Reset()
	result := run()
	if s.full {
		return result
	}
	err := result
	in.Clock, in.Sum = slices.Clone(s.clock), hex.EncodeToString(s.outputs.sum.Sum(nil)[:8])
	if errors.Is(err, framework.ErrBadFrame) {
		err = nil
	}
	if err != nil {
		in.Ended = err.Error()
	}
	s.size += len(in.Data) + 10*len(in.Clock) + 60
	in.Full = s.size > MaxLog
	s.full = in.Full || err != nil
	s.log.Inputs = append(s.log.Inputs, in)
	return result
}

// Message is that of the session.
func (s *Session) Message(frame []byte) error {
	if !json.Valid(frame) {
		return s.Session.Message(frame) // it does nothing
	}
	return s.turn(Input{Kind: message, Data: bytes.Clone(frame)}, func() error { return s.Session.Message(frame) })
}

// Reply is that of the session.
func (s *Session) Reply(id uint64, ok bool, result []byte) error {
	data := json.RawMessage(bytes.Clone(result))
	if !json.Valid(result) {
		data = nil
	}
	return s.turn(Input{Kind: reply, Call: id, OK: ok, Data: data}, func() error { return s.Session.Reply(id, ok, data) })
}

// RunTimers is that of the session.
func (s *Session) RunTimers(now time.Time) error {
	return s.turn(Input{Kind: timers, At: now.UnixNano()}, func() error { return s.Session.RunTimers(now) })
}

// Failed reports, once, whether an exception of the last turn was not caught.
func (s *Session) Failed() bool {
	failed := s.failed
	s.failed = false
	return failed
}

// Log is what has gone into the session so far.
func (s *Session) Log() []byte { return s.log.Encode() }

// outputs passes on what a session sends, and sums it up.
type outputs struct {
	protocol.Host
	sum    hash.Hash
	failed func()
}

func (o *outputs) add(what string, v any) {
	text, _ := json.Marshal(v) // our own types
	o.sum.Write([]byte(what))
	o.sum.Write(text)
}

// Frame implements protocol.Host.
func (o *outputs) Frame(frame []byte) {
	o.sum.Write(frame)
	o.Host.Frame(frame)
}

// Call implements protocol.Host.
func (o *outputs) Call(id uint64, name string, args []byte) {
	o.add("call", []any{id, name, string(args)})
	o.Host.Call(id, name, args)
}

// Store implements protocol.Host.
func (o *outputs) Store(op protocol.StorageOp) {
	o.add("store", op)
	o.Host.Store(op)
}

// Log implements protocol.Host.
func (o *outputs) Log(entry protocol.LogEntry) {
	if entry.Kind == protocol.LogError && entry.Level == "error" {
		o.failed()
	}
	o.add("log", entry)
	o.Host.Log(entry)
}
