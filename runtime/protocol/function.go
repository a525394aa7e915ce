package protocol

import "encoding/json"

// FunctionCall is the host's order to run a cloud function: which, with what, and for whom.
type FunctionCall struct {
	Name      string          `json:"name"`
	Event     json.RawMessage `json:"event,omitempty"`
	RequestID string          `json:"request_id"`
	OpenID    string          `json:"open_id"`
	// Source says who called: "wx_client" for the program, followed by ",scf" for each function in between.
	Source string `json:"source"`
}

// FunctionFrame is the answer of a cloud function. It is for the host; no shell gets one.
type FunctionFrame struct {
	T       string           `json:"t"` // "result"
	Result  json.RawMessage  `json:"result,omitempty"`
	Failure *FunctionFailure `json:"failure,omitempty"` // instead of a result
}

// FunctionFailure is how a cloud function failed: the vendor's number, and a text with the stack in the
// developer's files.
type FunctionFailure struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// Encode writes the frame.
func (f *FunctionFrame) Encode() []byte { return encode(f) }
