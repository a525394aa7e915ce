package vm

import "time"

// What an app may ask of the logic layer. A turn that goes past one of these limits gets an
// error with the limit's name in it; the session lives on.
const (
	// MaxPageStack is the vendor's limit on stacked pages.
	MaxPageStack = 10
	// MaxCallStack bounds recursion in the app. Deeper recursion through builtins takes the
	// engine seconds to unwind; 400 ends every known bomb within 25 ms.
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
	// MaxTimers is generous to games and small enough to scan.
	MaxTimers = 1000
	// MinTimerDelay is the browsers' floor for nested timers; without one an app spins.
	MinTimerDelay = 4 * time.Millisecond
	// MaxTimersPerTurn keeps a burst of due timers from eating the deadline of one turn.
	MaxTimersPerTurn = 200
	// BackgroundGrace is how long timers go on after the app has left the screen, as with the
	// vendor. Later ones wait until it is back: nobody would see what they do.
	BackgroundGrace = 5 * time.Second
	// MaxTasksPerTurn ends a turn whose callbacks keep scheduling callbacks.
	MaxTasksPerTurn = 2000
	// MaxFlushesPerTurn ends a turn whose setData callbacks keep calling setData.
	MaxFlushesPerTurn = 50
	// MaxPendingCalls bounds unanswered calls to the shell and to the bridge together.
	MaxPendingCalls = 256
	// MaxListeners bounds callbacks per event such as wx.onThemeChange.
	MaxListeners = 64
	// MaxLogText cuts one log line; a developer reads the beginning.
	MaxLogText = 8 << 10
	// MaxLogsPerTurn drops further lines of a turn, once with a notice.
	MaxLogsPerTurn = 200
	// MaxCallBytes bounds the arguments of one call to the shell or the bridge.
	MaxCallBytes = 1 << 20
	// MaxHostBytes bounds the name of a host with its port; DNS allows 253 bytes.
	MaxHostBytes = 260
	// MaxRemoteHosts is for how many hosts a session tells that their pictures are not shown.
	MaxRemoteHosts = 20
	// MaxModuleDepth bounds nested require, before the call stack would.
	MaxModuleDepth = 64
)
