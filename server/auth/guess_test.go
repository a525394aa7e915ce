package auth

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// Ensure that strangers' guesses, from any number of networks and in any order, never count against
// a known device, and that all strangers together have no more guesses than twice the burst in any
// hour and any day.
func TestStrangersCannotLockOutAPersonNorGuessForLong(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := newService(t, &now)
	var waited time.Duration
	s.pause = func(_ context.Context, wait time.Duration) error { waited = wait; return nil }
	rapid.Check(t, func(rt *rapid.T) {
		handle := uuid.NewString() // rows of this run only
		interval := s.guesses.device.interval()
		full := now // when the owner's bucket would be full were there no strangers
		var strangers []time.Time
		for range rapid.IntRange(1, 12).Draw(rt, "rounds") {
			// Hours apart or at once, so that both buckets of the strangers become empty.
			now = now.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 10, 61, 600, 3600}).Draw(rt, "seconds")) * time.Second)
			for range rapid.IntRange(0, 3).Draw(rt, "guesses of the owner") {
				want := false
				if next := later(full, now).Add(interval); next.Sub(now) <= interval*GuessesPerDevice {
					full, want = next, true
				}
				_, err := s.takeGuess(t.Context(), s.guesses.logIn(handle, "203.0.113.1", true, "device")...)
				if (err == nil) != want {
					rt.Fatalf("a guess on a known device: %v, want allowed %v", err, want)
				}
			}
			networks := rapid.IntRange(0, 8).Draw(rt, "networks")
			for network := range networks {
				for range rapid.IntRange(0, 12).Draw(rt, "guesses") {
					waited = 0
					if _, err := s.takeGuess(t.Context(), s.guesses.logIn(handle, strconv.Itoa(network), false, "")...); err == nil {
						strangers = append(strangers, now.Add(waited))
					}
				}
			}
		}
		for i, first := range strangers {
			hour, day := 0, 0
			for _, at := range strangers[i:] {
				if at.Sub(first) < time.Hour {
					hour++
				}
				if at.Sub(first) < 24*time.Hour {
					day++
				}
			}
			if hour > 2*GuessesPerHour || day > 2*GuessesPerDay {
				rt.Fatalf("strangers had %d guesses in an hour, %d in a day", hour, day)
			}
		}
	})
}

// Ensure that an attacker who knows the password, and tries codes for days whenever one is allowed,
// has no more than CodeGuessesPerDay a day after the first day.
func TestGuessesAtCodesAreFewInADay(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := newService(t, &now)
	person := uuid.New()
	const days = 3
	tried := 0
	for end := now.Add(days * 24 * time.Hour); now.Before(end); now = now.Add(10 * time.Minute) {
		if _, err := s.takeGuess(t.Context(), s.guesses.codeOfLogIn(person, false, "")...); err == nil {
			tried++
		}
	}
	if most := (days + 1) * CodeGuessesPerDay; tried > most || tried < days*CodeGuessesPerDay {
		t.Errorf("%d codes tried in %d days, want at most %d", tried, days, most)
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Ensure that the codes are those of RFC 6238's own table, cut to six digits.
func TestCodesAreThoseOfTheStandard(t *testing.T) {
	t.Parallel()
	secret := []byte("12345678901234567890")
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471",
		1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if got := totp(secret, stepOf(time.Unix(at, 0))); got != want {
			t.Errorf("at %d: got %s, want %s", at, got, want)
		}
	}
}

// Ensure that programs and systems are named in plain words, and what is unknown is not guessed.
func TestClientsAreNamedInPlainWords(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string][2]string{
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36":                                   {"Chrome", "Linux"},
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1": {"Safari", "iOS"},
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0":                                                        {"Firefox", "Windows"},
		"":                 {"", ""},
		"\x00\xff<script>": {"", ""},
	} {
		if browser, system := describeClient(agent); browser != want[0] || system != want[1] {
			t.Errorf("%q: got %q on %q, want %q", agent, browser, system, want)
		}
	}
}
