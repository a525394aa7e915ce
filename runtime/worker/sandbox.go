package worker

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/teahouse/teahouse/runtime/framework"
	"github.com/teahouse/teahouse/runtime/function"
	"github.com/teahouse/teahouse/runtime/image"
	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/replay"
	"github.com/teahouse/teahouse/runtime/wx"
)

// marker is the environment variable that tells a fresh process that it is a worker.
const marker = "TEAHOUSE_SANDBOX_WORKER"

// Values of the marker: a strict worker ends when a fence is missing.
const (
	markerUsual  = "1"
	markerStrict = "strict"
)

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
// Call it first thing in main. compile is nil in a program that has no compiler.
func MaybeMain(compile Compiler) {
	if os.Getenv(marker) != "" {
		os.Exit(Main(compile))
	}
}

// Main runs a worker process. It returns the exit code.
func Main(compile Compiler) int {
	strict := os.Getenv(marker) == markerStrict
	os.Clearenv()
	time.Local = time.UTC // without this the machine's zone is read when it is first asked for
	debug.SetMaxStack(MaxStack)
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
	states, err := enterFences(Fences(), limits, strict)
	if err != nil {
		return complain(exitFence, "fence", err)
	}
	switch first.kind {
	case kindStart:
		return serve(w, limits, first.body)
	case kindCompile:
		return serveCompile(w, limits, first, compile)
	case kindPicture, kindSmallPicture:
		return servePicture(w, limits, first)
	case kindFences:
		return serveFences(w, states)
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
	engine *framework.Engine
	// functions are the cloud functions of the image.
	functions *function.Set
	image     string // its name
	watch     *watchdog
	ready     chan struct{} // capacity 1: there is something to do

	mu       sync.Mutex // guards inboxes between the reader and the turns
	sessions map[uint64]*session
	queue    []*session // sessions with messages, in the order of their turns
	ended    error      // why the connection ended
	newShare *float64   // cores that the worker may use from now on, 0 for no limit; nil when nothing is new

	timers timerHeap // owned by the turn loop

	share   bucket    // CPU that the worker may use, when the host slows it down
	resting time.Time // until when it runs no turn
}

// app is a framework.Session, or one that is recorded, or the call of a cloud function.
type app interface {
	Message(frame []byte) error
	Reply(id uint64, ok bool, result []byte) error
	NextTimer() (time.Time, bool)
	RunTimers(now time.Time) error
	Interrupt(reason string)
	Close()
}

// session is the worker's side of one open app. It is the protocol.Host of its VM.
type session struct {
	box  *sandbox
	id   uint64
	sess app // nil until opened

	recorded *replay.Session // sess, when it is recorded
	told     int             // how many times its log was sent

	inbox   []message // guarded by box.mu
	queued  bool      // guarded by box.mu: it has a place in box.queue, or waits for one
	waiting bool      // guarded by box.mu: it waits until the end of its pause for a place in box.queue
	closing bool      // guarded by box.mu: the host asked for its end

	allowance allowance
	paused    time.Time // until when it runs no turn, because it is over its budget; zero for not

	ahead    time.Duration // how far its clock was moved, see Remote.Advance
	held     bool          // its timers wait until the clock is moved, see OpenRequest.HoldTimers
	timer    time.Time     // when the next timer turn is due; zero for never
	position int           // in box.timers, -1 when not there
	grown    int64         // bytes by which its turns grew the heap, as measured by the watchdog
	bytes    int           // output of the running turn
	messages int           // output of the running turn
	stored   int           // bytes of the output that are for storage
	gone     bool
	free     bool // of a budget by the second
}

// serve loads the image and runs sessions until the host closes the connection.
func serve(w *wire, limits Limits, encoded []byte) int {
	box := &sandbox{wire: w, limits: limits, ready: make(chan struct{}, 1), sessions: map[uint64]*session{}}
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
	b.image = image.Name(encoded)
	b.functions = function.New(img)
	b.engine, err = wx.NewEngine(img, framework.Options{})
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
	if m.kind == kindPace {
		share := m.header.Time.Seconds()
		b.newShare = &share
		return
	}
	s := b.sessions[m.header.Session]
	if s == nil {
		// An open makes the session; any other message is for a session that has just ended, and the
		// host still counts it as a turn.
		s = &session{box: b, id: m.header.Session, position: -1, gone: m.kind != kindOpen}
		if m.kind == kindOpen {
			b.sessions[s.id] = s
		}
	}
	s.inbox = append(s.inbox, m)
	s.closing = s.closing || m.kind == kindClose
	if !s.queued || s.waiting && s.closing {
		s.queued, s.waiting = true, false
		b.queue = append(b.queue, s)
	}
}

// next takes the oldest message of the next session in the queue. Each session gets one message at a
// time, so that a flood of events in one session does not delay the others. A session that is over its
// budget waits, unless the host ends it.
func (b *sandbox) next() (*session, message, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended != nil {
		return nil, message{}, b.ended
	}
	var s *session
	for {
		if len(b.queue) == 0 {
			return nil, message{}, nil
		}
		s = b.queue[0]
		b.queue[0] = nil
		b.queue = b.queue[1:]
		if s.paused.IsZero() || s.closing {
			break
		}
		s.waiting = true // resume gives it a place again
	}
	m := s.inbox[0]
	s.inbox[0] = message{}
	s.inbox = s.inbox[1:]
	if len(s.inbox) > 0 {
		b.queue = append(b.queue, s)
	} else {
		s.inbox, s.queued = nil, false
	}
	return s, m, nil
}

// run is the turn loop: one due timer, one message, and so on; it sleeps when there is neither.
// Before a long sleep it returns unused memory to the system.
func (b *sandbox) run() error {
	alarm := time.NewTimer(TrimAfter)
	garbage := false
	for {
		if err := b.rest(); err != nil {
			return err
		}
		if s := b.timers.due(time.Now()); s != nil {
			if !s.paused.IsZero() {
				b.resume(s)
				continue
			}
			b.timerTurn(s)
			garbage = true
		}
		s, m, err := b.next()
		if err != nil {
			return err
		}
		if s != nil {
			if err := b.messageTurn(s, m); err != nil {
				return err
			}
			garbage = true
			continue
		}
		wait := time.Hour
		if at, ok := b.timers.first(); ok {
			wait = time.Until(at)
		}
		trim := garbage && wait > TrimAfter
		if trim {
			wait = TrimAfter
		}
		alarm.Reset(wait)
		select {
		case <-b.ready:
		case <-alarm.C:
			if trim {
				debug.FreeOSMemory()
				garbage = false
			}
		}
	}
}

// rest waits as long as the host slows the worker down.
func (b *sandbox) rest() error {
	for {
		b.mu.Lock()
		share, err := b.newShare, b.ended
		b.newShare = nil
		b.mu.Unlock()
		if err != nil {
			return err
		}
		if share != nil {
			b.share, b.resting = newBucket(*share, *share, time.Now()), time.Time{}
		}
		wait := time.Until(b.resting)
		if wait <= 0 {
			return nil
		}
		alarm := time.NewTimer(wait)
		select {
		case <-b.ready:
		case <-alarm.C:
		}
		alarm.Stop()
	}
}

// messageTurn runs the turn that the host requested and reports its end.
func (b *sandbox) messageTurn(s *session, m message) error {
	// What came before the end of a session that is over its budget is not run any more: the user has left.
	if !s.gone && (s.paused.IsZero() || m.kind == kindClose) {
		switch m.kind {
		case kindOpen:
			b.open(s, m)
		case kindMessage:
			b.turn(s, b.limits.EventCPU, false, func() error { return s.sess.Message(m.body) })
		case kindReply:
			b.turn(s, b.limits.EventCPU, false, func() error {
				return s.sess.Reply(m.header.Call, m.header.OK, m.body)
			})
		case kindAdvance:
			b.turn(s, b.limits.EventCPU, false, func() error { return s.advance(m.header.Time) })
		case kindClose:
			b.turn(s, b.limits.EventCPU, false, func() error { return s.close(m.body) })
			b.endSession(s, header{Code: CodeClosed})
		default:
			return fmt.Errorf("kind %d from the host", m.kind)
		}
	}
	return b.wire.send(message{kind: kindDone, header: header{Session: s.id, OK: true}})
}

// pause lets a session wait that has used up its budget. Checks and replays have none, because they wait
// for no clock, and neither have calls of cloud functions, which end by themselves.
func (b *sandbox) pause(s *session, used usage) {
	if s.gone || s.free {
		return
	}
	now := time.Now()
	if s.allowance.cpu.at.IsZero() {
		s.allowance = newAllowance(b.limits, now)
	}
	wait, what := s.allowance.spend(now, used)
	if wait < LeastPause {
		return
	}
	s.paused = now.Add(wait)
	if now.Sub(s.allowance.told) >= TellEvery {
		s.allowance.told = now
		_ = b.wire.write(message{kind: kindSlowed, header: header{Session: s.id, Name: what}})
	}
}

// resume ends the pause of a session.
func (b *sandbox) resume(s *session) {
	s.paused = time.Time{}
	b.mu.Lock()
	if s.waiting {
		s.waiting = false
		b.queue = append(b.queue, s)
	}
	b.mu.Unlock()
	b.schedule(s)
}

func (b *sandbox) timerTurn(s *session) {
	announced := b.turn(s, b.limits.EventCPU, true, func() error { return s.sess.RunTimers(s.now()) })
	if announced {
		_ = b.wire.write(message{kind: kindDone, header: header{Session: s.id}})
	}
	_ = b.wire.flush() // the reader notices a broken connection
}

func (b *sandbox) open(s *session, m message) {
	var req framework.OpenRequest
	if err := json.Unmarshal(m.body, &req); err != nil {
		b.endSession(s, header{Code: CodeCrashed, Detail: "open request: " + err.Error()})
		return
	}
	req.Now, s.held, s.free = s.now, req.HoldTimers, req.HoldTimers || req.Replay != "" || req.Function != nil
	req.Started = func(opened *framework.Session) {
		if s.sess == nil {
			s.sess = opened
		}
		b.watch.attach(opened.Interrupt)
	}
	b.turn(s, b.limits.OpenCPU, false, func() error {
		err := s.start(req)
		if err == nil {
			s.send(message{kind: kindOpened})
		}
		return err
	})
}

// start opens the app.
func (s *session) start(req framework.OpenRequest) error {
	if req.Function != nil {
		call, err := s.box.functions.Open(function.Request{Call: *req.Function, AppID: req.AppID, Seed: req.Seed, Now: req.Now,
			Started: func(started *function.Session) { s.box.watch.attach(started.Interrupt) }}, s)
		if err == nil {
			s.sess = call
		}
		return err
	}
	if req.Replay != "" {
		log, err := replay.Read([]byte(req.Replay))
		if err == nil {
			s.sess = replay.NewPlayer(s.box.engine, log, s, req.Started)
		}
		return err
	}
	if !req.Record {
		sess, err := s.box.engine.Open(req, s)
		if err == nil {
			s.sess = sess
		}
		return err
	}
	sess, err := replay.Open(s.box.engine, req, s.box.image, s)
	s.recorded = sess
	if err == nil {
		s.sess = sess
	}
	return err
}

// close ends the app, after a last frame of the host if there is one.
func (s *session) close(last []byte) error {
	defer s.sess.Close()
	if len(last) == 0 {
		return nil
	}
	return s.sess.Message(last)
}

// tellInputs sends what went into a recorded session, for whoever looks for the cause of a failure.
func (s *session) tellInputs() {
	if s.recorded == nil || s.told >= MaxReplays {
		return
	}
	s.told++
	s.sendJSON(kindLog, protocol.LogEntry{Time: s.now(), Level: "info", Kind: protocol.LogReplay,
		Text: "What went into the session until then is recorded; npx teahouse logs --record FOLDER gets it, to be replayed.", Inputs: string(s.recorded.Log())})
}

// turn runs app code within its limits and ends the session if the code exceeded them. It returns
// whether the watchdog told the host of the turn.
func (b *sandbox) turn(s *session, budget time.Duration, own bool, run func() error) bool {
	s.bytes, s.messages, s.stored = 0, 0, 0
	var stop func(string)
	if s.sess != nil {
		stop = s.sess.Interrupt
	}
	b.watch.begin(budget, own, stop)
	err := catchPanic(run)
	end := b.watch.end()
	if wait := b.share.use(time.Now(), end.cpu.Seconds()); wait >= LeastPause {
		b.resting = time.Now().Add(min(wait, MaxRest))
	}
	s.grown += end.grown
	if err != nil && !errors.Is(err, framework.ErrBadFrame) || end.cause != causeNone || s.recorded != nil && s.recorded.Failed() {
		s.tellInputs()
	}
	switch {
	case end.cause != causeNone:
		b.endSession(s, header{Code: end.cause.code(), Message: end.cause.message(),
			Detail: "turn stopped: " + string(end.cause)})
	case err != nil && !errors.Is(err, framework.ErrBadFrame):
		b.endSession(s, header{Code: CodeCrashed, Detail: err.Error()})
	}
	if !s.gone {
		b.pause(s, usage{cpu: end.cpu, messages: s.messages, bytes: s.bytes + (StorageWeight-1)*s.stored})
		b.schedule(s)
	}
	if end.cause == causeMemory {
		b.freeMemory()
	}
	return end.announced
}

// catchPanic changes a panic of the engine into an error: a few builtins panic on extreme arguments.
func catchPanic(run func() error) (err error) {
	defer recovered(&err)
	return run()
}

func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("engine panic: %v\n%s", r, debug.Stack())
	}
}

