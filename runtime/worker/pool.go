package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/protocol"
)

// AppKey names what one worker runs.
type AppKey struct {
	AppID     string
	VersionID string
}

// Death is the unplanned end of a worker.
type Death struct {
	At     time.Time
	Detail string // for the log and the app's developer; may contain text of the app
}

// Config configures a Pool. The zero value is valid.
type Config struct {
	Logger *slog.Logger // default: slog.Default()
	// Program is the executable of a worker; default: this one.
	Program string
	// Compiler is the executable of a worker that compiles; default: Program.
	Compiler string
	// Limits apply to each worker; zero fields take the package's constants.
	Limits Limits
	// MaxWorkers is how many app versions run at once; default MaxWorkers.
	MaxWorkers int
	// IdleAfter is how long a worker without sessions is kept; default IdleAfter.
	IdleAfter time.Duration
	// Spares is how many unused workers are kept ready; default Spares, negative for none.
	Spares int
	// Fences are those of other pools in this process, which know what the machine refuses; default: Fences().
	Fences []Fence
	// RequireFences lets no worker run without every fence.
	RequireFences bool
	// OnDeath is called for every death of a worker, on a goroutine of the pool. It may be nil.
	OnDeath func(AppKey, Death)
	// OnQuarantine is called, like OnDeath, when an app version is paused, so that its developer can
	// be told.
	OnQuarantine func(AppKey, []Death)
}

// Pool runs the workers of a host.
type Pool struct {
	config Config
	log    *slog.Logger
	fences []Fence

	life   context.Context // ends when Close begins to kill
	cancel context.CancelFunc
	tasks  sync.WaitGroup // every goroutine of the pool
	spawns chan spawn
	spares chan *child
	wanted chan struct{} // a spare was taken

	compiles      chan struct{} // tokens of MaxCompiles
	compileLimits Limits        // of a compilation
	decoders      atomic.Int64  // of pictures, at work

	mu       sync.Mutex
	draining bool
	slots    map[AppKey]*slot
	living   map[*child]struct{} // all processes, including spares and compilers
	turns    uint64              // of processes that have ended
	paced    time.Time           // when pace looked last
}

// slot is the pool's state of one app version.
type slot struct {
	child       *child        // nil when no worker is ready
	starting    chan struct{} // not nil while a worker is being started; closed when that is over
	failure     error         // how the last start failed
	deaths      []Death       // within QuarantineWindow
	quarantined time.Time     // until when no session opens
}

// NewPool returns a running pool; end it with Close.
func NewPool(config Config) *Pool {
	config.Limits = config.Limits.orDefaults()
	config.MaxWorkers = or(config.MaxWorkers, MaxWorkers)
	config.IdleAfter = or(config.IdleAfter, IdleAfter)
	config.Program = or(config.Program, ownProgram)
	if config.Fences == nil {
		config.Fences = Fences()
	}
	config.Compiler = or(config.Compiler, config.Program)
	config.Spares = max(0, or(config.Spares, Spares))
	life, cancel := context.WithCancel(context.Background())
	p := &Pool{
		config: config, log: config.Logger, fences: config.Fences, life: life, cancel: cancel,
		spawns: make(chan spawn), spares: make(chan *child, config.Spares),
		wanted: make(chan struct{}, 1), compiles: make(chan struct{}, MaxCompiles), compileLimits: compileLimits(),
		slots: map[AppKey]*slot{}, living: map[*child]struct{}{},
	}
	if p.log == nil {
		p.log = slog.Default()
	}
	p.tasks.Go(p.spawnAll)
	p.tasks.Go(p.runKillTimer)
	if config.Spares > 0 {
		p.tasks.Go(p.provide)
	}
	return p
}

// ownProgram returns the running executable, also after it was replaced on disk.
const ownProgram = "/proc/self/exe"

func errAppBusy() error {
	return fault.Errorf(fault.Unavailable, "app-busy", messageAppBusy)
}

