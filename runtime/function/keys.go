package function

import (
	"crypto/rsa"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"math/big"
)

// RSA keys are read here and not by crypto/x509, which would bring package net, and with it Go's sockets, into the
// process that runs strangers' code.

// algorithm names what kind a key is of.
type algorithm struct {
	ID         asn1.ObjectIdentifier
	Parameters asn1.RawValue `asn1:"optional"`
}

var rsaEncryption = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}

// rsaPublic is a public key by PKCS #1.
type rsaPublic struct {
	N *big.Int
	E int
}

// rsaPrivate is a private key of two primes by PKCS #1.
type rsaPrivate struct {
	Version            int
	N                  *big.Int
	E                  int
	D, P, Q, DP, DQ, I *big.Int
}

// anyPrivate is a private key of any kind by PKCS #8.
type anyPrivate struct {
	Version int
	Kind    algorithm
	Key     []byte
}

// anyPublic is a public key of any kind, as it stands alone and in certificates.
type anyPublic struct {
	Kind algorithm
	Key  asn1.BitString
}

// certificate is of a certificate what comes before its key, and the key.
type certificate struct {
	Content struct {
		Version                              int `asn1:"optional,explicit,default:0,tag:0"`
		Serial                               *big.Int
		Algorithm, Issuer, Validity, Subject asn1.RawValue
		Key                                  anyPublic
	}
	Algorithm asn1.RawValue
	Signature asn1.BitString
}

// read reads the one value that data consists of.
func read(data []byte, into any) error {
	rest, err := asn1.Unmarshal(data, into)
	if err == nil && len(rest) > 0 {
		err = errors.New("something stands behind the key")
	}
	return err
}

func readPrivateKey(text string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errNoKey
	}
	data := block.Bytes
	var wrapped anyPrivate
	if read(data, &wrapped) == nil {
		if !wrapped.Kind.ID.Equal(rsaEncryption) {
			return nil, errNoKey
		}
		data = wrapped.Key
	}
	var raw rsaPrivate
	if err := read(data, &raw); err != nil || raw.Version != 0 {
		return nil, errNoKey
	}
	for _, number := range []*big.Int{raw.N, raw.D, raw.P, raw.Q} {
		if number.Sign() <= 0 || number.BitLen() > maxKey {
			return nil, errNoKey
		}
	}
	key := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: raw.N, E: raw.E}, D: raw.D, Primes: []*big.Int{raw.P, raw.Q}}
	key.Precompute()
	if key.Validate() != nil {
		return nil, errNoKey
	}
	return key, nil
}

func readPublicKey(text string) (*rsa.PublicKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errNoKey
	}
	data := block.Bytes
	var whole certificate
	var wrapped anyPublic
	if read(data, &whole) == nil {
		wrapped = whole.Content.Key
	} else if read(data, &wrapped) != nil {
		wrapped = anyPublic{}
	}
	if len(wrapped.Kind.ID) > 0 {
		if !wrapped.Kind.ID.Equal(rsaEncryption) {
			return nil, errNoKey
		}
		data = wrapped.Key.RightAlign()
	}
	var raw rsaPublic
	if read(data, &raw) == nil && raw.N.Sign() > 0 && raw.E > 0 {
		return &rsa.PublicKey{N: raw.N, E: raw.E}, nil
	}
	if key, err := privateKey(text); err == nil {
		return &key.PublicKey, nil
	}
	return nil, errNoKey
}
