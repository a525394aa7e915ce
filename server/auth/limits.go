package auth

import (
	"time"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/server/api/ratelimit"
)

// Lengths, in characters.
const (
	MinHandle      = 3   // there are too few shorter ones for everybody
	MaxHandle      = 30  // can be read out and typed
	MaxDisplayName = 40  // a title bar's width
	MinPassword    = 8   // NIST SP 800-63B's minimum; length matters more than kinds of characters
	MaxPassword    = 128 // bounds the cost of hashing what a stranger sends
	MaxAvatarURL   = 300 // longer than any address of our media
	MaxReason      = 500 // a paragraph in the audit log
)

// Lifetimes.
const (
	// AccessLifetime is how long a person's access token lives. A session that ends, a closed account
	// and a lost role end it earlier.
	AccessLifetime = 15 * time.Minute
	// ServerLifetime is how long a server's bridge token lives, two hours as on existing platforms.
	// It ends earlier when the app's secret rotates or the app is taken down.
	ServerLifetime = 2 * time.Hour
	// SessionCacheFor is how long a host remembers that a session has not ended. The end of a
	// session is announced to all hosts at once; a host that misses the announcement learns of it
	// this much later.
	SessionCacheFor = 5 * time.Second
	// RefreshLifetime is how long a session survives without being used.
	RefreshLifetime = 30 * 24 * time.Hour
	// RefreshGrace is how long after a rotation the old refresh token still yields its successor:
	// two tabs refresh at once, and an answer to a phone may be lost.
	RefreshGrace = 10 * time.Second
	// EraseAfter is how long an account that its owner closed can be opened again.
	EraseAfter = 30 * 24 * time.Hour
	// DeviceLifetime is how long an unused device stays known.
	DeviceLifetime = 400 * 24 * time.Hour
	// KeyLifetime is how long a key signs.
	KeyLifetime = 30 * 24 * time.Hour
	// KeyOverlap is how long a key is published before it signs, so that verifiers have fetched it,
	// and how long it verifies after it stops signing. It must be longer than the lifetime of every
	// token.
	KeyOverlap = 24 * time.Hour
	// KeyCheck is how often a host checks the keys and deletes what has expired.
	KeyCheck = time.Minute
	// KeyReload bounds how often an unknown key ID makes a host look for new keys, so that made-up
	// tokens do not become database load.
	KeyReload = 5 * time.Second
	// APITokenDefault and APITokenMax are the lifetimes of personal access tokens, in days.
	APITokenDefault = 90
	APITokenMax     = 365
)

// Amounts.
const (
	// MaxSessions is how many sessions one person has; the oldest end.
	MaxSessions = 30
	// MaxDevices is how many devices of one person are known; those not used for the longest time
	// are deleted.
	MaxDevices = 30
	// RecoveryCodes is how many codes a person has for the loss of the second factor.
	RecoveryCodes = 10
	// recoveryLength is the letters of a recovery code: 50 bits, and every guess is counted.
	recoveryLength = 10
	// MaxAPITokens is how many personal access tokens one person keeps.
	MaxAPITokens = 20
	// MaxVerified bounds the cache of verified tokens: at about 400 bytes an entry, 7 MB.
	MaxVerified = 16_384
	// MaxCachedSessions bounds the cache of sessions that have not ended: at about 150 bytes an
	// entry, 2.5 MB.
	MaxCachedSessions = 16_384
	// MaxTokenBytes bounds what is parsed as a token.
	MaxTokenBytes = 4 << 10
	// MaxSearchResults bounds a search for people; more is found with a longer query.
	MaxSearchResults = 20
)

// HashWait is how long a login waits for its turn at the password hash: each costs 21 ms and
// 19 MiB, so only as many run at once as there are processors.
const HashWait = 5 * time.Second

// Limits are the rate limits of logging in that one host counts. The zero value means the defaults.
type Limits struct {
	SignUp          ratelimit.Rule // per address
	LoginPerAddress ratelimit.Rule
	Refresh         ratelimit.Rule // per address
}

// defaults fills what is not set. A whole office may share one address.
func (l Limits) defaults() Limits {
	if l.SignUp.Burst == 0 {
		l.SignUp = ratelimit.Rule{Name: "sign-up", Burst: 60, Window: time.Hour}
	}
	if l.LoginPerAddress.Burst == 0 {
		l.LoginPerAddress = ratelimit.PerMinute("login", 60)
	}
	if l.Refresh.Burst == 0 {
		l.Refresh = ratelimit.PerMinute("refresh", 300)
	}
	return l
}

// Guesses at one account. A bucket lets its burst through at once and as many again in its window,
// so strangers together have at most 120 guesses in any hour and 400 in any day, too few to find a
// password that is not among the most common thousands.
const (
	GuessesPerDevice  = 10 // of a device that has logged in before, in GuessWindow: a person who mistypes
	GuessesPerNetwork = 10 // of strangers in one network, in GuessWindow
	GuessWindow       = 10 * time.Minute
	GuessesPerHour    = 60  // of all strangers together
	GuessesPerDay     = 200 // of all strangers together
	GuessesAgain      = 10  // of a session that must give its password again, in GuessWindow
	// CodeGuesses is how many codes may be tried in CodeWindow, and CodeGuessesPerDay in a day, both by
	// one device or by all strangers together. At any moment three of a million codes are right, so an
	// attacker who already knows the password succeeds with 2 % within a year.
	CodeGuesses       = 5
	CodeGuessesPerDay = 20
	CodeWindow        = 15 * time.Minute
	// GuessDelay is how long a stranger's guess waits when those of all strangers are used up.
	GuessDelay = 15 * time.Second
)

// guessRules are the buckets of one service.
type guessRules struct {
	device, network, hour, day, again, code, codeDay guessRule
}

func newGuessRules() guessRules {
	rule := func(name string, burst int, window, delay time.Duration) guessRule {
		return guessRule{ratelimit.Rule{Name: name, Burst: burst, Window: window}, delay}
	}
	return guessRules{
		device:  rule("device", GuessesPerDevice, GuessWindow, 0),
		network: rule("network", GuessesPerNetwork, GuessWindow, 0),
		hour:    rule("hour", GuessesPerHour, time.Hour, GuessDelay),
		day:     rule("day", GuessesPerDay, 24*time.Hour, GuessDelay),
		again:   rule("again", GuessesAgain, GuessWindow, 0),
		code:    rule("code", CodeGuesses, CodeWindow, 0),
		codeDay: rule("code by day", CodeGuessesPerDay, 24*time.Hour, 0),
	}
}

// logIn says whose guesses a log-in counts with.
func (g guessRules) logIn(handle, network string, known bool, device string) []bucket {
	if known {
		return []bucket{g.device.of(handle, device)}
	}
	return []bucket{g.network.of(handle, network), g.hour.of(handle), g.day.of(handle)}
}

// codeOfLogIn says whose guesses at the code of a log-in count together.
func (g guessRules) codeOfLogIn(userID uuid.UUID, known bool, device string) []bucket {
	if known {
		return g.codesOf("device", userID.String(), device)
	}
	return g.codesOf("strangers", userID.String())
}

// codesOf are the buckets of guesses at codes.
func (g guessRules) codesOf(parts ...string) []bucket {
	return []bucket{g.code.of(parts...), g.codeDay.of(parts...)}
}
