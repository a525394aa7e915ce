package api

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzCleanJSON checks that cleanJSON finds what Go's decoder changes or PostgreSQL refuses, and
// nothing else.
func FuzzCleanJSON(f *testing.F) {
	for _, text := range []string{`"a\u0000"`, `{"a":"\ud83d\ude00"}`, `["\ude00\ud83d"]`, `"\ud83d"`, "\"\xff\"", `"\\u0000"`, `"\\\u0000"`, `"\`, `"\ud83d\u`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, document string) {
		clean, ok := cleanJSON([]byte(document))
		if ok && string(clean) != document {
			t.Errorf("%q was changed to %q", document, clean)
		}
		var text string
		if !json.Valid([]byte(document)) || json.Unmarshal([]byte(document), &text) != nil {
			return
		}
		lossless := utf8.ValidString(document) && !strings.Contains(text, "\x00") &&
			strings.Count(text, "\ufffd") == strings.Count(document, "\ufffd")+strings.Count(strings.ToLower(strings.ReplaceAll(document, `\\`, "")), `\ufffd`)
		if ok != lossless {
			t.Errorf("%q: %v, its text is %q", document, ok, text)
		}
		if !ok && (!json.Valid(clean) || whereMarked(clean) != "body") {
			t.Errorf("%q: cleaned to %q", document, clean)
		}
	})
}
