package ses

import (
	"crypto"
	"crypto/rand"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

// An Authority issues certificates, of SM2 or of P-256 as its key is: the root or an issuing authority of a
// sample city, of tests, of an organ that keeps its own. In production the
// certificates of signers come from a licensed authority.
type Authority struct {
	Signer
	// Lists are the addresses where its lists of revoked certificates are to be
	// had: they are written into every certificate it issues (RFC 5280, 4.2.1.13).
	Lists []string
	now   func() time.Time
}

// Use is what a certificate is for.
type Use int

const (
	ForIssuing  Use = iota // certificates and lists of revoked ones
	ForSigning             // documents and seals
	ForStamping            // time stamps
)

// NewRoot makes a root with a new software key of SM2. now nil is time.Now.
func NewRoot(subject pkix.Name, years int, now func() time.Time) (*Authority, error) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	return RootOf(key, subject, years, now)
}

// RootOf makes a root of a key of SM2 or P-256. now nil is time.Now.
func RootOf(key crypto.Signer, subject pkix.Name, years int, now func() time.Time) (*Authority, error) {
	if now == nil {
		now = time.Now
	}
	t, err := template(subject, years, ForIssuing, now())
	if err != nil {
		return nil, err
	}
	c, err := issue(t, t, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return &Authority{Signer: Signer{c, key}, now: now}, nil
}

// NewAuthority is the authority of a certificate and key that are kept
// elsewhere, as a Signer's are.
func NewAuthority(s Signer, now func() time.Time) *Authority {
	if now == nil {
		now = time.Now
	}
	return &Authority{Signer: s, now: now}
}

// Issue certifies a public key.
func (a *Authority) Issue(subject pkix.Name, public crypto.PublicKey, use Use, years int) (*smx509.Certificate, error) {
	t, err := template(subject, years, use, a.now())
	if err != nil {
		return nil, err
	}
	if t.NotAfter.After(a.Certificate.NotAfter) {
		t.NotAfter = a.Certificate.NotAfter // nothing outlives who vouches for it
	}
	t.CRLDistributionPoints = a.Lists
	return issue(t, a.Certificate, public, a.Key)
}

// IssueKey makes a software key and certifies it.
func (a *Authority) IssueKey(subject pkix.Name, use Use, years int) (Signer, error) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return Signer{}, err
	}
	c, err := a.Issue(subject, key.Public(), use, years)
	return Signer{c, key}, err
}

// Revoked is a certificate that is taken back.
type Revoked struct {
	Serial *big.Int
	At     time.Time
}

// Revoke signs the list (DER) of all certificates taken back so far, good until next.
func (a *Authority) Revoke(number int64, revoked []Revoked, next time.Time) ([]byte, error) {
	t := &smx509.RevocationList{Number: big.NewInt(number), ThisUpdate: a.now().UTC(), NextUpdate: next.UTC()}
	for _, r := range revoked {
		t.RevokedCertificateEntries = append(t.RevokedCertificateEntries, smx509.RevocationListEntry{SerialNumber: r.Serial, RevocationTime: r.At.UTC()})
	}
	return smx509.CreateRevocationList(rand.Reader, t, a.Certificate, a.Key)
}

func template(subject pkix.Name, years int, use Use, now time.Time) (*smx509.Certificate, error) {
	if years < 1 {
		return nil, errors.New("ses: a certificate is good for a year at least")
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	now = now.UTC().Truncate(time.Second)
	t := &smx509.Certificate{SerialNumber: serial, Subject: subject, NotBefore: now, NotAfter: now.AddDate(years, 0, 0),
		BasicConstraintsValid: true}
	switch use {
	case ForIssuing:
		t.IsCA, t.KeyUsage = true, smx509.KeyUsageCertSign|smx509.KeyUsageCRLSign
	case ForStamping:
		t.KeyUsage, t.ExtKeyUsage = smx509.KeyUsageDigitalSignature, []smx509.ExtKeyUsage{smx509.ExtKeyUsageTimeStamping}
	default:
		t.KeyUsage = smx509.KeyUsageDigitalSignature | smx509.KeyUsageContentCommitment
	}
	return t, nil
}

func issue(t, parent *smx509.Certificate, public, key any) (*smx509.Certificate, error) {
	der, err := smx509.CreateCertificate(rand.Reader, t, parent, public, key)
	if err != nil {
		return nil, err
	}
	return smx509.ParseCertificate(der)
}
