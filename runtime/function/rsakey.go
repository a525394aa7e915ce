package function

import (
	"crypto/rsa"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
)

// Keys are read here and not by crypto/x509, because that package brings the network with it, which the program
// that runs apps has not. Numbers of sections are those of RFC 8017 (keys), 5208 and 5280 (what they are packed in).

// rsaPrivate is the RSAPrivateKey of RFC 8017, A.1.2, and rsaPublic the RSAPublicKey of A.1.1.
type rsaPrivate struct {
	Version             int
	N                   *big.Int
	E                   int
	D, P, Q, Dp, Dq, Qi *big.Int
}

type rsaPublic struct {
	N *big.Int
	E int
}

// algorithm is the AlgorithmIdentifier of RFC 5280, 4.1.1.2.
type algorithm struct {
	ID         asn1.ObjectIdentifier
	Parameters asn1.RawValue `asn1:"optional"`
}

var rsaEncryption = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}

// packedPrivate is the PrivateKeyInfo of RFC 5208, 5, and packedPublic the SubjectPublicKeyInfo of RFC 5280, 4.1.
type packedPrivate struct {
	Version   int
	Algorithm algorithm
	Key       []byte
}

type packedPublic struct {
	Algorithm algorithm
	Key       asn1.BitString
}

// certificate is as much of RFC 5280, 4.1, as stands before the key.
type certificate struct {
	Signed struct {
		Version                              int `asn1:"optional,explicit,default:0,tag:0"`
		Serial                               *big.Int
		Signature, Issuer, Validity, Subject asn1.RawValue
		Key                                  packedPublic
	}
}

// read reports whether the bytes are one value of the type and nothing else.
func read(der []byte, into any) bool {
	rest, err := asn1.Unmarshal(der, into)
	return err == nil && len(rest) == 0
}

func pemBytes(text string) []byte {
	if block, _ := pem.Decode([]byte(text)); block != nil {
		return block.Bytes
	}
	return nil
}

// readPrivateKey reads a private key in PEM, of PKCS #1 or PKCS #8.
func readPrivateKey(text string) (*rsa.PrivateKey, error) {
	der := pemBytes(text)
	var packed packedPrivate
	if read(der, &packed) && packed.Algorithm.ID.Equal(rsaEncryption) {
		der = packed.Key
	}
	var k rsaPrivate
	if !read(der, &k) || k.Version != 0 || k.N.Sign() <= 0 || k.N.BitLen() > maxKey || k.E <= 0 || k.D.Sign() <= 0 || k.P.Sign() <= 0 || k.Q.Sign() <= 0 {
		return nil, errNoKey
	}
	key := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: k.N, E: k.E}, D: k.D, Primes: []*big.Int{k.P, k.Q}}
	if key.Validate() != nil {
		return nil, errNoKey
	}
	key.Precompute()
	return key, nil
}

// readPublicKey reads a public key in PEM, or that of a certificate or of a private key.
func readPublicKey(text string) (*rsa.PublicKey, error) {
	der := pemBytes(text)
	var of certificate
	var packed packedPublic
	if read(der, &of) {
		packed = of.Signed.Key
	}
	if (packed.Algorithm.ID != nil || read(der, &packed)) && packed.Algorithm.ID.Equal(rsaEncryption) {
		der = packed.Key.RightAlign()
	}
	var k rsaPublic
	if read(der, &k) && k.N.Sign() > 0 && k.N.BitLen() <= maxKey && k.E > 0 {
		return &rsa.PublicKey{N: k.N, E: k.E}, nil
	}
	key, err := readPrivateKey(text)
	if err != nil {
		return nil, err
	}
	return &key.PublicKey, nil
}
