package ses

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/emmansun/gmsm/smx509"
)

// VerifyPDF looks at every signature of a PDF file, step by step (ISO 32000-1, 12.8; ETSI EN 319 142-1): CMS signatures under
// adbe.pkcs7.detached and ETSI.CAdES.detached, by ECDSA, RSA or SM2. It does not fail: what cannot be read is a step that failed, and a
// file without a signature is Unsigned.
//
// A signature counts only if it covers the whole file but its own value. Bytes that were appended later, also by somebody who signed
// them, may show another document: a reader who wants the older one is to be given the older file. What stands where a signature cannot
// cover is looked at byte by byte, so that no byte of a file that is Valid could have been another.
func VerifyPDF(data []byte, o Options) *Report {
	r := &Report{Steps: []Step{}}
	found, all := pdfSignatures(data)
	var whole steps
	switch {
	case len(found) == 0:
		whole.add(CodeStructure, OK, "文件里没有电子签名。")
	case !all:
		whole.add(CodeStructure, Failed, fmt.Sprintf("签名超过%d个，不再验证。", mostPDFSignatures))
	default:
		whole.add(CodeStructure, OK, fmt.Sprintf("有%d个电子签名。", len(found)))
	}
	r.Verdict = whole.verdict()
	if len(found) == 0 {
		r.Verdict = worst(r.Verdict, Unsigned)
	}
	for i, f := range found {
		s := verifyPDFSignature(data, f, o)
		s.ID = strconv.Itoa(i + 1)
		r.Verdict = worst(r.Verdict, s.Verdict)
		r.Signatures = append(r.Signatures, s)
	}
	r.Steps = append(r.Steps, whole...)
	r.Title = r.Verdict.Title()
	return r
}

func verifyPDFSignature(data []byte, f pdfFound, o Options) SignatureReport {
	r := SignatureReport{Type: "Sign", Path: f.object, Reason: f.reason, Place: f.place, Shows: f.shows}
	var s steps
	sd, err := f.read()
	if err != nil {
		s.add(CodeStructure, Failed, err.Error()+"。")
	} else {
		s.add(CodeStructure, OK, "签名字典和签名值都读得出来，格式是“"+shorten(f.filter)+"”。")
		f.verify(&s, &r, data, sd, o)
	}
	if r.Verdict = Invalid; len(s) > 1 {
		r.Verdict = s.verdict()
	}
	r.Title, r.Steps = r.Verdict.Title(), s
	return r
}

// read reads the value, as strictly as DER: what the signature does not cover must not be possible in two ways.
func (f pdfFound) read() (*signedData, error) {
	if f.err != nil {
		return nil, f.err
	}
	der, err := unpadded(f.value)
	if err != nil {
		return nil, err
	}
	sd, err := parseSignedData(der)
	if err != nil {
		return nil, err
	}
	switch {
	case len(sd.signers) == 0:
		return nil, errNoSigner
	case len(sd.signers) > 1:
		return nil, errManySigners
	}
	s := sd.signers[0]
	version := 1
	if s.issuer == nil {
		version = 3
	}
	switch {
	case sd.version != version || s.version != version:
		return nil, errors.New("签名值的版本号不对")
	case len(sd.digests) != 1 || sd.digests[0] != s.digestAlg:
		return nil, errors.New("签名值写明的摘要算法前后不一")
	case sd.contentType != oidData && sd.contentType != oidGMData || sd.content != nil:
		return nil, errors.New("签名值里另有内容，不是对文件的签名")
	}
	return sd, nil
}

