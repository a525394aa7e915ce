package vm

import "time"

// What an app may use of its VM. When a turn exceeds one of these limits, the app gets an
// error that names the limit; the session continues.
const (
	// MaxCallStack bounds recursion in the app. Deeper recursion through builtins takes the engine
	// seconds to unwind; with 400 every known attack ends within 25 ms. Functions that call themselves
	// have 20 times as much in the edited engine, about as in browsers.
	MaxCallStack = 400
	// MaxCopyBytes is the vendor's limit on the size of one setData.
	MaxCopyBytes = 1 << 20
	// MaxValueDepth bounds nesting of data, of results and of bridge arguments: trees of compiled
	// programs have about 200 levels. Deeper values
	// are cycles in practice, and a Go stack overflow cannot be recovered from.
	MaxValueDepth = 256
	// MaxTimers is enough for games and few enough to scan.
	MaxTimers = 1000
	// MinTimerDelay is the browsers' minimum for nested timers; without it an app could loop
	// without a pause.
	MinTimerDelay = 4 * time.Millisecond
	// MaxTimersPerTurn keeps many due timers from using up the deadline of one turn.
	MaxTimersPerTurn = 200
	// BackgroundGrace is how long timers run after the app has left the screen, as with the vendor.
	// Later timers wait until the app is back, because no user would see their effect.
	BackgroundGrace = 5 * time.Second
	// MaxTasksPerTurn ends a turn in which callbacks schedule callbacks without end. A page of all icons of a
	// library has 2,350 components, each of which waits for the next moment.
	MaxTasksPerTurn = 10_000
	// MaxFlushesPerTurn ends a turn in which setData callbacks call setData without end.
	MaxFlushesPerTurn = 50
	// MaxPendingCalls bounds unanswered calls to the shell and to the bridge together.
	MaxPendingCalls = 256
	// MaxLogText cuts one log line; a developer reads the beginning.
	MaxLogText = 8 << 10
	// MaxLogsPerTurn bounds the lines of the console in a turn, and its errors and warnings. Further lines
	// are dropped, with one notice.
	MaxLogsPerTurn = 200
	// MaxElements bounds the arrays that a call takes, such as the keys of a batch: each element may
	// become a change that the host writes.
	MaxElements = 1000
	// MaxURLBytes bounds an address that is taken apart, which costs time by the square of its length.
	// Servers refuse addresses of half of it.
	MaxURLBytes = 16 << 10
	// MaxModuleDepth bounds nested require; it is reached before the limit of the call stack.
	MaxModuleDepth = 64
)
