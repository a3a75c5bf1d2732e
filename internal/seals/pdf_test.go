package seals_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509/pkix"
	"encoding/pem"
	"testing"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"yimen/internal/seals"
	"yimen/ofd"
	"yimen/ofd/pdf"
	"yimen/ofd/ses"
)

// page is a PDF file of one empty page, signed if it can be.
func (w *world) page() ([]byte, *pdf.Signature) {
	w.t.Helper()
	sign, err := w.SignPDF(system)
	w.must(err)
	d := &ofd.Document{Area: ofd.Area{Physical: ofd.Box{W: 210, H: 297}}, Pages: []ofd.Page{{}}}
	file, _, err := pdf.Write(d, pdf.Options{Sign: sign})
	w.must(err)
	return file, sign
}

func (w *world) worth(file []byte) ses.Verdict {
	w.t.Helper()
	trust, err := w.Trust(system)
	w.must(err)
	return ses.VerifyPDF(file, ses.Options{Trust: trust, Now: w.clock.Now}).Verdict
}

func TestTheSampleCitySignsItsPDFFiles(t *testing.T) {
	each(t, func(w *world) {
		file, sign := w.page()
		if sign == nil || w.worth(file) != ses.Valid {
			t.Fatalf("%+v: %s", sign, w.worth(file))
		}
		if ours, err := w.SignsPDF(system, sign.By.Certificate); !ours || err != nil {
			t.Error(ours, err)
		}
		list, err := w.StoredList(system, seals.RolePDFRoot)
		w.must(err)
		if _, err := smx509.ParseRevocationList(list); err != nil {
			t.Error(err)
		}
		w.must(w.EnsureAuthority(system))
		if list, err := w.Certificates(system, seals.RolePDF, seals.RolePDFRoot); err != nil || len(list) != 2 {
			t.Errorf("made twice: %v %v", list, err)
		}
		// Taken back: nothing is signed with it any more, and what was signed after is not valid; what was before is.
		w.clock.Advance(time.Hour)
		late, _ := w.page()
		w.exec(`UPDATE seals_certificate SET revoked_at = $1 WHERE role = 'pdf'`, w.clock.Now().Add(-time.Minute))
		if w.worth(file) != ses.Valid || w.worth(late) != ses.Invalid {
			t.Errorf("before %s, after %s", w.worth(file), w.worth(late))
		}
		if _, sign := w.page(); sign != nil {
			t.Error("signed with a certificate that was taken back")
		}
		// A sample city of before has none, and gets one within the hour.
		w.exec(`DELETE FROM seals_certificate WHERE role IN ('pdf', 'pdf_root')`)
		if file, sign := w.page(); sign != nil || w.worth(file) != ses.Unsigned {
			t.Error("signed without a certificate")
		}
		w.must(w.RenewLists(system))
		if file, _ := w.page(); w.worth(file) != ses.Valid {
			t.Error(w.worth(file))
		}
	})
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	_, err := w.d.Conn(system).Exec(system, sql, args...)
	w.must(err)
}

// TestAnImportedCertificateSignsPDFFiles: a request goes out, and root, issuer and
// answer come back.
func TestAnImportedCertificateSignsPDFFiles(t *testing.T) {
	each(t, func(w *world) {
		w.exec(`DELETE FROM seals_certificate`)
		w.Demo = false
		w.must(w.RenewLists(system))
		for _, r := range [][3]string{{"", "韶关市政务服务电子文件", "韶关市政务服务数据管理局"}, {"pdf", "", "韶关市政务服务数据管理局"}, {"root", "韶关", "韶关"}} {
			if _, err := w.Ask(maker, r[0], r[1], r[2]); err == nil {
				t.Errorf("asked for %q", r)
			}
		}
		_, err := w.Ask(keeper, seals.RolePDF, "韶关市政务服务电子文件", "韶关市政务服务数据管理局")
		w.refused(err, seals.ErrNotHere)
		r, err := w.Ask(maker, seals.RolePDF, "韶关市政务服务电子文件", "韶关市政务服务数据管理局")
		w.must(err)
		file, err := w.RequestPEM(maker, r.ID)
		w.must(err)
		block, _ := pem.Decode(file)
		csr, err := smx509.ParseCertificateRequest(block.Bytes)
		w.must(err)
		w.must(csr.CheckSignature())
		if pub, ok := csr.PublicKey.(*ecdsa.PublicKey); !ok || pub.Curve != elliptic.P256() {
			t.Errorf("a key of %T", csr.PublicKey)
		}
		key := func() *ecdsa.PrivateKey {
			k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			w.must(err)
			return k
		}
		root, err := ses.RootOf(key(), pkix.Name{CommonName: "证书机构根"}, 20, w.clock.Now)
		w.must(err)
		below := ses.Signer{Key: key()}
		below.Certificate, err = root.Issue(pkix.Name{CommonName: "证书机构签发"}, below.Key.Public(), ses.ForIssuing, 10)
		w.must(err)
		answer, err := ses.NewAuthority(below, w.clock.Now).Issue(csr.Subject, csr.PublicKey, ses.ForSigning, 3)
		w.must(err)
		var chain []byte
		for _, c := range []*smx509.Certificate{answer, below.Certificate, root.Certificate} {
			chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
		}
		_, err = w.Import(maker, chain)
		w.must(err)
		signed, sign := w.page()
		if sign == nil || len(sign.Chain) != 1 || w.worth(signed) != ses.Valid {
			t.Fatalf("%+v %s", sign, w.worth(signed))
		}
		// Who has the root alone needs what came along, and none of it may be another.
		o := ses.Options{Trust: ses.NewTrust([]*smx509.Certificate{root.Certificate}, nil, nil), Now: w.clock.Now}
		if r := ses.VerifyPDF(signed, o); r.Verdict != ses.Valid {
			t.Errorf("with the root alone: %+v", r)
		}
		at := bytes.Index(signed, []byte("/Contents <"))
		end := at + bytes.IndexByte(signed[at:], '>') + 1
		for i := at; i < end; i++ {
			for _, flip := range []byte{1, 2, 4, 32} {
				signed[i] ^= flip
				if r := ses.VerifyPDF(signed, o); r.Verdict == ses.Valid {
					t.Fatalf("byte %d of %d changed by %d: valid", i-at, end-at, flip)
				}
				signed[i] ^= flip
			}
		}
		stranger, err := root.Issue(pkix.Name{CommonName: "别人"}, key().Public(), ses.ForSigning, 3)
		w.must(err)
		if ours, err := w.SignsPDF(system, stranger); ours || err != nil {
			t.Error(ours, err)
		}
	})
}
