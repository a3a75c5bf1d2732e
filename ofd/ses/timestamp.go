package ses

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"math/big"
	"time"

	"github.com/emmansun/gmsm/smx509"
	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// A Timestamper says when it saw a digest: an authority in the sense of
// GB/T 20520 and RFC 3161, over whatever line.
type Timestamper interface {
	// Timestamp gives a TimeStampToken (DER) over the SM3 digest of data that
	// the authority does not see.
	Timestamp(ctx context.Context, digest []byte) (token []byte, err error)
}

// A Token is a time-stamp token as read.
type Token struct {
	Time      time.Time
	Policy    string
	Algorithm string // of Digest
	Digest    []byte

	data *signedData
}

// ParseToken reads a time-stamp token, or the whole answer of an authority
// that holds one.
func ParseToken(der []byte) (*Token, error) { return parseToken(der) }

func parseToken(der []byte) (*Token, error) {
	data, err := parseSignedData(der)
	if err != nil {
		inner, ok := tokenOfResponse(der)
		if !ok {
			return nil, err
		}
		if data, err = parseSignedData(inner); err != nil {
			return nil, err
		}
	}
	if data.contentType != oidTSTInfo || data.content == nil {
		return nil, &SyntaxError{Where: "TimeStampToken", Reason: "里没有时间戳"}
	}
	r, err := only(data.content, "TSTInfo")
	if err != nil {
		return nil, err
	}
	t := &Token{data: data}
	r.integer("version")
	t.Policy = r.oid("policy")
	imprint, _ := r.sequence("messageImprint")
	t.Algorithm, t.Digest = algorithm(imprint, "hashAlgorithm"), imprint.octets("hashedMessage")
	r.join(imprint)
	r.element("serialNumber", casn1.INTEGER)
	t.Time = r.time("genTime")
	for r.more() { // accuracy, ordering, nonce, tsa, extensions
		r.raw("options")
	}
	return t, r.err
}

// tokenOfResponse takes the token out of TimeStampResp ::= SEQUENCE { status,
// token OPTIONAL }.
func tokenOfResponse(der []byte) ([]byte, bool) {
	r, err := only(der, "TimeStampResp")
	if err != nil || r.count() != 2 {
		return nil, false
	}
	r.sequence("status")
	token, _ := r.element("timeStampToken", casn1.SEQUENCE)
	return token, r.err == nil
}

var errImprint = errors.New("时间戳是对别的数据做的")

// verify checks that the token is over the data and signed by the certificate
// it gives, which is still to be judged.
func (t *Token) verify(data []byte, candidates []*smx509.Certificate) (*smx509.Certificate, error) {
	sum, known := digest(t.Algorithm, data)
	if !known || weak(t.Algorithm) || !bytes.Equal(sum, t.Digest) {
		return nil, errImprint
	}
	return t.data.verify(t.data.content, candidates)
}

// A TimestampAuthority gives time stamps itself: for tests, for the sample
// city, and where no outside authority can be reached.
type TimestampAuthority struct {
	Signer Signer
	Policy string           // OID; "" is one of this library
	Now    func() time.Time // nil: time.Now
}

// ownPolicy is the arc for examples of RFC 9216's kind: no claim is made by it.
const ownPolicy = "2.999.1.3161"

// Timestamp implements [Timestamper].
func (a *TimestampAuthority) Timestamp(_ context.Context, sum []byte) ([]byte, error) {
	if len(sum) != 32 {
		return nil, errors.New("ses: a digest of SM3 has 32 bytes")
	}
	now, policy := time.Now, a.Policy
	if a.Now != nil {
		now = a.Now
	}
	if policy == "" {
		policy = ownPolicy
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	info, err := marshal("time stamp", func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(1)
			addOID(b, policy)
			sequence(b, func(b *cryptobyte.Builder) {
				addAlgorithm(b, oidSM3)
				b.AddASN1OctetString(sum)
			})
			b.AddASN1BigInt(serial)
			addTime(b, now())
		})
	})
	if err != nil {
		return nil, err
	}
	cert, err := signingCertificate(a.Signer.Certificate, oidSM3)
	if err != nil {
		return nil, err
	}
	return makeSignedData(oidCMSSignedData, oidTSTInfo, info, a.Signer, []attribute{{oidSigningCertV2, cert}})
}

// signingCertificate encodes SigningCertificateV2 (RFC 5816), which names the
// signer's certificate by its digest.
func signingCertificate(c *smx509.Certificate, kind string) ([]byte, error) {
	if c == nil {
		return nil, errors.New("ses: a signer needs a certificate and a key")
	}
	sum, _ := digest(kind, c.Raw)
	return marshal("signing certificate", func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			sequence(b, func(b *cryptobyte.Builder) {
				sequence(b, func(b *cryptobyte.Builder) {
					if kind != oidSHA256 { // the default, which DER leaves out
						addAlgorithm(b, kind)
					}
					b.AddASN1OctetString(sum)
				})
			})
		})
	})
}
