package auth

import (
	"time"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/server/api/ratelimit"
)

// Lengths, in characters.
const (
	MinHandle      = 3   // shorter ones are too few to be everybody's
	MaxHandle      = 30  // can be read out and typed
	MaxDisplayName = 40  // a title bar's width
	MinPassword    = 8   // NIST SP 800-63B's floor; length beats composition rules
	MaxPassword    = 128 // bounds the hashing of what a stranger sends
	MaxAvatarURL   = 300 // an address of our media with room to spare
	MaxReason      = 500 // a paragraph in the audit log
)

// Lifetimes.
const (
	// AccessLifetime is how long a person's access token lives. A session that ends, a closed account
	// and a lost role end it earlier.
	AccessLifetime = 15 * time.Minute
	// ServerLifetime is how long a server's bridge token lives, two hours as the incumbent's. It
	// ends earlier when the app's secret rotates or the app is taken down.
	ServerLifetime = 2 * time.Hour
	// LivesFor is how long a host believes the database that a session lives. An end is announced and
	// known at once; this is how late a host learns of it that missed the announcement.
	LivesFor = 5 * time.Second
	// RefreshLifetime is how long a session survives without being used.
	RefreshLifetime = 30 * 24 * time.Hour
	// RefreshGrace is how long after a rotation the old refresh token still yields its successor:
	// two tabs refresh at once, and an answer to a phone may be lost.
	RefreshGrace = 10 * time.Second
	// EraseAfter is how long an account that its owner closed can be opened again.
	EraseAfter = 30 * 24 * time.Hour
	// DeviceLifetime is how long a device is known that is not used.
	DeviceLifetime = 400 * 24 * time.Hour
	// KeyLifetime is how long a key signs.
	KeyLifetime = 30 * 24 * time.Hour
	// KeyOverlap is how long a key is published before it signs, so that verifiers have fetched
	// it, and verifies after it signed, which must exceed every token's life.
	KeyOverlap = 24 * time.Hour
	// KeyCheck is how often a host looks at the keys and sweeps what has expired.
	KeyCheck = time.Minute
	// KeyReload bounds how often an unknown key ID makes a host look for new keys, so that made-up
	// tokens do not become database load.
	KeyReload = 5 * time.Second
	// APITokenDefault and APITokenMax are the lives of personal access tokens, in days.
	APITokenDefault = 90
	APITokenMax     = 365
)

// Amounts.
const (
	// MaxSessions is how many logins one person keeps; the oldest are forgotten.
	MaxSessions = 30
	// MaxDevices is how many devices of one person are known; those not used for longest are forgotten.
	MaxDevices = 30
	// RecoveryCodes is how many codes a person has for the loss of the second factor.
	RecoveryCodes = 10
	// recoveryLength is the letters of a recovery code: 50 bits, and every guess is counted.
	recoveryLength = 10
	// MaxAPITokens is how many personal access tokens one person keeps.
	MaxAPITokens = 20
	// MaxVerified bounds the cache of verified tokens: at about 400 bytes an entry, 7 MB.
	MaxVerified = 16_384
	// MaxLives bounds the memory of which sessions live: at about 150 bytes an entry, 2.5 MB.
	MaxLives = 16_384
	// MaxTokenBytes bounds what is parsed as a token.
	MaxTokenBytes = 4 << 10
	// MaxSearchResults bounds a search for people; who is not on the list should search better.
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

// defaults fills what is not set. An office shares one address.
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

// Guesses at one account. A bucket lets its burst through at once and as many again in its window, so
// strangers together have at most 120 guesses in any hour and 400 in any day, which leaves a password
// that is not among the first thousands alone.
const (
	GuessesPerDevice  = 10 // of a device that has logged in before, in GuessWindow: a person who mistypes
	GuessesPerNetwork = 10 // of strangers in one network, in GuessWindow
	GuessWindow       = 10 * time.Minute
	GuessesPerHour    = 60  // of all strangers together
	GuessesPerDay     = 200 // of all strangers together
	GuessesAgain      = 10  // of a session that is asked for its password once more, in GuessWindow
	// CodeGuesses is how many codes may be tried in CodeWindow, of which three in a million are right
	// at any moment: 2 % in a year for who knows the password already.
	CodeGuesses = 5
	CodeWindow  = 15 * time.Minute
	// GuessDelay is how long a stranger's guess waits for its place when all strangers' are used up.
	GuessDelay = 15 * time.Second
)

// guessRules are the buckets of one service.
type guessRules struct {
	device, network, hour, day, again, code guessRule
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
	}
}

// logIn says whose guesses a log-in counts with.
func (g guessRules) logIn(handle, network string, known bool, device string) []bucket {
	if known {
		return []bucket{g.device.of(handle, device)}
	}
	return []bucket{g.network.of(handle, network), g.hour.of(handle), g.day.of(handle)}
}

// codeOf says whose guesses at the code of a log-in count together.
func (g guessRules) codeOf(userID uuid.UUID, known bool, device string) bucket {
	if known {
		return g.code.of("device", userID.String(), device)
	}
	return g.code.of("strangers", userID.String())
}