// endSession removes a session and tells the host why. The session is not used again: an interrupted
// VM may be in any state.
func (b *sandbox) endSession(s *session, why header) {
	if s.gone {
		return
	}
	s.gone, s.sess = true, nil
	b.resume(s)
	b.mu.Lock()
	delete(b.sessions, s.id)
	b.mu.Unlock()
	why.Session = s.id
	why.Detail = clip(why.Detail, MaxStderr)
	_ = b.wire.write(message{kind: kindEnded, header: why})
}

// freeMemory ends the session that grew most when all sessions together use too much memory.
func (b *sandbox) freeMemory() {
	debug.FreeOSMemory()
	for heapBytes() > b.limits.Heap/100*SoftMemory {
		var most *session
		b.mu.Lock()
		for _, s := range b.sessions {
			if s.sess != nil && (most == nil || s.grown > most.grown) {
				most = s
			}
		}
		b.mu.Unlock()
		if most == nil {
			return
		}
		b.endSession(most, header{Code: causeMemory.code(), Message: causeMemory.message(),
			Detail: "the sessions of the app together hold too much memory"})
		debug.FreeOSMemory()
	}
}

// schedule stores the time of the session's next timer, or of the end of its pause.
func (b *sandbox) schedule(s *session) {
	s.timer = time.Time{}
	if s.sess != nil && !s.held {
		if at, ok := s.sess.NextTimer(); ok {
			s.timer = at.Add(-s.ahead)
		}
	}
	if !s.paused.IsZero() {
		s.timer = s.paused
	}
	b.timers.update(s)
}

