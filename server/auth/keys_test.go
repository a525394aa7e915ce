package auth

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/teahouse/teahouse/migrations/migrationtest"
)

// newService returns a service whose clock the test sets.
func newService(t testing.TB, now *time.Time) *Service {
	t.Helper()
	s, err := New(context.Background(), Options{
		Pool: migrationtest.Open(t), Secret: bytes.Repeat([]byte{1}, SecretBytes),
		Now: func() time.Time { return *now },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Ensure that a key is published before it signs, verifies for a while after it stops signing, and
// is then removed; that a token stays valid during a rotation; and that hosts that rotate at the
// same moment agree on one key.
func TestKeysRotateByTheClock(t *testing.T) {
	t.Parallel()
	now := time.Now().Truncate(time.Second)
	s := newService(t, &now)
	first, _ := s.keys.signer()
	step := func(d time.Duration) {
		t.Helper()
		now = now.Add(d)
		var hosts sync.WaitGroup
		for range 4 {
			hosts.Go(func() {
				if err := s.Maintain(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		hosts.Wait()
	}

	step(KeyLifetime - KeyOverlap - time.Minute)
	if set := s.keys.keySet(); len(set) != 1 {
		t.Fatalf("%d keys too early", len(set))
	}
	step(2 * time.Minute)
	if kid, _ := s.keys.signer(); kid != first || len(s.keys.keySet()) != 2 {
		t.Fatalf("the next key is not published, or signs already: %d keys", len(s.keys.keySet()))
	}
	now = now.Add(KeyOverlap - 5*time.Minute)
	token, err := s.IssueServerToken(ServerGrant{AppID: "ta1"})
	if err != nil {
		t.Fatal(err)
	}
	step(10 * time.Minute)
	second, _ := s.keys.signer()
	if second == first {
		t.Fatal("the next key does not sign")
	}
	if _, err := s.Verify(t.Context(), token, AudienceBridge); err != nil {
		t.Fatalf("the rotation made a token invalid: %v", err)
	}
	step(KeyOverlap)
	if set := s.keys.keySet(); len(set) != 1 || set[0].KeyID != second {
		t.Fatalf("the previous key is still there: %v", set)
	}
	step(400 * 24 * time.Hour) // the host was off for a year
	if third, _ := s.keys.signer(); third == second {
		t.Fatal("an expired key signs")
	}
}

// Ensure that a host learns of a key that another host made when it sees its ID in a token.
func TestKeysOfOtherHostsAreFound(t *testing.T) {
	t.Parallel()
	now := time.Now()
	a := newService(t, &now)
	b, err := New(t.Context(), Options{Pool: a.pool, Secret: a.keys.secret,
		Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(KeyLifetime - time.Hour)
	if err := a.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * time.Hour)
	if err := a.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	token, err := a.IssueServerToken(ServerGrant{AppID: "ta1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Verify(t.Context(), token, AudienceBridge); err != nil {
		t.Error(err)
	}
}

// Ensure that a host with the wrong secret does not start, and says what to do.
func TestWrongSecretIsRefused(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := newService(t, &now)
	_, err := New(t.Context(), Options{Pool: s.pool, Secret: bytes.Repeat([]byte{2}, SecretBytes)})
	if err == nil || !strings.Contains(err.Error(), "secret.key") {
		t.Errorf("got %v", err)
	}
}

// Ensure that the secret is made once, that only its owner can read it, and that a damaged one is
// refused.
func TestLoadSecret(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data", "secret.key")
	secrets := make([]Secret, 4)
	var hosts sync.WaitGroup
	for i := range secrets {
		hosts.Go(func() {
			var err error
			if secrets[i], err = LoadSecret(path); err != nil {
				t.Error(err)
			}
		})
	}
	hosts.Wait()
	for _, secret := range secrets {
		if len(secret) != SecretBytes || !bytes.Equal(secret, secrets[0]) {
			t.Fatalf("hosts got different secrets: %x", secrets)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v", info.Mode(), err)
	}
	if err := os.WriteFile(path, []byte("half a sec"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadSecret(path); err == nil {
		t.Error("a damaged secret was replaced or accepted")
	}
}

// FuzzVerify looks for text that is taken for a token, or that makes the parser panic.
func FuzzVerify(f *testing.F) {
	now := time.Now()
	s := newService(f, &now)
	token, err := s.IssueServerToken(ServerGrant{AppID: "ta1"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token[:len(token)-2])
	f.Add("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.")
	f.Add("eyJhbGciOiJIUzI1NiIsImtpZCI6IngifQ.e30.AAAA")
	f.Add("..")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := s.Verify(context.Background(), text, AudienceBridge); err == nil && text != token {
			t.Errorf("accepted %q", text)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	now := time.Now()
	s := newService(b, &now)
	user, err := s.SignUp(b.Context(), NewUser{Handle: "mei", Password: "a long walk"})
	if err != nil {
		b.Fatal(err)
	}
	session, err := s.StartSession(b.Context(), user, "")
	if err != nil {
		b.Fatal(err)
	}
	token := session.Access
	b.Run("cached", func(b *testing.B) {
		for b.Loop() {
			_, _ = s.Verify(context.Background(), token, AudienceAPI)
		}
	})
	b.Run("uncached", func(b *testing.B) {
		for b.Loop() {
			s.verified.Purge()
			_, _ = s.Verify(context.Background(), token, AudienceAPI)
		}
	})
}

func BenchmarkPasswordHash(b *testing.B) {
	h := newHasher()
	for b.Loop() {
		if _, err := h.hash(context.Background(), "a long walk"); err != nil {
			b.Fatal(err)
		}
	}
}

// Ensure that a token with other values in the unused bits of its last character is refused.
func TestATokenWithOtherUnusedBitsIsRefused(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := newService(t, &now)
	token, err := s.IssueServerToken(ServerGrant{AppID: "ta1"})
	if err != nil {
		t.Fatal(err)
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, token[len(token)-1])
	if _, err := s.Verify(t.Context(), token[:len(token)-1]+string(alphabet[last^1]),
		AudienceBridge); err == nil {
		t.Error("accepted another encoding")
	}
}
