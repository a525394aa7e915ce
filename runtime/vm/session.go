package vm

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/dop251/goja"
)

// Session is one user in one open app. All methods but Interrupt belong to one goroutine at a
// time.
type Session struct {
	e    *Engine
	rt   *goja.Runtime
	host Host
	req  OpenRequest
	now  func() time.Time
	env  Env

	interrupted atomic.Bool
	ended       error // why the session cannot run any more

	modules map[string]*goja.Object // loaded modules by path: their `module` objects
	loading int                     // depth of require

	app       *goja.Object // what getApp returns, nil before App()
	appOpts   bool         // App() was called
	granted   bool         // the user let the app read their profile, in this session
	launch    goja.Value   // options of onLaunch
	enter     goja.Value   // options of the latest onShow
	hidden    bool
	hiddenAt  time.Time
	pageOpts  *goja.Object // what Page() was last called with, while a page's file runs
	pageDefs  map[string]*goja.Object
	pageProto *goja.Object

	stack    []*page          // bottom first; the last is shown
	tabs     map[string]*page // tab pages kept alive, by route
	lastPage int

	timers  timerHeap
	due     []*timer // of the running turn
	lastTID int

	storage *storage
	wx      *wxObject
	kitObj  *goja.Object
	calls   map[uint64]func(reply) // unanswered calls to the shell and the bridge
	lastID  uint64
	events  map[string][]goja.Value // listeners of wx.onX
	remote  map[string]bool         // hosts whose pictures were requested and not shown

	// Of the running turn.
	tasks    []func()
	moves    []func() // moves to other pages that wait for the first page
	starting bool
	ran      int
	logged   int
	out      []outFrame
	late     []outFrame // frames that must follow the patches of the turn
	rejected []*goja.Promise
	quiet    map[*goja.Promise]bool // rejections made by wx that are already in the log
	inError  bool

	afterFlush     []goja.Value // of wx.nextTick
	pendingChannel goja.Value   // the event channel of the page that is being opened

	consoleIndent int
	counts        map[string]int
	clocks        map[string]time.Time
}

// outFrame is a frame of the running turn. A frame that opens a page is written at the end of the
// turn, when the page has its first data.
type outFrame struct {
	json   []byte
	nav    *navFrame
	opened *page // the new page whose first values the frame carries
}

// turnAborted is the panic value that unwinds the turn of a stopped app. It never leaves the
// package.
type turnAborted struct{}

