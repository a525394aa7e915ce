package worker

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/teahouse/teahouse/runtime/protocol"
)

// child is the host's side of one worker process. It has three goroutines: one reads, one writes,
// one waits for the process. They end when the process ends; gone is closed after that.
type child struct {
	limits Limits
	cmd    *exec.Cmd
	socket *os.File
	wire   *wire
	clock  int32 // CPU clock of the process
	stderr *head

	out      chan message
	outBytes atomic.Int64
	room     signal        // out became shorter
	quit     chan struct{} // closed by end: the writer stops
	gone     chan struct{} // closed when the process has ended and its sessions are closed

	recorded chan struct{} // closed when the pool has taken note of the end of a slot's worker

	started chan header // receives the answer to the first message, once
	answer  atomic.Pointer[message]

	endOnce sync.Once

	mu       sync.Mutex
	why      error // why it ended; nil while it runs
	orderly  bool  // the host requested the end, and not for what the app did
	sessions map[uint64]*Remote
	calls    int // how many of the sessions are calls of cloud functions
	lastID   uint64
	idle     time.Time // since when there are no sessions

	// For the kill timer. outstanding counts turns that were requested and are not finished.
	outstanding atomic.Int64
	progress    atomic.Uint64
	watched     watched       // owned by the pool's kill timer
	counted     time.Duration // CPU that Pool.pace has counted
	pace        float64       // cores that the worker may use, 0 for no limit
	spent       spent         // owned by the pool's kill timer
}

// watched is what the kill timer remembers between two checks.
type watched struct {
	busy     bool
	progress uint64
	since    time.Time
	cpu      time.Duration
	still    stillness
}

// spent is how much CPU a worker had used at a time.
type spent struct {
	since time.Time
	cpu   time.Duration
}

// errIdle and errDrained are planned ends; they do not count as deaths, and neither does errHung.
var (
	errIdle    = errors.New("idle")
	errDrained = errors.New("the host is draining")
)

// errGone says that a worker ended before it could take a session.
var errGone = errors.New("the worker has ended")

// command prepares a process that becomes a worker, and the host's end of its socket pair.
func command(program string, fences []Fence, strict bool) (*exec.Cmd, *os.File, *head, error) {
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("socket pair: %w", err)
	}
	for _, fd := range pair {
		if err := syscall.SetNonblock(fd, true); err != nil {
			_, _ = syscall.Close(pair[0]), syscall.Close(pair[1])
			return nil, nil, nil, fmt.Errorf("socket pair: %w", err)
		}
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "worker"), os.NewFile(uintptr(pair[1]), "host")
	stderr := &head{most: MaxStderr}
	mode := markerUsual
	if strict {
		mode = markerStrict
	}
	cmd := &exec.Cmd{
		Path: program, Args: []string{"teahouse-worker"}, Dir: "/",
		// One processor: an app uses one core at most, including its garbage collection. Preemption gives the
		// watchdog its share.
		Env: []string{marker + "=" + mode, "TZ=UTC", "GOTRACEBACK=single", "GOMAXPROCS=1",
			// Go would hold the files open in which the kernel tells how many processors there are.
			"GODEBUG=containermaxprocs=0"},
		ExtraFiles: []*os.File{theirs}, Stderr: stderr,
		WaitDelay: ExitWait,
	}
	for _, fence := range fences {
		fence.Spawn(cmd)
	}
	return cmd, ours, stderr, nil
}

// adopt starts the goroutines of a started process.
func adopt(cmd *exec.Cmd, socket *os.File, stderr *head) *child {
	c := &child{
		cmd: cmd, socket: socket, wire: newWire(socket), stderr: stderr,
		clock: processClock(cmd.Process.Pid), out: make(chan message, MaxQueue),
		quit: make(chan struct{}), gone: make(chan struct{}), recorded: make(chan struct{}), started: make(chan header, 1),
		sessions: map[uint64]*Remote{}, idle: time.Now(),
	}
	var both sync.WaitGroup
	both.Go(c.receive)
	both.Go(c.transmit)
	go func() {
		err := cmd.Wait()
		c.end(fmt.Errorf("process ended: %w", orClean(err)))
		both.Wait()
		c.closeSessions()
		close(c.gone)
	}()
	return c
}

func orClean(err error) error {
	if err == nil {
		return errors.New("exit status 0")
	}
	return err
}

