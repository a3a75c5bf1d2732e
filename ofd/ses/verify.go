package ses

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"yimen/ofd"
)

// Verify looks at every signature of a document, step by step. It does not
// fail: what cannot be read is a step that failed.
func Verify(ctx context.Context, p *ofd.Package, o Options) *Report {
	v := &verifier{ctx: ctx, p: p, o: o, digests: map[string][]byte{}}
	r := &Report{Steps: []Step{}}
	var whole steps
	docs := readDocuments(p, &whole)
	for i := range docs {
		for _, e := range docs[i].entries {
			r.Signatures = append(r.Signatures, v.signature(&docs[i], e))
		}
		listed(&whole, &docs[i], v.ids)
		v.ids = nil
	}
	v.coverage(&whole, docs, r.Signatures)
	r.Steps = append(r.Steps, whole...)
	r.Verdict = whole.verdict()
	if len(r.Signatures) == 0 {
		r.Verdict = worst(r.Verdict, Unsigned)
	}
	// A signature of which nothing could be looked at has a failed step; one
	// without any step would be a fault of ours, and never counts as valid.
	for i := range r.Signatures {
		s := &r.Signatures[i]
		if s.Verdict = Invalid; len(s.Steps) > 1 {
			s.Verdict = steps(s.Steps).verdict()
		}
		s.Title = s.Verdict.Title()
		r.Verdict = worst(r.Verdict, s.Verdict)
	}
	r.Title = r.Verdict.Title()
	return r
}

type verifier struct {
	ctx     context.Context
	p       *ofd.Package
	o       Options
	digests map[string][]byte // by kind and path: several signatures protect the same files
	ids     []string          // of signatures and stamps of the document at hand
}

// signature looks at one entry of Signatures.xml.
func (v *verifier) signature(doc *document, e entry) SignatureReport {
	r := SignatureReport{ID: e.id, Type: e.kind, Path: "/" + e.path, covers: map[string]bool{}, own: []string{e.path}}
	v.ids = append(v.ids, e.id)
	var s steps
	if d, ok := readDescription(v.p, e.path, &s); ok {
		v.described(&s, &r, doc, d, e)
	}
	r.Steps = s
	return r
}

func (v *verifier) described(s *steps, r *SignatureReport, doc *document, d *description, e entry) {
	for _, f := range []string{d.seal, d.value} {
		if f != "" {
			r.own = append(r.own, f)
		}
	}
	value, err := v.p.Bytes(d.value)
	if err != nil {
		s.file(CodeStructure, Failed, d.value, unreadable(err))
	}
	v.files(s, d, r.covers)
	if err != nil {
		return
	}
	v.value(s, r, d, e, value)
	v.stamps(s, r, doc, d)
}

// files recomputes the digest of every file that is protected.
func (v *verifier) files(s *steps, d *description, covers map[string]bool) {
	switch {
	case len(d.references) == 0:
		s.add(CodeFile, Failed, "签名没有保护任何文件。")
	case len(d.references) > 2*len(v.p.Files())+100: // nobody honest writes a file down so often
		s.add(CodeFile, Failed, "签名里写的受保护文件比包里的文件多得多，不予处理。")
		return
	case weak(d.checkMethod):
		s.add(CodeFile, Unknown, "摘要算法“"+d.checkMethod+"”已不安全，即使一致也不能证明没有改动。")
	}
	for _, ref := range d.references {
		covers[ref.file] = true
		sum, err := v.digest(d.checkMethod, ref.file)
		switch {
		case err != nil:
			s.file(CodeFile, Failed, ref.file, unreadable(err))
		case sum == nil:
			s.file(CodeFile, Failed, ref.file, "不认识摘要算法“"+d.checkMethod+"”。")
		case ref.value == nil:
			s.file(CodeFile, Failed, ref.file, "没有写明摘要，或摘要不是Base64。")
		case !bytes.Equal(sum, ref.value):
			s.file(CodeFile, Failed, ref.file, "文件在签署后被改动：摘要不一致。")
		default:
			s.file(CodeFile, OK, ref.file, "摘要一致。")
		}
	}
}

// digest gives nil for a kind it does not know.
func (v *verifier) digest(kind, path string) ([]byte, error) {
	key := kind + " " + path
	if sum, ok := v.digests[key]; ok {
		return sum, nil
	}
	data, err := v.p.Bytes(path)
	if err != nil {
		return nil, err
	}
	sum, _ := digest(kind, data)
	v.digests[key] = sum
	return sum, nil
}

