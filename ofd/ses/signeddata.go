package ses

import (
	"bytes"
	"errors"
	"slices"
	"time"

	"github.com/emmansun/gmsm/smx509"
	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

var (
	context0 = casn1.Tag(0).ContextSpecific().Constructed()
	context1 = casn1.Tag(1).ContextSpecific().Constructed()
)

// signedData is SignedData of GB/T 35275 and of CMS (RFC 5652), which differ
// in identifiers only: signatures without seal are the one, time-stamp tokens
// either.
type signedData struct {
	version      int
	digests      []string // kinds of digest it says it uses
	contentType  string
	content      []byte // of the inner OCTET STRING, nil if detached
	certificates [][]byte
	signers      []signerInfo
}

type signerInfo struct {
	version        int
	issuer, serial []byte // elements as received; empty when named by key
	keyID          []byte
	digestAlg      string
	attributes     []byte // as a SET OF, which is what was signed; nil if none
	messageDigest  []byte
	attributeType  string
	signingTime    time.Time // zero: it does not say
	certificate    certDigest
	algorithm      string
	value          []byte
}

// parseSignedData reads a ContentInfo that holds SignedData.
func parseSignedData(der []byte) (*signedData, error) {
	r, err := only(der, "ContentInfo")
	if err != nil {
		return nil, err
	}
	if t := r.oid("contentType"); r.err == nil && t != oidGMSignedData && t != oidCMSSignedData {
		r.fail("contentType", "不是签名数据")
	}
	_, content := r.element("content", context0)
	r.end()
	if r.err != nil {
		return nil, r.err
	}
	if r, err = only(content, "SignedData"); err != nil {
		return nil, err
	}
	sd := &signedData{}
	sd.version = r.integer("version")
	_, kinds := r.element("digestAlgorithms", casn1.SET)
	list := newReader(kinds, "SignedData/digestAlgorithms")
	for list.more() {
		sd.digests = append(sd.digests, algorithm(list, "digestAlgorithm"))
	}
	r.join(list)
	sd.contentInfo(r)
	if r.next(context0) {
		_, certs := r.element("certificates", context0)
		list := newReader(certs, "SignedData/certificates")
		for list.more() {
			c, _, tag := list.raw("certificate")
			if tag == casn1.SEQUENCE { // other kinds of certificates are not ours to read
				sd.certificates = append(sd.certificates, c)
			}
		}
		r.join(list)
	}
	if r.next(context1) {
		r.element("crls", context1)
	}
	_, infos := r.element("signerInfos", casn1.SET)
	r.end()
	list = newReader(infos, "SignedData/signerInfos")
	list.err = r.err
	for list.more() {
		sd.signers = append(sd.signers, readSigner(list))
	}
	return sd, list.err
}

func (sd *signedData) contentInfo(r *reader) {
	in, _ := r.sequence("contentInfo")
	sd.contentType = in.oid("contentType")
	if in.next(context0) {
		_, content := in.element("content", context0)
		octets := newReader(content, "SignedData/content")
		sd.content = octets.octets("value")
		in.join(octets)
	}
	r.join(in)
}

func readSigner(list *reader) (s signerInfo) {
	r, _ := list.sequence("signerInfo")
	s.version = r.integer("version")
	if key := casn1.Tag(0).ContextSpecific(); r.next(key) {
		_, s.keyID = r.element("subjectKeyIdentifier", key)
	} else {
		id, _ := r.sequence("issuerAndSerialNumber")
		s.issuer, _ = id.element("issuer", casn1.SEQUENCE)
		s.serial, _ = id.element("serialNumber", casn1.INTEGER)
		r.join(id)
	}
	s.digestAlg = algorithm(r, "digestAlgorithm")
	if r.next(context0) {
		_, attrs := r.element("authenticatedAttributes", context0)
		s.attributes = wrap(casn1.SET, attrs)
		s.readAttributes(r, attrs)
	}
	s.algorithm = algorithm(r, "digestEncryptionAlgorithm")
	s.value = r.octets("encryptedDigest")
	if r.next(context1) {
		r.element("unauthenticatedAttributes", context1)
	}
	list.join(r)
	return s
}

func (s *signerInfo) readAttributes(r *reader, attrs []byte) {
	list := newReader(attrs, "SignerInfo/authenticatedAttributes")
	for list.more() {
		a, _ := list.sequence("attribute")
		kind := a.oid("type")
		_, values := a.element("values", casn1.SET)
		v := newReader(values, "SignerInfo/"+kind)
		switch kind {
		case oidMessageDigest:
			s.messageDigest = v.octets("value")
			a.join(v)
		case oidContentType:
			s.attributeType = v.oid("value")
			a.join(v)
		case oidSigningTime:
			s.signingTime = v.time("value")
			a.join(v)
		case oidSigningCertV2:
			s.certificate = readCertDigest(v)
		}
		list.join(a)
	}
	r.join(list)
}

// certDigest names the certificate of a signer by its digest (ESSCertIDv2 of
// RFC 5035); its kind is "" where none does.
type certDigest struct {
	kind string
	sum  []byte
}

// readCertDigest reads the first of SigningCertificateV2, which is the signer's.
func readCertDigest(r *reader) certDigest {
	value, _ := r.sequence("signingCertificateV2")
	list, _ := value.sequence("certs")
	id, _ := list.sequence("certID")
	d := certDigest{kind: oidSHA256} // the default
	if id.next(casn1.SEQUENCE) {
		d.kind = algorithm(id, "hashAlgorithm")
	}
	d.sum = id.octets("certHash")
	if id.err != nil && r.err == nil {
		r.err = id.err
	}
	return d
}

func algorithm(r *reader, field string) string {
	in, _ := r.sequence(field)
	id := in.oid("algorithm")
	if in.more() {
		in.raw("parameters")
	}
	r.join(in)
	return id
}

var (
	errNoSigner      = errors.New("签名数据里没有签名人")
	errManySigners   = errors.New("签名数据里有几个签名人，不知道以哪个为准")
	errNoCertificate = errors.New("签名数据里没有签名人的证书")
	errDigest        = errors.New("签名数据里的摘要与原文不一致")
	errSignature     = errors.New("用签名人证书的公钥验证，签名值不对")
	errAlgorithm     = errors.New("签名算法不是SM2")
)

// verify checks the one signer's signature over content and gives the signer's
// certificate, which is still to be judged. candidates are certificates that
// the structure may lack.
func (sd *signedData) verify(content []byte, candidates []*smx509.Certificate) (*smx509.Certificate, error) {
	switch {
	case len(sd.signers) == 0:
		return nil, errNoSigner
	case len(sd.signers) > 1:
		return nil, errManySigners
	}
	s := sd.signers[0]
	cert := sd.find(s, candidates)
	if cert == nil {
		return nil, errNoCertificate
	}
	if !isSM2(s.algorithm) {
		return cert, errAlgorithm
	}
	message := content
	if s.attributes != nil {
		sum, known := digest(s.digestAlg, content)
		if !known || !bytes.Equal(sum, s.messageDigest) || s.attributeType != sd.contentType {
			return cert, errDigest
		}
		message = s.attributes
	}
	if !verifySM2(cert, message, s.value) {
		return cert, errSignature
	}
	return cert, nil
}

func (sd *signedData) find(s signerInfo, candidates []*smx509.Certificate) *smx509.Certificate {
	for _, der := range sd.certificates {
		if c, err := smx509.ParseCertificate(der); err == nil && s.names(c) {
			return c
		}
	}
	if i := slices.IndexFunc(candidates, s.names); i >= 0 {
		return candidates[i]
	}
	return nil
}

// names tells whether the signer is the certificate's holder.
func (s signerInfo) names(c *smx509.Certificate) bool {
	if s.issuer == nil {
		return len(s.keyID) > 0 && bytes.Equal(s.keyID, c.SubjectKeyId)
	}
	serial, err := marshal("serial", func(b *cryptobyte.Builder) { b.AddASN1BigInt(c.SerialNumber) })
	return err == nil && bytes.Equal(s.serial, serial) && bytes.Equal(s.issuer, c.RawIssuer)
}

// attribute is one of those that are signed with the digest of the content.
type attribute struct {
	kind  string
	value []byte // one value, encoded
}

// makeSignedData signs content, which it holds if held. Attributes beside type
// and digest are as given; nil makes a signature over the content itself, as
// GB/T 35275 has it.
func makeSignedData(outer, contentType string, content []byte, by Signer, attributes []attribute) ([]byte, error) {
	message, signedAttributes := content, []byte(nil)
	if attributes != nil {
		sum, _ := digest(oidSM3, content)
		set, err := attributeSet(contentType, sum, attributes)
		if err != nil {
			return nil, err
		}
		message, signedAttributes = wrap(casn1.SET, set), set
	}
	value, err := by.sign(message)
	if err != nil {
		return nil, err
	}
	version := int64(1)
	if outer == oidCMSSignedData {
		version = 3 // RFC 5652, 5.1: the content is not id-data
	}
	return encodeSignedData(outer, version, gm, func(b *cryptobyte.Builder) {
		addOID(b, contentType)
		b.AddASN1(context0, func(b *cryptobyte.Builder) { b.AddASN1OctetString(content) })
	}, []*smx509.Certificate{by.Certificate}, signedAttributes, value)
}

// suite are the kinds of digest and signature that go together.
type suite struct{ digest, signature string }

var (
	gm   = suite{oidSM3, oidSM2Sign}
	p256 = suite{oidSHA256, oidECDSASHA256}
)

// encodeSignedData puts a signature together. The first certificate is the
// signer's, the others lead from it to a root.
func encodeSignedData(outer string, version int64, kinds suite, content func(*cryptobyte.Builder), chain []*smx509.Certificate, attributes, value []byte) ([]byte, error) {
	return marshal("signed data", func(b *cryptobyte.Builder) {
		sequence(b, func(b *cryptobyte.Builder) {
			addOID(b, outer)
			b.AddASN1(context0, func(b *cryptobyte.Builder) {
				sequence(b, func(b *cryptobyte.Builder) {
					b.AddASN1Int64(version)
					b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) { addAlgorithm(b, kinds.digest) })
					sequence(b, content)
					b.AddASN1(context0, func(b *cryptobyte.Builder) {
						for _, c := range chain {
							b.AddBytes(c.Raw)
						}
					})
					b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) { addSigner(b, chain[0], kinds, attributes, value) })
				})
			})
		})
	})
}

