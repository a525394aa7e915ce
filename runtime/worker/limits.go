package worker

import (
	"time"

	"github.com/teahouse/teahouse/runtime/image"
)

// Limits bound one worker process. The zero value of a field means its default below. They travel
// to the worker in its first message, so that host and worker agree.
type Limits struct {
	EventCPU    time.Duration // CPU of one turn; see EventCPU
	OpenCPU     time.Duration // CPU of the turn that opens a session; see OpenCPU
	TurnWall    time.Duration // see TurnWall
	KillCPU     time.Duration // see KillCPU
	KillWall    time.Duration // see KillWall
	Heap        int64         // bytes; see Heap
	TurnHeap    int64         // bytes; see TurnHeap
	Address     int64         // bytes above what a fresh worker has mapped; see Address
	MaxSessions int           // see MaxSessions
	SessionCPU  time.Duration // CPU of a session in one second; see SessionCPU
}

// The fences of a worker that runs sessions.
const (
	// EventCPU is the soft deadline of one turn. A typical event costs under 1 ms; goja is 20 to
	// 180 times slower than a JIT: a QR code of 300 letters, the heaviest thing that ordinary programs
	// do, takes 500 ms. A session that never yields still ends within a second.
	EventCPU = 900 * time.Millisecond

	// OpenCPU is the soft deadline of the turn that runs app.js and renders the first page. Only in
	// this turn does an app load all of its modules.
	OpenCPU = 1 * time.Second

	// TurnWall is how long a turn may go on without using any CPU. A turn that waits would block every
	// session of its app. (Today nothing in a VM waits.) A turn that uses CPU is stopped by EventCPU
	// alone: on a busy machine it may get a core for a small part of the time, which is not its fault.
	TurnWall = 5 * time.Second

	// KillCPU is the CPU time that a worker may use without finishing a turn before the host kills
	// it. It is above OpenCPU, so that the worker first tries to interrupt the turn.
	KillCPU = 1500 * time.Millisecond

	// KillWall is the same limit in wall time, where the system has no CPU clocks that the host can
	// read. It is above TurnWall, for the same reason.
	KillWall = 8 * time.Second

	// Processors is how many cores a worker can keep busy for long. Its Go runtime uses one; one that uses more
	// runs code that is not Go's.
	Processors = 1.5
	// ProcessorsWindow is over how long that is measured.
	ProcessorsWindow = 3 * time.Second

	// HangWall is how long a worker may leave a turn unfinished without using any CPU. It is long,
	// because the reason may be the host, which has not yet written the request or read the answer; a
	// worker that ends this way is not counted against its app.
	HangWall = 60 * time.Second

	// Heap is the memory of all sessions of one app version together. 256 MB are enough for about
	// 500 sessions of a 20 KB app (414 KB each).
	Heap = 256 << 20

	// TurnHeap is the memory that one turn may add. A normal page update never makes 64 MB of
	// objects, and the limit keeps memory for the app's other sessions.
	TurnHeap = 64 << 20

	// Address is the address space that a worker may map in addition to what it had when it started:
	// twice the heap, because Go maps arenas of 64 MB in advance and keeps garbage until the next
	// cycle. It stops a single huge allocation, for which the watchdog is too slow.
	Address = 2*Heap + 128<<20

	// SoftMemory is the share of Heap, in percent, above which the garbage collector runs more often
	// so that the heap does not grow.
	SoftMemory = 75

	// MaxSessions is how many sessions one worker has; above it an open is answered "busy". When a
	// worker crashes, at most this many people lose their session.
	MaxSessions = 500

	// MaxFunctions is how many calls of cloud functions run at once in one worker, beside its sessions. Each has a
	// VM of its own while it waits for its answers; a typical one takes some milliseconds.
	MaxFunctions = 50

	// MaxStack is the largest Go stack of a goroutine in a worker. A few builtins recurse on the Go
	// stack; at 64 MB they end after tens of milliseconds and do not fill a gigabyte first.
	MaxStack = 64 << 20

	// SessionCPU is how much CPU one session may use in a second for long, a quarter of a core: a game that
	// draws 30 pictures a second needs less. For a few seconds it may use more, see SessionBurst.
	SessionCPU = 250 * time.Millisecond

	// SessionMessages is how many messages one session may send in a second for long: frames, calls,
	// storage, log lines. A page that follows a finger sends 60 to 120.
	SessionMessages = 1000

	// SessionBytes is how many bytes one session may send in a second for long. A page of 10,000 rows has
	// 1 MB, and a phone's connection carries less than this.
	SessionBytes = 2 << 20

	// SessionBurst is for how many seconds of its budget a session may use at once: five seconds of CPU,
	// which open a large program and its first pages.
	SessionBurst = 20

	// StorageWeight is how often a byte counts that a session stores: it is written to the database and
	// its log.
	StorageWeight = 4

	// MaxPause is the longest wait of a session that is over its budget. The dearest turn, MaxTurnOutput
	// into storage, needs 16 s; but the host believes that a worker hangs that does nothing for HangWall.
	MaxPause = 20 * time.Second

	// LeastPause is the shortest wait: shorter ones are left in the budget until they have become one, so
	// that a session over its budget runs in parts of a tenth of a second and does not wake for each turn.
	LeastPause = 100 * time.Millisecond

	// FairEvery is how often the host looks at what its workers use, and FairShare the part of all cores that they
	// may use together before those that use most are slowed down: the rest is for the host, its database,
	// and for those who want little and at once.
	FairEvery = time.Second
	FairShare = 0.75
	// PaceUsed is the part of what a slowed worker may use from which on it counts as one that would use more.
	PaceUsed = 0.8
	// MaxRest is the longest rest of a slowed worker between two turns.
	MaxRest = 5 * time.Second

	// AppMessages and AppBytes are how many messages, and bytes of them, the host takes from one worker in
	// a second for long, and AppBurst for how many seconds it takes them at once. Five hundred people who
	// all look at pages that move send less.
	AppMessages = 20_000
	AppBytes    = 32 << 20
	AppBurst    = 4

	// LeastWait is the shortest wait of the host between two messages of a worker.
	LeastWait = 5 * time.Millisecond

	// TellEvery is how often the developer of a session is told that it was over its budget.
	TellEvery = time.Minute

	// HeapGrace is how long a turn may continue after an interrupt for memory before the worker ends
	// itself: the interrupt stops JavaScript within one step; only a builtin ignores it.
	HeapGrace = 300 * time.Millisecond

	// WatchEvery is how often a running turn is checked. At 1 GB/s, which is fast for goja, a heap
	// grows by 5 MB between two checks.
	WatchEvery = 5 * time.Millisecond

	// WatchIdle is how long the watchdog continues after the last turn, so that many short turns do
	// not have to wake it each time.
	WatchIdle = 200 * time.Millisecond

	// TrimAfter is how long a worker is idle before it collects its garbage and returns the memory:
	// an idle app should use no more than it needs, and a collection takes milliseconds.
	TrimAfter = 1 * time.Second

	// AnnounceAfter is how long a timer turn runs before the worker tells the host. The host knows
	// every turn that it requested; its kill timer needs this message for the others.
	AnnounceAfter = 20 * time.Millisecond

	// MaxThreads is how many threads the user of a worker may have. A worker runs on one processor and has about
	// ten; several hosts on one machine do not know of each other and may give the same user to a few workers.
	MaxThreads = 256

	// FirstUser is the first of the numbers that the users of workers have under a host that runs as root:
	// distributions give those from 60578 to 61183 to nobody, nor does systemd for its services.
	FirstUser = 60600
	// Users is how many there are, more than MaxWorkers, so that workers who live at once have different ones.
	Users = 450

	// Nice is the scheduling priority of workers: lower than the host's, so that an app that uses all
	// the CPU it can get does not slow the host.
	Nice = 5
)

