package licences_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"yimen/internal/licences"
	"yimen/ofd"
	"yimen/ofd/pdf"
)

// made is a licence with its document, and a module that can verify it.
func (w *sealing) made() (l licences.Licence, asOFD, asPDF []byte) {
	w.t.Helper()
	w.Witness = w.seals
	l, err := w.TakeOver(w.head, card())
	w.must(err)
	p, err := w.Document(w.head, l.Identifier)
	w.must(err)
	return l, w.file(p.OFD), w.pdf(l, p)
}

func (w *sealing) verdict(file []byte) licences.Verdict {
	w.t.Helper()
	v, err := w.Verify(passerBy, bytes.NewReader(file), int64(len(file)))
	w.must(err)
	return v
}

func (w *sealing) is(what string, file []byte, answer licences.Answer, code, say string) licences.Verdict {
	w.t.Helper()
	v := w.verdict(file)
	if v.Answer != answer || v.Code != code || !strings.Contains(v.Say, say) {
		w.t.Errorf("%s: %s, %s: %s", what, v.Answer, v.Code, v.Say)
	}
	return v
}

// changed is a file with something else in one of its parts.
func (w *sealing) changed(file []byte, part string, change func([]byte) []byte) []byte {
	w.t.Helper()
	p, err := ofd.OpenBytes(file)
	w.must(err)
	raw, err := p.Bytes(part)
	w.must(err)
	next := change(bytes.Clone(raw))
	if part != "" && bytes.Equal(next, raw) {
		w.t.Fatalf("nothing is changed in %s", part)
	}
	w.must(p.Put(part, next))
	var b bytes.Buffer
	w.must(p.Write(&b))
	return b.Bytes()
}

