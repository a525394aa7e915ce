package vm

import (
	"encoding/json"

	"github.com/teahouse/teahouse/runtime/protocol"
)

// calls are the questions to the shell and to the bridge that wait for an answer. They share one
// range of numbers, so that an answer needs no more than that.
type calls struct {
	waiting map[uint64]func(Reply)
	last    uint64
}

// Reply is the answer of the shell or the bridge to a call.
type Reply struct {
	OK     bool
	Result json.RawMessage
	Reason string // set when OK is false
}

// NewReply reads an answer of the host. When ok is false, result is a JSON text with "message", or a JSON
// string that is the message.
func NewReply(ok bool, result []byte) Reply {
	r := Reply{OK: ok, Result: result}
	if !ok {
		r.Reason = reasonOf(result)
	}
	return r
}

// reasonOf reads why the host refused a call.
func reasonOf(result []byte) (reason string) {
	const unknown = "the platform refused"
	var fault struct {
		Message string `json:"message"`
		Detail  string `json:"detail"`
	}
	if json.Unmarshal(result, &fault) == nil {
		switch {
		case fault.Message != "":
			return fault.Message
		case fault.Detail != "":
			return fault.Detail
		}
		return unknown
	}
	var text string
	if json.Unmarshal(result, &text) == nil {
		return text
	}
	return unknown
}

// NextID returns a number that no call and nothing else of this VM has.
func (v *VM) NextID() uint64 {
	v.calls.last++
	return v.calls.last
}

// Expect registers fn for the answer of a call and returns the call's number, or 0 when too many
// calls wait.
func (v *VM) Expect(fn func(Reply)) uint64 {
	if len(v.calls.waiting) >= MaxPendingCalls {
		return 0
	}
	id := v.NextID()
	v.calls.waiting[id] = fn
	return id
}

// Waits reports whether the call has no answer yet.
func (v *VM) Waits(id uint64) bool { return v.calls.waiting[id] != nil }

// Forget gives up a call: its answer is ignored.
func (v *VM) Forget(id uint64) { delete(v.calls.waiting, id) }

// Answer passes an answer to the call that waits for it. Further answers to the same call are
// ignored.
func (v *VM) Answer(id uint64, r Reply) {
	if fn := v.calls.waiting[id]; fn != nil {
		delete(v.calls.waiting, id)
		fn(r)
	}
}

// CallShell sends a ui frame. With a number from Expect the shell answers. The names are listed in
// protocol/ui.json, which the shell is tested against.
func (v *VM) CallShell(id uint64, name string, args []byte) {
	v.Send(&protocol.UIFrame{T: "ui", Call: id, Name: name, Args: args})
}

// CallShellLate is CallShell after the patches of the turn, for questions about what the user will
// see.
func (v *VM) CallShellLate(id uint64, name string, args []byte) {
	v.SendLate(&protocol.UIFrame{T: "ui", Call: id, Name: name, Args: args})
}

// CallHost asks the host for a capability of the bridge.
func (v *VM) CallHost(id uint64, capability string, args []byte) { v.host.Call(id, capability, args) }

// Store tells the host of a change of the app's storage.
func (v *VM) Store(op protocol.StorageOp) { v.host.Store(op) }
