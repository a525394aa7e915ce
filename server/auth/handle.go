package auth

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/names"
)

// reserved are handles that people could take for the platform's own.
var reserved = []string{
	"abuse", "admin", "administrator", "api", "help", "info", "moderator", "official", "payment",
	"payments", "postmaster", "root", "security", "staff", "support", "system", "wallet", "webmaster",
}

// CheckHandle returns an Invalid fault unless the handle has 3 to 30 of a-z, 0-9, "_" and "-",
// the first a letter.
func CheckHandle(handle string) error {
	valid := len(handle) >= MinHandle && len(handle) <= MaxHandle && handle[0] >= 'a' && handle[0] <= 'z'
	for i := 0; valid && i < len(handle); i++ {
		b := handle[i]
		valid = b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '_' || b == '-'
	}
	if !valid {
		const rule = "3 to 30 of a-z, 0-9, _ and -, the first a letter"
		return fault.Errorf(fault.Invalid, "bad-handle", "A handle has %s.", rule).At("body.handle", rule)
	}
	return nil
}

var errHandleTaken = fault.Errorf(fault.Conflict, "handle-taken", "This handle is taken; choose another.").
	At("body.handle", "is taken")

// CheckFree refuses handles that no person and no official account may take: the reserved ones, and
// all that contain the platform's name, such as teahouse_pay.
func CheckFree(handle string) error {
	if slices.Contains(reserved, handle) || names.HasPlatform(handle) {
		return errHandleTaken
	}
	return nil
}

// NormalizeHandle removes capitals, spaces around and a leading @ from a typed handle.
func NormalizeHandle(handle string) string {
	return strings.ToLower(strings.TrimPrefix(strings.TrimSpace(handle), "@"))
}

// CheckName returns an Invalid fault unless the text is a name that can be shown: 1 to limit
// characters, some of them visible, no control characters and none that change the order of the
// text around it.
func CheckName(text, path string, limit int) error {
	for _, r := range text {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError {
			return fault.Errorf(fault.Invalid, "bad-name", "A name holds no control characters.").
				At(path, "holds a control character")
		}
	}
	if !names.Visible(text) || utf8.RuneCountInString(text) > limit {
		return fault.Errorf(fault.Invalid, "bad-name", "A name has 1 to %d characters.", limit).
			At(path, "has the wrong length")
	}
	return nil
}
