package ses

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
	"golang.org/x/crypto/cryptobyte"
)

// A Signer holds a certificate and the key that belongs to it: the signer of a
// document (签章者), the maker of a seal (制章者) or a time-stamp authority.
//
// Key is a software key (*sm2.PrivateKey) or stands for one in a UKey, cipher
// machine or HSM. Its Sign is called with the 32 bytes e = SM3(Z‖M) of
// GB/T 32918.2, Z for the identity 1234567812345678, and options whose
// HashFunc is 0; it answers the DER form SEQUENCE{r, s}.
type Signer struct {
	Certificate *smx509.Certificate
	Key         crypto.Signer
}

// ErrKeyOfAnother says that the key of a Signer does not belong to its
// certificate.
var ErrKeyOfAnother = errors.New("ses: the key does not belong to the certificate")

func (s Signer) sign(message []byte) ([]byte, error) {
	if s.Certificate == nil || s.Key == nil {
		return nil, errors.New("ses: a signer needs a certificate and a key")
	}
	pub, ok := s.Certificate.PublicKey.(*ecdsa.PublicKey)
	if !ok || !sm2.IsSM2PublicKey(pub) {
		return nil, errors.New("ses: the signer's certificate is not of an SM2 key")
	}
	e, err := sm2.CalculateSM2Hash(pub, message, nil)
	if err != nil {
		return nil, err
	}
	value, err := s.Key.Sign(rand.Reader, e, crypto.Hash(0))
	if err != nil {
		return nil, fmt.Errorf("ses: sign: %w", err)
	}
	// A key of another certificate, or a device that answers r‖s, is found now
	// and not by the first who verifies.
	if !sm2.VerifyASN1(pub, e, value) {
		return nil, ErrKeyOfAnother
	}
	return value, nil
}

// verifySM2 checks a signature over a message.
func verifySM2(c *smx509.Certificate, message, value []byte) bool {
	pub, ok := c.PublicKey.(*ecdsa.PublicKey)
	return ok && sm2.IsSM2PublicKey(pub) && sm2.VerifyASN1WithSM2(pub, nil, message, value)
}

func addOID(b *cryptobyte.Builder, oid string) {
	id, err := parseOID(oid)
	if err != nil {
		b.SetError(err)
		return
	}
	b.AddASN1ObjectIdentifier(id)
}

func parseOID(s string) (asn1.ObjectIdentifier, error) {
	var id asn1.ObjectIdentifier
	for part := range strings.SplitSeq(s, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("ses: %q is not an object identifier", s)
		}
		id = append(id, n)
	}
	if len(id) < 2 {
		return nil, fmt.Errorf("ses: %q is not an object identifier", s)
	}
	return id, nil
}
