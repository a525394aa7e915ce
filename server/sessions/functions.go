package sessions

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/worker"
	"github.com/teahouse/teahouse/server/bridge"
)

// The vendor's numbers of failures that the host finds.
const (
	functionCrashed = -504002
	functionStopped = -504003
)

// functionLate is what the developer reads of a call that the wall clock ended.
const functionLate = "The function did not answer in time."

// functionRun is one call of a cloud function. It is the worker.Sink of its sandbox, which is a session of its own
// in the worker of the app's version: what ends it does not end the program that called. The bridge knows by the
// kind of the caller that a function asks; a program cannot say so of itself.
type functionRun struct {
	session *session
	caller  bridge.Caller
	call    protocol.FunctionCall
	depth   int
	ctx     context.Context
	cancel  context.CancelFunc

	opened chan struct{} // closed once remote is set
	remote *worker.Remote
	answer chan []byte        // the first frame
	ended  chan worker.Reason // why the worker ended it

	tasks sync.WaitGroup
	calls atomic.Int32  // under way
	slots chan struct{} // tokens of FunctionCallsAtOnce
}

// RunFunction implements bridge.Functions: the program calls a function.
func (s *session) RunFunction(ctx context.Context, name string, event json.RawMessage, openID string) (bridge.Outcome, error) {
	return s.runFunction(ctx, protocol.FunctionCall{Name: name, Event: event, OpenID: openID, Source: "wx_client"}, 1)
}

// RunFunction implements bridge.Functions: a function calls another.
func (r *functionRun) RunFunction(ctx context.Context, name string, event json.RawMessage, openID string) (bridge.Outcome, error) {
	call := protocol.FunctionCall{Name: name, Event: event, OpenID: openID, Source: r.call.Source + ",scf"}
	return r.session.runFunction(ctx, call, r.depth+1)
}

func (s *session) runFunction(ctx context.Context, call protocol.FunctionCall, depth int) (bridge.Outcome, error) {
	if depth > MaxFunctionDepth {
		return bridge.Outcome{}, fault.Errorf(fault.Invalid, "functions-too-deep", "Cloud functions call each other more than %d deep.", MaxFunctionDepth)
	}
	select {
	case s.running <- struct{}{}:
		defer func() { <-s.running }()
	default:
		return bridge.Outcome{}, fault.Errorf(fault.RateLimited, "too-many-functions",
			"More than %d cloud functions at once; wait for answers first.", MaxFunctions)
	}
	call.RequestID = uuid.NewString()
	r := &functionRun{session: s, call: call, depth: depth, opened: make(chan struct{}), answer: make(chan []byte, 1),
		ended: make(chan worker.Reason, 1), slots: make(chan struct{}, FunctionCallsAtOnce)}
	r.ctx, r.cancel = context.WithTimeout(ctx, FunctionWait)
	r.caller = s.caller
	r.caller.Kind, r.caller.Functions, r.caller.Line = bridge.AppFunction, r, nil
	defer r.tasks.Wait()
	defer r.cancel()
	failure, err := r.run()
	if failure == nil && err == nil {
		// What the function asked for before it answered is done, whether it waited for it or not: whether a document
		// is kept must not depend on who is faster. Nothing asks after the answer.
		r.tasks.Wait()
	}
	if err != nil {
		return bridge.Outcome{}, err
	}
	if failure != nil {
		return bridge.Outcome{RequestID: call.RequestID, Failure: failure}, nil
	}
	return r.outcome(<-r.answer), nil
}