func (f pdfFound) verify(s *steps, r *SignatureReport, data []byte, sd *signedData, o Options) {
	content, covered := f.covered(s, data)
	signer := sd.signers[0]
	f.contentHash(s, content, covered, sd)
	cert, extra := sd.chosen(s, o.Candidates)
	f.when(s, r, signer, o)
	switch {
	case cert == nil:
		s.add(CodeSignature, Unknown, errNoCertificate.Error()+"。")
		return
	case f.filter != "ETSI.CAdES.detached" && f.filter != "adbe.pkcs7.detached":
		s.add(CodeSignature, Unknown, "这种格式的签名（"+shorten(f.filter)+"）这里不能验证。")
	case weak(signer.digestAlg):
		s.add(CodeSignature, Unknown, "摘要算法已不安全，不能作数。")
	default:
		var message [][]byte
		if message = content; signer.attributes != nil {
			message = [][]byte{signer.attributes}
		}
		detachedValue(s, cert, signer, message)
	}
	r.Certificate, r.Signer = cert, name(cert.Subject)
	if len(extra) > 0 && o.Trust != nil { // those between signer and root may come with the signature
		o.Trust = NewTrust(o.Trust.roots, append(extra, o.Trust.others...), o.Trust.lists)
	}
	var when time.Time
	if r.Time != nil {
		when = *r.Time
	}
	o.judge(s, ofSigner, cert, at(when))
}

// covered gives the bytes that the signature is over, and whether these are all of the file.
func (f pdfFound) covered(s *steps, data []byte) (content [][]byte, whole bool) {
	size := int64(len(data))
	n := f.ranges
	switch {
	case len(n) != 4 || n[0] != 0 || n[1] != f.from || n[2] != f.upto || n[3] < 0:
		s.add(CodeSignedBytes, Failed, "签名写明的范围不是“除签名值以外的全部”，可能有内容不在保护之内。")
		return nil, false
	case n[3] > size-n[2]:
		s.add(CodeSignedBytes, Failed, fmt.Sprintf("文件不完整：签名时有%s个字节，现在只有%d个。", strconv.FormatUint(uint64(n[2])+uint64(n[3]), 10), size))
		return nil, false
	}
	content = [][]byte{data[:n[1]], data[n[2] : n[2]+n[3]]}
	if more := size - n[2] - n[3]; more > 0 {
		s.add(CodeSignedBytes, Failed, fmt.Sprintf("签名保护前%d个字节，签名以后又追加了%d个字节：可能是改动，也可能是后来的签名，这一签名都不能担保。", n[2]+n[3], more))
		return content, false
	}
	s.add(CodeSignedBytes, OK, fmt.Sprintf("整个文件%d个字节，除签名值本身以外全部受保护，签名以后没有追加。", size))
	return content, true
}

func (f pdfFound) contentHash(s *steps, content [][]byte, whole bool, sd *signedData) {
	signer := sd.signers[0]
	part := ""
	if !whole {
		part = "签名保护的部分"
	}
	switch {
	case content == nil:
		s.add(CodeContentHash, Skipped, "范围不对，不再计算。")
	case signer.attributes == nil:
		s.add(CodeContentHash, Skipped, "签名直接对文件内容做。")
	default:
		sum, known := digestOf(signer.digestAlg, content)
		switch {
		case !known:
			s.add(CodeContentHash, Unknown, "摘要算法“"+signer.digestAlg+"”不认识。")
		case signer.attributeType != sd.contentType || !bytes.Equal(sum, signer.messageDigest):
			s.add(CodeContentHash, Failed, "文件在签名以后被改动：内容的摘要与签名值里的不一致。")
		default:
			s.add(CodeContentHash, OK, part+"与签名值里的一致。")
		}
	}
}

// digestOf is the digest of parts that follow one another.
func digestOf(kind string, parts [][]byte) ([]byte, bool) {
	h, ok := map[string]crypto.Hash{oidSHA256: crypto.SHA256, oidSHA384: crypto.SHA384, oidSHA512: crypto.SHA512}[kind]
	if !ok {
		return digest(kind, bytes.Join(parts, nil))
	}
	sum := h.New()
	for _, p := range parts {
		_, _ = sum.Write(p) // never fails
	}
	return sum.Sum(nil), true
}

// mostCertificates are looked at of those that come with a signature.
const mostCertificates = 16