// now is the clock of the session.
func (s *session) now() time.Time { return time.Now().Add(s.ahead) }

// advance moves the clock, at most to the next timer, and runs what is due.
func (s *session) advance(d time.Duration) error {
	if at, ok := s.sess.NextTimer(); ok {
		d = min(d, at.Sub(s.now()))
	}
	s.ahead += max(d, 0)
	return s.sess.RunTimers(s.now())
}

// Frame implements protocol.Host.
func (s *session) Frame(frame []byte) { s.send(message{kind: kindFrame, body: frame}) }

// Call implements protocol.Host.
func (s *session) Call(id uint64, name string, args []byte) {
	s.send(message{kind: kindCall, header: header{Call: id, Name: clip(name, 100)}, body: args})
}

// Store implements protocol.Host.
func (s *session) Store(op protocol.StorageOp) {
	before := s.bytes
	s.sendJSON(kindStore, op)
	s.stored += s.bytes - before
}

// Log implements protocol.Host.
func (s *session) Log(entry protocol.LogEntry) { s.sendJSON(kindLog, entry) }

func (s *session) sendJSON(k kind, v any) {
	body, err := protocol.JSON(v)
	if err != nil { // no value of these types fails today; if one does, the session ends
		panic(err)
	}
	s.send(message{kind: k, body: body})
}

// send writes one message of the running turn, within the turn's budget of output.
func (s *session) send(m message) {
	s.bytes += len(m.body)
	s.messages++
	if s.bytes > MaxTurnOutput || s.messages > MaxTurnMessages || len(m.body) > MaxFromWorker {
		s.box.watch.stopTurn(causeOutput)
		return
	}
	m.header.Session = s.id
	_ = s.box.wire.write(m) // the reader notices a broken connection
}

func clip(s string, most int) string {
	if len(s) > most {
		return s[:most]
	}
	return s
}