// The compiler runs in a separate worker for each upload.
const (
	// CompileCPU is the CPU time of one compilation. esbuild does 1 MB in 350 ms; the largest bundle is
	// 30 MB.
	CompileCPU = 30 * time.Second
	// CompileGrace is how long before its end the compiler says at which file it is.
	CompileGrace = time.Second
	// CompileWall is its limit in wall time. It is several times CompileCPU, because a busy machine gives
	// a compiler, whose priority is low, only a part of a core.
	CompileWall = 4 * time.Minute
	// CompileHeap is its memory: sources, syntax trees and output of the largest bundle.
	CompileHeap = 768 << 20
	// MaxCompiles is how many compilations run at once; the others wait. More would only slow each
	// other down, and each may use CompileHeap.
	MaxCompiles = 2
)

// Each picture is decoded in a separate worker. Its headers are checked before that
// (runtime/picture); these limits cover what the headers do not say.
const (
	// PictureHeap is the memory of a decoder: picture.MaxMemory, the file, its two copies.
	PictureHeap = 448 << 20
	// PictureCPU is its CPU time. The largest accepted picture needs about five seconds.
	PictureCPU = 10 * time.Second
	// PictureWall is its limit in wall time: on a busy machine a worker, whose priority is low, gets
	// only a part of a core.
	PictureWall = 45 * time.Second
	// SmallPictureHeap and SmallPictureCPU are for a picture whose headers say that it is small.
	SmallPictureHeap = 96 << 20
	SmallPictureCPU  = 2 * time.Second
)

