package function

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"testing"
)

// inEveryForm writes a key as others do.
func inEveryForm(t testing.TB) (key *rsa.PrivateKey, private, public map[string]string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	must := func(der []byte, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: "ANY", Bytes: der}))
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(7)}
	private = map[string]string{"PKCS #1": must(x509.MarshalPKCS1PrivateKey(key), nil), "PKCS #8": must(x509.MarshalPKCS8PrivateKey(key))}
	public = map[string]string{"PKCS #1": must(x509.MarshalPKCS1PublicKey(&key.PublicKey), nil), "PKIX": must(x509.MarshalPKIXPublicKey(&key.PublicKey)),
		"certificate": must(x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)),
		"private":     private["PKCS #1"], "packed private": private["PKCS #8"]}
	return key, private, public
}

func TestKeysAreReadInEveryForm(t *testing.T) {
	t.Parallel()
	key, private, public := inEveryForm(t)
	for name, text := range private {
		if got, err := privateKey(text); err != nil || !got.Equal(key) {
			t.Errorf("private key as %s: %v", name, err)
		}
	}
	for name, text := range public {
		if got, err := publicKey(text); err != nil || !got.Equal(&key.PublicKey) {
			t.Errorf("public key as %s: %v", name, err)
		}
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(curve)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "tea", "-----BEGIN ANY-----\n-----END ANY-----\n", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))} {
		if _, err := privateKey(text); err == nil {
			t.Errorf("%q is a private key", text)
		}
		if _, err := publicKey(text); err == nil {
			t.Errorf("%q is a public key", text)
		}
	}
}

// What crypto/x509 takes for a private key is one here, and what it refuses is none.
func FuzzKeys(f *testing.F) {
	_, private, public := inEveryForm(f)
	for _, of := range []map[string]string{private, public} {
		for _, text := range of {
			f.Add(pemBytes(text))
		}
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		text := string(pem.EncodeToMemory(&pem.Block{Type: "ANY", Bytes: der}))
		_, _ = publicKey(text)
		key, err := privateKey(text)
		if want, other := x509.ParsePKCS1PrivateKey(der); other == nil && want.N.BitLen() <= maxKey && len(want.Primes) == 2 && (err != nil || !key.Equal(want)) {
			t.Errorf("%x is a key to others: %v", der, err)
		}
	})
}