func errFunctionsBusy() error {
	return fault.Errorf(fault.Unavailable, "functions-busy", messageFunctionsBusy)
}

func errHostBusy() error {
	return fault.Errorf(fault.Unavailable, "host-busy", messageHostBusy)
}

func errDraining() error {
	return fault.Errorf(fault.Unavailable, CodeDraining, messageDraining)
}

// Open opens an app for a user: in the app version's worker if it runs, in a new one otherwise.
// img is called only for a new one; it returns the encoded image. Frames of the first page reach
// the sink before Open returns.
//
// Faults, all Unavailable, with these slugs: CodeQuarantined, "app-restarting" with RetryAfter,
// "app-busy", "functions-busy" and "host-busy" (no place in the worker, or for another one), "app-broken" (the image cannot run), CodeStopped and CodeCrashed (the app did not
// survive its start), CodeDraining.
func (p *Pool) Open(ctx context.Context, key AppKey, img func(context.Context) ([]byte, error),
	req protocol.OpenRequest, sink Sink) (*Remote, error) {
	body, err := protocol.JSON(req)
	if err != nil {
		return nil, fmt.Errorf("open request: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, OpenWait)
	defer cancel()
	r, err := p.place(ctx, key, img, body, req.Function != nil, sink)
	if err != nil {
		return nil, err
	}
	select {
	case <-r.opened:
		return r, nil
	case <-r.done:
		select {
		case <-r.opened: // it opened and ended before this check: the sink was told of both
			return r, nil
		default:
		}
		return nil, fault.Errorf(fault.Unavailable, r.failure.Code, "%s", r.failure.Message).
			Because(errors.New(r.failure.Detail))
	case <-ctx.Done():
		r.Close()
		return nil, fault.Errorf(fault.Unavailable, CodeStopped, messageSlowOpen).Because(ctx.Err())
	}
}

// place finds a worker for the session. It tries again when the worker ends at the same moment.
func (p *Pool) place(ctx context.Context, key AppKey, img func(context.Context) ([]byte, error),
	body []byte, call bool, sink Sink) (*Remote, error) {
	for attempt := 0; ; attempt++ {
		c, err := p.worker(ctx, key, img)
		if err != nil {
			return nil, err
		}
		r, err := c.open(body, call, sink)
		if !errors.Is(err, errGone) || attempt > 1 {
			return r, err
		}
		select {
		case <-c.recorded:
		case <-ctx.Done():
			return nil, err
		}
	}
}

// worker returns the app version's worker, and starts one if there is none. Many callers at once
// share one start; it continues when a caller gives up.
func (p *Pool) worker(ctx context.Context, key AppKey, img func(context.Context) ([]byte, error)) (*child, error) {
	for {
		p.mu.Lock()
		if p.draining {
			p.mu.Unlock()
			return nil, errDraining()
		}
		s := p.slots[key]
		if s == nil {
			s = &slot{}
			p.slots[key] = s
		}
		if left := time.Until(s.quarantined); left > 0 {
			p.mu.Unlock()
			return nil, Quarantined(left)
		}
		if c := s.child; c != nil {
			p.mu.Unlock()
			return c, nil
		}
		first := s.starting == nil
		if first {
			if wait := s.backoff(time.Now()); wait > BackoffWait {
				p.mu.Unlock()
				restarting := fault.Errorf(fault.Unavailable, "app-restarting", messageRestarting)
				restarting.RetryAfter = wait
				return nil, restarting
			}
			if !p.makeRoomLocked() {
				p.mu.Unlock()
				return nil, errHostBusy()
			}
			s.starting, s.failure = make(chan struct{}), nil
			p.tasks.Go(func() { p.start(key, s, img) })
		}
		starting := s.starting
		p.mu.Unlock()
		select {
		case <-starting:
		case <-ctx.Done():
			return nil, fault.Errorf(fault.Unavailable, CodeStopped, messageSlowOpen).Because(ctx.Err())
		}
		p.mu.Lock()
		c, err := s.child, s.failure
		p.mu.Unlock()
		if c != nil || err != nil {
			return c, err
		}
	}
}

// makeRoomLocked makes room for one more worker. At the limit it ends the worker that has been
// without sessions for the longest time, and returns false when every worker has sessions.
func (p *Pool) makeRoomLocked() bool {
	running := 0
	var oldest *slot
	var since time.Time
	for _, s := range p.slots {
		if s.starting != nil {
			running++
		}
		if s.child == nil {
			continue
		}
		running++
		s.child.mu.Lock()
		idle, at := len(s.child.sessions) == 0, s.child.idle
		s.child.mu.Unlock()
		if idle && (oldest == nil || at.Before(since)) {
			oldest, since = s, at
		}
	}
	if running < p.config.MaxWorkers {
		return true
	}
	if oldest == nil {
		return false
	}
	c := oldest.child
	oldest.child = nil // from here on no session can open in it
	c.end(errIdle)
	return true
}

// backoff is how long the next start has to wait.
func (s *slot) backoff(now time.Time) time.Duration {
	s.forget(now)
	if len(s.deaths) == 0 {
		return 0
	}
	// The first death after a quiet time restarts at once.
	pause := backoff[min(len(s.deaths)-1, len(backoff)-1)]
	return max(0, s.deaths[len(s.deaths)-1].At.Add(pause).Sub(now))
}

// forget removes the deaths that are older than QuarantineWindow.
func (s *slot) forget(now time.Time) {
	for len(s.deaths) > 0 && now.Sub(s.deaths[0].At) > QuarantineWindow {
		s.deaths = s.deaths[1:]
	}
}

// start makes a worker for the slot and wakes the callers that wait for it.
func (p *Pool) start(key AppKey, s *slot, img func(context.Context) ([]byte, error)) {
	ctx, cancel := context.WithTimeout(p.life, StartWait)
	defer cancel()
	p.mu.Lock()
	wait := s.backoff(time.Now())
	p.mu.Unlock()
	var c *child
	err := sleep(ctx, wait)
	if err == nil {
		c, err = p.launch(ctx, img)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil && p.draining {
		c.end(errDrained)
		err = errDraining()
	}
	if err == nil {
		s.child = c
		p.tasks.Go(func() { p.recordEnd(key, s, c) })
	} else if s.failure = err; c != nil {
		p.recordLocked(key, s, c)
	}
	close(s.starting)
	s.starting = nil
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// launch starts a process, which loads the image. A child that is returned with an error ended
// while it loaded; that counts as a death of the app version.
func (p *Pool) launch(ctx context.Context, img func(context.Context) ([]byte, error)) (*child, error) {
	encoded, err := img(ctx)
	if err != nil {
		return nil, err
	}
	c, err := p.process(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.load(kindStart, p.config.Limits, nil, encoded); err != nil {
		c.end(err)
		<-c.gone
		return nil, fault.Errorf(fault.Unavailable, "app-broken", messageBroken).Because(err)
	}
	select {
	case started := <-c.started:
		if started.OK {
			return c, nil
		}
		dead := c.answer.Load() == nil
		c.end(errIdle)
		<-c.gone
		err := fault.Errorf(fault.Unavailable, "app-broken", messageBroken).Because(errors.New(started.Message))
		if dead {
			return c, err
		}
		return nil, err
	case <-ctx.Done():
		c.end(ctx.Err())
		<-c.gone
		return c, fault.Errorf(fault.Unavailable, CodeStopped, messageSlowOpen).Because(ctx.Err())
	}
}

// recordEnd waits for the end of a slot's worker and updates the slot.
func (p *Pool) recordEnd(key AppKey, s *slot, c *child) {
	defer close(c.recorded)
	<-c.gone
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.child == c {
		s.child = nil
	}
	if c.orderly {
		if len(s.deaths) == 0 && s.starting == nil && time.Until(s.quarantined) <= 0 {
			delete(p.slots, key)
		}
		return
	}
	p.recordLocked(key, s, c)
}

// recordLocked counts a death and quarantines the app version when there are too many.
func (p *Pool) recordLocked(key AppKey, s *slot, c *child) {
	now := time.Now()
	s.forget(now)
	s.deaths = append(s.deaths, Death{At: now, Detail: c.describeEnd()})
	deaths := append([]Death(nil), s.deaths...)
	p.log.Warn("worker died", "app_id", key.AppID, "version_id", key.VersionID,
		"deaths", len(deaths), "detail", deaths[len(deaths)-1].Detail)
	quarantine := !now.Before(s.quarantined) && len(deaths) >= QuarantineDeaths
	if quarantine {
		s.quarantined = now.Add(QuarantineFirst)
		p.log.Warn("app version quarantined", "app_id", key.AppID, "version_id", key.VersionID)
	}
	p.tasks.Go(func() {
		if p.config.OnDeath != nil {
			p.config.OnDeath(key, deaths[len(deaths)-1])
		}
		if quarantine && p.config.OnQuarantine != nil {
			p.config.OnQuarantine(key, deaths)
		}
	})
}

// Quarantine pauses an app version until then: no session can open. It does not end running sessions.
// The pool itself pauses what dies too often for QuarantineFirst; who remembers earlier pauses
// (Config.OnQuarantine) may say another time here.
func (p *Pool) Quarantine(key AppKey, until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.slots[key]
	if s == nil {
		s = &slot{}
		p.slots[key] = s
	}
	s.quarantined = until
}

// Release ends the quarantine of an app version and forgets its deaths. It reports whether there
// was one.
func (p *Pool) Release(key AppKey) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.slots[key]
	if s == nil || time.Until(s.quarantined) <= 0 {
		return false
	}
	s.quarantined, s.deaths = time.Time{}, nil
	return true
}

// Quarantined lists the app versions that are paused.
func (p *Pool) Quarantined() []AppKey {
	p.mu.Lock()
	defer p.mu.Unlock()
	var keys []AppKey
	for key, s := range p.slots {
		if time.Until(s.quarantined) > 0 {
			keys = append(keys, key)
		}
	}
	return keys
}

// Stats is a count of what runs now.
type Stats struct {
	Processes   int // including spares, compilers and decoders
	Spares      int
	Compilers   int
	Decoders    int // of pictures
	Busy        int // with a turn that runs or waits; including compilers
	Sessions    int
	Quarantined int
	Turns       uint64 // finished since the pool started; the start of a worker counts as one
}

// Stats counts what runs now.
func (p *Pool) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	st := Stats{Processes: len(p.living), Spares: len(p.spares), Compilers: len(p.compiles),
		Decoders: int(p.decoders.Load()), Turns: p.turns}
	for c := range p.living {
		st.Turns += c.progress.Load()
		if c.outstanding.Load() > 0 {
			st.Busy++
		}
		c.mu.Lock()
		st.Sessions += len(c.sessions)
		c.mu.Unlock()
	}
	for _, s := range p.slots {
		if time.Until(s.quarantined) > 0 {
			st.Quarantined++
		}
	}
	return st
}

// Pids lists the processes that run now, for operators and for tests that kill them.
func (p *Pool) Pids() []int {
	p.mu.Lock()
	defer p.mu.Unlock()
	pids := make([]int, 0, len(p.living))
	for c := range p.living {
		pids = append(pids, c.cmd.Process.Pid)
	}
	return pids
}

// Close shuts the pool down: it opens no more sessions, lets running turns finish until ctx ends,
// tells every session that the host is draining, kills every process, and waits for their ends.
func (p *Pool) Close(ctx context.Context) {
	p.mu.Lock()
	p.draining = true
	children := make([]*child, 0, len(p.living))
	for c := range p.living {
		children = append(children, c)
	}
	p.mu.Unlock()
	for _, c := range children {
		for c.busy() && sleep(ctx, KillTimerEvery/20) == nil {
		}
		c.end(errDrained)
	}
	p.cancel()
	p.tasks.Wait()
}

// busy reports whether the worker has sessions with unfinished turns.
func (c *child) busy() bool {
	select {
	case <-c.quit:
		return false
	default:
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.sessions) > 0 && c.outstanding.Load() > 0
}

// spawn asks the spawner for a process.
type spawn struct {
	program string
	answer  chan spawned
}

type spawned struct {
	child *child
	err   error
}

// spawnAll starts all processes of the pool from one thread that lives as long as the pool: Linux
// sends the parent-death signal when the thread that started a process ends.
func (p *Pool) spawnAll() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for {
		select {
		case <-p.life.Done():
			return
		case ask := <-p.spawns:
			c, err := p.spawnOne(ask.program)
			ask.answer <- spawned{c, err}
		}
	}
}

func (p *Pool) spawnOne(program string) (*child, error) {
	cmd, socket, stderr, err := p.startOne(program)
	for err != nil && !p.config.RequireFences && p.yield(err) {
		cmd, socket, stderr, err = p.startOne(program)
	}
	if err != nil {
		return nil, fmt.Errorf("start worker: %w", err)
	}
	for _, fence := range p.fences {
		if f, ok := fence.(yielding); ok {
			f.hold()
		}
	}
	c := adopt(cmd, socket, stderr)
	p.mu.Lock()
	p.living[c] = struct{}{}
	p.mu.Unlock()
	p.tasks.Go(func() {
		<-c.gone
		p.mu.Lock()
		delete(p.living, c)
		p.turns += c.progress.Load()
		p.mu.Unlock()
	})
	return c, nil
}

// startOne starts a process within the fences that are not given up.
func (p *Pool) startOne(program string) (*exec.Cmd, *os.File, *head, error) {
	cmd, socket, stderr, err := command(program, p.fences, p.config.RequireFences)
	if err != nil {
		return nil, nil, nil, err
	}
	err = cmd.Start()
	_ = cmd.ExtraFiles[0].Close() // the worker has its own copy, or there is no worker
	if err != nil {
		_ = socket.Close()
		return nil, nil, nil, err
	}
	return cmd, socket, stderr, nil
}

// yield gives up the first fence from which the error may come.
func (p *Pool) yield(err error) bool {
	for _, fence := range p.fences {
		if f, ok := fence.(yielding); ok && f.yield(err) {
			p.log.Warn("the system refuses a fence of the sandbox; workers run without it", "fence", f.Name(), "error", err)
			return true
		}
	}
	return false
}

// process returns a started process without an app: a spare, or a new one.
func (p *Pool) process(ctx context.Context) (*child, error) {
	for {
		select {
		case c := <-p.spares:
			select {
			case p.wanted <- struct{}{}:
			default:
			}
			select {
			case <-c.gone: // it was killed while it waited
				continue
			default:
				return c, nil
			}
		default:
		}
		return p.freshProcess(ctx, p.config.Program)
	}
}

// compiler returns a started process that can compile.
func (p *Pool) compiler(ctx context.Context) (*child, error) {
	if p.config.Compiler == p.config.Program {
		return p.process(ctx)
	}
	return p.freshProcess(ctx, p.config.Compiler)
}

func (p *Pool) freshProcess(ctx context.Context, program string) (*child, error) {
	ask := spawn{program: program, answer: make(chan spawned, 1)}
	select {
	case p.spawns <- ask:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.life.Done():
		return nil, errDraining()
	}
	got := <-ask.answer // the spawner always answers at once
	return got.child, got.err
}

// provide keeps the spares ready.
func (p *Pool) provide() {
	for {
		for len(p.spares) < cap(p.spares) {
			c, err := p.freshProcess(p.life, p.config.Program)
			if err != nil {
				if p.life.Err() == nil {
					p.log.Error("no spare worker", "error", err)
				}
				break // an open tries again, and reports why it fails
			}
			p.spares <- c
		}
		select {
		case <-p.wanted:
		case <-p.life.Done():
			for len(p.spares) > 0 {
				(<-p.spares).end(errDrained)
			}
			return
		}
	}
}
