package ses

import (
	"time"

	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// A Signature is what SignedValue.dat of a sealed document holds
// (SES_Signature). Its byte slices are parts of Raw.
type Signature struct {
	Raw        []byte
	Version    int // V1, V4, V5
	Seal       *Seal
	Time       time.Time // said by the signer; zero if it cannot be read
	DataHash   []byte    // digest of Signature.xml
	Property   string    // propertyInfo: the path of Signature.xml
	Extensions []Extension
	Signer     []byte // certificate of the 签章者, DER
	Algorithm  string
	Value      []byte // the signer's signature, DER
	TimeStamp  []byte // token over Value, or nil

	signed []byte // what the signer signed: toSign as received
}

// ParseSignature reads a seal signature of version 1, 4 or 5.
func ParseSignature(der []byte) (*Signature, error) {
	r, err := only(der, "SES_Signature")
	if err != nil {
		return nil, err
	}
	s := &Signature{Raw: der}
	v1 := r.count() == 2
	in, element := r.sequence("toSign")
	s.signed = element
	in.integer("version")
	seal, _ := in.element("eseal", casn1.SEQUENCE)
	if in.err == nil {
		if s.Seal, err = ParseSeal(seal); err != nil {
			return nil, err
		}
		s.Version = s.Seal.Version
	}
	if v1 {
		s.Version = V1
		s.Time = timeOfBits(in.bits("timeInfo"))
	} else {
		s.Time = in.time("timeInfo")
	}
	s.DataHash = in.bits("dataHash")
	s.Property = in.text("propertyInfo")
	if v1 {
		s.Signer, s.Algorithm = in.octets("cert"), in.oid("signatureAlgorithm")
	} else {
		s.Extensions = extensions(in)
	}
	r.join(in)
	if !v1 {
		s.Signer, s.Algorithm = r.octets("cert"), r.oid("signatureAlgID")
	}
	s.Value = r.bits("signature")
	if !v1 {
		s.TimeStamp = optionalStamp(r)
	}
	r.end()
	if r.err != nil {
		return nil, r.err
	}
	return s, nil
}

// timeOfBits reads the time of version 1, a BIT STRING of which the standard
// says only that it is the time of signing: files hold text, an encoded time,
// or a time-stamp token.
func timeOfBits(b []byte) time.Time {
	if t, ok := parseTime(string(b)); ok {
		return t
	}
	r := newReader(b, "timeInfo")
	if r.next(casn1.UTCTime) || r.next(casn1.GeneralizedTime) {
		if t := r.time("time"); r.err == nil {
			return t
		}
	}
	if token, err := parseToken(b); err == nil {
		return token.Time
	}
	return time.Time{}
}
