package worker

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/vm"
)

// marker is the environment variable that tells a fresh process that it is a worker.
const marker = "TEAHOUSE_SANDBOX_WORKER"

// socketFD is the worker's end of the socket pair: the first descriptor after the standard three,
// and the only other one that it has.
const socketFD = 3

// Exit codes of a worker.
const (
	exitDone     = 0 // the host closed the connection
	exitProtocol = 3 // the protocol was violated: a bug in Teahouse
	exitFence    = 4 // a fence could not be set; without it no app code runs
	exitStopped  = 5 // a picture exceeded its limits
)

// MaybeMain turns the process into a worker if it was started as one, and then does not return.
// Call it first thing in main, and in TestMain of tests that use a Pool.
func MaybeMain() {
	if os.Getenv(marker) != "" {
		os.Exit(Main())
	}
}

// Main runs a worker process. It returns the exit code.
func Main() int {
	os.Clearenv()
	debug.SetMaxStack(MaxStack)
	// One processor: an app uses one core at most, including its garbage collection. Preemption
	// gives the watchdog its share.
	runtime.GOMAXPROCS(1)
	socket := os.NewFile(socketFD, "host")
	if socket == nil {
		return exitProtocol
	}
	w := newWire(socket)
	first, err := w.read()
	if err != nil || first.header.Limits == nil {
		if errors.Is(err, io.EOF) {
			return exitDone
		}
		return complain(exitProtocol, "first message", err)
	}
	limits := first.header.Limits.orDefaults()
	debug.SetMemoryLimit(limits.Heap / 100 * SoftMemory)
	for _, fence := range Fences() {
		if err := fence.Enter(limits); err != nil {
			return complain(exitFence, fence.Name(), err)
		}
	}
	switch first.kind {
	case kindStart:
		return serve(w, limits, first.body)
	case kindCompile:
		return serveCompile(w, limits, first)
	case kindPicture, kindSmallPicture:
		return servePicture(w, limits, first)
	default:
		return complain(exitProtocol, "first message", fmt.Errorf("kind %d", first.kind))
	}
}

// complain writes a line for the host's log.
func complain(code int, what string, err error) int {
	fmt.Fprintf(os.Stderr, "worker: %s: %v\n", what, err)
	return code
}

// sandbox is the state of a worker that runs sessions.
type sandbox struct {
	wire   *wire
	limits Limits
	engine *vm.Engine
	watch  *watchdog
	ready  chan struct{} // capacity 1: there is something to do

	mu     sync.Mutex // guards inboxes between the reader and the turns
	guests map[uint64]*guest
	queue  []*guest // guests with messages, in the order of their turns
	ended  error    // why the connection ended

	timers timerHeap // owned by the turn loop
}

// guest is one session in the worker. It is the session's vm.Host.
type guest struct {
	box  *sandbox
	id   uint64
	sess *vm.Session // nil until opened

	inbox  []message // guarded by box.mu
	queued bool      // guarded by box.mu

	timer    time.Time // when the next timer turn is due; zero for never
	position int       // in box.timers, -1 when not there
	grown    int64     // bytes by which its turns grew the heap, as measured by the watchdog
	bytes    int       // output of the running turn
	messages int       // output of the running turn
	gone     bool
}

// serve loads the image and runs sessions until the host closes the connection.
func serve(w *wire, limits Limits, encoded []byte) int {
	box := &sandbox{wire: w, limits: limits, ready: make(chan struct{}, 1), guests: map[uint64]*guest{}}
	box.watch = newWatchdog(limits, func() { _ = w.send(message{kind: kindBusy}) })
	if err := box.load(encoded); err != nil {
		if w.send(message{kind: kindStarted, header: header{Message: err.Error()}}) != nil {
			return exitProtocol
		}
		return exitDone
	}
	if w.send(message{kind: kindStarted, header: header{OK: true}}) != nil {
		return exitProtocol
	}
	go box.receive()
	err := box.run()
	if errors.Is(err, io.EOF) {
		return exitDone
	}
	return complain(exitProtocol, "connection", err)
}

// load makes the engine. It is a turn like any other: a hostile image can make a parser run for long.
func (b *sandbox) load(encoded []byte) (err error) {
	defer recovered(&err)
	img, err := image.Decode(encoded, image.DefaultLimits())
	if err != nil {
		return err
	}
	b.engine, err = vm.NewEngine(img, vm.Options{})
	return err
}