// load sends the first message. The answer arrives in started.
func (c *child) load(k kind, limits Limits, parts []part, body []byte) error {
	c.limits = limits
	return c.enqueue(message{kind: k, header: header{Limits: &limits, Parts: parts}, body: body}, true)
}

// enqueue passes a message to the writer. The kill timer counts a counted message as a turn.
func (c *child) enqueue(m message, counted bool) error {
	size := int64(len(m.body))
	if size > int64(m.kind.maxBody()) {
		return fmt.Errorf("kind %d, body %d: %w", m.kind, size, errTooLarge)
	}
	if c.outBytes.Add(size) > MaxQueueBytes && m.kind != kindStart && m.kind != kindCompile {
		c.outBytes.Add(-size)
		return errQueueFull
	}
	if counted {
		c.outstanding.Add(1)
	}
	select {
	case <-c.quit:
	case c.out <- m:
		return nil
	default:
	}
	c.outBytes.Add(-size)
	if counted {
		c.outstanding.Add(-1)
	}
	select {
	case <-c.quit:
		return errEnded()
	default:
		return errQueueFull
	}
}

// post sends a message of a session.
func (c *child) post(r *Remote, m message) error {
	select {
	case <-r.done:
		return errEnded()
	default:
	}
	// A close is sent even when the inbox is full.
	if r.pending.Add(1) > MaxPending && m.kind != kindClose {
		r.pending.Add(-1)
		return errInboxFull
	}
	m.header.Session = r.id
	if err := c.enqueue(m, true); err != nil {
		r.pending.Add(-1)
		return err
	}
	return nil
}

// open registers a session and sends its open request. call says that it is the call of a cloud function: users who
// only look at pages keep their places, however many functions run.
func (c *child) open(body []byte, call bool, sink Sink) (*Remote, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.why != nil {
		return nil, errEnded().Because(errGone)
	}
	if call && c.calls >= MaxFunctions {
		return nil, errFunctionsBusy()
	}
	if !call && len(c.sessions)-c.calls >= c.limits.MaxSessions {
		return nil, errAppBusy()
	}
	c.lastID++
	r := &Remote{child: c, id: c.lastID, call: call, sink: sink, line: newLine(), opened: make(chan struct{}), done: make(chan struct{})}
	if err := c.post(r, message{kind: kindOpen, body: body}); err != nil {
		return nil, err
	}
	c.sessions[r.id] = r
	if call {
		c.calls++
	}
	return r, nil
}

// transmit writes what is queued; it flushes when the queue is empty.
func (c *child) transmit() {
	for {
		var m message
		select {
		case <-c.quit:
			return
		case m = <-c.out:
		}
		err := c.wire.write(m)
		c.outBytes.Add(-int64(len(m.body)))
		c.room.changed()
		if m.sent != nil {
			close(m.sent)
		}
		if err == nil && len(c.out) == 0 {
			err = c.wire.flush()
		}
		if err != nil {
			c.end(fmt.Errorf("write: %w", err))
			return
		}
	}
}

// receive passes the worker's messages to the sinks. A worker that sends more than an app may is read more
// slowly: its next turns wait until the host has taken what they send.
func (c *child) receive() {
	flow := newFlow(time.Now())
	for {
		m, err := c.wire.read()
		if err == nil {
			err = c.take(m)
		}
		if err != nil {
			c.end(fmt.Errorf("read: %w", err))
			return
		}
		if wait := flow.use(time.Now(), m); wait > 0 {
			select {
			case <-time.After(wait):
			case <-c.quit:
			}
		}
	}
}

// errProtocol ends a worker that sends a message which the protocol does not allow.
var errProtocol = errors.New("the worker broke the protocol")

func (c *child) take(m message) error {
	switch m.kind {
	case kindStarted, kindCompiled, kindPictured, kindFenced:
		c.turnDone()
		if !c.answer.CompareAndSwap(nil, &m) {
			return errProtocol
		}
		c.started <- m.header
		return nil
	case kindBusy:
		c.outstanding.Add(1)
		return nil
	case kindDone:
		if c.outstanding.Load() <= 0 {
			return errProtocol
		}
		c.turnDone()
	}
	c.mu.Lock()
	r := c.sessions[m.header.Session]
	c.mu.Unlock()
	if r == nil { // the host dropped the session; its remaining messages are ignored
		return nil
	}
	return c.handle(r, m)
}

func (c *child) turnDone() {
	c.outstanding.Add(-1)
	c.progress.Add(1)
}

