package check

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/protocol"
)

// maxFunctionDepth ends functions that call each other without end.
const maxFunctionDepth = 5

// functionRun is a cloud function that the program under check has called. It is the Sink of a session of its own; what
// it asks is answered as the program's own calls are: the network is off.
type functionRun struct {
	*visit
	depth int
	app   App

	mu     sync.Mutex
	queue  []func()
	wake   chan struct{}
	answer *protocol.FunctionFrame
}

// callFunction runs a function to its end and answers the call. What goes wrong in it is a problem of the page that
// has called it.
func (v *visit) callFunction(args []byte, depth int) (ok bool, result []byte) {
	var in struct {
		Name string          `json:"name"`
		Data json.RawMessage `json:"data"`
	}
	if json.Unmarshal(args, &in) != nil || depth > maxFunctionDepth {
		return false, []byte(`{"message":"functions call each other without end","slug":"functions-too-deep"}`)
	}
	ctx, cancel := context.WithTimeout(v.ctx, v.opts.PageTimeout)
	defer cancel()
	f := &functionRun{visit: v, depth: depth, app: closedApp{}, wake: make(chan struct{}, 1)}
	app, err := v.sandbox.Open(ctx, v.img, protocol.OpenRequest{SessionID: "check", AppID: "check", Version: "check", Seed: 1,
		Function: &protocol.FunctionCall{Name: in.Name, Event: in.Data, RequestID: "check", OpenID: "check", Source: "wx_client"}}, f)
	if err != nil {
		f.drain()
		return true, failure(err.Error())
	}
	f.app = app
	defer app.Close()
	for {
		f.drain()
		if f.answer != nil {
			result, _ = json.Marshal(map[string]any{"request_id": "check", "result": f.answer.Result, "failure": f.answer.Failure})
			return true, result
		}
		select {
		case <-f.wake:
		case <-ctx.Done():
			return true, failure(fault.Textf("the function does not come to an end").String())
		}
	}
}

func failure(why string) []byte {
	text, _ := json.Marshal(map[string]any{"request_id": "check", "failure": protocol.FunctionFailure{Code: -504003, Message: why}})
	return text
}

func (f *functionRun) push(work func()) {
	f.mu.Lock()
	f.queue = append(f.queue, work)
	f.mu.Unlock()
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// drain works the queue off.
func (f *functionRun) drain() {
	f.mu.Lock()
	queue := f.queue
	f.queue = nil
	f.mu.Unlock()
	for _, work := range queue {
		work()
	}
}

// Frame implements Sink: the answer.
func (f *functionRun) Frame(text []byte) {
	f.push(func() {
		var answer protocol.FunctionFrame
		if json.Unmarshal(text, &answer) == nil && f.answer == nil {
			f.answer = &answer
		}
	})
}

// Call implements Sink.
func (f *functionRun) Call(id uint64, name string, args []byte) {
	f.push(func() {
		ok, result := answerBridge(name, args)
		if name == "cloud.call_function" {
			ok, result = f.callFunction(args, f.depth+1)
		} else if !ok {
			f.result.Offline = true // the page may not expect what its function says without its data
		}
		_ = f.app.Reply(id, ok, result) // fails when the function is over
	})
}

// Store implements Sink. A function has no storage.
func (f *functionRun) Store(protocol.StorageOp) {}

// Log implements Sink.
func (f *functionRun) Log(e protocol.LogEntry) { f.push(func() { f.log(e) }) }

// Closed implements Sink.
func (f *functionRun) Closed(reason string) {
	f.push(func() {
		if f.answer == nil {
			f.answer = &protocol.FunctionFrame{Failure: &protocol.FunctionFailure{Code: -504003, Message: reason}}
		}
	})
}