// receive puts messages into the inboxes of their sessions.
func (b *sandbox) receive() {
	for {
		m, err := b.wire.read()
		b.mu.Lock()
		if err != nil {
			b.ended = err
		} else {
			b.deliver(m)
		}
		b.mu.Unlock()
		select {
		case b.ready <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

func (b *sandbox) deliver(m message) {
	g := b.guests[m.header.Session]
	if g == nil {
		// An open makes the guest. Any other message is for a session that has just ended, and the
		// host still counts it as a turn.
		g = &guest{box: b, id: m.header.Session, position: -1, gone: m.kind != kindOpen}
		if m.kind == kindOpen {
			b.guests[g.id] = g
		}
	}
	g.inbox = append(g.inbox, m)
	if !g.queued {
		g.queued = true
		b.queue = append(b.queue, g)
	}
}

// next takes the oldest message of the next guest in the queue. Each guest gets one message at a
// time, so that a flood of events in one session does not delay the others.
func (b *sandbox) next() (*guest, message, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended != nil {
		return nil, message{}, b.ended
	}
	if len(b.queue) == 0 {
		return nil, message{}, nil
	}
	g := b.queue[0]
	b.queue[0] = nil
	b.queue = b.queue[1:]
	m := g.inbox[0]
	g.inbox[0] = message{}
	g.inbox = g.inbox[1:]
	if len(g.inbox) > 0 {
		b.queue = append(b.queue, g)
	} else {
		g.inbox, g.queued = nil, false
	}
	return g, m, nil
}

// run is the turn loop: one due timer, one message, and so on; it sleeps when there is neither.
// Before a long sleep it returns unused memory to the system.
func (b *sandbox) run() error {
	alarm := time.NewTimer(TrimAfter)
	littered := false
	for {
		if g := b.timers.due(time.Now()); g != nil {
			b.timerTurn(g)
			littered = true
		}
		g, m, err := b.next()
		if err != nil {
			return err
		}
		if g != nil {
			if err := b.messageTurn(g, m); err != nil {
				return err
			}
			littered = true
			continue
		}
		wait := time.Hour
		if at, ok := b.timers.first(); ok {
			wait = time.Until(at)
		}
		trim := littered && wait > TrimAfter
		if trim {
			wait = TrimAfter
		}
		alarm.Reset(wait)
		select {
		case <-b.ready:
		case <-alarm.C:
			if trim {
				debug.FreeOSMemory()
				littered = false
			}
		}
	}
}

// messageTurn runs the turn that the host requested and reports its end.
func (b *sandbox) messageTurn(g *guest, m message) error {
	if !g.gone {
		switch m.kind {
		case kindOpen:
			b.open(g, m)
		case kindMessage:
			b.turn(g, b.limits.EventCPU, false, func() error { return g.sess.Message(m.body) })
		case kindReply:
			b.turn(g, b.limits.EventCPU, false, func() error {
				return g.sess.Reply(m.header.Call, m.header.OK, m.body)
			})
		case kindClose:
			b.turn(g, b.limits.EventCPU, false, func() error { g.sess.Close(); return nil })
			b.dismiss(g, header{Code: CodeClosed})
		default:
			return fmt.Errorf("kind %d from the host", m.kind)
		}
	}
	return b.wire.send(message{kind: kindDone, header: header{Session: g.id, OK: true}})
}

func (b *sandbox) timerTurn(g *guest) {
	announced := b.turn(g, b.limits.EventCPU, true, func() error { return g.sess.RunTimers(time.Now()) })
	if announced {
		_ = b.wire.write(message{kind: kindDone, header: header{Session: g.id}})
	}
	_ = b.wire.flush() // the reader notices a broken connection
}

func (b *sandbox) open(g *guest, m message) {
	var req vm.OpenRequest
	if err := json.Unmarshal(m.body, &req); err != nil {
		b.dismiss(g, header{Code: CodeCrashed, Detail: "open request: " + err.Error()})
		return
	}
	req.Started = func(s *vm.Session) { g.sess = s; b.watch.attach(s.Interrupt) }
	b.turn(g, b.limits.OpenCPU, false, func() error {
		sess, err := b.engine.Open(req, g)
		if err == nil {
			g.sess = sess
			g.send(message{kind: kindOpened})
		}
		return err
	})
}

// turn runs app code within its limits and ends the session if the code exceeded them. It returns
// whether the watchdog told the host of the turn.
func (b *sandbox) turn(g *guest, budget time.Duration, own bool, run func() error) bool {
	g.bytes, g.messages = 0, 0
	var stop func(string)
	if g.sess != nil {
		stop = g.sess.Interrupt
	}
	b.watch.begin(budget, own, stop)
	err := guarded(run)
	end := b.watch.end()
	g.grown += end.grown
	switch {
	case end.cause != causeNone:
		b.dismiss(g, header{Code: end.cause.code(), Message: end.cause.message(),
			Detail: "turn stopped: " + string(end.cause)})
	case err != nil && !errors.Is(err, vm.ErrBadFrame):
		b.dismiss(g, header{Code: CodeCrashed, Detail: err.Error()})
	}
	if !g.gone {
		b.schedule(g)
	}
	if end.cause == causeMemory {
		b.relieve()
	}
	return end.announced
}

// guarded changes a panic of the engine into an error: a few builtins panic on extreme arguments.
func guarded(run func() error) (err error) {
	defer recovered(&err)
	return run()
}

func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("engine panic: %v\n%s", r, debug.Stack())
	}
}

// dismiss removes a session and tells the host why. The session is not used again: an interrupted
// VM may be in any state.
func (b *sandbox) dismiss(g *guest, why header) {
	if g.gone {
		return
	}
	g.gone, g.sess = true, nil
	b.schedule(g)
	b.mu.Lock()
	delete(b.guests, g.id)
	b.mu.Unlock()
	why.Session = g.id
	why.Detail = clip(why.Detail, MaxStderr)
	_ = b.wire.write(message{kind: kindEnded, header: why})
}

// relieve ends the session that grew most when all sessions together use too much memory.
func (b *sandbox) relieve() {
	debug.FreeOSMemory()
	for heapBytes() > b.limits.Heap/100*SoftMemory {
		var most *guest
		b.mu.Lock()
		for _, g := range b.guests {
			if g.sess != nil && (most == nil || g.grown > most.grown) {
				most = g
			}
		}
		b.mu.Unlock()
		if most == nil {
			return
		}
		b.dismiss(most, header{Code: causeMemory.code(), Message: causeMemory.message(),
			Detail: "the sessions of the app together hold too much memory"})
		debug.FreeOSMemory()
	}
}

// schedule stores the time of the session's next timer.
func (b *sandbox) schedule(g *guest) {
	g.timer = time.Time{}
	if g.sess != nil {
		if at, ok := g.sess.NextTimer(); ok {
			g.timer = at
		}
	}
	b.timers.update(g)
}

// Frame implements vm.Host.
func (g *guest) Frame(frame []byte) { g.send(message{kind: kindFrame, body: frame}) }

// Call implements vm.Host.
func (g *guest) Call(id uint64, name string, args []byte) {
	g.send(message{kind: kindCall, header: header{Call: id, Name: clip(name, 100)}, body: args})
}

// Store implements vm.Host.
func (g *guest) Store(op vm.StorageOp) { g.sendJSON(kindStore, op) }

// Log implements vm.Host.
func (g *guest) Log(entry vm.LogEntry) { g.sendJSON(kindLog, entry) }

func (g *guest) sendJSON(k kind, v any) {
	body, err := json.Marshal(v)
	if err != nil { // no value of these types fails today; if one does, the session ends
		panic(err)
	}
	g.send(message{kind: k, body: body})
}

// send writes one message of the running turn, within the turn's budget of output.
func (g *guest) send(m message) {
	g.bytes += len(m.body)
	g.messages++
	if g.bytes > MaxTurnOutput || g.messages > MaxTurnMessages || len(m.body) > MaxFromWorker {
		g.box.watch.stopTurn(causeOutput)
		return
	}
	m.header.Session = g.id
	_ = g.box.wire.write(m) // the reader notices a broken connection
}

func clip(s string, most int) string {
	if len(s) > most {
		return s[:most]
	}
	return s
}