// chosen finds the signer's certificate, and gives the others that came along. The signature itself says which it is; of the others
// each must be signed by whom it says, if that one is there too.
func (sd *signedData) chosen(s *steps, candidates []*smx509.Certificate) (cert *smx509.Certificate, extra []*smx509.Certificate) {
	signer := sd.signers[0]
	if len(sd.certificates) > mostCertificates {
		s.add(CodeCertificates, Failed, fmt.Sprintf("签名值里的证书超过%d张，不再验证。", mostCertificates))
		return nil, nil
	}
	for _, der := range sd.certificates {
		c, err := smx509.ParseCertificate(der)
		switch {
		case err != nil:
			s.add(CodeCertificates, Failed, "有一张证书读不出来。")
			return nil, nil
		case cert == nil && signer.names(c):
			cert = c
		default:
			extra = append(extra, c)
		}
	}
	if cert == nil {
		cert = sd.find(signer, candidates)
	}
	if cert == nil {
		return nil, nil
	}
	for _, c := range extra {
		for _, i := range extra {
			if bytes.Equal(c.RawIssuer, i.RawSubject) && i.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) != nil {
				s.add(CodeCertificates, Failed, "签名值里“"+name(c.Subject)+"”的证书，签名不是它写明的签发者做的。")
				return cert, nil
			}
		}
	}
	if d := signer.certificate; d.kind != "" {
		if sum, known := digest(d.kind, cert.Raw); !known || !bytes.Equal(sum, d.sum) {
			s.add(CodeCertificates, Failed, "签名时用的不是这张证书：证书的摘要与签名值里的不一致。")
			return cert, nil
		}
		s.add(CodeCertificates, OK, "签名值写明了签署者的证书，就是这一张。")
	}
	return cert, extra
}

// when takes the time from the signature, else from its dictionary; both are signed.
func (f pdfFound) when(s *steps, r *SignatureReport, signer signerInfo, o Options) {
	v := verifier{o: o}
	v.time(s, r, signer.signingTime, f.at)
}

// algorithms are those of signatures by kind, and the digest that goes with each.
var algorithms = map[suite]smx509.SignatureAlgorithm{
	{oidSHA256, oidECDSASHA256}: smx509.ECDSAWithSHA256, {oidSHA384, oidECDSASHA384}: smx509.ECDSAWithSHA384, {oidSHA512, oidECDSASHA512}: smx509.ECDSAWithSHA512,
	{oidSHA256, oidRSASHA256}: smx509.SHA256WithRSA, {oidSHA384, oidRSASHA384}: smx509.SHA384WithRSA, {oidSHA512, oidRSASHA512}: smx509.SHA512WithRSA,
	{oidSHA256, oidRSA}: smx509.SHA256WithRSA, {oidSHA384, oidRSA}: smx509.SHA384WithRSA, {oidSHA512, oidRSA}: smx509.SHA512WithRSA,
}

func detachedValue(s *steps, cert *smx509.Certificate, signer signerInfo, message [][]byte) {
	if message == nil {
		s.add(CodeSignature, Skipped, "范围不对，不再验证。")
		return
	}
	whole := message[0]
	if len(message) > 1 {
		whole = bytes.Join(message, nil)
	}
	if isSM2(signer.algorithm) {
		signatureValue(s, CodeSignature, cert, signer.algorithm, whole, signer.value)
		return
	}
	a, known := algorithms[suite{signer.digestAlg, signer.algorithm}]
	switch {
	case !known:
		s.add(CodeSignature, Unknown, "签名算法“"+signer.algorithm+"”这里不能验证。")
	case cert.CheckSignature(a, whole, signer.value) != nil:
		s.add(CodeSignature, Failed, "用“"+name(cert.Subject)+"”的证书验证，签名值不对。")
	default:
		s.add(CodeSignature, OK, "用“"+name(cert.Subject)+"”的证书验证通过。")
	}
}
