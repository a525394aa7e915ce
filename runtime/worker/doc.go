// Package worker keeps strangers' code out of the host: it runs each app version in a process of
// its own, and that process can be killed.
//
// goja cannot bound memory, Interrupt does not stop a builtin, and a handful of one-line programs
// end a Go process past any recover. So the host never runs an app. The Pool starts one worker
// process per app version by executing the own binary again, talks to it over a socket pair, and
// takes nothing that it says on trust: a worker names sessions that the host made, and rights are
// decided by the host from its own table.
//
// Inside a worker one goroutine runs the turns of all sessions, one after the other. Three fences
// bound a turn, each for what the one before it cannot stop:
//
//   - a soft deadline in CPU time of the turn's own thread, so that a busy machine does not kill a
//     good app; it interrupts the VM, and an interrupted VM is discarded, never used again;
//   - a heap watchdog that interrupts the VM and, when that does not help, ends the process; behind
//     it a limit on the address space ends the allocations that no watchdog is fast enough for;
//   - the host's kill timer, the only thing that stops a builtin that never returns.
//
// Uploads are compiled and pictures are decoded in processes of the same kind, one for each upload
// (compile.go, picture.go).
//
// The files: pool.go and child.go are the host's side, sandbox.go and turn.go the worker's,
// wire.go is what both speak, fences.go is where the operating system's fences are put up.
package worker
