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
}

// The fences of a worker that runs sessions.
const (
	// EventCPU is the soft deadline of one turn. A typical event costs under 1 ms; goja is 20 to
	// 180 times slower than a JIT, so an app that sorts ten thousand rows still gets through.
	EventCPU = 500 * time.Millisecond

	// OpenCPU is the soft deadline of the turn that runs app.js and renders the first page: the
	// one moment when an app loads all of its modules.
	OpenCPU = 1 * time.Second

	// TurnWall bounds a turn by the clock on the wall. CPU time alone would let a turn that waits
	// (it cannot today: nothing in a VM blocks) hold up every session of its app.
	TurnWall = 2 * time.Second

	// KillCPU is the CPU time that a worker may use without finishing a turn before the host kills
	// it. It lies above OpenCPU, so that whatever can be interrupted is interrupted first.
	KillCPU = 1500 * time.Millisecond

	// KillWall is when the host kills whatever the CPU clocks say. Above TurnWall, for the same
	// reason.
	KillWall = 3 * time.Second

	// Heap is the memory of all sessions of one app version together. 256 MB carry some 500
	// sessions of a 20 KB app (414 KB each).
	Heap = 256 << 20

	// TurnHeap is what one turn may add. A turn that builds 64 MB of objects is no view update,
	// and stopping it there leaves the other sessions of the app their memory.
	TurnHeap = 64 << 20

	// Address is the address space that a worker may map beyond what it had when it started: twice
	// the heap, because Go maps arenas of 64 MB ahead and keeps garbage until the next cycle. It
	// ends a single huge allocation, which no watchdog can see coming.
	Address = 2*Heap + 128<<20

	// SoftMemory is the share of Heap, in percent, from which the collector works harder instead
	// of the heap growing.
	SoftMemory = 75

	// MaxSessions is how many sessions one worker holds; beyond it the app is answered busy.
	// 500 sessions keep a worker's death an event for 500 people at most.
	MaxSessions = 500

	// MaxStack is the Go stack of a goroutine in a worker. A few builtins recurse on the Go stack;
	// at 64 MB they end in tens of milliseconds instead of filling a gigabyte first.
	MaxStack = 64 << 20

	// HeapGrace is how long after an interrupt for memory a turn may go on before the worker ends
	// itself: the interrupt stops JavaScript within one step, and only a builtin ignores it.
	HeapGrace = 300 * time.Millisecond

	// WatchEvery is how often a running turn is looked at. At 1 GB/s, which is fast for goja, a
	// heap grows by 5 MB between two looks.
	WatchEvery = 5 * time.Millisecond

	// WatchIdle is how long the watchdog keeps looking after the last turn, so that a stream of
	// short turns does not pay for waking it each time.
	WatchIdle = 200 * time.Millisecond

	// TrimAfter is how long a worker is quiet before it collects its garbage and returns the memory:
	// an app that nobody touches should cost what it holds, and a collection takes milliseconds.
	TrimAfter = 1 * time.Second

	// AnnounceAfter is how long a timer turn runs before the worker tells the host of it. The host
	// knows of every turn that it asked for; this is how its kill timer covers the others.
	AnnounceAfter = 20 * time.Millisecond

	// Nice is the scheduling weight of workers: below the host's, so that an app at full tilt takes
	// what is left over and not the host's share.
	Nice = 5
)

// The compiler runs in a worker of its own, for one upload.
const (
	// CompileWall bounds one compilation. esbuild does 1 MB in 350 ms; the largest bundle is 30 MB.
	CompileWall = 30 * time.Second
	// CompileCPU is its CPU time; two cores are used at most.
	CompileCPU = 30 * time.Second
	// CompileHeap is its memory: sources, syntax trees and output of the largest bundle.
	CompileHeap = 768 << 20
	// MaxCompiles is how many compilations run at once; the others wait. They would only slow each
	// other down, and each may use CompileHeap.
	MaxCompiles = 2
)

// A picture is decoded in a worker of its own. What its headers promise is checked before that
// (runtime/picture); these hold what headers do not tell.
const (
	// PictureHeap is the memory of a decoder: picture.MaxMemory, the file, its two copies.
	PictureHeap = 448 << 20
	// PictureCPU is its CPU time. The largest picture that is taken needs some three seconds.
	PictureCPU = 10 * time.Second
	// PictureWall is when the host kills it whatever the CPU clocks say: on a busy machine a worker,
	// whose priority is low, gets a fraction of a core.
	PictureWall = 45 * time.Second
	// SmallPictureHeap and SmallPictureCPU are for a picture whose headers say that it is small.
	SmallPictureHeap = 96 << 20
	SmallPictureCPU  = 2 * time.Second
)

// Sizes of what crosses the socket pair. Both ends check, before they allocate.
const (
	// MaxHeader bounds the JSON header of a message; it carries numbers and names.
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
	// MaxTurnMessages bounds how many messages one turn may send: frames, calls, storage, log.
	MaxTurnMessages = 2000
	// MaxStderr is how much of a dying worker's last words is kept for its log line; the reason
	// stands in the first lines.
	MaxStderr = 2 << 10
)

// Queues. A full queue is an error that the caller sees, never a wait and never a silent drop.
const (
	// MaxPending is how many messages of one session may wait for their turns. A finger produces
	// some 60 events a second; an app a second behind is not worth queueing more for.
	MaxPending = 64
	// MaxQueue is how many messages may wait to be written to one worker.
	MaxQueue = 4096
	// MaxQueueBytes is their total size.
	MaxQueueBytes = 64 << 20
)

// Lives of a worker.
const (
	// IdleAfter is how long a worker without sessions is kept: as long as a phone keeps a closed
	// mini program warm.
	IdleAfter = 5 * time.Minute
	// MaxWorkers is how many app versions run at once on one host. When all places are taken, the
	// worker that has been without sessions longest makes room; 400 workers with a few sessions
	// each take some 8 GB.
	MaxWorkers = 400
	// Spares is how many started but unused workers are held ready, so that a cold open does not
	// wait for a process to start. One costs 9 MB.
	Spares = 1
	// StartWait is how long a worker may take to load its image: compiling 1 MB of JavaScript takes
	// a quarter of a second.
	StartWait = 10 * time.Second
	// OpenWait is how long an opener waits in all, image and first page included.
	OpenWait = 15 * time.Second
	// QuarantineDeaths within QuarantineWindow put an app version into quarantine: a crash may be
	// chance, three in five minutes are the app.
	QuarantineDeaths = 3
	// QuarantineWindow is the window of QuarantineDeaths.
	QuarantineWindow = 5 * time.Minute
	// BackoffWait is the longest backoff that an open sits out; for a longer one it is told when to
	// come back.
	BackoffWait = 1 * time.Second
	// PatrolEvery is how often the host looks at busy workers for its kill timer, and at idle ones.
	PatrolEvery = 100 * time.Millisecond
	// ExitWait is how long a worker that was told to end may take before it is killed.
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
		KillCPU: CompileCPU, KillWall: CompileWall, EventCPU: CompileCPU, OpenCPU: CompileCPU,
		TurnWall: CompileWall}.orDefaults()
}
