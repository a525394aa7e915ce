// Package function runs the cloud functions of a mini program: code of its developer that works with the rights of
// the app, apart from the program and from its users.
//
// Every call has a VM of its own. The vendor keeps instances of functions warm, and one person's call can read
// what another's has left in a variable of a module; here nothing is left. Only the compiled code is kept.
//
// A function has the language, timers, a console, the module wx-server-sdk, and those of Node.js that modules.go
// lists. It has no wx and no pages.
package function

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/vm"
)

// The vendor's numbers of failures.
const (
	codeUnknown = -501000 // there is no such function
	codeFailed  = -504002 // it threw something
	codeTimeout = -504003
	codeInvalid = -501007 // its event cannot be read
)

// maxNesting is how deep events and results are nested: one level less than what a VM reads, because they travel
// in an object.
const maxNesting = vm.MaxValueDepth - 1

// Set holds the functions of one image. It is safe for concurrent use.
type Set struct {
	functions map[string]*function
}

type function struct {
	image.Function
	once sync.Once
	code *vm.Code
}

// New prepares the functions of an image. Nothing is compiled before its first call.
func New(img *image.Image) *Set {
	s := &Set{functions: make(map[string]*function, len(img.Functions))}
	for _, f := range img.Functions {
		s.functions[f.Name] = &function{Function: f}
	}
	return s
}

// Request says what runs, for whom. It also holds the clock.
type Request struct {
	Call  protocol.FunctionCall
	AppID string
	Seed  int64
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Started, when set, gets the session before the first line of the function runs, so that an endless loop can
	// be stopped. Only Interrupt may be called before Open returns.
	Started func(*Session)
}

// Session is one call of a function. All methods but Interrupt belong to one goroutine at a time.
type Session struct {
	vm       *vm.VM
	req      Request
	function *function
	made     map[string]goja.Value // modules that are not the developer's
	native   *goja.Object
	node     *goja.Object // what node.js has made, nil until it is used
	net      *goja.Object // the same of net.js
	done     bool
}

// Open runs a function up to its first pause. Its answer reaches the host as a protocol.FunctionFrame, once. A
// failure of the function is such an answer, and no error.
func (s *Set) Open(req Request, host protocol.Host) (*Session, error) {
	f := s.functions[req.Call.Name]
	if f == nil {
		f = &function{}
	}
	f.once.Do(func() { f.code = vm.NewFunctionCode(f.Modules) })
	r := &Session{req: req, function: f, made: map[string]goja.Value{}}
	// As with the vendor a function is in no user's time zone.
	r.vm = vm.New(vm.Config{Code: f.code, Host: host, Now: req.Now, Seed: req.Seed, Builtin: r.module}, side{r})
	if req.Started != nil {
		req.Started(r)
	}
	return r, r.vm.Start(func() {
		switch {
		case f.Name == "":
			r.fail(codeUnknown, "FunctionName parameter could not be found")
		case nesting(req.Call.Event) > maxNesting:
			r.fail(codeInvalid, fmt.Sprintf("parameter.data is nested deeper than %d levels", maxNesting))
		default:
			r.run()
		}
	})
}

// run makes the globals and calls main.
func (s *Session) run() {
	s.native = s.natives()
	timeout := time.Duration(s.function.Timeout) * time.Millisecond
	s.vm.SetTimer(timeout, s.vm.Function("timeout", func(goja.FunctionCall) goja.Value {
		s.fail(codeTimeout, fmt.Sprintf("Invoking task timed out after %d seconds", s.function.Timeout/1000))
		return goja.Undefined()
	}))
	start := s.script(functionProgram)
	s.vm.Invoke(start, goja.Undefined(), s.native)
}

// script runs a script of ours and returns its function.
func (s *Session) script(program func() *goja.Program) goja.Value {
	made, err := s.vm.Runtime().RunProgram(program())
	if err != nil {
		panic(err)
	}
	return made
}

// returned takes what main returned.
func (s *Session) returned(value goja.Value) {
	text := s.vm.Stringify(value)
	if text == "" {
		text = "null"
	}
	if len(text) > protocol.MaxFunctionAnswer {
		panic(s.vm.NewError("RangeError", "the function returned %d KB; at most %d KB can be returned",
			len(text)>>10, protocol.MaxFunctionAnswer>>10))
	}
	if nesting([]byte(text)) > maxNesting {
		panic(s.vm.NewError("RangeError", "the function returned a value that is nested deeper than %d levels", maxNesting))
	}
	s.answer(&protocol.FunctionFrame{T: "result", Result: []byte(text)})
}

// nesting is how deep the lists and objects of a JSON text are nested.
func nesting(text []byte) (deepest int) {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}

// threw takes what main threw.
func (s *Session) threw(thrown goja.Value) {
	if s.done {
		return
	}
	text, stack := s.vm.ReportThrown(thrown)
	s.failed(text, stack)
}

func (s *Session) failed(text, stack string) {
	text = strings.TrimPrefix(text, "Uncaught ")
	if stack != "" {
		text += "\n" + stack
	}
	s.fail(codeFailed, text)
}

func (s *Session) fail(code int, message string) {
	s.answer(&protocol.FunctionFrame{T: "result", Failure: &protocol.FunctionFailure{
		Code: code, Message: vm.Cut(message, protocol.MaxFunctionError)}})
}

// answer sends the answer. The first one counts.
func (s *Session) answer(f *protocol.FunctionFrame) {
	if !s.done {
		s.done = true
		s.vm.Send(f)
	}
}

// Message ignores frames: a function has no shell.
func (s *Session) Message([]byte) error { return nil }

// Reply answers a Host.Call, as that of framework.Session does. What the function waits for after its answer ends
// with it.
func (s *Session) Reply(id uint64, ok bool, result []byte) error {
	if s.done {
		return nil
	}
	return s.vm.Run(func() { s.vm.Answer(id, vm.NewReply(ok, result)) })
}

// NextTimer says when RunTimers should be called next. After the answer no timer runs.
func (s *Session) NextTimer() (time.Time, bool) {
	if s.done {
		return time.Time{}, false
	}
	return s.vm.NextTimer()
}

// RunTimers runs the timers that are due at now, in one turn.
func (s *Session) RunTimers(now time.Time) error {
	if s.done {
		return nil
	}
	return s.vm.RunTimers(now)
}

// Interrupt stops the running turn, and ends the session. It is the only method that may be called from another
// goroutine.
func (s *Session) Interrupt(reason string) { s.vm.Interrupt(reason) }

// Close ends the session.
func (s *Session) Close() { s.vm.Close() }

// side is the session as its kernel sees it.
type side struct{ s *Session }

// Flush implements vm.Framework: a function shows nothing.
func (side) Flush() bool { return false }

// Failed implements vm.Framework: as in Node.js, what nothing catches ends the function.
func (k side) Failed(text, stack string) { k.s.failed(text, stack) }

// Rejected implements vm.Framework: the log has it.
func (side) Rejected(*goja.Promise) {}

// Page implements vm.Framework: the log names the function where it names a page of the program.
func (k side) Page() string { return "cloud function " + k.s.function.Name }
