package auth

import (
	"time"

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
	// two tabs refresh at once, and answers get lost on the way to a phone.
	RefreshGrace = 10 * time.Second
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

// Limits are the rate limits of logging in. The zero value means the defaults.
type Limits struct {
	SignUp          ratelimit.Rule // per address
	LoginPerAddress ratelimit.Rule
	LoginPerHandle  ratelimit.Rule // forgotten at a login that succeeds
	Refresh         ratelimit.Rule // per address
}

// defaults fills what is not set. An office shares one address; a handle is one person.
func (l Limits) defaults() Limits {
	if l.SignUp.Burst == 0 {
		l.SignUp = ratelimit.Rule{Name: "sign-up", Burst: 60, Window: time.Hour}
	}
	if l.LoginPerAddress.Burst == 0 {
		l.LoginPerAddress = ratelimit.PerMinute("login", 60)
	}
	if l.LoginPerHandle.Burst == 0 {
		l.LoginPerHandle = ratelimit.Rule{Name: "login to one account", Burst: 10,
			Window: 10 * time.Minute}
	}
	if l.Refresh.Burst == 0 {
		l.Refresh = ratelimit.PerMinute("refresh", 300)
	}
	return l
}
