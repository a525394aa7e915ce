package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// SecretBytes is the size of a host's secret.
const SecretBytes = 32

// Secret is the only secret that is not in the database, so that somebody who steals a dump cannot
// read what is sealed with it. All hosts on one database share it; it must be in the backup.
type Secret []byte

// LoadSecret reads the secret from the file, 64 hexadecimal digits, and makes the file with a new
// secret when there is none. The file is readable by its owner alone.
func LoadSecret(path string) (Secret, error) {
	secret, err := readSecret(path)
	if !errors.Is(err, os.ErrNotExist) {
		return secret, err
	}
	secret = make(Secret, SecretBytes)
	rand.Read(secret)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	// The file appears with its whole content at once. If two hosts start together, both use the
	// first one's.
	draft, err := os.CreateTemp(filepath.Dir(path), ".secret-*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(draft.Name())
	_, err = draft.WriteString(hex.EncodeToString(secret) + "\n")
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(draft.Name(), path); err != nil && !errors.Is(err, os.ErrExist) {
		return nil, err
	}
	return readSecret(path)
}

func readSecret(path string) (Secret, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return ParseSecret(strings.TrimSpace(string(text)))
}

// ParseSecret reads 64 hexadecimal digits.
func ParseSecret(text string) (Secret, error) {
	secret, err := hex.DecodeString(text)
	if err != nil || len(secret) != SecretBytes {
		return nil, fmt.Errorf("auth: the secret must be %d hexadecimal digits", 2*SecretBytes)
	}
	return secret, nil
}

// Derive returns the key for one purpose, so that no key serves two.
func (s Secret) Derive(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, s, nil, "teahouse "+purpose, SecretBytes)
	if err != nil {
		panic("auth: deriving a key: " + err.Error()) // only for lengths that we do not ask for
	}
	return key
}

// Seal encrypts with AES-256-GCM; name is authenticated with it, so that sealed values cannot be
// swapped.
func (s Secret) Seal(plain []byte, name string) ([]byte, error) {
	gcm, err := s.gcm()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, gcm.NonceSize())
	rand.Read(nonce)
	return gcm.Seal(nonce, nonce, plain, []byte(name)), nil
}

// Open decrypts what Seal made under the same name.
func (s Secret) Open(sealed []byte, name string) ([]byte, error) {
	gcm, err := s.gcm()
	if err != nil {
		return nil, err
	}
	if len(sealed) < gcm.NonceSize() {
		return nil, errors.New("auth: a sealed value is cut short")
	}
	plain, err := gcm.Open(nil, sealed[:gcm.NonceSize()], sealed[gcm.NonceSize():], []byte(name))
	if err != nil {
		return nil, fmt.Errorf("auth: %s was sealed under another secret: use the secret.key "+
			"that belongs to this database", name)
	}
	return plain, nil
}

func (s Secret) gcm() (cipher.AEAD, error) {
	block, err := aes.NewCipher(s.Derive("sealing"))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
