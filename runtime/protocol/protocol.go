// Package protocol declares what the three parties of an open mini program say to each other: the
// shell in the browser, the host, and the app in its worker. Every frame, every request and every
// limit on them is declared here once; docs/protocol.md describes them for authors of clients, and
// web/shared/protocol.ts has their types for the browser, which a test holds to these.
//
// No party trusts another: each type that one sends to another has a function beside it that reads it
// and refuses what is not of its form.
package protocol

// Host is what an open app needs from its surroundings. Every method is called during a turn, on
// the goroutine of that turn, and must not block or call back into the session.
type Host interface {
	// Frame sends one frame, a JSON text, to the shell.
	Frame(json []byte)
	// Call asks for a capability of the bridge; the answer comes through the session's Reply.
	Call(id uint64, name string, args []byte)
	// Store keeps a change of the app's storage. Calls arrive in the order the app made them.
	Store(op StorageOp)
	// Log keeps a line for the app's developer.
	Log(entry LogEntry)
}