// Sizes of messages on the socket pair. Both ends check them before they allocate.
const (
	// MaxHeader bounds the JSON header of a message; it contains numbers and names.
	MaxHeader = 64 << 10
	// MaxStart bounds the first message: an image, or the files of a bundle and their names.
	MaxStart = image.MaxBytes + 1<<20
	// MaxToWorker bounds every other message to a worker. The largest is an open request with 10 MB
	// of storage, whose JSON strings may double when quoted; a network response has at most 10 MB.
	MaxToWorker = 24 << 20
	// MaxFromWorker bounds a message from a worker: a frame for the browser or a call. A page of
	// 10,000 rows renders to under 1 MB.
	MaxFromWorker = 4 << 20
	// MaxCompiled bounds what the compiler returns: an image, and public files no larger than the
	// bundle that they were made of, twice over for inlined styles.
	MaxCompiled = image.MaxBytes + 64<<20
	// MaxTurnOutput bounds what one turn may send in total; above it the session is stopped.
	MaxTurnOutput = 8 << 20
	// MaxReplays is how often a session sends the log of its inputs: the first exceptions tell the most.
	MaxReplays = 3
	// MaxTurnMessages bounds how many messages one turn may send: frames, calls, storage, log.
	MaxTurnMessages = 2000
	// MaxFileName bounds the name of a file in a compiler's message.
	MaxFileName = 300
	// MaxStderr is how much of a crashed worker's error output is kept for the log; the first lines
	// contain the reason.
	MaxStderr = 2 << 10
)

// Queues. A full queue is an error for the caller: nothing waits, and nothing is lost without an error.
const (
	// MaxPending is how many messages of one session may wait for their turns. A moving finger makes
	// about 60 events a second; an app that is a second late does not need a longer queue.
	MaxPending = 64
	// MaxQueue is how many messages may wait to be written to one worker.
	MaxQueue = 4096
	// MaxQueueBytes is their total size.
	MaxQueueBytes = 64 << 20
)

