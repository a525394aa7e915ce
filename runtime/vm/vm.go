// Package vm is the kernel that runs an app's JavaScript: one VM is one goja runtime with what every
// program needs around it (turns, modules, timers, console, errors that name the developer's line),
// and nothing that is specific to mini programs. Package framework stands on it, package wx on that.
//
// Everything a VM does happens in a turn: the owner passes one input, the app's code runs until
// nothing is left to do, and then all frames of the turn are sent together.
//
// Three rules keep the sandbox closed. No Go value is reflected into the VM: apps see plain values
// and functions that take plain values, and data from outside arrives as JSON text. The clock and
// the random seed come from the Config, so that an input log replays to the same frames. Reading a
// value of the app may run the app's code, so it happens inside a turn, where Interrupt and recover
// work.
package vm

import (
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/protocol"
)

// Errors of a VM that can no longer run.
var (
	// ErrInterrupted says that Interrupt stopped the app in the middle of a turn. The app's state
	// may be inconsistent, so the VM cannot continue.
	ErrInterrupted = errors.New("vm: session interrupted")
	// ErrCrashed says that a turn made the engine itself panic; its state is unknown.
	ErrCrashed = errors.New("vm: session crashed")
	// ErrClosed says that Close has been called.
	ErrClosed = errors.New("vm: session closed")
)

// Config is what a VM runs, and for whom.
type Config struct {
	Code *Code
	Host protocol.Host
	// Now is the app's clock; nil means time.Now. Seed feeds Math.random.
	Now  func() time.Time
	Seed int64
	// Language and Zone are what the user's phone says: they are what Intl and dates mean without a
	// locale or zone. The zero values are English and UTC.
	Language string
	Zone     string
	// Development sends the log to the shell too.
	Development bool
	// EarlyUndefined makes what let, const and class declare undefined before their declaration has run, as it is
	// in programs that the vendor's compiler has made: it writes var. Without it that is an error, as in Node.js.
	EarlyUndefined bool
	// Builtin makes a module that is not of the app, when a file requires it first; nil means that there is none.
	// ok says whether there is such a module.
	Builtin func(id string) (module goja.Value, ok bool)
}

// Framework is what stands on the kernel. The kernel asks it at the points of a turn that only it
// knows how to fill.
type Framework interface {
	// Flush brings what is shown up to date, after the app's code has run. It reports whether there
	// was anything to do.
	Flush() bool
	// Failed is told of every exception that nothing caught, after it was logged.
	Failed(text, stack string)
	// Rejected is told of every promise that was rejected and has no handler.
	Rejected(promise *goja.Promise)
	// Page is the route of the page on top, for the log; "" when there is none.
	Page() string
}

// VM is one JavaScript world. All methods but Interrupt belong to one goroutine at a time.
//
// What it offers to those above falls into five groups: values (the embedded Values), the turn (Run,
// Later, AfterFlush), calls into the app (Invoke, Method, Guard), the log (Log, Complain, Report,
// Here), and the way out (Send, CallShell, CallHost, Expect, Store). There is no other way to reach
// the shell or the host.
type VM struct {
	Values

	code  *Code
	host  protocol.Host
	now   func() time.Time
	above Framework
	debug bool

	language string
	zone     *time.Location
	early    bool // see Config.EarlyUndefined

	interrupted atomic.Bool
	ended       error              // why the VM cannot run any more
	beside      atomic.Pointer[VM] // see Beside

	turn    turn
	modules loader
	timers  timers
	calls   calls
	console console
}

// New makes a VM without any globals but those of the language: Interrupt works from now on, and
// everything else after Start.
func New(c Config, above Framework) *VM {
	v := &VM{Values: Values{goja.New()}, code: c.Code, host: c.Host, now: c.Now, above: above, debug: c.Development}
	if v.now == nil {
		v.now = time.Now
	}
	if v.language = c.Language; v.language == "" {
		v.language = "en"
	}
	v.SetZone(c.Zone)
	v.modules = loader{vm: v, loaded: map[string]*goja.Object{}, builtin: c.Builtin}
	v.calls.waiting = map[uint64]func(Reply){}
	v.console.vm = v
	v.rt.SetMaxCallStackSize(MaxCallStack)
	// The edited engine can do it (package runtime/engine).
	if engine, ok := any(v.rt).(interface{ SetEarlyUndefined(on bool) }); ok {
		engine.SetEarlyUndefined(c.EarlyUndefined)
	}
	v.early = c.EarlyUndefined
	v.rt.SetTimeSource(func() time.Time { return v.now() })
	random := rand.New(rand.NewPCG(uint64(c.Seed), 0x7ea0a5e))
	v.rt.SetRandSource(random.Float64)
	v.rt.SetPromiseRejectionTracker(v.trackRejection)
	return v
}

// Start makes the kernel's globals and then runs fn, in the VM's first turn.
func (v *VM) Start(fn func()) error {
	return v.Run(func() {
		v.installGlobals()
		fn()
	})
}

// Mentions reports whether the program's source contains the word; see Code.Mentions.
func (v *VM) Mentions(word string) bool { return v.code.Mentions(word) }

// Interrupt stops the running turn at the next instruction of the app's code, and ends the VM. It is
// the only method that may be called from another goroutine. It does not stop builtins; the host's
// kill timer does.
func (v *VM) Interrupt(reason string) {
	v.interrupted.Store(true)
	v.rt.Interrupt(reason)
	if other := v.beside.Load(); other != nil {
		other.Interrupt(reason)
	}
}

// Close ends the VM. The app gets no event, because its user has left.
func (v *VM) Close() {
	if v.ended == nil {
		v.ended = ErrClosed
	}
	v.timers.heap = nil
	v.calls.waiting = nil
	if other := v.beside.Load(); other != nil {
		v.Part(other)
	}
}

// Ended returns why the VM cannot run any more, or nil.
func (v *VM) Ended() error { return v.ended }

// Now is the app's clock.
func (v *VM) Now() time.Time { return v.now() }

// Code is what the VM runs.
func (v *VM) Code() *Code { return v.code }
