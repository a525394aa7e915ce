package replay

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/protocol"
)

// Result is what became of a session that was played.
type Result struct {
	Inputs int `json:"inputs"` // that were played
	// Different is the first input, counted from 1, after which the program sent something else than it
	// did when it was recorded; 0 when there is none.
	Different int `json:"different,omitempty"`
	// Ended says why the session ended, when it did.
	Ended string `json:"ended,omitempty"`
}

// Player plays a log, one input at a time. On another program than the recorded one it goes on as well
// as it can.
type Player struct {
	engine  *framework.Engine
	log     *Log
	outputs outputs
	started func(*framework.Session)
	session *framework.Session
	result  Result

	clock []int64 // of the running input, from next on
	told  int64   // how often the first pair was told
	last  int64
}

// NewPlayer prepares a log. What the program sends goes to host; started may be nil, as in a
// framework.OpenRequest.
func NewPlayer(e *framework.Engine, l *Log, host protocol.Host, started func(*framework.Session)) *Player {
	return &Player{engine: e, log: l, started: started, outputs: outputs{Host: host, sum: sha256.New(), failed: func() {}}}
}

// Result is what has become of the session so far; over says that there is nothing left to play.
func (p *Player) Result() (result Result, over bool) {
	return p.result, p.result.Ended != "" || p.result.Inputs == len(p.log.Inputs)
}

// Step plays the next input.
func (p *Player) Step() error {
	if _, over := p.Result(); over {
		return nil
	}
	in := &p.log.Inputs[p.result.Inputs]
	p.begin(in)
	err := p.input(in)
	p.result.Inputs++
	if p.result.Different == 0 && hex.EncodeToString(p.outputs.sum.Sum(nil)[:8]) != in.Sum && in.Ended == "" {
		p.result.Different = p.result.Inputs
	}
	if err != nil && !errors.Is(err, framework.ErrBadFrame) {
		p.result.Ended = err.Error()
		return err
	}
	return nil
}

func (p *Player) input(in *Input) (err error) {
	switch in.Kind {
	case opened:
		p.session, err = p.engine.Open(framework.OpenRequest{OpenRequest: p.log.Head.Request, Now: p.tell, Started: p.started}, &p.outputs)
		return err
	case message:
		return p.session.Message(in.Data)
	case reply:
		return p.session.Reply(in.Call, in.OK, in.Data)
	case timers:
		return p.session.RunTimers(time.Unix(0, in.At).UTC())
	}
	return fmt.Errorf("the log has an input of the kind %q", in.Kind)
}

func (p *Player) begin(in *Input) {
	for ; len(p.clock) >= 2; p.clock = p.clock[2:] { // what another program did not ask for
		if p.told == 0 {
			p.last += p.clock[0]
		}
		p.told = 0
	}
	p.clock, p.told = in.Clock, 0
	p.outputs.sum.Reset()
}

// tell tells what the clock told when the session was recorded. When a program asks more often, time
// stands still.
func (p *Player) tell() time.Time {
	if len(p.clock) >= 2 {
		if p.told == 0 {
			p.last += p.clock[0]
		}
		if p.told++; p.told >= p.clock[1] {
			p.clock, p.told = p.clock[2:], 0
		}
	}
	return time.UnixMilli(p.last).UTC()
}

// A worker runs a Player in the place of a session: its turns are the inputs.

// Message does nothing: what goes in is in the log.
func (p *Player) Message([]byte) error { return nil }

// Reply does nothing, like Message.
func (p *Player) Reply(uint64, bool, []byte) error { return nil }

// NextTimer says that nothing happens by itself.
func (p *Player) NextTimer() (time.Time, bool) { return time.Time{}, false }

// RunTimers plays the next input, which it names in the log. After the last one it says there what became
// of the session.
func (p *Player) RunTimers(time.Time) error {
	before, over := p.Result()
	if !over {
		p.outputs.Host.Log(protocol.LogEntry{Level: "log", Kind: protocol.LogReplay,
			Text: fmt.Sprintf("%4d  %s", before.Inputs+1, &p.log.Inputs[before.Inputs])})
	}
	err := p.Step()
	if result, over := p.Result(); over && result.Inputs > before.Inputs {
		text, _ := json.Marshal(result) // our own type
		p.outputs.Host.Log(protocol.LogEntry{Level: "info", Kind: protocol.LogReplay, Text: string(text)})
	}
	return err
}

// Interrupt stops the running turn.
func (p *Player) Interrupt(reason string) {
	if p.session != nil {
		p.session.Interrupt(reason)
	}
}

// Close ends the session.
func (p *Player) Close() {
	if p.session != nil {
		p.session.Close()
	}
}
