package protocol

import (
	"encoding/json"
	"fmt"
)

// Frame is a frame from the app to the shell.
type Frame interface {
	// Encode writes the frame as JSON.
	Encode() []byte
}

// PageFrame tells the shell about a change of pages.
type PageFrame struct {
	T      string `json:"t"`  // "page"
	Op     string `json:"op"` // "push", "replace", "relaunch", "tab" or "back"
	Page   int    `json:"page"`
	Route  string `json:"route"`
	Query  string `json:"query,omitempty"`  // as the app wrote it, with a new page
	Config any    `json:"config,omitempty"` // the page's image.WindowConfig
	Delta  int    `json:"delta,omitempty"`
	// Keep lists the pages that stay open: those of the stack and the kept tab pages.
	Keep   []int           `json:"keep"`
	Render json.RawMessage `json:"render,omitempty"` // with a new page: its first values
	Hooks  []string        `json:"hooks"`            // the functions of PageHooks that the page has
}

// PageHooks are the functions that the shell calls only on pages that have them.
var PageHooks = []string{"onPageScroll", "onPullDownRefresh", "onReachBottom", "onShareAppMessage"}

// Encode writes the frame.
func (f *PageFrame) Encode() []byte { return encode(f) }

// PatchFrame changes what a page shows. The view engine has encoded the ops.
type PatchFrame struct {
	Page int
	Ops  []byte
}

// Encode writes the frame.
func (f *PatchFrame) Encode() []byte {
	frame := make([]byte, 0, len(f.Ops)+40)
	frame = fmt.Appendf(frame, `{"t":"patch","page":%d,"ops":`, f.Page)
	frame = append(frame, f.Ops...)
	return append(frame, '}')
}

// FrozenFrame says that a page changes no more, because its view has failed.
type FrozenFrame struct {
	T     string `json:"t"` // "frozen"
	Page  int    `json:"page"`
	Blank bool   `json:"blank"` // it never showed anything
}

// Encode writes the frame.
func (f *FrozenFrame) Encode() []byte { return encode(f) }

// UIFrame asks the shell for something that it shows. A Call other than 0 expects a reply. The names
// that apps send are in ui.json; the shell is tested against it.
type UIFrame struct {
	T    string          `json:"t"` // "ui"
	Call uint64          `json:"call"`
	Name string          `json:"name"`
	Args json.RawMessage `json:"args"`
}

// Encode writes the frame.
func (f *UIFrame) Encode() []byte {
	frame := fmt.Appendf(nil, `{"t":"ui","call":%d,"name":%q,"args":`, f.Call, f.Name)
	frame = append(frame, f.Args...)
	return append(frame, '}')
}

// LogFrame is a line of the developer's log, for the shell of a version in development.
type LogFrame struct {
	T      string `json:"t"` // "log"
	Level  string `json:"level"`
	Text   string `json:"text"`
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// Encode writes the frame.
func (f *LogFrame) Encode() []byte { return encode(f) }

// PongFrame answers a ping: everything before it is done.
type PongFrame struct {
	T     string `json:"t"` // "pong"
	Index int    `json:"index"`
	// Timer is in how many milliseconds the app does something by itself; it is missing when nothing is
	// to come.
	Timer *int `json:"timer,omitempty"`
}

// Encode writes the frame.
func (f *PongFrame) Encode() []byte { return encode(f) }

// TreeFrame is what a page shows as markup, for whoever checks a program. No shell can ask for it.
type TreeFrame struct {
	T    string `json:"t"` // "tree"
	Text string `json:"text"`
}

// Encode writes the frame.
func (f *TreeFrame) Encode() []byte { return encode(f) }