func TestWhatAFileIsWorth(t *testing.T) {
	withSeals(t, func(w *sealing) {
		l, asOFD, asPDF := w.made()
		v := w.is("the file", asOFD, licences.AnswerValid, "valid", "乳源人社局于2026年11月18日盖章")
		if v.Licence == nil || v.Licence.Identifier != l.Identifier || v.Licence.Holder == l.HolderName || !v.Archived || len(v.Seals) != 1 {
			t.Errorf("%+v", v)
		}
		if v = w.is("the PDF", asPDF, licences.AnswerValid, "valid", "签名以后没有改动"); v.Licence == nil || !v.Archived || v.Report == nil {
			t.Errorf("%+v", v)
		}
		w.is("a PDF with a byte more", append(bytes.Clone(asPDF), '\n'), licences.AnswerInvalid, "changed", "又追加了1个字节")
		w.is("a PDF that says something else", bytes.Replace(asPDF, []byte("/Lang (zh-CN)"), []byte("/Lang (zh-TW)"), 1), licences.AnswerInvalid, "changed", "文件在签名以后被改动")
		w.is("a PDF without signature", []byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"), licences.AnswerUnknown, "not_archived", "没有电子签名")
		forged := func(b []byte) []byte {
			return bytes.Replace(b, []byte(l.Identifier), []byte(strings.Replace(l.Identifier, ".001.", ".002.", 1)), 1)
		}
		v = w.is("with another identifier", w.changed(asOFD, "OFD.xml", forged), licences.AnswerInvalid, "changed", "OFD.xml")
		if v.Licence != nil {
			t.Errorf("a forged file names %+v", v.Licence)
		}
		late, err := os.ReadFile(filepath.Join("..", "..", "ofd", "ses", "testdata", "SESV4SignDoc.ofd"))
		w.must(err)
		w.is("sealed by others with a seal that had ended", late, licences.AnswerInvalid, "seal_not_in_force", "文件完整，没有改动")
		w.is("cut off", asOFD[:len(asOFD)/2], licences.AnswerInvalid, "unreadable", "读不出来")
		var empty bytes.Buffer
		w.must(ofd.NewPackage().Write(&empty))
		if v := w.verdict(empty.Bytes()); v.Answer == licences.AnswerValid {
			t.Errorf("an empty package: %+v", v)
		}
		w.must(w.Do(w.head, l.Identifier, licences.Step{Act: licences.Suspend, Reason: "持证人报失"}))
		w.is("of a suspended licence", asOFD, licences.AnswerInvalid, "suspended", "暂扣")
		w.is("the PDF of it", asPDF, licences.AnswerInvalid, "suspended", "暂扣")
		w.Witness = nil
		stranger := licences.New(licences.Deps{DB: w.d, Clock: w.clock, Org: w.Org, Audit: w.Audit})
		v, err = stranger.Verify(passerBy, bytes.NewReader(asOFD), int64(len(asOFD)))
		if err != nil || v.Answer != licences.AnswerUnknown || v.Code != "untrusted" {
			t.Errorf("of an unknown root: %+v %v", v, err)
		}
	})
}

func TestFilesThatAreNotLookedAt(t *testing.T) {
	withSeals(t, func(w *sealing) {
		for _, text := range []string{"", "PK", "hello", "<html>"} {
			v, err := w.Verify(passerBy, strings.NewReader(text), int64(len(text)))
			if text == "PK" { // begins as an archive does
				if err != nil || v.Code != "unreadable" {
					t.Errorf("%+v %v", v, err)
				}
			} else if !errors.Is(err, licences.ErrFileKind) {
				t.Errorf("%q: %v", text, err)
			}
		}
		if _, err := w.Verify(passerBy, strings.NewReader("PK"), 10<<20+1); !errors.Is(err, licences.ErrFileLarge) {
			t.Error(err)
		}
	})
}

// TestOthersReadWhatWeIssue: qpdf finds no fault with the PDF of a licence, and
// pdftotext the words of it.
func TestOthersReadWhatWeIssue(t *testing.T) {
	withSeals(t, func(w *sealing) {
		l, _, asPDF := w.made()
		path := filepath.Join(t.TempDir(), "licence.pdf")
		w.must(os.WriteFile(path, asPDF, 0o600))
		if out, err := exec.Command("qpdf", "--check", path).CombinedOutput(); err != nil {
			t.Errorf("qpdf: %v %s", err, out)
		}
		out, err := exec.Command("pdftotext", path, "-").CombinedOutput()
		text := strings.Join(strings.Fields(string(out)), "")
		if err != nil || !strings.Contains(text, l.HolderName) || !strings.Contains(text, l.TypeName) {
			t.Errorf("pdftotext: %v %s", err, out)
		}
		sum := sm3.Sum(asPDF)
		var kept string
		w.must(w.d.Conn(w.head).Get(w.head, &kept, `SELECT pdf_hash FROM licences_paper`))
		if kept != hex.EncodeToString(sum[:]) {
			t.Error(kept)
		}
	})
}

// TestPDFIsWrittenWhenFirstAskedFor: once, also when many ask at the same moment;
// who asks later gets the same file; and one that nobody signs is known, too.
func TestPDFIsWrittenWhenFirstAskedFor(t *testing.T) {
	withSeals(t, func(w *sealing) {
		l, err := w.TakeOver(w.head, card())
		w.must(err)
		p, err := w.Document(w.head, l.Identifier)
		w.must(err)
		stored := func() (n int) {
			t.Helper()
			w.must(w.d.Conn(w.head).Get(w.head, &n, `SELECT COUNT(*) FROM files_file WHERE name LIKE '%.pdf'`))
			return n
		}
		if p.PDF != "" || stored() != 0 {
			t.Fatalf("a PDF that nobody asked for: %+v", p)
		}
		var all sync.WaitGroup
		got := make([][]byte, 6)
		for i := range got {
			all.Go(func() {
				var err error
				if got[i], err = w.PDF(w.head, l, p); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, file := range got {
			if !bytes.Equal(file, got[0]) {
				t.Fatal("two PDF files of one licence")
			}
		}
		w.Witness = w.seals
		if n := stored(); n != 1 {
			t.Errorf("%d PDF files are kept", n)
		}
		if v := w.is("the PDF", got[0], licences.AnswerValid, "valid", "签名以后没有改动"); !v.Archived {
			t.Errorf("%+v", v)
		}
		s, err := w.Open(w.head, l.Identifier)
		w.must(err)
		if again := w.pdf(s.Licence, s.Paper); !bytes.Equal(again, got[0]) {
			t.Error("another PDF the second time")
		}

		w.Seals = unsigned{w.seals}
		c, err := w.CopyFor(w.head, l.Identifier, licences.CopyWish{Purpose: "办理入学登记", Recipient: "韶关市第一中学", Days: 3})
		w.must(err)
		if v := w.is("one that nobody signed", w.copyPDF(l, c), licences.AnswerValid, "valid", "没有电子签名，但与乳源人社局签发时存档的文件完全一致"); !v.Archived || v.Copy == nil {
			t.Errorf("%+v", v)
		}
	})
}

// unsigned are the seals of a city without a certificate for PDF files.
type unsigned struct{ licences.Seals }

func (unsigned) SignPDF(context.Context) (*pdf.Signature, error) { return nil, nil }

// TestPDFFilesOfBeforeAndOfStrangers: one that was given out without a signature
// is still known by its digest; one that a root of ours vouches for, and that is
// not the city's, is nobody's; one signed a moment ago needs no older list.
func TestPDFFilesOfBeforeAndOfStrangers(t *testing.T) {
	withSeals(t, func(w *sealing) {
		l, asOFD, asPDF := w.made()
		w.is("the PDF", asPDF, licences.AnswerValid, "valid", "签名以后没有改动")
		pkg, err := ofd.OpenBytes(asOFD)
		w.must(err)
		doc, err := ofd.Read(pkg)
		w.must(err)
		before, _, err := pdf.Write(doc, pdf.Options{})
		w.must(err)
		sum := sm3.Sum(before)
		exec := func(sql string, args ...any) {
			t.Helper()
			_, err := w.d.Conn(w.head).Exec(w.head, sql, args...)
			w.must(err)
		}
		exec(`UPDATE licences_paper SET pdf_hash = $1`, hex.EncodeToString(sum[:]))
		if v := w.is("a PDF of before", before, licences.AnswerValid, "valid", "没有电子签名，但与乳源人社局签发时存档的文件完全一致"); !v.Archived || v.Licence == nil {
			t.Errorf("%+v", v)
		}
		w.clock.Advance(20 * time.Second)
		c, err := w.CopyFor(w.head, l.Identifier, licences.CopyWish{Purpose: "办理入学登记", Recipient: "韶关市第一中学", Days: 3})
		w.must(err)
		if v := w.is("a copy made since the lists were read", w.copyPDF(l, c), licences.AnswerValid, "valid", "仅供韶关市第一中学用于办理入学登记"); v.Copy == nil || !v.Archived {
			t.Errorf("%+v", v)
		}
		w.clock.Advance(20 * time.Second)
		if c, err = w.CopyFor(w.head, l.Identifier, licences.CopyWish{Purpose: "办理入学登记", Recipient: "韶关市第二中学", Days: 3}); err != nil {
			t.Fatal(err)
		}
		another := w.copyPDF(l, c)
		w.is("the OFD of one", w.file(c.OFD), licences.AnswerValid, "valid", "仅供韶关市第二中学用于办理入学登记")
		exec(`UPDATE seals_certificate SET role = 'signer' WHERE role = 'pdf'`)
		w.is("signed by somebody else below our root", asPDF, licences.AnswerUnknown, "untrusted", "不是本市登记的证书")
		exec(`UPDATE seals_certificate SET role = 'pdf' WHERE subject = '样例城市政务服务电子文件'`)
		exec(`DELETE FROM licences_copy`)
		w.is("of a licence that is not here", another, licences.AnswerInvalid, "not_in_store", "没有这份文件")
	})
}
