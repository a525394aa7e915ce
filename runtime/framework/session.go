package framework

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/vm"
)

// ErrBadFrame says that a shell frame could not be read. The session continues. All other errors of
// a session are those of its VM, and end it.
var ErrBadFrame = errors.New("framework: unreadable frame")

// OpenRequest says who opens which page of an app. It also holds the clock.
type OpenRequest struct {
	protocol.OpenRequest
	// Now is the app's clock; nil means time.Now.
	Now func() time.Time `json:"-"`
	// Started, when set, gets the new session before the first line of the app runs, so that an
	// endless loop in app.js can be stopped. Only Interrupt may be called before Open returns.
	Started func(*Session) `json:"-"`
}

// Session is one user in one open app. All methods but Interrupt belong to one goroutine at a
// time.
type Session struct {
	engine  *Engine
	vm      *vm.VM
	req     protocol.OpenRequest
	started time.Time

	app         app
	router      router
	definitions definitions
	instances   instances
	input       input
	device      device
	listeners   Listeners
	work        work
}

// Open starts a session: it runs app.js, App.onLaunch, App.onShow and opens the first page. An
// error of the app's code is not an error of Open: it is logged, and the session continues.
func (e *Engine) Open(req OpenRequest, host protocol.Host) (*Session, error) {
	s := &Session{engine: e, req: req.OpenRequest}
	s.vm = vm.New(vm.Config{Code: e.code, Host: host, Now: req.Now, Seed: req.Seed,
		Language: req.Env.Language, Zone: req.Env.TimeZone, Development: req.Development, EarlyUndefined: true}, kernelSide{s})
	s.app.s = s
	s.router = router{s: s, tabs: map[string]*Page{}}
	s.definitions = definitions{s: s, types: types{vm: s.vm}, files: map[string]*definition{},
		behaviors: map[*goja.Object]*definition{}}
	s.instances = instances{s: s, byThis: map[*goja.Object]*Instance{}}
	if e.code.Mentions(nodeName) {
		s.instances.byNode, s.instances.nodes = map[string]*Instance{}, map[*Instance]string{}
	}
	s.device = device{s: s, env: e.visibleEnv(req.Env)}
	s.listeners = Listeners{vm: s.vm, byEvent: map[string][]goja.Value{}}
	s.input.s = s
	if req.Started != nil {
		req.Started(s)
	}
	s.started = s.vm.Now()
	err := s.vm.Start(func() {
		s.installGlobals()
		s.app.start()
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Session) installGlobals() {
	s.vm.GlobalFunction("App", s.app.define)
	s.vm.GlobalFunction("Page", s.definitions.definePage)
	s.vm.GlobalFunction("getApp", s.app.get)
	s.vm.GlobalFunction("getCurrentPages", s.router.getCurrentPages)
	s.vm.GlobalFunction("Component", s.definitions.defineComponent)
	s.vm.GlobalFunction("Behavior", s.definitions.defineBehavior)
	s.instances.makePrototype()
	for _, install := range s.engine.opts.Libraries {
		install(s)
	}
}

// Message takes one frame from the shell and runs one turn. It returns ErrBadFrame for a frame that
// cannot be read, and ignores a frame about a page or an element that no longer exists.
func (s *Session) Message(frame []byte) error {
	var f protocol.AppInput
	if err := json.Unmarshal(frame, &f); err != nil {
		return fmt.Errorf("%w: %w", ErrBadFrame, err)
	}
	return s.vm.Run(func() { s.input.receive(&f) })
}

// Reply answers a Host.Call. When ok is false, result is a JSON text with "message", or a JSON
// string that is the message.
func (s *Session) Reply(id uint64, ok bool, result []byte) error {
	return s.vm.Run(func() { s.vm.Answer(id, vm.NewReply(ok, result)) })
}

// NextTimer says when RunTimers should be called next.
func (s *Session) NextTimer() (time.Time, bool) { return s.vm.NextTimer() }

// RunTimers runs the timers that are due at now, in one turn. The caller asks NextTimer first,
// which leaves out timers that wait until the app is back on the screen.
func (s *Session) RunTimers(now time.Time) error { return s.vm.RunTimers(now) }

// Interrupt stops the running turn at the next instruction of the app's code, and ends the session.
// It is the only method that may be called from another goroutine.
func (s *Session) Interrupt(reason string) { s.vm.Interrupt(reason) }

// Close ends the session. The app gets no event, because its user has left.
func (s *Session) Close() {
	s.vm.Close()
	s.router.stack, s.router.tabs = nil, nil
}

// kernelSide is the Session as the kernel sees it.
type kernelSide struct{ s *Session }

// Flush implements vm.Framework.
func (k kernelSide) Flush() bool {
	k.s.work.rest()
	return k.s.router.flush()
}

// Failed implements vm.Framework.
func (k kernelSide) Failed(text, stack string) { k.s.app.failed(text, stack) }

// Rejected implements vm.Framework.
func (k kernelSide) Rejected(p *goja.Promise) { k.s.app.rejected(p) }

// Page implements vm.Framework.
func (k kernelSide) Page() string {
	if top := k.s.router.top(); top != nil {
		return top.Route()
	}
	return ""
}

// What a Library needs of a session.

// VM is the kernel that the session runs on.
func (s *Session) VM() *vm.VM { return s.vm }

// Request is what the host said about the user and the app.
func (s *Session) Request() *protocol.OpenRequest { return &s.req }

// Config is app.json.
func (s *Session) Config() *image.AppConfig { return &s.engine.img.App }

// Listeners are the functions that wait for events of the app.
func (s *Session) Listeners() *Listeners { return &s.listeners }

// Launch returns the options of App.onLaunch, and Enter those of the latest App.onShow.
func (s *Session) Launch() goja.Value { return s.app.launch }

// Enter returns the options of the latest App.onShow.
func (s *Session) Enter() goja.Value { return s.app.enter }

// Top is the page on top, or nil before the first.
func (s *Session) Top() *Page { return s.router.top() }

// PageOf finds the page whose `this` the value is, or nil.
func (s *Session) PageOf(this goja.Value) *Page {
	if in := s.instances.scope(this); in != nil {
		return in.page
	}
	return nil
}

// ComponentOf finds the component whose `this` the value is, or nil; a page is none. For what has ended it is
// an instance that is gone.
func (s *Session) ComponentOf(this goja.Value) *Instance {
	if in := s.instances.scope(this); in != nil {
		if in.host == nil {
			return nil
		}
		return in
	}
	if object, ok := this.(*goja.Object); ok {
		// What was an instance still inherits from its definition, and that from what is common to all.
		if of := object.Prototype(); of != nil && of.Prototype() == s.instances.prototype {
			return &Instance{gone: true}
		}
	}
	return nil
}

// Env is the user's device, as the app sees it.
func (s *Session) Env() protocol.Env { return s.device.env }

// WindowHeight is the height of the page on top, in CSS pixels.
func (s *Session) WindowHeight() int { return s.device.windowHeight() }

// InstanceMethod adds a method to what all pages inherit. The instance is nil when the method is
// called on anything else.
func (s *Session) InstanceMethod(name string, fn func(*Instance, goja.FunctionCall) goja.Value) {
	s.instances.method(name, fn)
}

// OnEvent makes a library the receiver of an event that is for the platform and not for handlers of
// the app.
func (s *Session) OnEvent(event string, fn func(*Page, *protocol.AppInput)) {
	s.input.onEvent(event, fn)
}

// OnFrame makes a library the receiver of a kind of frame that the framework does not know.
func (s *Session) OnFrame(kind string, fn func(*protocol.AppInput)) { s.input.onFrame(kind, fn) }

// OnUnload tells a library of the end of pages.
func (s *Session) OnUnload(fn func(*Page)) { s.router.onUnload = append(s.router.onUnload, fn) }