// value looks at SignedValue.dat, which is a signature with seal or one of two
// kinds without: the structure tells, not the attribute.
func (v *verifier) value(s *steps, r *SignatureReport, d *description, e entry, value []byte) {
	sig, err := ParseSignature(value)
	if err == nil {
		r.Type = "Seal"
		s.add(CodeStructure, OK, fmt.Sprintf("电子签章第%d版。", sig.Version))
		v.sealed(s, r, d, e, sig)
		return
	}
	if data, dataErr := parseSignedData(value); dataErr == nil {
		s.add(CodeStructure, OK, "没有印章的数字签名（GB/T 35275）。")
		noSeal(s, e, d)
		v.signed(s, r, d, data)
		return
	}
	if bareSignature(value) {
		s.add(CodeStructure, OK, "没有印章的数字签名，只有签名值。")
		noSeal(s, e, d)
		v.bare(s, r, d, value)
		return
	}
	s.file(CodeStructure, Failed, d.value, "签名值读不出来："+err.Error()+"。")
}

// noSeal refuses a signature without seal that is dressed as one with: viewers
// would show a seal that nobody set.
func noSeal(s *steps, e entry, d *description) {
	if e.kind != "Sign" || d.seal != "" || len(d.stamps) > 0 {
		s.file(CodeSealFile, Failed, e.path, "文件里写的是盖了章，而签名值里没有印章。")
	}
}

// sealed takes the steps of GB/T 38540-2020, 7.3.
func (v *verifier) sealed(s *steps, r *SignatureReport, d *description, e entry, sig *Signature) {
	r.Seal = &SealName{ID: sig.Seal.ID, Name: sig.Seal.Name, Version: sig.Seal.Version}
	hash, known := digest(oidSM3, d.raw)
	if known && bytes.Equal(hash, sig.DataHash) {
		s.add(CodeDataHash, OK, "与签名值里的一致。")
	} else {
		s.file(CodeDataHash, Failed, e.path, "签名描述文件被改动或调换：它的摘要与签名值里的不一致。")
	}
	property(s, sig.Property, e.path)
	at := v.time(s, r, sig.Time, d.time)
	signer, err := smx509.ParseCertificate(sig.Signer)
	if err != nil {
		s.add(CodeSignature, Failed, "签署者的证书读不出来。")
	} else {
		r.Signer = name(signer.Subject)
		signatureValue(s, CodeSignature, signer, sig.Algorithm, sig.signed, sig.Value)
		until := v.timeStamp(s, CodeTimeStamp, sig.TimeStamp, sig.Value, at)
		v.o.judge(s, ofSigner, signer, moments{at, at, until})
	}
	v.sealFile(s, d, sig.Seal)
	if maker := v.o.seal(s, sig.Seal, at); maker != nil {
		r.Seal.Maker = name(maker.Subject)
	}
	sealValidity(s, sig.Seal, at)
	listedSigner(s, sig)
	v.o.status(v.ctx, s, sig.Seal, at)
}

// property compares what the signer says was signed. The standard leaves its
// form open; for OFD it is the path of Signature.xml.
func property(s *steps, said, path string) {
	switch {
	case !strings.HasSuffix(strings.ToLower(said), ".xml"):
		s.add(CodeProperty, OK, "签名没有写明文件路径，写的是“"+shorten(said)+"”。")
	case strings.EqualFold(ofd.Clean(said), path):
		s.add(CodeProperty, OK, "是这个签名描述文件。")
	default:
		s.file(CodeProperty, Failed, path, "签名是对“"+shorten(said)+"”做的，不是对这个文件。")
	}
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}

// time takes the time of signing from the signature, else from Signature.xml,
// which the signature covers.
func (v *verifier) time(s *steps, r *SignatureReport, said, written time.Time) time.Time {
	at := said
	if at.IsZero() {
		at = written
	}
	switch {
	case at.IsZero():
		s.add(CodeTime, Unknown, "没有写明签署时间，或写法不认识。")
		return at
	case at.After(v.o.now().Add(10 * time.Minute)):
		s.add(CodeTime, Failed, "签署时间"+moment(at)+"还没有到。")
	default:
		s.add(CodeTime, OK, "签署者写的是"+moment(at)+"。")
	}
	r.Time = &at
	return at
}

func signatureValue(s *steps, code string, c *smx509.Certificate, algorithm string, message, value []byte) {
	switch {
	case !isSM2(algorithm):
		s.add(code, Unknown, "签名算法“"+algorithm+"”不是SM2，不能验证。")
	case verifySM2(c, message, value):
		s.add(code, OK, "用“"+name(c.Subject)+"”的证书验证通过。")
	default:
		s.add(code, Failed, "用“"+name(c.Subject)+"”的证书验证，签名值不对。")
	}
}

// sealFile compares the seal beside the signature, which viewers show, with
// the one inside, which was signed.
func (v *verifier) sealFile(s *steps, d *description, seal *Seal) {
	if d.seal == "" {
		s.add(CodeSealFile, Skipped, "没有单独的印章文件，以签名中的为准。")
		return
	}
	data, err := v.p.Bytes(d.seal)
	switch {
	case err != nil:
		s.file(CodeSealFile, Failed, d.seal, unreadable(err))
	case !bytes.Equal(data, seal.Raw):
		s.file(CodeSealFile, Failed, d.seal, "印章文件被调换或改动：与签名中的印章不一致。")
	default:
		s.file(CodeSealFile, OK, d.seal, "逐字节一致。")
	}
}

