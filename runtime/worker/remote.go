package worker

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/protocol"
)

// Sink receives the messages of a session. Its methods are called one at a time, in order, and must
// return at once: they block every session of the app version. The sink may keep the byte slices.
//
// The messages come from a process that runs hostile code: a sink can rely only on the form that is
// documented here, and on no statement in them.
type Sink interface {
	// Frame is a frame for the shell, at most MaxFromWorker bytes. It should be JSON.
	Frame(frame []byte)
	// Call asks for a capability; Remote.Reply answers it.
	Call(id uint64, name string, args []byte)
	// Store changes the app's storage for the user.
	Store(op protocol.StorageOp)
	// Log is a line of the app's log.
	Log(entry protocol.LogEntry)
	// Slowed says that the session has used up its budget of one thing and waits: Budgets names them. It is
	// called once in TellEvery at most.
	Slowed(budget string)
	// Closed is the last call, made once, for every session whose Open succeeded.
	Closed(reason Reason)
}

// Remote is the host's handle of one session in a worker. Its methods may be called from any
// goroutine and do not wait.
type Remote struct {
	child   *child
	id      uint64
	call    bool // of a cloud function
	sink    Sink
	pending atomic.Int32 // messages whose turns are not finished
	room    signal       // pending became less
	line    line         // of goroutines that wait for room
	opened  chan struct{}
	done    chan struct{}
	isOpen  bool // guarded by child.mu: the sink expects Closed

	mu      sync.Mutex // held while the sink is called, so that its calls come one at a time
	over    bool       // the sink is not called again
	failure Reason     // set before done is closed
}

// Send passes a frame of the shell to the app. It returns a RateLimited fault when MaxPending
// frames already wait, and Unavailable when the session has ended.
func (r *Remote) Send(frame []byte) error {
	return r.child.post(r, message{kind: kindMessage, body: frame})
}

// Reply answers a Call. result is JSON; with ok false it is a JSON string that says why.
func (r *Remote) Reply(id uint64, ok bool, result []byte) error {
	return r.child.post(r, message{kind: kindReply, header: header{Call: id, OK: ok}, body: result})
}

// Advance moves the clock of the app forward, at most to its next timer, which then runs. A check does
// not sleep through what a program wants to do later.
func (r *Remote) Advance(d time.Duration) error {
	return r.child.post(r, message{kind: kindAdvance, header: header{Time: d}})
}

// SendInTime is Send for a frame that must not be lost when the app is busy: it waits for room.
func (r *Remote) SendInTime(ctx context.Context, frame []byte) error {
	return r.inTime(ctx, message{kind: kindMessage, body: frame})
}

// ReplyInTime answers a Call. It waits for room, and then until the answer has left the host's memory.
func (r *Remote) ReplyInTime(ctx context.Context, id uint64, ok bool, result []byte) error {
	m := message{kind: kindReply, header: header{Call: id, OK: ok}, body: result, sent: make(chan struct{})}
	if err := r.inTime(ctx, m); err != nil {
		return err
	}
	select {
	case <-m.sent:
	case <-r.child.quit:
	}
	return nil
}

// inTime posts a message as soon as there is room. Waiting goroutines form a line, so that a free
// place wakes one of them and not all.
func (r *Remote) inTime(ctx context.Context, m message) error {
	if err := r.child.post(r, m); !isFull(err) {
		return err
	}
	if err := r.line.enter(ctx, r.done); err != nil {
		return err
	}
	defer r.line.leave()
	for {
		inbox, queue := r.room.next(), r.child.room.next() // before the try, so that no change is missed
		err := r.child.post(r, m)
		switch {
		case errors.Is(err, errInboxFull):
			queue = nil
		case errors.Is(err, errQueueFull):
			inbox = nil
		default:
			return err
		}
		select {
		case <-inbox:
		case <-queue:
		case <-ctx.Done():
			return ctx.Err()
		case <-r.done:
			return errEnded()
		}
	}
}

// AdvanceInTime is Advance, and waits for room.
func (r *Remote) AdvanceInTime(ctx context.Context, d time.Duration) error {
	return r.inTime(ctx, message{kind: kindAdvance, header: header{Time: d}})
}

// Leave ends the session of a user who has left, without having hidden the app first perhaps: in its last
// turn the app learns that it is hidden, which is when programs save what they must not lose. Then Closed
// is called.
func (r *Remote) Leave() { r.close(hideFrame) }

// Close ends the session without a word to the app; then Closed is called.
func (r *Remote) Close() { r.close(nil) }

var hideFrame = (&protocol.ShellFrame{T: "hide"}).Encode()

func (r *Remote) close(last []byte) {
	if err := r.child.post(r, message{kind: kindClose, body: last}); err != nil {
		r.child.drop(r, Reason{Code: CodeClosed})
	}
}

// Done is closed after the session has ended and Sink.Closed has returned.
func (r *Remote) Done() <-chan struct{} { return r.done }

// errEnded is the answer of a session that has ended.
func errEnded() *fault.Error {
	return fault.Errorf(fault.Unavailable, CodeCrashed, messageCrashed)
}

// The answers of a full queue: the session's queue, which has room after its next turn, and the
// worker's queue, which has room after the next write.
var (
	errInboxFull = fault.Errorf(fault.RateLimited, "session-busy", messageSessionBusy)
	errQueueFull = fault.Errorf(fault.RateLimited, "session-busy", messageSessionBusy)
)

func isFull(err error) bool { return errors.Is(err, errInboxFull) || errors.Is(err, errQueueFull) }
