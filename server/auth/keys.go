package auth

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// The phases of a signing key. Only the clock decides about them:
//
//	created ── KeyOverlap ── activates ──── KeyLifetime ──── successor activates ── KeyOverlap ── expires
//	         (next: published)         (current: signs)                       (previous: verifies)
//
// The first key of a database activates at once. Hosts that rotate at the same moment try to insert
// the same generation; one succeeds, and all read its key.
type signingKey struct {
	KID           string
	Generation    int64
	Public        []byte
	PrivateSealed []byte
	CreatedAt     time.Time
	ActivatesAt   time.Time
	ExpiresAt     time.Time
}

// keyring holds the keys of the database in memory.
type keyring struct {
	pool   *pgxpool.Pool
	secret Secret
	now    func() time.Time

	mu       sync.RWMutex
	public   map[string]ed25519.PublicKey
	kid      string // of the key that signs
	private  ed25519.PrivateKey
	loadedAt time.Time
}

// refresh rotates if it is time, and reads the keys. It returns whether a key has disappeared, in
// which case tokens that were verified before must be verified again.
func (r *keyring) refresh(ctx context.Context) (shrunk bool, err error) {
	keys, err := r.read(ctx)
	if err != nil {
		return false, err
	}
	if next, due := r.successor(keys); due {
		if err := r.create(ctx, next); err != nil {
			return false, err
		}
		if keys, err = r.read(ctx); err != nil {
			return false, err
		}
	}
	return r.install(keys)
}

func (r *keyring) read(ctx context.Context) ([]signingKey, error) {
	rows, err := r.pool.Query(ctx, `
		SELECT kid, generation, public_key, private_sealed, created_at, activates_at, expires_at
		FROM signing_key WHERE expires_at > $1 ORDER BY generation`, r.now())
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[signingKey])
}

// successor returns the key to make now, if it is time.
func (r *keyring) successor(keys []signingKey) (signingKey, bool) {
	now := r.now()
	next := signingKey{CreatedAt: now, ActivatesAt: now}
	if len(keys) > 0 {
		newest := keys[len(keys)-1]
		retires := newest.ActivatesAt.Add(KeyLifetime)
		if now.Before(retires.Add(-KeyOverlap)) {
			return signingKey{}, false
		}
		next.Generation = newest.Generation + 1
		if retires.After(now) {
			next.ActivatesAt = retires
		}
	}
	next.ExpiresAt = next.ActivatesAt.Add(KeyLifetime + KeyOverlap)
	return next, true
}

func (r *keyring) create(ctx context.Context, key signingKey) error {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	key.KID = rand.Text()[:16]
	key.PrivateSealed, err = r.secret.Seal(private.Seed(), "signing key "+key.KID)
	if err != nil {
		return err
	}
	// The generation continues from keys that have expired, so that it stays unique.
	_, err = r.pool.Exec(ctx, `
		INSERT INTO signing_key (kid, generation, public_key, private_sealed, created_at, activates_at, expires_at)
		SELECT $1, CASE WHEN $2 > 0 THEN $2 ELSE coalesce((SELECT max(generation) FROM signing_key), 0) + 1 END,
		       $3, $4, $5, $6, $7
		ON CONFLICT (generation) DO NOTHING`,
		key.KID, key.Generation, []byte(public), key.PrivateSealed, key.CreatedAt, key.ActivatesAt, key.ExpiresAt)
	return err
}

func (r *keyring) install(keys []signingKey) (shrunk bool, err error) {
	public := make(map[string]ed25519.PublicKey, len(keys))
	var current *signingKey
	for i, key := range keys {
		if len(key.Public) != ed25519.PublicKeySize {
			return false, fmt.Errorf("auth: signing key %s has a public key of %d bytes", key.KID,
				len(key.Public))
		}
		public[key.KID] = key.Public
		if !key.ActivatesAt.After(r.now()) {
			current = &keys[i]
		}
	}
	if current == nil {
		return false, fmt.Errorf("auth: no signing key is active; is this host's clock right?")
	}
	seed, err := r.secret.Open(current.PrivateSealed, "signing key "+current.KID)
	if err != nil {
		return false, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for kid := range r.public {
		_, still := public[kid]
		shrunk = shrunk || !still
	}
	r.public, r.kid, r.loadedAt = public, current.KID, r.now()
	r.private = ed25519.NewKeyFromSeed(seed)
	return shrunk, nil
}

// signer returns the key that signs now.
func (r *keyring) signer() (kid string, private ed25519.PrivateKey) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.kid, r.private
}

// verifier returns the public key of a token, and looks for an unknown one in the database, but not
// more often than every KeyReload.
func (r *keyring) verifier(ctx context.Context, kid string) (ed25519.PublicKey, bool) {
	r.mu.RLock()
	key, ok := r.public[kid]
	stale := r.now().Sub(r.loadedAt) >= KeyReload
	r.mu.RUnlock()
	if ok || !stale {
		return key, ok
	}
	if _, err := r.refresh(ctx); err != nil {
		return nil, false
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	key, ok = r.public[kid]
	return key, ok
}

// JSONWebKey is a public key as RFC 8037 writes it.
type JSONWebKey struct {
	KeyType   string `json:"kty"`
	Curve     string `json:"crv"`
	X         string `json:"x"`
	KeyID     string `json:"kid"`
	Use       string `json:"use"`
	Algorithm string `json:"alg"`
}

// KeySet returns the public keys, including those that do not sign yet and those that no longer
// sign.
func (s *Service) KeySet() []JSONWebKey { return s.keys.keySet() }

func (r *keyring) keySet() []JSONWebKey {
	r.mu.RLock()
	defer r.mu.RUnlock()
	set := make([]JSONWebKey, 0, len(r.public))
	for kid, key := range r.public {
		set = append(set, JSONWebKey{
			KeyType: "OKP", Curve: "Ed25519", X: base64.RawURLEncoding.EncodeToString(key),
			KeyID: kid, Use: "sig", Algorithm: "EdDSA",
		})
	}
	return set
}
