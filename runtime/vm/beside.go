package vm

import (
	"strings"
	"time"

	"github.com/teahouse/teahouse/runtime/protocol"
)

// Beside makes a second VM of the same code, clock and user, for what a program runs apart from itself.
// It runs inside the turns of this one: Interrupt stops both, and timers of both are due together. There
// is one at a time, until Part.
func (v *VM) Beside(host protocol.Host, above Framework) *VM {
	other := New(Config{Code: v.code, Host: host, Now: v.now, Seed: int64(v.NextID()), Language: v.language,
		Zone: v.zone.String(), EarlyUndefined: v.early}, above)
	v.beside.Store(other)
	return other
}

// Part ends the VM beside this one.
func (v *VM) Part(other *VM) {
	v.beside.CompareAndSwap(other, nil)
	other.Close()
}

// Find is the path of the module that the program names from its root, or "".
func (c *Code) Find(name string) string {
	return c.resolve("app.js", "/"+strings.TrimLeft(name, "./"))
}

// sooner is the earlier of this VM's next timer and that of the VM beside it.
func (v *VM) sooner(when time.Time, ok bool) (time.Time, bool) {
	other := v.beside.Load()
	if other == nil {
		return when, ok
	}
	theirs, due := other.NextTimer()
	if due && (!ok || theirs.Before(when)) {
		return theirs, true
	}
	return when, ok
}

// runTimersBeside runs what is due in the VM beside this one, after what is due here.
func (v *VM) runTimersBeside(now time.Time) {
	other := v.beside.Load()
	if other == nil {
		return
	}
	if when, due := other.NextTimer(); due && !when.After(now) {
		v.Later(func() { _ = other.RunTimers(now) }) // its end is its owner's affair at the next message
	}
}
