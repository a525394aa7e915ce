package vm

import "time"

// What an app may use of the logic layer. When a turn exceeds one of these limits, the app gets an
// error that names the limit; the session continues.
const (
	// MaxPageStack is the vendor's limit on stacked pages.
	MaxPageStack = 10
	// MaxCallStack bounds recursion in the app. Deeper recursion through builtins takes the engine
	// seconds to unwind; with 400 every known attack ends within 25 ms.
	MaxCallStack = 400
	// MaxSetDataBytes is the vendor's limit on the size of one setData.
	MaxSetDataBytes = 1 << 20
	// MaxValueDepth bounds nesting of data, of results and of bridge arguments. Deeper values
	// are cycles in practice, and a Go stack overflow cannot be recovered from.
	MaxValueDepth = 100
	// MaxPathSteps bounds one setData path such as "a.b[0].c".
	MaxPathSteps = 64
	// MaxStorageValueBytes is the vendor's limit on one stored value.
	MaxStorageValueBytes = 1 << 20
	// MaxStorageBytes is the vendor's limit per app and user.
	MaxStorageBytes = 10 << 20
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
	// MaxTasksPerTurn ends a turn in which callbacks schedule callbacks without end.
	MaxTasksPerTurn = 2000
	// MaxFlushesPerTurn ends a turn in which setData callbacks call setData without end.
	MaxFlushesPerTurn = 50
	// MaxPendingCalls bounds unanswered calls to the shell and to the bridge together.
	MaxPendingCalls = 256
	// MaxListeners bounds callbacks per event such as wx.onThemeChange.
	MaxListeners = 64
	// MaxLogText cuts one log line; a developer reads the beginning.
	MaxLogText = 8 << 10
	// MaxLogsPerTurn bounds the log lines of a turn. Further lines are dropped, with one notice.
	MaxLogsPerTurn = 200
	// MaxCallBytes bounds the arguments of one call to the shell or the bridge.
	MaxCallBytes = 1 << 20
	// MaxHostBytes bounds the name of a host with its port; DNS allows 253 bytes.
	MaxHostBytes = 260
	// MaxRemoteHosts bounds the hosts for which a session logs that their pictures are not shown.
	MaxRemoteHosts = 20
	// MaxModuleDepth bounds nested require; it is reached before the limit of the call stack.
	MaxModuleDepth = 64
)
