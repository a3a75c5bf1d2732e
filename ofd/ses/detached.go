package ses

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/emmansun/gmsm/smx509"
	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// SignDetached signs content that stands elsewhere, by its SHA-256 digest: a CMS SignedData (DER, RFC 5652) as PDF files hold it under
// ETSI.CAdES.detached (ETSI EN 319 142-1, baseline B-B), ECDSA over P-256. chain are the certificates between the signer's and its
// root, for readers who have the root alone. The time is not in it: a PDF file says it in M. Errors: [ErrKeyOfAnother], one of the key's.
//
// For a Signer of P-256 the key's Sign is called with a SHA-256 digest and crypto.SHA256.
func SignDetached(sum []byte, by Signer, chain ...*smx509.Certificate) ([]byte, error) {
	if len(sum) != sha256.Size {
		return nil, errors.New("ses: a digest of SHA-256 has 32 bytes")
	}
	cert, err := signingCertificate(by.Certificate, oidSHA256)
	if err != nil {
		return nil, err
	}
	set, err := attributeSet(oidData, sum, []attribute{{oidSigningCertV2, cert}})
	if err != nil {
		return nil, err
	}
	value, err := by.signP256(wrap(casn1.SET, set))
	if err != nil {
		return nil, err
	}
	data := func(b *cryptobyte.Builder) { addOID(b, oidData) }
	return encodeSignedData(oidCMSSignedData, 1, p256, data, append([]*smx509.Certificate{by.Certificate}, chain...), set, value)
}

// RoomDetached is how many bytes a signature of SignDetached takes at most.
func RoomDetached(by Signer, chain ...*smx509.Certificate) int {
	n := 512 + len(by.Certificate.Raw) + len(by.Certificate.RawIssuer)
	for _, c := range chain {
		n += len(c.Raw)
	}
	return n
}

func (s Signer) signP256(message []byte) ([]byte, error) {
	if s.Certificate == nil || s.Key == nil {
		return nil, errors.New("ses: a signer needs a certificate and a key")
	}
	pub, ok := s.Certificate.PublicKey.(*ecdsa.PublicKey)
	if !ok || pub.Curve != elliptic.P256() {
		return nil, errors.New("ses: the signer's certificate is not of a P-256 key")
	}
	sum := sha256.Sum256(message)
	value, err := s.Key.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("ses: sign: %w", err)
	}
	if !ecdsa.VerifyASN1(pub, sum[:], value) {
		return nil, ErrKeyOfAnother
	}
	return value, nil
}
