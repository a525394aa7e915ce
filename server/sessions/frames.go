package sessions

import (
	"encoding/json"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/runtime/vm"
)

// openFrame is the second frame of a client.
type openFrame struct {
	T       string            `json:"t"`
	AppID   string            `json:"app_id"`
	Version string            `json:"version"`
	Path    string            `json:"path"`
	Query   map[string]string `json:"query"`
	Scene   int               `json:"scene"`
	Env     vm.Env            `json:"env"`
}

func (f *openFrame) check() error {
	size := 0
	for key, value := range f.Query {
		size += len(key) + len(value)
	}
	switch {
	case f.T != "open" || f.AppID == "" || f.Version == "":
		return fault.Errorf(fault.Invalid, "open-expected",
			`The second frame must be {"t":"open","app_id":"…","version":"released",…}.`)
	case len(f.Path) > MaxRoute || len(f.Query) > MaxQuery || size > MaxQueryBytes:
		return fault.Errorf(fault.TooLarge, "path-too-long", "The path and its parameters are too long.")
	}
	return nil
}

// shellFrame is every frame that a shell may send while the app is open. Frames are read into it
// and written out again, so that the app sees what was checked and nothing else.
type shellFrame struct {
	T              string          `json:"t"`
	Page           int             `json:"page,omitempty"`
	Type           string          `json:"type,omitempty"`
	Target         []int           `json:"target,omitempty"`
	Detail         json.RawMessage `json:"detail,omitempty"`
	Touches        json.RawMessage `json:"touches,omitempty"`
	ChangedTouches json.RawMessage `json:"changedTouches,omitempty"`
	Offsets        [][4]float64    `json:"offsets,omitempty"`
	TS             float64         `json:"ts,omitempty"`
	Mark           json.RawMessage `json:"mark,omitempty"`
	Call           uint64          `json:"call,omitempty"`
	OK             bool            `json:"ok,omitempty"`
	Result         json.RawMessage `json:"result,omitempty"`
	Error          string          `json:"error,omitempty"`
	Index          int             `json:"index,omitempty"`
	Top            float64         `json:"top,omitempty"`
	Env            *vm.Env         `json:"env,omitempty"`
}

// Bounds of the parts of a frame, for what MaxClientFrame does not bound sensibly.
const (
	maxEventName = 64 // the longest of the vendor's has 22
	maxErrorText = 1000
	maxOffsets   = 200 // elements on the path of an event: deeper pages do not lay out
	maxTabs      = 5   // the vendor's
)

// readFrame parses and checks one frame of the shell.
func readFrame(raw []byte) (*shellFrame, error) {
	var f shellFrame
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, fault.Errorf(fault.Invalid, "bad-frame", "The frame is not readable.").Because(err)
	}
	if !f.valid() {
		return nil, fault.Errorf(fault.Invalid, "bad-frame", "There is no frame %q of this shape.", clip(f.T, 40))
	}
	return &f, nil
}

func (f *shellFrame) valid() bool {
	switch f.T {
	case "event":
		return f.Page > 0 && f.Type != "" && len(f.Type) <= maxEventName && len(f.Offsets) <= maxOffsets &&
			(len(f.Target) == 0 || len(f.Target) == 2)
	case "reply":
		return f.Call > 0 && len(f.Error) <= maxErrorText
	case "ready", "pulldown", "reachbottom", "scroll", "share":
		return f.Page > 0
	case "tab":
		return f.Index >= 0 && f.Index < maxTabs
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

// encode writes the frame as the engine reads it.
func (f *shellFrame) encode() []byte { return marshal(f) }

// marshal encodes our own types, which cannot fail: raw parts come out of a JSON parser.
func marshal(v any) []byte {
	encoded, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return encoded
}

// The frames that the host itself sends.
type (
	openedFrame struct {
		T           string          `json:"t"` // "opened"
		Session     string          `json:"session"`
		App         appInfo         `json:"app"`
		Image       string          `json:"image"`
		Config      json.RawMessage `json:"config"`
		Development bool            `json:"development"`
		ExpiresIn   int             `json:"expires_in"` // seconds until the host wants a new token
	}
	appInfo struct {
		ID      string       `json:"id"`
		Name    string       `json:"name"`
		IconURL string       `json:"icon_url"`
		Account *accountInfo `json:"account,omitempty"`
	}
	accountInfo struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	// errorFrame is "error"; "failed" and "closed" look the same.
	errorFrame struct {
		T       string `json:"t"`
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	pongFrame struct {
		T     string `json:"t"` // "pong"
		Index int    `json:"index"`
	}
	uiFrame struct {
		T    string          `json:"t"` // "ui"
		Call uint64          `json:"call"`
		Name string          `json:"name"`
		Args json.RawMessage `json:"args"`
	}
)

func clip(s string, most int) string {
	if len(s) > most {
		return s[:most]
	}
	return s
}
