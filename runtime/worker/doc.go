// Package worker keeps third-party code out of the host: it runs each app version in a separate
// process, and the host can kill that process.
//
// goja cannot limit memory, Interrupt does not stop a builtin, and some one-line programs end a Go
// process although it uses recover. So the host never runs an app. The Pool starts one worker
// process per app version, of a program that holds nothing of a host (package programs), or of the
// host's own binary where that was not built, and exchanges messages with it over a socket pair. The host trusts nothing in these messages: a worker can name only sessions that the
// host made, and the host decides about rights from its own table.
//
// Inside a worker one goroutine runs the turns of all sessions, one after the other. Three fences
// limit a turn; each one stops what the one before it cannot stop:
//
//   - a soft deadline in CPU time of the turn's own thread, so that a busy machine does not kill a
//     good app; it interrupts the VM, and an interrupted VM is never used again;
//   - a heap watchdog that interrupts the VM and, when that does not help, ends the process; a limit
//     on the address space stops allocations that are too fast for the watchdog;
//   - the host's kill timer, the only way to stop a builtin that never returns.
//
// Uploads are compiled and pictures are decoded in processes of the same kind, one for each upload
// (compile.go, picture.go).
//
// The files: pool.go and child.go are the host's side, sandbox.go and turn.go the worker's side,
// wire.go is the protocol between them, the files fence_* are the fences of the operating system.
package worker
