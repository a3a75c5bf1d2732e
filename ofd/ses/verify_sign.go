package ses

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/base64"
	"errors"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

// signed looks at a signature without seal, SignedData of GB/T 35275. Its
// content is the digest of Signature.xml; some write it in Base64, some leave
// it out.
func (v *verifier) signed(s *steps, r *SignatureReport, d *description, data *signedData) {
	r.Type = "Sign"
	hash, _ := digest(oidSM3, d.raw)
	content := data.content
	switch {
	case content == nil:
		content = hash
		s.add(CodeDataHash, OK, "签名值里没有摘要，以现有文件的摘要验证。")
	case bytes.Equal(content, hash), bytes.Equal(content, d.raw), base64.StdEncoding.EncodeToString(hash) == string(content):
		s.add(CodeDataHash, OK, "与签名值里的一致。")
	default:
		s.file(CodeDataHash, Failed, r.own[0], "签名描述文件被改动或调换：它的摘要与签名值里的不一致。")
	}
	when := v.time(s, r, d.time, d.time)
	cert, err := data.verify(content, v.o.Candidates)
	if cert != nil {
		r.Signer = name(cert.Subject)
	}
	switch {
	case errors.Is(err, errNoCertificate):
		s.add(CodeSignature, Unknown, errNoCertificate.Error()+"。")
	case errors.Is(err, errAlgorithm):
		s.add(CodeSignature, Unknown, errAlgorithm.Error()+"，不能验证。")
	case err != nil:
		s.add(CodeSignature, Failed, err.Error()+"。")
	default:
		s.add(CodeSignature, OK, "用“"+name(cert.Subject)+"”的证书验证通过。")
	}
	if cert != nil {
		v.o.judge(s, ofSigner, cert, at(when))
	}
}

// bareSignature tells whether b is SEQUENCE{r, s} and nothing else.
func bareSignature(b []byte) bool {
	r, err := only(b, "SM2Signature")
	if err != nil {
		return false
	}
	for range 2 {
		r.element("integer", 2)
	}
	r.end()
	return r.err == nil
}

// bare looks at a signature value that names nobody: over Signature.xml, by
// one of the certificates given.
func (v *verifier) bare(s *steps, r *SignatureReport, d *description, value []byte) {
	r.Type = "Sign"
	s.add(CodeDataHash, Skipped, "签名值里没有摘要，签名直接对签名描述文件做。")
	when := v.time(s, r, d.time, d.time)
	var cert *smx509.Certificate
	for _, c := range v.o.Candidates {
		if pub, ok := c.PublicKey.(*ecdsa.PublicKey); ok && sm2.IsSM2PublicKey(pub) && verifySM2(c, d.raw, value) {
			cert = c
			break
		}
	}
	if cert == nil {
		s.add(CodeSignature, Unknown, "签名值里没有签署者的证书，给出的证书里也没有能验证它的。")
		return
	}
	r.Signer = name(cert.Subject)
	s.add(CodeSignature, OK, "用“"+name(cert.Subject)+"”的证书验证通过。")
	v.o.judge(s, ofSigner, cert, at(when))
}
