package sessions

import "bytes"

// kindOf returns the kind of a frame that an app's engine wrote, its member "t". Frames that draw
// are passed on as they are, so both ends must read the same: a second "t" further on would be
// the shell's. So "t" must come first and the name must not come again at the top level. What
// is not JSON has no kind, or the shell's parser refuses it.
func kindOf(frame []byte) (kind string, ok bool) {
	rest, ok := bytes.CutPrefix(frame, []byte(`{"t":"`))
	if !ok {
		return "", false
	}
	end := bytes.IndexByte(rest, '"')
	if end < 0 || bytes.IndexByte(rest[:end], '\\') >= 0 {
		return "", false
	}
	kind, rest = string(rest[:end]), rest[end+1:]
	depth, name := 1, false // name: a string that begins now would be a name at the top level
	for i := 0; i < len(rest); i++ {
		switch rest[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ',':
			name = depth == 1
		case '"':
			length := stringLength(rest[i+1:])
			if length < 0 {
				return "", false
			}
			text := rest[i+1 : i+1+length]
			// An escape could spell t; the engine's own names have none.
			if name && (string(text) == "t" || bytes.IndexByte(text, '\\') >= 0) {
				return "", false
			}
			name = false
			i += 1 + length
		}
	}
	return kind, depth == 0
}

// stringLength returns how many bytes stand before the quote that ends a string, -1 without one.
func stringLength(text []byte) int {
	for at := 0; ; {
		end := bytes.IndexByte(text[at:], '"')
		if end < 0 {
			return -1
		}
		escapes := 0
		for i := at + end - 1; i >= at && text[i] == '\\'; i-- {
			escapes++
		}
		if at += end; escapes%2 == 0 {
			return at
		}
		at++
	}
}
