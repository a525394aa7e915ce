package protocol

import "encoding/json"

// The frames that the host itself sends to the shell.

// OpenedFrame says that the app is open.
type OpenedFrame struct {
	T           string          `json:"t"` // "opened"
	Session     string          `json:"session"`
	App         AppInfo         `json:"app"`
	Image       string          `json:"image"`  // where structures, styles and assets are
	Config      json.RawMessage `json:"config"` // the image.AppConfig
	Development bool            `json:"development"`
	ExpiresIn   int             `json:"expires_in"` // seconds until the host wants a new token
	Map         *MapSource      `json:"map,omitempty"`
}

// MapSource says that maps have a ground, and what they must say about it.
type MapSource struct {
	Attribution string `json:"attribution"`
	MaxZoom     int    `json:"max_zoom"` // tiles beyond it do not exist
}

// AppInfo is who the shell says the app is.
type AppInfo struct {
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	IconURL string       `json:"icon_url"`
	Account *AccountInfo `json:"account,omitempty"`
}

// AccountInfo is the official account that owns the app.
type AccountInfo struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Encode writes the frame.
func (f *OpenedFrame) Encode() []byte { return encode(f) }

// ErrorFrame refuses one frame with T "error"; with T "failed" the app did not open, and with
// "closed" it has ended.
type ErrorFrame struct {
	T       string `json:"t"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Encode writes the frame.
func (f *ErrorFrame) Encode() []byte { return encode(f) }
