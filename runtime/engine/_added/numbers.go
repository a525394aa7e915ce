package goja

import (
	"strconv"
	"unsafe"
)

// joined is the text of + where one side is a short text and the other one a whole number: the number is written
// behind or before it at once. It reports false for anything else.
func joined(left, right Value) (Value, bool) {
	text, isText := left.(asciiString)
	number, isNumber := right.(valueInt)
	if !isText || !isNumber {
		text, isText = right.(asciiString)
		number, isNumber = left.(valueInt)
		if !isText || !isNumber {
			return nil, false
		}
	}
	if len(text) >= appendMin { // it may be growing, see appendBuffers
		return nil, false
	}
	var few [20]byte
	digits := strconv.AppendInt(few[:0], int64(number), 10)
	made := make([]byte, len(text)+len(digits))
	if _, first := left.(asciiString); first {
		copy(made[copy(made, text):], digits)
	} else {
		copy(made[copy(made, digits):], text)
	}
	return asciiString(unsafe.String(&made[0], len(made))), true
}
