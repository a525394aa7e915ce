package vm

import (
	"errors"
	"time"
)

// Version is the release of the logic layer that apps see, in wx.getSystemInfo and in the
// text that names an unsupported API.
const Version = "0.1.0"

// SDKVersion is what apps read as the version of the base library. It promises the semantics of
// that version; whether one API works, only wx.canIUse says.
const SDKVersion = "3.5.0"

// Errors of a session that can no longer run.
var (
	// ErrInterrupted says that Interrupt stopped the app in the middle of a turn. The app's state
	// may be inconsistent, so the session cannot continue.
	ErrInterrupted = errors.New("vm: session interrupted")
	// ErrCrashed says that a turn made the engine itself panic; its state is unknown.
	ErrCrashed = errors.New("vm: session crashed")
	// ErrClosed says that Close has been called.
	ErrClosed = errors.New("vm: session closed")
	// ErrBadFrame says that a shell frame could not be read. The session continues.
	ErrBadFrame = errors.New("vm: unreadable frame")
)

// Env describes the user's device. Lengths are CSS pixels.
type Env struct {
	Width           int      `json:"width"`
	Height          int      `json:"height"`
	PixelRatio      float64  `json:"pixel_ratio"`
	StatusBarHeight int      `json:"status_bar_height"`
	SafeArea        SafeArea `json:"safe_area"`
	Theme           string   `json:"theme"`    // "light" or "dark"
	Language        string   `json:"language"` // "en", "zh_CN"
	Platform        string   `json:"platform"` // "ios", "android", "windows", "mac", "linux"
	UserAgent       string   `json:"user_agent"`
	Version         string   `json:"version"`
}

// SafeArea is the rectangle of the screen that no notch or home bar covers.
type SafeArea struct {
	Top    int `json:"top"`
	Bottom int `json:"bottom"`
	Left   int `json:"left"`
	Right  int `json:"right"`
}

// OpenRequest says who opens which page of an app. It also holds the clock and the random seed.
type OpenRequest struct {
	SessionID string            `json:"session_id"`
	AppID     string            `json:"app_id"`
	Version   string            `json:"version"`
	Path      string            `json:"path"` // "pages/a/b", may carry "?x=1"; empty opens the entry page
	Query     map[string]string `json:"query,omitempty"`
	Scene     int               `json:"scene"`
	Env       Env               `json:"env"`
	// Storage is the stored data of this app and user: keys to JSON texts.
	Storage     map[string]string `json:"storage,omitempty"`
	Development bool              `json:"development"`
	// Now is the app's clock; nil means time.Now. Seed feeds Math.random.
	Now  func() time.Time `json:"-"`
	Seed int64            `json:"seed"`
	// Started, when set, gets the new session before the first line of the app runs, so that an
	// endless loop in app.js can be stopped. Only Interrupt may be called before Open returns.
	Started func(*Session) `json:"-"`
}

// Host is what a session needs from its surroundings. Every method is called during a turn, on the
// goroutine of that turn, and must not block or call back into the session.
type Host interface {
	// Frame sends one frame, a JSON text, to the shell.
	Frame(json []byte)
	// Call asks for a capability of the bridge; the answer comes through Session.Reply.
	Call(id uint64, name string, args []byte)
	// Store keeps a change of the app's storage. Calls arrive in the order the app made them.
	Store(op StorageOp)
	// Log keeps a line for the app's developer.
	Log(entry LogEntry)
}

// StorageOp is one change of an app's storage for one user.
type StorageOp struct {
	Op    string `json:"op"` // "set", "remove" or "clear"
	Key   string `json:"key,omitempty"`
	Value string `json:"value,omitempty"` // a JSON text, with "set"
}

// StorageChange is a change that another session of the same user made, as the host tells a session
// in a frame {"t":"storage","storage":…}.
type StorageChange struct {
	StorageOp
	Seen uint64 `json:"seen"` // how many changes of this session the host had taken before it
}

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
	API    string    `json:"api,omitempty"`  // the wx member, with LogUnsupported
	Page   string    `json:"page,omitempty"` // route of the page on top when it was written
}

// Kinds of log entries.
const (
	LogConsole     = "console"     // the app called console
	LogError       = "error"       // an exception, a rejection or a wrong use of the framework
	LogUnsupported = "unsupported" // the app called a part of wx that Teahouse does not have
)
