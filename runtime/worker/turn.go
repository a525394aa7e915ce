package worker

import (
	"fmt"
	"os"
	"runtime"
	"runtime/metrics"
	"sync"
	"time"
)

// exitMemory is the exit code of a worker that ended itself because an interrupt did not stop its
// memory from growing.
const exitMemory = 86

// verdict is why the watchdog stopped a turn.
type verdict string

const (
	verdictNone   verdict = ""
	verdictCPU    verdict = "cpu"
	verdictWall   verdict = "wall"
	verdictMemory verdict = "memory"
	verdictOutput verdict = "output"
)

// watchdog looks at the running turn every WatchEvery and stops it when it is over a limit. One
// mutex guards the turn, so that a stop can never hit the turn after the one it was meant for.
type watchdog struct {
	limits   Limits
	announce func() // tells the host that a turn it does not know of takes long

	wake chan struct{}

	mu        sync.Mutex
	turn      uint64 // counts turns, to recognise the running one after a pause
	running   bool
	awake     bool
	own       bool // a turn that the host did not ask for
	announced bool
	clock     int32
	cpuStart  time.Duration
	started   time.Time
	budget    time.Duration
	heapStart int64 // what the heap held at the first look, -1 before it
	stop      func(reason string)
	verdict   verdict
	stoppedAt time.Time
	idleSince time.Time
}

func newWatchdog(limits Limits, announce func()) *watchdog {
	w := &watchdog{limits: limits, announce: announce, wake: make(chan struct{}, 1)}
	go w.watch() // lives as long as the worker process, which has no other end than exit
	return w
}

// begin starts the clocks of a turn on the calling thread. It must be followed by end on the same
// goroutine. own says that the host does not know of the turn.
func (w *watchdog) begin(budget time.Duration, own bool, stop func(reason string)) {
	runtime.LockOSThread() // so that the thread's CPU clock is the turn's
	clock := threadClock()
	cpu, _ := readClock(clock)
	w.mu.Lock()
	w.turn++
	w.running, w.own, w.announced = true, own, false
	w.clock, w.cpuStart, w.started, w.budget = clock, cpu, time.Now(), budget
	w.heapStart, w.stop, w.verdict = -1, stop, verdictNone
	sleeping := !w.awake
	w.awake = true
	w.mu.Unlock()
	if sleeping {
		w.wake <- struct{}{}
	}
}

// attach gives the turn the function that stops it, once there is something to stop.
func (w *watchdog) attach(stop func(reason string)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stop = stop
	if w.verdict != verdictNone {
		stop(string(w.verdict))
	}
}

// condemn stops the running turn for a reason that its own goroutine found.
func (w *watchdog) condemn(v verdict) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.condemnLocked(v)
}

func (w *watchdog) condemnLocked(v verdict) {
	if w.verdict != verdictNone {
		return
	}
	w.verdict, w.stoppedAt = v, time.Now()
	if w.stop != nil {
		w.stop(string(v))
	}
}

// ending is what is known of a turn when it is over.
type ending struct {
	verdict   verdict
	announced bool
	grown     int64 // bytes, 0 for turns too short to be looked at
}

func (w *watchdog) end() ending {
	w.mu.Lock()
	w.running, w.stop = false, nil
	w.idleSince = time.Now()
	e := ending{verdict: w.verdict, announced: w.announced}
	if w.heapStart >= 0 {
		e.grown = heapBytes() - w.heapStart
	}
	w.mu.Unlock()
	runtime.UnlockOSThread()
	return e
}

func (w *watchdog) watch() {
	for range w.wake {
		for w.look() {
			time.Sleep(WatchEvery)
		}
	}
}

// look examines the running turn; it returns false when there has been none for a while and the
// watchdog may sleep until begin wakes it.
func (w *watchdog) look() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if !w.running {
		w.awake = now.Sub(w.idleSince) < WatchIdle
		return w.awake
	}
	wall := now.Sub(w.started)
	if w.own && !w.announced && wall >= AnnounceAfter {
		w.announced = true
		w.announce()
	}
	if cpu, ok := readClock(w.clock); ok && cpu-w.cpuStart > w.budget {
		w.condemnLocked(verdictCPU)
	}
	if wall > w.limits.TurnWall {
		w.condemnLocked(verdictWall)
	}
	w.weigh(now)
	return true
}

// weigh compares the heap with its limits. The memory limit of the Go runtime lies below Heap, so
// what is above Heap lives. Growth within a turn may be garbage that nobody has looked for yet:
// before a turn is blamed, the garbage is collected.
func (w *watchdog) weigh(now time.Time) {
	heap := heapBytes()
	if w.heapStart < 0 {
		w.heapStart = heap
	}
	if w.verdict == verdictNone && heap <= w.limits.Heap && heap-w.heapStart > w.limits.TurnHeap {
		turn := w.turn
		w.mu.Unlock()
		runtime.GC()
		heap = heapBytes()
		w.mu.Lock()
		if !w.running || w.turn != turn {
			return
		}
	}
	if heap > w.limits.Heap || heap-w.heapStart > w.limits.TurnHeap {
		w.condemnLocked(verdictMemory)
	}
	if w.verdict == verdictMemory && heap > w.limits.Heap && now.Sub(w.stoppedAt) > HeapGrace {
		fmt.Fprintf(os.Stderr, "worker: %d MB of heap and the turn does not stop\n", heap>>20)
		os.Exit(exitMemory)
	}
}

// heapSamples names what counts as memory of the app: objects and the stacks of goroutines.
var heapSamples = []string{"/memory/classes/heap/objects:bytes", "/memory/classes/heap/stacks:bytes"}

func heapBytes() int64 {
	samples := [2]metrics.Sample{{Name: heapSamples[0]}, {Name: heapSamples[1]}}
	metrics.Read(samples[:])
	return int64(samples[0].Value.Uint64() + samples[1].Value.Uint64())
}
