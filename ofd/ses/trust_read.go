package ses

import (
	"bytes"
	"encoding/pem"
	"errors"

	"github.com/emmansun/gmsm/smx509"
)

// ErrNoCertificates says that a file given as certificates holds none.
var ErrNoCertificates = errors.New("ses: neither certificates nor lists of revoked ones, in PEM or DER")

// A TrustReader collects whom to believe from files.
type TrustReader struct {
	Roots, Others []*smx509.Certificate
	Lists         []*smx509.RevocationList
}

// Read takes a file of certificates and lists of revoked ones, PEM or DER.
// Those that signed themselves are roots; the others are issuing authorities
// or signers, which are believed only if a root vouches for them.
func (t *TrustReader) Read(data []byte) error {
	if !bytes.Contains(data, []byte("-----BEGIN ")) {
		return t.der(data)
	}
	found := false
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" && block.Type != "X509 CRL" {
			continue
		}
		if err := t.der(block.Bytes); err != nil {
			return err
		}
		found = true
	}
	if !found {
		return ErrNoCertificates
	}
	return nil
}

func (t *TrustReader) der(der []byte) error {
	if c, err := smx509.ParseCertificate(der); err == nil {
		if bytes.Equal(c.RawSubject, c.RawIssuer) && c.CheckSignatureFrom(c) == nil {
			t.Roots = append(t.Roots, c)
		} else {
			t.Others = append(t.Others, c)
		}
		return nil
	}
	l, err := smx509.ParseRevocationList(der)
	if err != nil {
		return ErrNoCertificates
	}
	t.Lists = append(t.Lists, l)
	return nil
}

// Options believes what was read.
func (t *TrustReader) Options() Options {
	return Options{Trust: NewTrust(t.Roots, t.Others, t.Lists), Candidates: t.Others}
}
