package protocol

import "time"

// LogEntry is one line of the developer's log. File, Line and Column refer to the developer's
// source, 1-based; they are empty when the position is unknown.
type LogEntry struct {
	Time   time.Time `json:"time"`
	Level  string    `json:"level"` // "log", "info", "warn" or "error"
	Kind   string    `json:"kind"`  // LogConsole, LogError or LogUnsupported
	Text   string    `json:"text"`
	Brief  string    `json:"brief,omitempty"` // instead of Text where users' values must not be shown
	File   string    `json:"file,omitempty"`
	Line   int       `json:"line,omitempty"`
	Column int       `json:"column,omitempty"`
	Stack  string    `json:"stack,omitempty"`
	API    string    `json:"api,omitempty"`    // the wx member, with LogUnsupported
	Page   string    `json:"page,omitempty"`   // route of the page on top when it was written
	Inputs string    `json:"inputs,omitempty"` // with LogReplay: what package replay has recorded
}

// Kinds of log entries.
const (
	LogConsole     = "console"     // the app called console
	LogError       = "error"       // an exception, a rejection or a wrong use of the framework
	LogReplay      = "replay"      // what went into a recorded session, after an exception or its end
	LogUnsupported = "unsupported" // the app called a part of wx that Teahouse does not have
)