// run waits until there is an answer, or returns why there is none.
func (r *functionRun) run() (*bridge.Failure, error) {
	s := r.session
	var err error
	r.remote, err = s.service.Workers.Open(r.ctx, worker.AppKey{AppID: s.launch.AppID, VersionID: s.launch.VersionID.String()},
		func(ctx context.Context) ([]byte, error) { return s.service.Images.Image(ctx, s.launch.ImageHash) },
		protocol.OpenRequest{SessionID: s.id.String(), AppID: s.launch.AppID, Version: s.launch.Version, Function: &r.call, Seed: seed()}, r)
	switch slug := fault.SlugOf(err); {
	case slug == worker.CodeStopped && errors.Is(err, context.DeadlineExceeded):
		return r.failed(functionStopped, functionLate), nil
	case slug == worker.CodeStopped:
		return r.failed(functionStopped, describe(err)), nil
	case slug == worker.CodeCrashed:
		return r.failed(functionCrashed, describe(err)), nil
	case err != nil:
		return nil, err
	}
	close(r.opened)
	defer r.remote.Close()
	select {
	case frame := <-r.answer:
		r.answer <- frame // has room: only the first frame is kept
		return nil, nil
	case reason := <-r.ended:
		code := functionCrashed
		if reason.Code == worker.CodeStopped {
			code = functionStopped
		}
		return r.failed(code, reason.Detail), nil
	case <-r.ctx.Done():
		return r.failed(functionStopped, functionLate), nil
	}
}

// failed is a failure that the function itself did not tell of. The developer reads it in the log too.
func (r *functionRun) failed(code int, why string) *bridge.Failure {
	r.session.note(fault.Textf("The cloud function %s ended: %s", r.call.Name, why))
	return &bridge.Failure{Code: code, Message: why}
}

// outcome reads the answer, which comes from a process that runs hostile code.
func (r *functionRun) outcome(frame []byte) bridge.Outcome {
	out := bridge.Outcome{RequestID: r.call.RequestID}
	var f protocol.FunctionFrame
	err := json.Unmarshal(frame, &f)
	switch {
	case err != nil || f.T != "result" || len(f.Result) > protocol.MaxFunctionAnswer:
		out.Failure = r.failed(functionCrashed, "The answer is not readable.")
	case f.Failure != nil:
		out.Failure = &bridge.Failure{Code: f.Failure.Code, Message: clip(f.Failure.Message, protocol.MaxFunctionError)}
	default:
		out.Result = f.Result
	}
	return out
}

// Frame implements worker.Sink. The first frame is the answer.
func (r *functionRun) Frame(frame []byte) {
	select {
	case r.answer <- frame:
	default:
	}
}

// Call implements worker.Sink: what the function asks runs with the rights of the app.
func (r *functionRun) Call(id uint64, name string, args []byte) {
	if r.calls.Add(1) > MaxFunctionCalls {
		r.cancel() // the engine does not let functions come here
		return
	}
	r.tasks.Go(func() {
		defer r.calls.Add(-1)
		select {
		case r.slots <- struct{}{}:
			defer func() { <-r.slots }()
		case <-r.ctx.Done():
			return
		}
		s := r.session
		room := s.service.answers.open(s.who.UserID)
		defer room.close()
		result, err := s.guarded(r.ctx, func() (json.RawMessage, error) {
			return s.service.Bridge.Call(bridge.WithRoom(r.ctx, room), r.caller, name, args)
		})
		if full := room.fit(int64(len(result))); full != nil {
			result, err = nil, full
		}
		select {
		case <-r.opened:
		case <-r.ctx.Done():
			return
		}
		ok, answer := s.answerOf(result, err)
		_ = r.remote.ReplyInTime(r.ctx, id, ok, answer) // fails when the function is over
	})
}

// Store implements worker.Sink. A function has no storage.
func (r *functionRun) Store(protocol.StorageOp) {}

// Log implements worker.Sink. The shell of a version in development shows the lines too.
func (r *functionRun) Log(entry protocol.LogEntry) {
	r.session.Log(entry)
	if r.session.launch.Development {
		r.session.conn.Send((&protocol.LogFrame{T: "log", Level: entry.Level, Text: entry.Text, File: entry.File,
			Line: entry.Line, Column: entry.Column}).Encode())
	}
}

// Slowed implements worker.Sink; calls have no budget by the second.
func (r *functionRun) Slowed(string) {}

// Closed implements worker.Sink.
func (r *functionRun) Closed(reason worker.Reason) { r.ended <- reason }
