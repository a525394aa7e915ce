package webhooks_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/teahouse/teahouse/payments/webhooks"
)

// Any answer of a receiver can be stored in the database.
func FuzzClip(f *testing.F) {
	for _, text := range []string{"", "seen", "\x00", "\xff\xfe", "茶馆", strings.Repeat("茶", 400), "a\x80b"} {
		f.Add(text, 7)
	}
	f.Fuzz(func(t *testing.T, text string, n int) {
		if n < 0 {
			return
		}
		got := webhooks.Clip(text, n)
		if len(got) > n || !utf8.ValidString(got) || strings.Contains(got, "\x00") {
			t.Errorf("%q clipped to %d is %q", text, n, got)
		}
	})
}

// Whatever a receiver asks for, the wait is between zero and one day.
func FuzzRetryAfter(f *testing.F) {
	for _, value := range []string{"", "0", "120", "-1", "9223372036854775807", "99999999999999999999",
		"Sun, 22 Nov 2026 08:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "soon"} {
		f.Add(value)
	}
	now := time.Date(2026, 11, 22, 7, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, value string) {
		resp := &http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {value}}}
		if wait := webhooks.RetryAfter(resp, now); wait < 0 || wait > 24*time.Hour {
			t.Errorf("%q is %s", value, wait)
		}
	})
}
