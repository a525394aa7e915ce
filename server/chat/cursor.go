package chat

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/teahouse/teahouse/fault"
)

func (c cursor) encode() string {
	encoded, err := json.Marshal(c)
	if err != nil {
		panic(err) // a time and a UUID always marshal
	}
	return base64.RawURLEncoding.EncodeToString(encoded)
}

// timestamp is nil for the first page.
func (c cursor) timestamp() *time.Time {
	if c.UpdatedAt.IsZero() {
		return nil
	}
	return &c.UpdatedAt
}

func decodeCursor(text string) (c cursor, err error) {
	if text == "" {
		return c, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(raw, &c)
	}
	if err != nil {
		return c, fault.Errorf(fault.Invalid, "bad-cursor",
			"This cursor was not made by this list; start without one.").At("query.cursor", "Not a cursor.")
	}
	return c, nil
}
