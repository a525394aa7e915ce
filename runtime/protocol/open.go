package protocol

import "github.com/teahouse/teahouse/fault"

// Env describes the user's device. Lengths are CSS pixels.
type Env struct {
	Width           int      `json:"width"`
	Height          int      `json:"height"`
	PixelRatio      float64  `json:"pixel_ratio"`
	StatusBarHeight int      `json:"status_bar_height"`
	SafeArea        SafeArea `json:"safe_area"`
	Theme           string   `json:"theme"`    // "light" or "dark"
	Language        string   `json:"language"` // "en", "zh_CN"
	// TimeZone is the phone's, by its name in the database of IANA ("Asia/Shanghai"). What is empty or not
	// in the database counts as UTC.
	TimeZone  string `json:"time_zone"`
	Platform  string `json:"platform"` // "ios", "android", "windows", "mac", "linux"
	UserAgent string `json:"user_agent"`
	Version   string `json:"version"`
	// Battery is nil where the browser does not tell.
	Battery *Battery `json:"battery,omitempty"`
}

// Battery is how full the battery of the phone is, in percent.
type Battery struct {
	Level    int  `json:"level"`
	Charging bool `json:"charging"`
}

// SafeArea is the rectangle of the screen that no notch or home bar covers.
type SafeArea struct {
	Top    int `json:"top"`
	Bottom int `json:"bottom"`
	Left   int `json:"left"`
	Right  int `json:"right"`
}

// OpenFrame is the second frame of a client: which app it opens.
type OpenFrame struct {
	T       string            `json:"t"` // "open"
	AppID   string            `json:"app_id"`
	Version string            `json:"version"`
	Path    string            `json:"path"`
	Query   map[string]string `json:"query"`
	Scene   int               `json:"scene"`
	Env     Env               `json:"env"`
}

// Check returns a fault for a frame that opens nothing.
func (f *OpenFrame) Check() error {
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

// OpenRequest is the host's order to a worker: who opens which page of an app.
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
	// Record keeps what goes into the session, so that a crash comes with a log that can be played.
	Record bool `json:"record,omitempty"`
	// Replay, when set, is the log of a session that is played instead: each time the clock is moved, its
	// next input.
	Replay string `json:"replay,omitempty"`
	// HoldTimers lets timers run only when the clock is moved, so that a check meets the same moments on
	// every machine.
	HoldTimers bool `json:"hold_timers,omitempty"`
	// Seed feeds Math.random.
	Seed int64 `json:"seed"`
	// Function, when set, is the cloud function that runs instead of the program. Its session answers with one
	// FunctionFrame.
	Function *FunctionCall `json:"function,omitempty"`
}
