package function

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/dop251/goja"

	"github.com/teahouse/teahouse/runtime/vm"
)

// maxRounds bounds the rounds of pbkdf2, over all blocks of the key: they take some tenths of a second.
const maxRounds = 300_000

// ciphers are what createCipheriv and the like have of Go, beside the hashes.
func (s *Session) ciphers(set func(string, func(goja.FunctionCall) goja.Value)) {
	v := s.vm
	bytesOf := func(value goja.Value) []byte {
		raw, _ := vm.Bytes(value)
		return bytes.Clone(raw) // the function may change them
	}
	fail := func(err error) { panic(v.NewError("Error", "%s", err.Error())) }
	set("cipher", func(c goja.FunctionCall) goja.Value {
		made, err := newCipher(c.Argument(0).String(), bytesOf(c.Argument(1)), bytesOf(c.Argument(2)), c.Argument(3).ToBoolean())
		switch {
		case errors.Is(err, errKeyLength):
			panic(v.NewError("RangeError", "%s", err.Error()))
		case errors.Is(err, errVector):
			panic(v.NewError("TypeError", "%s", err.Error()))
		case err != nil:
			fail(err)
		}
		object := v.Object("block", made.block)
		object.Set("update", v.Function("update", func(c goja.FunctionCall) goja.Value {
			data, _ := vm.Bytes(c.Argument(0))
			out, err := made.update(data)
			if err != nil {
				fail(err)
			}
			return v.ArrayBuffer(out)
		}))
		// seal(additional, tag) ends a GCM. It returns the tag, or fails when the one that was given is wrong.
		object.Set("seal", v.Function("seal", func(c goja.FunctionCall) goja.Value {
			tag, err := made.seal(bytesOf(c.Argument(0)), bytesOf(c.Argument(1)))
			if err != nil {
				fail(err)
			}
			return v.ArrayBuffer(tag)
		}))
		return object
	})
	set("pbkdf2", func(c goja.FunctionCall) goja.Value {
		rounds, size := c.Argument(2).ToInteger(), c.Argument(3).ToInteger()
		newHash := hashes[strings.ToLower(c.Argument(4).String())]
		switch {
		case newHash == nil:
			fail(fmt.Errorf("Invalid digest: %s", vm.Cut(c.Argument(4).String(), 40)))
		case rounds < 1 || size < 0 || size > 1<<10 || rounds*(1+(size-1)/int64(newHash().Size())) > maxRounds:
			fail(fmt.Errorf("pbkdf2 has at most %d rounds here, over all parts of the key", maxRounds))
		}
		key, err := pbkdf2.Key(newHash, string(bytesOf(c.Argument(0))), bytesOf(c.Argument(1)), int(rounds), int(size))
		if err != nil {
			fail(err)
		}
		return v.ArrayBuffer(key)
	})
	set("sign", func(c goja.FunctionCall) goja.Value {
		hash, sum := digestOf(c.Argument(0).String(), bytesOf(c.Argument(2)))
		key, err := privateKey(c.Argument(1).String())
		if err == nil && hash == 0 {
			err = errNoSignature
		}
		var signature []byte
		if err == nil {
			signature, err = rsa.SignPKCS1v15(rand.Reader, key, hash, sum)
		}
		if err != nil {
			fail(err)
		}
		return v.ArrayBuffer(signature)
	})
	set("verify", func(c goja.FunctionCall) goja.Value {
		hash, sum := digestOf(c.Argument(0).String(), bytesOf(c.Argument(2)))
		key, err := publicKey(c.Argument(1).String())
		if err == nil && hash == 0 {
			err = errNoSignature
		}
		if err != nil {
			fail(err)
		}
		return v.Value(rsa.VerifyPKCS1v15(key, hash, sum, bytesOf(c.Argument(3))) == nil)
	})
	set("key", func(c goja.FunctionCall) goja.Value {
		_, err := publicKey(c.Argument(1).String())
		if c.Argument(0).String() == "private" {
			_, err = privateKey(c.Argument(1).String())
		}
		return v.Value(err == nil)
	})
	set("modulus", func(c goja.FunctionCall) goja.Value {
		key, err := publicKey(c.Argument(0).String())
		if err != nil {
			fail(err)
		}
		return v.Value(key.N.BitLen())
	})
	set("rsa", func(c goja.FunctionCall) goja.Value {
		out, err := rsaCrypt(c.Argument(0).String(), c.Argument(1).String(), c.Argument(2).String(), bytesOf(c.Argument(3)))
		if err != nil {
			fail(err)
		}
		return v.ArrayBuffer(out)
	})
}

// aesCipher is one AES in the middle of a text.
type aesCipher struct {
	block  int // the bytes that update takes at once; 1 for any number
	mode   cipher.BlockMode
	stream cipher.Stream
	aead   cipher.AEAD
	nonce  []byte
	text   []byte // the plain text of a GCM
	opens  bool
}

// The texts of Node.js, which programs look for.
var (
	errUnknownCipher = errors.New("Unknown cipher: there are aes-128, aes-192 and aes-256 with cbc, ecb, ctr and gcm")
	errKeyLength     = errors.New("Invalid key length")
	errVector        = errors.New("Invalid initialization vector")
)

