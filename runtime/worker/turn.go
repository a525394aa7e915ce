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

// stopCause is why the watchdog stopped a turn.
type stopCause string

const (
	causeNone   stopCause = ""
	causeCPU    stopCause = "cpu"
	causeWall   stopCause = "wall"
	causeMemory stopCause = "memory"
	causeOutput stopCause = "output"
)

// watchdog checks the running turn every WatchEvery and stops it when it exceeds a limit. One mutex
// guards the turn, so that a stop never reaches the turn after the one that exceeded the limit.
type watchdog struct {
	limits   Limits
	process  bool   // the turn's time is that of all threads: it works on several
	announce func() // tells the host that a turn which it did not request takes long

	wake chan struct{}

	mu        sync.Mutex
	turn      uint64 // counts turns, to recognise the running one after a pause
	running   bool
	awake     bool
	own       bool // a turn that the host did not request
	announced bool
	clock     int32
	cpuStart  time.Duration
	still     stillness
	started   time.Time
	budget    time.Duration
	heapStart int64 // size of the heap at the first check, -1 before it
	stop      func(reason string)
	cause     stopCause
	stoppedAt time.Time
	idleSince time.Time
}

func newWatchdog(limits Limits, announce func()) *watchdog {
	w := &watchdog{limits: limits, announce: announce, wake: make(chan struct{}, 1)}
	go w.watch() // runs until the worker process exits
	return w
}

// begin starts the clocks of a turn on the calling thread. The same goroutine must call end. own is
// true for a turn that the host did not request.
func (w *watchdog) begin(budget time.Duration, own bool, stop func(reason string)) {
	runtime.LockOSThread() // so that the thread's CPU clock is the turn's
	clock := threadClock()
	if w.process {
		clock = processClock(0) // this one
	}
	cpu, _ := readClock(clock)
	w.mu.Lock()
	w.turn++
	w.running, w.own, w.announced = true, own, false
	w.clock, w.cpuStart, w.started, w.budget = clock, cpu, time.Now(), budget
	w.still.begin(w.started, cpu)
	w.heapStart, w.stop, w.cause = -1, stop, causeNone
	sleeping := !w.awake
	w.awake = true
	w.mu.Unlock()
	if sleeping {
		w.wake <- struct{}{}
	}
}

// attach sets the function that stops the turn, as soon as there is something to stop.
func (w *watchdog) attach(stop func(reason string)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stop = stop
	if w.cause != causeNone {
		stop(string(w.cause))
	}
}

// stopTurn stops the running turn for a cause that its own goroutine found.
func (w *watchdog) stopTurn(c stopCause) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopTurnLocked(c)
}

func (w *watchdog) stopTurnLocked(c stopCause) {
	if w.cause != causeNone {
		return
	}
	w.cause, w.stoppedAt = c, time.Now()
	if w.stop != nil {
		w.stop(string(c))
	}
}

// ending describes a turn that has ended.
type ending struct {
	cause     stopCause
	announced bool
	grown     int64         // bytes, 0 for turns that were too short for a check
	cpu       time.Duration // 0 where the system has no CPU clocks
}

func (w *watchdog) end() ending {
	w.mu.Lock()
	w.running, w.stop = false, nil
	w.idleSince = time.Now()
	e := ending{cause: w.cause, announced: w.announced}
	if cpu, known := readClock(w.clock); known {
		e.cpu = cpu - w.cpuStart
	}
	if w.heapStart >= 0 {
		e.grown = heapBytes() - w.heapStart
	}
	w.mu.Unlock()
	runtime.UnlockOSThread()
	return e
}

func (w *watchdog) watch() {
	for range w.wake {
		for w.check() {
			time.Sleep(WatchEvery)
		}
	}
}

// check checks the running turn. It returns false when there was none for WatchIdle: then the
// watchdog sleeps until begin wakes it.
func (w *watchdog) check() bool {
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
	cpu, known := readClock(w.clock)
	if known {
		wall = w.still.check(now, cpu, WatchEvery)
	}
	if known && cpu-w.cpuStart > w.budget {
		w.stopTurnLocked(causeCPU)
	}
	if wall > w.limits.TurnWall {
		w.stopTurnLocked(causeWall)
	}
	w.checkHeap(now)
	return true
}

// checkHeap compares the heap with its limits. The memory limit of the Go runtime is below Heap, so the
// collector has already run when the heap is above it. Growth within a turn may still be garbage, so
// the garbage is collected before the turn is stopped for it.
func (w *watchdog) checkHeap(now time.Time) {
	heap := heapBytes()
	if w.heapStart < 0 {
		w.heapStart = heap
	}
	if w.cause == causeNone && heap <= w.limits.Heap && heap-w.heapStart > w.limits.TurnHeap {
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
		w.stopTurnLocked(causeMemory)
	}
	if w.cause == causeMemory && heap > w.limits.Heap && now.Sub(w.stoppedAt) > HeapGrace {
		fmt.Fprintf(os.Stderr, "worker: %d MB of heap and the turn does not stop\n", heap>>20)
		os.Exit(exitMemory)
	}
}

// heapSamples are the parts of the app's memory: objects and the stacks of goroutines.
var heapSamples = []string{"/memory/classes/heap/objects:bytes", "/memory/classes/heap/stacks:bytes"}

func heapBytes() int64 {
	samples := [2]metrics.Sample{{Name: heapSamples[0]}, {Name: heapSamples[1]}}
	metrics.Read(samples[:])
	return int64(samples[0].Value.Uint64() + samples[1].Value.Uint64())
}