func addSigner(b *cryptobyte.Builder, c *smx509.Certificate, kinds suite, attributes, value []byte) {
	sequence(b, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		sequence(b, func(b *cryptobyte.Builder) {
			b.AddBytes(c.RawIssuer)
			b.AddASN1BigInt(c.SerialNumber)
		})
		addAlgorithm(b, kinds.digest)
		if attributes != nil {
			b.AddASN1(context0, func(b *cryptobyte.Builder) { b.AddBytes(attributes) })
		}
		addAlgorithm(b, kinds.signature)
		b.AddASN1OctetString(value)
	})
}

// attributeSet encodes the signed attributes in the order that DER wants of a
// set: by their encodings.
func attributeSet(contentType string, sum []byte, more []attribute) ([]byte, error) {
	kind, err := marshal("content type", func(b *cryptobyte.Builder) { addOID(b, contentType) })
	if err != nil {
		return nil, err
	}
	hash, err := marshal("message digest", func(b *cryptobyte.Builder) { b.AddASN1OctetString(sum) })
	if err != nil {
		return nil, err
	}
	all := append([]attribute{{oidContentType, kind}, {oidMessageDigest, hash}}, more...)
	var parts [][]byte
	for _, a := range all {
		part, err := marshal("attribute", func(b *cryptobyte.Builder) {
			sequence(b, func(b *cryptobyte.Builder) {
				addOID(b, a.kind)
				b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(a.value) })
			})
		})
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	slices.SortFunc(parts, bytes.Compare)
	return bytes.Join(parts, nil), nil
}

func sequence(b *cryptobyte.Builder, f func(*cryptobyte.Builder)) { b.AddASN1(casn1.SEQUENCE, f) }

func addAlgorithm(b *cryptobyte.Builder, oid string) {
	sequence(b, func(b *cryptobyte.Builder) { addOID(b, oid) })
}

func addTime(b *cryptobyte.Builder, t time.Time) {
	b.AddASN1GeneralizedTime(t.UTC().Truncate(time.Second))
}
