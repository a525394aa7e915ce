package sessions

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/teahouse/teahouse/runtime/protocol"
)

// The developer of a released version reads its errors, not what users did. The app's own console is
// not kept. The message of an error is text of the app or the engine; it is kept up to MaxReleasedText,
// since the developer needs it to fix the error, but text that the user typed is removed from it. The
// stack contains places and no values. For a version under development everything is kept: only its
// insiders use it.

// typed remembers what a user typed or chose last, to recognise it in an error message.
type typed struct {
	mu    sync.Mutex
	words []string
}

// typing are the events whose detail has words of the user.
var typing = []string{"input", "confirm", "blur", "change", "submit", "keyboardheightchange"}

// note remembers all texts in what the shell reported.
func (t *typed) note(raw json.RawMessage) {
	var value any
	if len(raw) == 0 || json.Unmarshal(raw, &value) != nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.collect(value)
}

func (t *typed) collect(value any) {
	switch value := value.(type) {
	case string:
		t.add(value)
	case []any:
		for _, v := range value {
			t.collect(v)
		}
	case map[string]any:
		for _, v := range value {
			t.collect(v)
		}
	}
}

func (t *typed) add(word string) {
	word = strings.TrimSpace(word)
	if utf8.RuneCountInString(word) < MinTyped {
		return
	}
	// Each state of a field counts: an error about an earlier one may come later.
	if t.words = append(t.words, clip(word, MaxTypedBytes)); len(t.words) > MaxTyped {
		t.words = slices.Delete(t.words, 0, 1)
	}
}

// hide removes the user's texts from a text, the longest first.
func (t *typed) hide(text string) string {
	t.mu.Lock()
	words := slices.Clone(t.words)
	t.mu.Unlock()
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	for _, word := range words {
		text = strings.ReplaceAll(text, word, "…")
	}
	return text
}

// forDeveloper returns the part of an app's line that its developer may read, or false for nothing.
func (s *session) forDeveloper(entry protocol.LogEntry) (protocol.LogEntry, bool) {
	if s.launch.Development {
		return entry, true
	}
	if entry.Kind == protocol.LogConsole {
		return entry, false
	}
	if entry.Brief != "" {
		entry.Text = entry.Brief
	}
	entry.Text = strings.ToValidUTF8(clip(s.typed.hide(entry.Text), MaxReleasedText), "")
	return entry, true
}
