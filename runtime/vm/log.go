package vm

import (
	"fmt"

	"github.com/teahouse/teahouse/runtime/protocol"
	"github.com/teahouse/teahouse/runtime/source"
)

// Log passes a line to the host and, in a development session, to the shell. The zero position is
// for a line that has no place in the source.
func (v *VM) Log(entry protocol.LogEntry, at source.Position) {
	// What the app prints must not hide what went wrong, so errors are counted apart.
	logged := &v.turn.logged
	if entry.Kind == protocol.LogConsole {
		logged = &v.turn.printed
	}
	if *logged++; *logged > MaxLogsPerTurn {
		if *logged > MaxLogsPerTurn+1 {
			return
		}
		entry = protocol.LogEntry{Level: "warn", Kind: protocol.LogError,
			Text: fmt.Sprintf("More than %d lines in one turn; the rest was dropped.", MaxLogsPerTurn)}
	}
	entry.Time = v.now()
	entry.Text = Cut(entry.Text, MaxLogText)
	entry.Brief = Cut(entry.Brief, MaxLogText)
	entry.Stack = Cut(entry.Stack, MaxLogText)
	entry.File, entry.Line, entry.Column = at.File, at.Line, at.Column
	entry.Page = v.above.Page()
	v.host.Log(entry)
	if v.debug {
		v.Send(&protocol.LogFrame{T: "log", Level: entry.Level, Text: entry.Text, File: entry.File,
			Line: entry.Line, Column: entry.Column})
	}
}

// Warn logs what is wrong with the app's markup or data, without a place in its scripts.
func (v *VM) Warn(format string, args ...any) {
	v.Log(protocol.LogEntry{Level: "warn", Kind: protocol.LogError, Text: fmt.Sprintf(format, args...)},
		source.Position{})
}

// Complain logs a wrong use of the framework.
func (v *VM) Complain(format string, args ...any) {
	v.Log(protocol.LogEntry{Level: "error", Kind: protocol.LogError, Text: fmt.Sprintf(format, args...)},
		source.Position{})
}
