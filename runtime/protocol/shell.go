package protocol

import (
	"encoding/json"

	"github.com/teahouse/teahouse/fault"
)

// ShellFrame is every frame that a shell may send while the app is open; T says which fields are
// used. The host reads a frame into it and writes it out again, so that the app sees what was
// checked and nothing else.
type ShellFrame struct {
	T              string          `json:"t"`
	Page           int             `json:"page,omitempty"`
	Type           string          `json:"type,omitempty"`
	Target         []int           `json:"target,omitempty"` // instance, element
	Detail         json.RawMessage `json:"detail,omitempty"`
	Touches        json.RawMessage `json:"touches,omitempty"`
	ChangedTouches json.RawMessage `json:"changedTouches,omitempty"`
	Offsets        [][4]float64    `json:"offsets,omitempty"` // instance, element, left, top
	End            []int           `json:"end,omitempty"`     // instance, element, 1 while capturing
	TS             float64         `json:"ts,omitempty"`
	Call           uint64          `json:"call,omitempty"`
	OK             bool            `json:"ok,omitempty"`
	Result         json.RawMessage `json:"result,omitempty"`
	Error          string          `json:"error,omitempty"`
	Index          int             `json:"index,omitempty"`
	Top            float64         `json:"top,omitempty"`
	Env            *Env            `json:"env,omitempty"`
}

// ReadShellFrame parses and checks one frame of the shell.
func ReadShellFrame(raw []byte) (*ShellFrame, error) {
	var f ShellFrame
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, fault.Errorf(fault.Invalid, "bad-frame", "The frame is not readable.").Because(err)
	}
	if !f.valid() {
		return nil, fault.Errorf(fault.Invalid, "bad-frame", "There is no frame %q of this shape.", f.T[:min(len(f.T), 40)])
	}
	return &f, nil
}

func (f *ShellFrame) valid() bool {
	switch f.T {
	case "event":
		return f.Page > 0 && f.Type != "" && len(f.Type) <= MaxEventName && len(f.Offsets) <= MaxOffsets &&
			(len(f.Target) == 0 || len(f.Target) == 2) && (len(f.End) == 0 || len(f.End) == 3)
	case "method": // Type is its name, Detail its argument, Target the component's tag
		return f.Page > 0 && f.Type != "" && len(f.Type) <= MaxEventName && (len(f.Target) == 0 || len(f.Target) == 2)
	case "reply":
		return f.Call > 0 && len(f.Error) <= MaxErrorText
	case "ready", "pulldown", "reachbottom", "scroll", "share":
		return f.Page > 0
	case "device":
		return f.Type != "" && len(f.Type) <= MaxEventName
	case "tab":
		return f.Index >= 0 && f.Index < MaxTabs
	case "env":
		return f.Env != nil
	case "ping":
		return f.Index >= 0
	case "back", "hide", "show":
		return true
	default:
		return false
	}
}

// Encode writes the frame as the app reads it.
func (f *ShellFrame) Encode() []byte { return encode(f) }

// AppInput is what a session in a worker reads: a frame of the shell, or one of the host's own.
type AppInput struct {
	ShellFrame
	Storage *StorageChange `json:"storage"` // with T "storage"; no shell can send it
	Socket  *SocketEvent   `json:"socket"`  // with T "socket"; no shell can send it
	Watch   *WatchEvent    `json:"watch"`   // with T "watch"; no shell can send it
}

// WatchEvent is what a query that the app watches finds now, or why it finds no more.
type WatchEvent struct {
	ID      uint64            `json:"id"` // as the app numbered it
	First   bool              `json:"first,omitempty"`
	Docs    []json.RawMessage `json:"docs"`
	Changes []WatchChange     `json:"changes,omitempty"`
	Slug    string            `json:"slug,omitempty"`
	Reason  string            `json:"reason,omitempty"` // set when the watch is over
}

// WatchChange is one document that is new, different or gone.
type WatchChange struct {
	Kind    string          `json:"kind"` // "add", "update" or "remove"
	Doc     json.RawMessage `json:"doc"`
	Updated json.RawMessage `json:"updated,omitempty"`
	Removed []string        `json:"removed,omitempty"`
}

// WatchFrame tells a session of a query that it watches.
func WatchFrame(event WatchEvent) []byte {
	return encode(struct {
		T     string     `json:"t"`
		Watch WatchEvent `json:"watch"`
	}{"watch", event})
}

// SocketEvent is what happened to a websocket that the app has opened.
type SocketEvent struct {
	ID      uint64            `json:"id"`    // as the app numbered it
	Event   string            `json:"event"` // "open", "message", "error" or "close"
	Headers map[string]string `json:"headers,omitempty"`
	Text    string            `json:"text,omitempty"` // base64 when Binary is set
	Binary  bool              `json:"binary,omitempty"`
	Code    int               `json:"code,omitempty"`
	Reason  string            `json:"reason,omitempty"`
}

// SocketFrame tells a session of a websocket.
func SocketFrame(event SocketEvent) []byte {
	return encode(struct {
		T      string      `json:"t"`
		Socket SocketEvent `json:"socket"`
	}{"socket", event})
}

// StorageFrame tells a session what another session of the same user changed.
func StorageFrame(change StorageChange) []byte {
	return encode(struct {
		T       string        `json:"t"`
		Storage StorageChange `json:"storage"`
	}{"storage", change})
}

// encode writes our own types, which cannot fail: raw parts come out of a JSON parser.
func encode(v any) []byte {
	encoded, err := JSON(v)
	if err != nil {
		panic(err)
	}
	return encoded
}
