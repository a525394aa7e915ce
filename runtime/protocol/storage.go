package protocol

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/teahouse/teahouse/fault"
)

// StorageOp is one change of an app's storage for one user.
type StorageOp struct {
	Op  string `json:"op"` // "set", "remove" or "clear"
	Key string `json:"key,omitempty"`
	// Value is a JSON text, with "set". A blank before it marks a value that JSON has no type for, such as
	// a date.
	Value string `json:"value,omitempty"`
}

// StorageChange is a change that another session of the same user made, as the host tells a session.
type StorageChange struct {
	StorageOp
	Seen uint64 `json:"seen"` // how many changes of this session the host had taken before it
}

// Check applies the rules for a single operation and returns what is wrong with it, or "". The logic
// layer keeps to the rules, so that only a broken worker breaks them.
func (op *StorageOp) Check() (problem string) {
	switch {
	case op.Op == "clear":
		return ""
	case op.Op != "set" && op.Op != "remove":
		return fault.Textf("Storage operation %.40q does not exist.", op.Op).String()
	case op.Key == "" || len(op.Key) > MaxKeyBytes || !utf8.ValidString(op.Key) || strings.ContainsRune(op.Key, 0):
		return fault.Textf("The storage key %.40q was not kept: keys have 1 to %d bytes.", op.Key, MaxKeyBytes).String()
	case op.Op == "set" && len(op.Value) > MaxValueBytes:
		return fault.Textf("The value of storage key %.40q was not kept: it is larger than %d MB.",
			op.Key, MaxValueBytes>>20).String()
	case op.Op == "set" && (!utf8.ValidString(op.Value) || !json.Valid([]byte(op.Value))):
		return fault.Textf("The value of storage key %.40q was not kept: it is not JSON.", op.Key).String()
	}
	return ""
}
