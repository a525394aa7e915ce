package sessions

import "github.com/teahouse/teahouse/runtime/protocol"

// marshal encodes our own types, which cannot fail: raw parts come out of a JSON parser.
func marshal(v any) []byte {
	encoded, err := protocol.JSON(v)
	if err != nil {
		panic(err)
	}
	return encoded
}

func clip(s string, most int) string {
	if len(s) > most {
		return s[:most]
	}
	return s
}