func sealValidity(s *steps, seal *Seal, at time.Time) {
	span := "印章的有效期是" + day(seal.Start) + "至" + day(seal.End)
	switch {
	case at.IsZero():
		s.add(CodeSealValidity, Unknown, "不知道签署时间。"+span+"。")
	case at.Before(seal.Start) || at.After(seal.End):
		s.add(CodeSealValidity, Failed, span+"，而签署时间是"+moment(at)+"。")
	default:
		s.add(CodeSealValidity, OK, span+"。")
	}
}

func listedSigner(s *steps, sig *Signature) {
	switch listed, known := sig.Seal.Lists(sig.Signer); {
	case listed:
		s.add(CodeListed, OK, "印章的证书列表里有签署者的证书。")
	case !known:
		s.add(CodeListed, Unknown, "印章用不认识的摘要算法列出了签署者。")
	default:
		s.add(CodeListed, Failed, "签署者的证书不在印章的证书列表里。")
	}
}

// stamps looks whether the stamps stand on pages that there are.
func (v *verifier) stamps(s *steps, r *SignatureReport, doc *document, d *description) {
	if len(d.stamps) == 0 {
		if r.Type == "Seal" {
			s.add(CodeStamps, Unknown, "没有写明印章盖在哪里。")
		}
		return
	}
	var wrong []string
	for _, a := range d.stamps {
		v.ids = append(v.ids, a.id)
		p, ok := doc.pages[a.page]
		switch {
		case !ok:
			wrong = append(wrong, "没有标识为“"+shorten(a.page)+"”的页")
		case a.box == nil:
			wrong = append(wrong, fmt.Sprintf("第%d页的盖章区域写得不对", p.number))
		default:
			r.Stamps = append(r.Stamps, Place{p.number, a.box.X, a.box.Y, a.box.Width, a.box.Height})
		}
	}
	if len(wrong) > 0 {
		s.add(CodeStamps, Failed, strings.Join(wrong, "；")+"。")
		return
	}
	s.add(CodeStamps, OK, where(r.Stamps))
}

func where(places []Place) string {
	var pages []int
	for _, p := range places {
		pages = append(pages, p.Page)
	}
	slices.Sort(pages)
	pages = slices.Compact(pages)
	if len(pages) == 1 {
		return fmt.Sprintf("盖在第%d页。", pages[0])
	}
	return fmt.Sprintf("盖在第%d页至第%d页，共%d处。", pages[0], pages[len(pages)-1], len(places))
}

// listed compares the highest identifier given out with those there are: a
// gap at the end may be a signature that was taken away.
func listed(s *steps, d *document, ids []string) {
	highest := 0
	for _, id := range ids {
		highest = max(highest, idNumber(id))
	}
	if d.signatures != "" && idNumber(d.maxID) > highest {
		s.file(CodeListing, Unknown, d.signatures, fmt.Sprintf("列表写明编到%s，现有的只到%d：可能有签名被整个拿走。", shorten(d.maxID), highest))
	}
}

// coverage names every file that no signature protects: one that was slipped
// in, or left out when signing. The files of the signatures themselves are
// protected by their values. Every signature is told what only others protect.
func (v *verifier) coverage(s *steps, docs []document, signatures []SignatureReport) {
	if len(signatures) == 0 {
		return
	}
	own, covered := map[string]bool{}, map[string]bool{}
	for _, d := range docs {
		own[d.signatures] = true
	}
	for _, r := range signatures {
		for _, f := range r.own {
			own[f] = true
		}
		for f := range r.covers {
			covered[f] = true
		}
	}
	whole := true
	files := v.p.Files()
	for _, f := range files {
		if !own[f] && !covered[f] {
			whole = false
			s.file(CodeCoverage, Failed, f, "文件不受任何签名保护：是签署后加入的，或签署时漏掉的。")
		}
	}
	if whole {
		s.add(CodeCoverage, OK, "所有文件都受签名保护。")
	}
	for i := range signatures {
		var others []string
		for _, f := range files {
			if !signatures[i].covers[f] && covered[f] && !own[f] {
				others = append(others, "“/"+f+"”")
			}
		}
		signatures[i].Steps = append(signatures[i].Steps, onlyOthers(others))
	}
}

func onlyOthers(files []string) Step {
	step := Step{Code: CodeCoverage, Title: titles[CodeCoverage], Result: OK, Reason: "没有只由其他签名保护的文件。"}
	if len(files) > 0 {
		const most = 20
		more := ""
		if len(files) > most {
			more = fmt.Sprintf("等%d个", len(files))
			files = files[:most]
		}
		step.Reason = "下列文件由其他签名保护：" + strings.Join(files, "、") + more + "。"
	}
	return step
}