// Start and end of workers.
const (
	// IdleAfter is how long a worker without sessions is kept: as long as a phone keeps a closed
	// mini program warm.
	IdleAfter = 5 * time.Minute
	// MaxWorkers is how many app versions run at once on one host. At the limit, the worker that has
	// been without sessions for the longest time is ended; 400 workers with a few sessions each use
	// about 8 GB.
	MaxWorkers = 400
	// Spares is how many started but unused workers are kept ready, so that a cold open does not wait
	// for a process to start. One uses 9 MB.
	Spares = 1
	// StartWait is how long a worker may take to load its image: compiling 1 MB of JavaScript takes
	// a quarter of a second of CPU, which KillCPU bounds, and far longer on a busy machine.
	StartWait = 60 * time.Second
	// OpenWait is how long an open may take in total, including the image and the first page. A user
	// waits no longer; the worker goes on starting for the next one.
	OpenWait = 30 * time.Second
	// QuarantineDeaths within QuarantineWindow put an app version into quarantine: one crash may be
	// chance; three in five minutes are caused by the app.
	QuarantineDeaths = 3
	// QuarantineWindow is the window of QuarantineDeaths.
	QuarantineWindow = 5 * time.Minute
	// QuarantineFirst is how long a version is paused the first time: what came from outside, such as a
	// host that was short of memory, is over then. Each further time is twice as long.
	QuarantineFirst = 10 * time.Minute
	// QuarantineLongest is the longest pause: a version that nobody has mended dies at most three times a day,
	// and one that works again is tried the next day even if no administrator looks.
	QuarantineLongest = 24 * time.Hour
	// QuarantineSoon is when users are told in how many minutes to try again, rather than only that the
	// app is paused: nobody comes back for a minute that is hours away.
	QuarantineSoon = time.Hour
	// BackoffWait is the longest backoff for which an open waits; for a longer one the answer says
	// when to try again.
	BackoffWait = 1 * time.Second
	// KillTimerEvery is how often the host checks busy workers for its kill timer, and idle ones.
	KillTimerEvery = 100 * time.Millisecond
	// ExitWait is how long a worker may take to end before it is killed.
	ExitWait = 500 * time.Millisecond
)

// backoff is the pause before the next start after so many deaths in the window.
var backoff = []time.Duration{0, 1 * time.Second, 5 * time.Second, 30 * time.Second}

// orDefaults fills what is zero.
func (l Limits) orDefaults() Limits {
	l.EventCPU = or(l.EventCPU, EventCPU)
	l.OpenCPU = or(l.OpenCPU, OpenCPU)
	l.TurnWall = or(l.TurnWall, TurnWall)
	l.KillCPU = or(l.KillCPU, KillCPU)
	l.KillWall = or(l.KillWall, KillWall)
	l.Heap = or(l.Heap, Heap)
	l.TurnHeap = or(l.TurnHeap, TurnHeap)
	l.Address = or(l.Address, Address)
	l.MaxSessions = or(l.MaxSessions, MaxSessions)
	l.SessionCPU = or(l.SessionCPU, SessionCPU)
	return l
}

func or[T comparable](value, standard T) T {
	var zero T
	if value == zero {
		return standard
	}
	return value
}

// pictureLimits are the limits of a decoder's process.
func pictureLimits(small bool) Limits {
	heap, cpu := int64(PictureHeap), PictureCPU
	if small {
		heap, cpu = SmallPictureHeap, SmallPictureCPU
	}
	return Limits{Heap: heap, TurnHeap: heap, Address: 2*heap + 128<<20, KillCPU: cpu, KillWall: PictureWall,
		EventCPU: cpu, OpenCPU: cpu, TurnWall: PictureWall}.orDefaults()
}

// compileLimits are the limits of a compiler process.
func compileLimits() Limits {
	return Limits{Heap: CompileHeap, TurnHeap: CompileHeap, Address: 2 * CompileHeap,
		KillCPU: CompileCPU, KillWall: CompileWall, EventCPU: CompileCPU - CompileGrace, OpenCPU: CompileCPU,
		TurnWall: CompileWall}.orDefaults()
}
