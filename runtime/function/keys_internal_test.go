package function

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"slices"
	"testing"
	"time"
)

func TestKeysOfEveryFormAreRead(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	must := func(data []byte, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	named := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "pay"},
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1e9, 0), DNSNames: []string{"pay.example"}}
	for kind, c := range map[string]struct {
		data            []byte
		private, public bool
	}{
		"RSA PRIVATE KEY": {x509.MarshalPKCS1PrivateKey(key), true, true},
		"PRIVATE KEY":     {must(x509.MarshalPKCS8PrivateKey(key)), true, true},
		"RSA PUBLIC KEY":  {x509.MarshalPKCS1PublicKey(&key.PublicKey), false, true},
		"PUBLIC KEY":      {must(x509.MarshalPKIXPublicKey(&key.PublicKey)), false, true},
		"CERTIFICATE":     {must(x509.CreateCertificate(rand.Reader, named, named, &key.PublicKey, key)), false, true},
		"EC PRIVATE KEY":  {must(x509.MarshalECPrivateKey(other)), false, false},
		"PRIVATE KEY ":    {must(x509.MarshalPKCS8PrivateKey(other)), false, false},
		"PUBLIC KEY ":     {must(x509.MarshalPKIXPublicKey(&other.PublicKey)), false, false},
		"CERTIFICATE ":    {must(x509.CreateCertificate(rand.Reader, named, named, &other.PublicKey, other)), false, false},
		"NOTHING":         {nil, false, false},
	} {
		text := func(data []byte) string { return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data})) }
		private, err := privateKey(text(c.data))
		if (err == nil) != c.private || err == nil && !private.Equal(key) {
			t.Errorf("%s as a private key: %v", kind, err)
		}
		public, err := publicKey(text(c.data))
		if (err == nil) != c.public || err == nil && !public.Equal(&key.PublicKey) {
			t.Errorf("%s as a public key: %v", kind, err)
		}
		// Whatever is cut off or put behind, nothing else is read as a key, and nothing panics.
		for size := range len(c.data) {
			if made, err := publicKey(text(c.data[:size])); err == nil && !made.Equal(&key.PublicKey) {
				t.Errorf("%s, %d bytes of it, is another key", kind, size)
			}
		}
		if _, err := publicKey(text(append(slices.Clip(c.data), 0))); err == nil {
			t.Errorf("%s with a byte behind it was read", kind)
		}
	}
	// A private key whose numbers do not belong together signs nothing.
	wrong := *key
	wrong.D = new(big.Int).Add(key.D, big.NewInt(2))
	if _, err := privateKey(string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(&wrong)}))); err == nil {
		t.Error("a wrong private key was read")
	}
}