// handle processes one message of a session.
func (c *child) handle(r *Remote, m message) error {
	switch m.kind {
	case kindDone:
		if !m.header.OK {
			return nil
		}
		if r.pending.Add(-1) < 0 {
			return errProtocol
		}
		r.room.changed()
		return nil
	case kindOpened:
		c.mu.Lock()
		again := r.isOpen
		r.isOpen = true
		c.mu.Unlock()
		if again {
			return errProtocol
		}
		close(r.opened)
		return nil
	case kindEnded:
		c.drop(r, reasonOf(m.header))
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return nil
	}
	return r.callSink(m)
}

// callSink passes the message to the sink. The caller holds r.mu.
func (r *Remote) callSink(m message) error {
	switch m.kind {
	case kindFrame:
		r.sink.Frame(m.body)
	case kindCall:
		r.sink.Call(m.header.Call, m.header.Name, m.body)
	case kindStore:
		var op protocol.StorageOp
		if err := json.Unmarshal(m.body, &op); err != nil {
			return fmt.Errorf("%w: storage operation: %w", errProtocol, err)
		}
		r.sink.Store(op)
	case kindLog:
		var entry protocol.LogEntry
		if err := json.Unmarshal(m.body, &entry); err != nil {
			return fmt.Errorf("%w: log entry: %w", errProtocol, err)
		}
		r.sink.Log(entry)
	case kindSlowed:
		if !slices.Contains(Budgets, m.header.Name) {
			return fmt.Errorf("%w: budget %q", errProtocol, clip(m.header.Name, 40))
		}
		r.sink.Slowed(m.header.Name)
	default:
		return fmt.Errorf("%w: kind %d", errProtocol, m.kind)
	}
	return nil
}

// drop ends one session on the host's side.
func (c *child) drop(r *Remote, why Reason) {
	c.mu.Lock()
	if c.sessions[r.id] != r {
		c.mu.Unlock()
		return
	}
	delete(c.sessions, r.id)
	if r.call {
		c.calls--
	}
	if len(c.sessions) == 0 {
		c.idle = time.Now()
	}
	tell := r.isOpen
	c.mu.Unlock()
	r.mu.Lock()
	r.over, r.failure = true, why
	if tell {
		r.sink.Closed(why)
	}
	r.mu.Unlock()
	close(r.done)
}

// end ends the worker, once: it closes the connection and kills the process. The goroutine that
// waits for the process does the rest.
func (c *child) end(why error) {
	c.endOnce.Do(func() {
		c.mu.Lock()
		c.why = why
		c.orderly = errors.Is(why, errIdle) || errors.Is(why, errDrained) || errors.Is(why, errHung)
		c.mu.Unlock()
		close(c.quit)
		_ = c.socket.Close()
		_ = c.cmd.Process.Kill() // fails only when the process is dead already
	})
}

// closeSessions closes the sessions of a worker that has ended.
func (c *child) closeSessions() {
	c.mu.Lock()
	why := Reason{Code: CodeCrashed, Message: messageCrashed, Detail: c.describeEndLocked()}
	if errors.Is(c.why, errDrained) {
		why = Reason{Code: CodeDraining, Message: messageDraining}
	}
	if _, ok := errors.AsType[*killedError](c.why); ok {
		why.Code, why.Message = CodeStopped, messageSlow
	}
	left := make([]*Remote, 0, len(c.sessions))
	for _, r := range c.sessions {
		left = append(left, r)
	}
	c.mu.Unlock()
	for _, r := range left {
		c.drop(r, why)
	}
	select {
	case c.started <- header{Message: why.Detail}:
	default:
	}
}

// describeEndLocked says how the worker ended: the host's reason, the exit state, the error output.
func (c *child) describeEndLocked() string {
	state := ""
	if c.cmd.ProcessState != nil {
		state = c.cmd.ProcessState.String()
	}
	return fmt.Sprintf("%v (%s) %s", c.why, state, c.stderr.String())
}

func (c *child) describeEnd() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.describeEndLocked()
}

// drained reports whether the worker ended because the host does.
func (c *child) drained() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return errors.Is(c.why, errDrained)
}

// head keeps the beginning of what is written to it.
type head struct {
	most int
	mu   sync.Mutex
	buf  bytes.Buffer
}

// Write implements io.Writer; it never fails, so that the process does not block.
func (h *head) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.buf.Write(p[:min(len(p), max(0, h.most-h.buf.Len()))])
	return len(p), nil
}

func (h *head) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.buf.String()
}

var _ io.Writer = (*head)(nil)
