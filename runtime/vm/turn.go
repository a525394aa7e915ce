package vm

import (
	"fmt"
	"slices"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/protocol"
)

// turn is the state of the running turn. It is empty between two turns.
type turn struct {
	tasks []func()         // what runs after the code that is running now
	after []func()         // what waits for the next flush
	out   []protocol.Frame // in the order of their sending
	late  []protocol.Frame // those that must follow the patches of the turn

	// Tasks, lines of the console and other lines of the log, against their limits.
	ran, printed, logged int

	rejected []*goja.Promise
	quiet    map[*goja.Promise]bool             // rejections that are already in the log
	origins  map[*goja.Object][]goja.StackFrame // where reasons come from, see Origin
}

// turnAborted is the panic value that unwinds the turn of a stopped app. It never leaves the
// package.
type turnAborted struct{}

// Run runs one turn: fn and everything that follows from it. Then the frames of the turn are sent.
func (v *VM) Run(fn func()) (err error) {
	if v.interrupted.Load() && v.ended == nil {
		v.ended = ErrInterrupted
	}
	if v.ended != nil {
		return v.ended
	}
	defer func() {
		x := recover()
		if v.interrupted.Load() {
			v.ended = ErrInterrupted
			if err, ok := x.(error); ok {
				v.noteStop(err)
			}
		} else if x != nil {
			v.ended = fmt.Errorf("%w: %v", ErrCrashed, panicText(x))
			v.Complain("The app broke the engine: %s", panicText(x))
		}
		err = v.ended
		v.turn = turn{}
	}()
	fn()
	v.settle()
	if v.interrupted.Load() {
		return nil // the deferred function sets the error
	}
	v.send()
	return nil
}

// panicText describes what the engine panicked with, without asking any value of the app.
func panicText(x any) string {
	switch x := x.(type) {
	case *goja.Exception, goja.Value:
		return "exception outside a call"
	case error:
		return x.Error()
	case string:
		return x
	default:
		return fmt.Sprintf("%T", x)
	}
}

// settle runs tasks and flushes until nothing is left.
func (v *VM) settle() {
	t := &v.turn
	for flushes := 0; ; flushes++ {
		v.RunTasks()
		v.reportRejections()
		if len(t.tasks) > 0 {
			continue
		}
		did := v.above.Flush()
		for _, fn := range t.after {
			v.Later(fn)
		}
		t.after = nil
		if !did && len(t.tasks) == 0 {
			break
		}
		if flushes >= MaxFlushesPerTurn {
			t.tasks = nil
			v.Complain("setData callbacks called setData %d times in a row; the rest was dropped.",
				MaxFlushesPerTurn)
			break
		}
	}
}

// RunTasks runs what is scheduled, in order, up to the limit of a turn. Every turn does it at its
// end; the framework does it earlier where something must see the effects.
func (v *VM) RunTasks() {
	t := &v.turn
	for len(t.tasks) > 0 {
		task := t.tasks[0]
		t.tasks = t.tasks[1:]
		if t.ran++; t.ran > MaxTasksPerTurn {
			t.tasks = nil
			v.Complain("The app scheduled more than %d callbacks in one turn; the rest was dropped.",
				MaxTasksPerTurn)
			break
		}
		task()
	}
}

// Later runs fn after the code that is running now, in the same turn.
func (v *VM) Later(fn func()) { v.turn.tasks = append(v.turn.tasks, fn) }

// AfterFlush runs fn once what is shown is up to date, in the same turn.
func (v *VM) AfterFlush(fn func()) { v.turn.after = append(v.turn.after, fn) }

// Send sends a frame to the shell at the end of the turn. It is encoded then, so that the sender may
// complete it until the last flush.
func (v *VM) Send(f protocol.Frame) { v.turn.out = append(v.turn.out, f) }

// SendLate is Send for a frame that must follow the patches of the turn.
func (v *VM) SendLate(f protocol.Frame) { v.turn.late = append(v.turn.late, f) }

func (v *VM) send() {
	for _, f := range v.turn.out {
		v.host.Frame(f.Encode())
	}
	for _, f := range v.turn.late {
		v.host.Frame(f.Encode())
	}
}

// trackRejection keeps the rejected promises that have no handler, until the turn ends.
func (v *VM) trackRejection(p *goja.Promise, op goja.PromiseRejectionOperation) {
	t := &v.turn
	if op == goja.PromiseRejectionReject {
		t.rejected = append(t.rejected, p)
		if reason, ok := p.Result().(*goja.Object); ok && t.origins[reason] == nil {
			v.Origin(reason, v.Stack())
		}
		return
	}
	if i := slices.Index(t.rejected, p); i >= 0 {
		t.rejected = slices.Delete(t.rejected, i, i+1)
	}
}