// Open starts a session: it runs app.js, App.onLaunch, App.onShow and opens the first page. An
// error of the app's code is not an error of Open: it is logged, and the session continues.
func (e *Engine) Open(req OpenRequest, host Host) (*Session, error) {
	s := &Session{
		e: e, rt: goja.New(), host: host, req: req, now: req.Now, env: e.visibleEnv(req.Env),
		modules:  map[string]*goja.Object{},
		pageDefs: map[string]*goja.Object{},
		tabs:     map[string]*page{},
		calls:    map[uint64]func(reply){},
		events:   map[string][]goja.Value{},
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.storage = newStorage(req.Storage)
	s.rt.SetMaxCallStackSize(MaxCallStack)
	s.rt.SetTimeSource(func() time.Time { return s.now() })
	random := rand.New(rand.NewPCG(uint64(req.Seed), 0x7ea0a5e))
	s.rt.SetRandSource(random.Float64)
	s.rt.SetPromiseRejectionTracker(s.trackRejection)
	if req.Started != nil {
		req.Started(s)
	}
	err := s.turn(func() {
		s.installGlobals()
		s.start()
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Interrupt stops the running turn at the next instruction of the app's code, and ends the session.
// It is the only method that may be called from another goroutine. It does not stop builtins; the
// host's kill timer does.
func (s *Session) Interrupt(reason string) {
	s.interrupted.Store(true)
	s.rt.Interrupt(reason)
}

// Close ends the session. The app gets no event, because its user has left.
func (s *Session) Close() {
	if s.ended == nil {
		s.ended = ErrClosed
	}
	s.timers = nil
	s.stack, s.tabs, s.calls = nil, nil, nil
}

// turn runs fn and everything that follows from it, then sends the frames.
func (s *Session) turn(fn func()) (err error) {
	if s.interrupted.Load() && s.ended == nil {
		s.ended = ErrInterrupted
	}
	if s.ended != nil {
		return s.ended
	}
	defer func() {
		x := recover()
		if s.interrupted.Load() {
			s.ended = ErrInterrupted
			if err, ok := x.(error); ok {
				s.noteStop(err)
			}
		} else if x != nil {
			s.ended = fmt.Errorf("%w: %v", ErrCrashed, panicText(x))
			s.complain("The app broke the engine: %s", panicText(x))
		}
		err = s.ended
		s.tasks, s.out, s.late, s.rejected, s.quiet, s.afterFlush = nil, nil, nil, nil, nil, nil
	}()
	s.ran, s.logged = 0, 0
	fn()
	s.settle()
	if s.interrupted.Load() {
		return nil // the deferred function sets the error
	}
	s.send()
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

// settle runs tasks and flushes data until nothing is left.
func (s *Session) settle() {
	for flushes := 0; ; flushes++ {
		s.runTasks()
		s.reportRejections()
		if len(s.tasks) > 0 {
			continue
		}
		did := s.flush()
		for _, fn := range s.afterFlush {
			s.later(func() { s.invoke(fn, goja.Undefined()) })
		}
		s.afterFlush = nil
		if !did && len(s.tasks) == 0 {
			break
		}
		if flushes >= MaxFlushesPerTurn {
			s.tasks = nil
			s.complain("setData callbacks called setData %d times in a row; the rest was dropped.",
				MaxFlushesPerTurn)
			break
		}
	}
}

// runTasks runs what is scheduled, in order, up to the limit of a turn.
func (s *Session) runTasks() {
	for len(s.tasks) > 0 {
		task := s.tasks[0]
		s.tasks = s.tasks[1:]
		if s.ran++; s.ran > MaxTasksPerTurn {
			s.tasks = nil
			s.complain("The app scheduled more than %d callbacks in one turn; the rest was dropped.",
				MaxTasksPerTurn)
			break
		}
		task()
	}
}

// moveLater is later for a move to another page. While the app starts, moves wait for its first
// page.
func (s *Session) moveLater(fn func()) {
	if s.starting {
		s.moves = append(s.moves, fn)
		return
	}
	s.later(fn)
}

// later runs fn after the code that is running now, in the same turn.
func (s *Session) later(fn func()) { s.tasks = append(s.tasks, fn) }

func (s *Session) send() {
	for _, f := range s.out {
		if f.nav != nil {
			f.json = f.nav.encode()
		}
		s.host.Frame(f.json)
	}
	for _, f := range s.late {
		s.host.Frame(f.json)
	}
	s.out, s.late = nil, nil
}

// invoke calls a function of the app as the outermost call: microtasks are drained when it returns.
// An exception is reported; ok is true when there was none. A value that is not a function is not
// called.
func (s *Session) invoke(fn, this goja.Value, args ...goja.Value) (result goja.Value, ok bool) {
	call, isFunction := goja.AssertFunction(fn)
	if !isFunction {
		return goja.Undefined(), true
	}
	result, err := call(this, args...)
	if err != nil {
		s.report(err)
		return goja.Undefined(), false
	}
	if s.interrupted.Load() {
		panic(turnAborted{})
	}
	return result, true
}

// guard runs Go code that reads values of the app. An exception is reported, not returned.
func (s *Session) guard(fn func()) bool {
	if ex := s.rt.Try(fn); ex != nil {
		s.report(ex)
		return false
	}
	return true
}

// drain runs the microtasks that were queued when Go resolved a promise.
func (s *Session) drain() { s.invoke(s.rt.GlobalObject().Get(noop), goja.Undefined()) }

// method calls obj[name](args...) if there is such a function.
func (s *Session) method(obj *goja.Object, name string, args ...goja.Value) (goja.Value, bool) {
	if obj == nil {
		return goja.Undefined(), true
	}
	var fn goja.Value
	if !s.guard(func() { fn = obj.Get(name) }) {
		return goja.Undefined(), false
	}
	return s.invoke(fn, obj, args...)
}