func newCipher(name string, key, iv []byte, encrypt bool) (*aesCipher, error) {
	parts := strings.Split(strings.ToLower(name), "-")
	if len(parts) != 3 || parts[0] != "aes" {
		return nil, errUnknownCipher
	}
	bits, err := strconv.Atoi(parts[1])
	if err != nil || bits != 128 && bits != 192 && bits != 256 {
		return nil, errUnknownCipher
	}
	if len(key) != bits/8 {
		return nil, errKeyLength
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	size := map[string]int{"cbc": aes.BlockSize, "ctr": aes.BlockSize, "gcm": 12, "ecb": 0}
	if wanted, known := size[parts[2]]; !known {
		return nil, errUnknownCipher
	} else if len(iv) != wanted {
		return nil, fmt.Errorf("%w: %s takes %d bytes", errVector, vm.Cut(name, 20), wanted)
	}
	switch parts[2] {
	case "cbc":
		if encrypt {
			return &aesCipher{block: aes.BlockSize, mode: cipher.NewCBCEncrypter(block, iv)}, nil
		}
		return &aesCipher{block: aes.BlockSize, mode: cipher.NewCBCDecrypter(block, iv)}, nil
	case "ecb":
		return &aesCipher{block: aes.BlockSize, mode: ecb{block, encrypt}}, nil
	case "ctr":
		return &aesCipher{block: 1, stream: cipher.NewCTR(block, iv)}, nil
	}
	aead, err := cipher.NewGCM(block)
	// A GCM counts from 2 for its first block.
	counter := append(bytes.Clone(iv), 0, 0, 0, 2)
	return &aesCipher{block: 1, stream: cipher.NewCTR(block, counter), aead: aead, nonce: iv, opens: !encrypt}, err
}

// ecb is AES block by block, which old interfaces of others use.
type ecb struct {
	cipher.Block
	encrypt bool
}

func (e ecb) CryptBlocks(to, from []byte) {
	for at := 0; at < len(from); at += e.BlockSize() {
		if e.encrypt {
			e.Encrypt(to[at:], from[at:])
		} else {
			e.Decrypt(to[at:], from[at:])
		}
	}
}

func (a *aesCipher) update(data []byte) ([]byte, error) {
	if len(data)%a.block != 0 {
		return nil, errors.New("wrong final block length")
	}
	if len(a.text)+len(data) > maxBuffer {
		return nil, fmt.Errorf("a cipher takes at most %d MB", maxBuffer>>20)
	}
	out := make([]byte, len(data))
	if a.mode != nil {
		a.mode.CryptBlocks(out, data)
		return out, nil
	}
	a.stream.XORKeyStream(out, data)
	if a.aead != nil && a.opens {
		a.text = append(a.text, out...)
	} else if a.aead != nil {
		a.text = append(a.text, data...)
	}
	return out, nil
}

// seal makes the tag of all that was taken, and compares the one that is given.
func (a *aesCipher) seal(additional, tag []byte) ([]byte, error) {
	sealed := a.aead.Seal(nil, a.nonce, a.text, additional)
	made := sealed[len(a.text):]
	if a.opens && !bytes.Equal(made, tag) {
		return nil, errors.New("Unsupported state or unable to authenticate data")
	}
	return made, nil
}

var (
	errNoSignature = errors.New("Invalid digest: there are RSA-SHA1, RSA-SHA256, RSA-SHA384 and RSA-SHA512")
	errNoKey       = errors.New("the key should be an RSA key as PEM")
)

// digestOf hashes data by the name of a signature: RSA-SHA256 or sha256. hash is 0 for an unknown one.
func digestOf(name string, data []byte) (hash crypto.Hash, sum []byte) {
	name = strings.TrimPrefix(strings.ReplaceAll(strings.ToLower(name), "rsa-", ""), "rsa")
	hash = map[string]crypto.Hash{"sha1": crypto.SHA1, "sha256": crypto.SHA256, "sha384": crypto.SHA384, "sha512": crypto.SHA512, "md5": crypto.MD5}[name]
	if hash == 0 {
		return 0, nil
	}
	h := hash.New()
	_, _ = h.Write(data) // never fails
	return hash, h.Sum(nil)
}

// maxKey bounds an RSA key in bits: a signature with a longer one takes seconds.
const maxKey = 8192

func privateKey(text string) (*rsa.PrivateKey, error) {
	key, err := readPrivateKey(text)
	if err == nil && key.N.BitLen() > maxKey {
		return nil, errNoKey
	}
	return key, err
}

// publicKey reads a public key, or that of a certificate or of a private key.
func publicKey(text string) (*rsa.PublicKey, error) {
	key, err := readPublicKey(text)
	if err == nil && key.N.BitLen() > maxKey {
		return nil, errNoKey
	}
	return key, err
}

// rsaCrypt encrypts with a public key, or decrypts with a private one. padding is "oaep" with a hash after it, or "pkcs1".
func rsaCrypt(direction, padding, key string, data []byte) ([]byte, error) {
	name, hashName, _ := strings.Cut(padding, " ")
	newHash := hashes[hashName]
	if name == "oaep" && newHash == nil {
		return nil, errors.New("Invalid digest: " + vm.Cut(hashName, 40))
	}
	if direction == "encrypt" {
		to, err := publicKey(key)
		switch {
		case err != nil:
			return nil, err
		case name == "oaep":
			return rsa.EncryptOAEP(newHash(), rand.Reader, to, data, nil)
		}
		return rsa.EncryptPKCS1v15(rand.Reader, to, data) //nolint:staticcheck // interfaces of others ask for it
	}
	from, err := privateKey(key)
	switch {
	case err != nil:
		return nil, err
	case name == "oaep":
		return rsa.DecryptOAEP(newHash(), nil, from, data, nil)
	}
	return rsa.DecryptPKCS1v15(nil, from, data) //nolint:staticcheck // interfaces of others ask for it
}
