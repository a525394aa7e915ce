package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/sync/semaphore"
	"golang.org/x/text/unicode/norm"

	"github.com/teahouse/teahouse/fault"
)

// The cost of a password hash: OWASP's second choice for argon2id. It is written into each hash, so
// raising it later keeps old hashes readable.
const (
	argonMemory  = 19 << 10 // KiB
	argonPasses  = 2
	argonThreads = 1
	argonSalt    = 16
	argonKey     = 32
)

// The highest cost of a stored hash: a manipulated row must not exhaust the host.
const (
	argonMaxMemory = 256 << 10 // KiB
	argonMaxPasses = 16
)

// worst are the passwords that attackers try first. The list is short on purpose: the limits on
// guesses protect all others.
//
//go:embed worst_passwords.txt
var worstList string

var worst = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for line := range strings.FieldsSeq(worstList) {
		set[line] = true
	}
	return set
})

// CheckPassword returns an Invalid fault unless the password has 8 to 128 characters, is not among
// the worst, and is not the handle. As NIST SP 800-63B advises there are no rules of composition.
func CheckPassword(password, handle string) error {
	length := utf8.RuneCountInString(password)
	var reason string
	switch lower := strings.ToLower(password); {
	case !utf8.ValidString(password) || length < MinPassword || length > MaxPassword:
		reason = fmt.Sprintf("A password has %d to %d characters.", MinPassword, MaxPassword)
	case worst()[lower] || strings.Count(lower, lower[:1]) == len(lower):
		reason = "This password is among the first that anybody would try; choose another."
	case lower == handle || lower == handle+handle:
		reason = "The password must not be the handle."
	default:
		return nil
	}
	return fault.Errorf(fault.Invalid, "bad-password", "%s", reason).At("body.password",
		"is not accepted")
}

// hasher hashes passwords, as many at once as there are processors.
type hasher struct {
	slots *semaphore.Weighted
	// decoy is checked when there is no such account, so that the answer takes as long.
	decoy string
}

func newHasher() *hasher {
	h := &hasher{slots: semaphore.NewWeighted(int64(runtime.GOMAXPROCS(0)))}
	salt := make([]byte, argonSalt)
	rand.Read(salt)
	h.decoy = encodeHash(salt, make([]byte, argonKey))
	return h
}

// turn waits for a slot; the caller returns it by slots.Release(1).
func (h *hasher) turn(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, HashWait)
	defer cancel()
	if err := h.slots.Acquire(ctx, 1); err != nil {
		return fault.Errorf(fault.Unavailable, "busy",
			"Too many logins at once; try again in a moment.").Because(err)
	}
	return nil
}

// hash returns the password's argon2id hash in PHC form.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.turn(ctx); err != nil {
		return "", err
	}
	defer h.slots.Release(1)
	salt := make([]byte, argonSalt)
	rand.Read(salt)
	key := argon2.IDKey(canonical(password), salt, argonPasses, argonMemory, argonThreads, argonKey)
	return encodeHash(salt, key), nil
}

// verify reports whether the password has the hash. An empty hash stands for no such account: it
// takes as long and matches nothing.
func (h *hasher) verify(ctx context.Context, password, hash string) (bool, error) {
	known := hash != ""
	if !known {
		hash = h.decoy
	}
	var memory uint32
	var passes uint32
	var threads uint8
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, fmt.Errorf("auth: a password hash is not argon2id in PHC form")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &threads); err != nil {
		return false, fmt.Errorf("auth: parameters of a password hash: %w", err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("auth: salt of a password hash: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false, fmt.Errorf("auth: key of a password hash: %w", err)
	}
	if memory > argonMaxMemory || passes == 0 || passes > argonMaxPasses || threads == 0 || len(want) < 16 {
		return false, fmt.Errorf("auth: parameters of a password hash are out of bounds")
	}
	if err := h.turn(ctx); err != nil {
		return false, err
	}
	defer h.slots.Release(1)
	got := argon2.IDKey(canonical(password), salt, passes, memory, threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1 && known, nil
}

func encodeHash(salt, key []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		argonMemory, argonPasses, argonThreads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

// canonical makes a password typed on different keyboards the same bytes.
func canonical(password string) []byte { return norm.NFKC.Bytes([]byte(password)) }
