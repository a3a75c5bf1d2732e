package witness

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"yimen/gb"
	"yimen/internal/app"
	"yimen/internal/app/apptest"
	"yimen/internal/cases"
	"yimen/internal/licences"
	"yimen/ofd"
	"yimen/ofd/render"
)

func TestMain(m *testing.M) { apptest.Main(m) }

// paper is a sealed document as somebody received it, and who issued it.
type paper struct {
	ofd, pdf []byte
	pages    int
	says     []string
}

// TestWhatTheCityIssues: two licences and a notice of two pages leave the
// program over HTTP, and everybody else is asked about the very bytes.
func TestWhatTheCityIssues(t *testing.T) {
	s := apptest.New(t)
	roots := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(roots, []byte(s.Anybody().Get("/seals/roots").Status(200).Body), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]paper{"no criminal record": noRecord(t, s), "labour dispatch": dispatch(t, s), "a notice of two pages": notice(t, s)} {
		t.Run(name, func(t *testing.T) { p.asked(t, roots) })
	}
}

func (p paper) asked(t *testing.T, roots string) {
	dir := t.TempDir()
	file := func(name string, data []byte) string {
		at := filepath.Join(dir, name)
		if err := os.WriteFile(at, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return at
	}
	p.verifies(t, file("a.ofd", p.ofd), roots)
	p.signed(t, file, roots)
	p.shows(t)
	p.verifies(t, file("a.pdf", p.pdf), roots)
	p.printed(t, file("a.pdf", p.pdf))
	p.signedPDF(t, file, roots)
}

// verifies asks our own command line, which knows nothing of the city but its roots.
func (p paper) verifies(t *testing.T, file, roots string) {
	var out, bad bytes.Buffer
	if exit := app.Main(context.Background(), []string{"verify", "--roots", roots, file}, &out, &bad); exit != 0 {
		t.Errorf("yimen verify: exit %d %s%s", exit, out.String(), bad.String())
	}
}

// packed is the OFD file as any unpacker sees it.
func (p paper) packed(t *testing.T) map[string][]byte {
	r, err := zip.NewReader(bytes.NewReader(p.ofd), int64(len(p.ofd)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if parts["/"+f.Name], err = io.ReadAll(in); err != nil {
			t.Fatal(err)
		}
		_ = in.Close()
	}
	return parts
}

// seal is SES_Signature of GB/T 38540 as encoding/asn1 sees it: not our reader.
type seal struct {
	ToSign    asn1.RawValue
	Cert      []byte
	Algorithm asn1.ObjectIdentifier
	Signature asn1.BitString
}

type toSign struct {
	Version  int
	Seal     asn1.RawValue
	Time     asn1.RawValue
	DataHash asn1.BitString
	Property string `asn1:"ia5"`
}

// signed lets OpenSSL and sm-crypto verify the signature over the bytes that were
// received, and OpenSSL every digest of a file that it covers.
func (p paper) signed(t *testing.T, file func(string, []byte) string, roots string) {
	parts := p.packed(t)
	var at string
	for name := range parts {
		if path.Base(name) == "SignedValue.dat" {
			at = path.Dir(name)
		}
	}
	raw, listed := parts[at+"/SignedValue.dat"], parts[at+"/Signature.xml"]
	var s seal
	var inner toSign
	if rest, err := asn1.Unmarshal(raw, &s); err != nil || len(rest) > 0 {
		t.Fatalf("SignedValue.dat: %v, %d bytes more", err, len(rest))
	}
	if _, err := asn1.Unmarshal(s.ToSign.FullBytes, &inner); err != nil {
		t.Fatalf("toSign: %v", err)
	}
	if s.Algorithm.String() != "1.2.156.10197.1.501" || inner.Version != 4 || strings.TrimPrefix(inner.Property, "/") != strings.TrimPrefix(at, "/")+"/Signature.xml" {
		t.Errorf("algorithm %s, version %d, of %s", s.Algorithm, inner.Version, inner.Property)
	}
	cert, value := file("cert.der", s.Cert), file("value", s.Signature.Bytes)
	key := file("key.pem", []byte(openssl(t, "x509", "-inform", "DER", "-in", cert, "-noout", "-pubkey")))
	verify := func(data []byte) error {
		return exec.Command("openssl", "dgst", "-sm3", "-sigopt", "distid:1234567812345678", "-verify", key, "-signature", value, file("data", data)).Run()
	}
	if err := verify(s.ToSign.FullBytes); err != nil {
		t.Errorf("the signature is not good to OpenSSL: %v", err)
	}
	if verify(append(bytes.Clone(s.ToSign.FullBytes), 0)) == nil {
		t.Error("the signature over something else is good too: the test says nothing")
	}
	pem := file("cert.pem", []byte(openssl(t, "x509", "-inform", "DER", "-in", cert)))
	openssl(t, "verify", "-no_check_time", "-partial_chain", "-vfyopt", "distid:1234567812345678", "-CAfile", roots, pem)
	if text := openssl(t, "x509", "-in", pem, "-noout", "-text"); !strings.Contains(text, "SM2-with-SM3") {
		t.Errorf("the certificate: %s", text)
	}
	if !node(t, key, s) {
		t.Error("the signature is not good to sm-crypto")
	}
	digest := func(data []byte) []byte {
		out := strings.Fields(openssl(t, "dgst", "-sm3", file("part", data)))
		sum, err := hex.DecodeString(out[len(out)-1])
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	if !bytes.Equal(inner.DataHash.Bytes, digest(listed)) {
		t.Error("the seal is of another list of files")
	}
	covered(t, parts, listed, digest)
}

// covered says whether every file that the signature lists is as it was, and
// which of the package it does not list.
func covered(t *testing.T, parts map[string][]byte, listed []byte, digest func([]byte) []byte) {
	var list struct {
		References []struct {
			File  string `xml:"FileRef,attr"`
			Check string `xml:"CheckValue"`
		} `xml:"SignedInfo>References>Reference"`
	}
	if err := xml.Unmarshal(listed, &list); err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	for _, r := range list.References {
		data, there := parts[r.File]
		if !there || base64.StdEncoding.EncodeToString(digest(data)) != strings.TrimSpace(r.Check) {
			t.Errorf("%s is not what was sealed", r.File)
		}
		has[r.File] = true
	}
	for name := range parts {
		if !has[name] && !strings.Contains(name, "/Signs/") {
			t.Errorf("%s is not covered by the seal", name)
		}
	}
}

func openssl(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("openssl", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("openssl %s: %v %s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// node asks sm-crypto.
func node(t *testing.T, key string, s seal) bool {
	t.Helper()
	folder := filepath.Join("..", "..", "ofd", "ses", "testdata", "node")
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "sm-crypto")); err != nil {
		t.Fatal("sm-crypto is not there: run scripts/setup")
	}
	der := openssl(t, "pkey", "-pubin", "-in", key, "-outform", "DER")
	cmd := exec.Command("node", "sm2.mjs", hex.EncodeToString([]byte(der[len(der)-65:])), hex.EncodeToString(s.ToSign.FullBytes), hex.EncodeToString(s.Signature.Bytes))
	cmd.Dir = folder
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var answer struct{ Verified bool }
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Verified
}

// shows compares what ofd.js shows with what the file says: pages, characters,
// and the seal by its place.
func (p paper) shows(t *testing.T) {
	pkg, err := ofd.OpenBytes(p.ofd)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := ofd.Read(pkg)
	if err != nil || len(doc.Warnings) > 0 {
		t.Fatal(err, doc.Warnings)
	}
	stamps, err := render.StampsOf(pkg)
	if err != nil {
		t.Fatal(err)
	}
	pages := shown(t, p.ofd, doc.Area.Physical.W)
	if len(pages) != p.pages || len(doc.Pages) != p.pages {
		t.Fatalf("%d pages, %d shown, want %d", len(doc.Pages), len(pages), p.pages)
	}
	seals := 0
	for i, seen := range pages {
		if math.Abs(seen.Height-doc.Area.Physical.H) > 2*near {
			t.Errorf("page %d is %.1f mm high", i+1, seen.Height)
		}
		seen.standsAs(t, characters(&doc.Pages[i]))
		if len(seen.Seals) != len(stamps[i]) {
			t.Errorf("page %d: %d seals are shown, want %d", i+1, len(seen.Seals), len(stamps[i]))
			continue
		}
		for n, s := range seen.Seals {
			if b := stamps[i][n].Box; !s.at(b.X, b.Y, b.W, b.H) {
				t.Errorf("page %d: the seal stands at %+v, not %+v", i+1, s, b)
			}
			seals++
		}
	}
	if seals == 0 {
		t.Error("no seal")
	}
}

// printed asks qpdf and poppler about the PDF.
func (p paper) printed(t *testing.T, file string) {
	if out, err := exec.Command("qpdf", "--check", file).CombinedOutput(); err != nil {
		t.Errorf("qpdf: %v %s", err, out)
	}
	out, err := exec.Command("pdftotext", file, "-").CombinedOutput()
	text := strings.Join(strings.Fields(string(out)), "")
	for _, want := range p.says {
		if err != nil || !strings.Contains(text, strings.Join(strings.Fields(want), "")) {
			t.Errorf("pdftotext: %v, not %s", err, want)
		}
	}
	if out, err := exec.Command("pdfinfo", file).CombinedOutput(); err != nil || !strings.Contains(strings.Join(strings.Fields(string(out)), " "), fmt.Sprintf("Pages: %d ", p.pages)) {
		t.Errorf("pdfinfo: %v %s", err, out)
	}
}

// signedPDF asks poppler about the signature of the PDF: good by itself, of a
// signer whom it trusts when it is given our root, and not good any more when one
// byte of the page is another.
func (p paper) signedPDF(t *testing.T, file func(string, []byte) string, roots string) {
	name, nss := file("signed.pdf", p.pdf), "sql:"+t.TempDir()
	tool := func(name string, args ...string) string {
		out, err := exec.Command(name, args...).CombinedOutput()
		if err != nil {
			t.Errorf("%s %v: %v %s", name, args, err, out)
		}
		return string(out)
	}
	says := func(out string, words ...string) {
		t.Helper()
		for _, w := range words {
			if !strings.Contains(out, w) {
				t.Errorf("pdfsig does not say %q:\n%s", w, out)
			}
		}
	}
	says(tool("pdfsig", name), "Signature is Valid.", "Total document signed", "ETSI.CAdES.detached", "SHA-256", "样例城市政务服务电子文件", "Certificate issuer is unknown")
	tool("certutil", "-N", "-d", nss, "--empty-password")
	raw, err := os.ReadFile(roots)
	if err != nil {
		t.Fatal(err)
	}
	for i, b := 0, (*pem.Block)(nil); ; i++ {
		if b, raw = pem.Decode(raw); b == nil {
			break
		}
		if _, err := x509.ParseCertificate(b.Bytes); err != nil {
			continue // of SM2, which NSS does not know either
		}
		tool("certutil", "-A", "-d", nss, "-n", fmt.Sprint("root ", i), "-t", "CT,C,C", "-i", file("root.pem", pem.EncodeToMemory(b)))
	}
	says(tool("pdfsig", "-nssdir", nss, name), "Signature is Valid.", "Certificate is Trusted.")
	other := bytes.Clone(p.pdf)
	other[len(other)/2] ^= 1
	if out, _ := exec.Command("pdfsig", file("other.pdf", other)).CombinedOutput(); strings.Contains(string(out), "Signature is Valid") || !strings.Contains(string(out), "Signature Validation:") {
		t.Errorf("pdfsig, of a changed file: %s", out)
	}
}

// issued issues a licence and fetches its files as its issuer does.
func issued(t *testing.T, s *apptest.Site, account string, e licences.Entry) paper {
	t.Helper()
	ctx := s.Ctx(account)
	l, err := s.Licences.Issue(ctx, licences.Issue{Entry: e, Approval: "证人测试〔2026〕1号"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gb.ParseLicenceID(l.Identifier); err != nil {
		t.Error(err)
	}
	at := "/office/licences/" + l.Identifier
	c := s.As(account)
	return paper{ofd: []byte(c.Get(at + "/file.ofd").Status(200).Body), pdf: []byte(c.Get(at + "/file.pdf").Status(200).Body), pages: 1,
		says: []string{l.TypeName, l.HolderName, l.Identifier, l.Number, l.IssuerName}}
}

func noRecord(t *testing.T, s *apptest.Site) paper {
	p, err := s.Identity.Person(s.System(), "citizen-1")
	if err != nil {
		t.Fatal(err)
	}
	return issued(t, s, "approver-440232-d07", licences.Entry{Type: "ZZ011", HolderName: p.Name, HolderNo: p.IDNo, Issuer: "440232-d07",
		Fields: map[string]string{"CXQJ": "年满16周岁至2026年11月18日", "YT": "办理教师资格认定"}})
}

func dispatch(t *testing.T, s *apptest.Site) paper {
	p, err := s.Identity.Person(s.System(), "enterprise-1")
	if err != nil {
		t.Fatal(err)
	}
	return issued(t, s, "approver-440232-d11", licences.Entry{Type: "ZZ026", HolderName: p.Name, HolderNo: p.IDNo, Issuer: "440232-d11",
		Fields: map[string]string{"FDDBR": "李立伟", "ZCZB": "200万元", "ZS": "韶关市乳源瑶族自治县乳城镇鹰峰西路", "XKJYSX": "劳务派遣"}})
}

// notice asks for so many corrections that they take two pages.
func notice(t *testing.T, s *apptest.Site) paper {
	const clerk = "clerk-440232112209"
	c := s.Submit(clerk, "SG01001", "440232112209", func(sub *cases.Submission) { sub.Deliver = cases.DeliverWindow })
	act := cases.Act{Revision: c.Revision}
	for i := range 8 {
		act.Deficiencies = append(act.Deficiencies, cases.Deficiency{Problem: fmt.Sprintf("申请表第%d栏没有填写，联系地址没有写到门牌号，核对不了。", i+1), Cure: "补填这一栏，写到门牌号，签名后重新提交。"})
	}
	if _, err := s.Cases.RequestCorrection(s.Ctx(clerk), c.Number, act); err != nil {
		t.Fatal(err)
	}
	s.Drain()
	whole, err := s.Cases.Find(s.System(), c.Number)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range whole.Content.Notices {
		if n.Kind == cases.NoticeCorrection {
			at := "/cases/" + c.Number + "/notices/" + n.ID
			staff := s.As(clerk)
			return paper{ofd: []byte(staff.Get(at + "/sealed.ofd").Status(200).Body), pdf: []byte(staff.Get(at + "/sealed.pdf").Status(200).Body), pages: 2,
				says: []string{"补正", n.DocNo, c.Number, "第8栏"}}
		}
	}
	t.Fatal("no notice asks for corrections")
	return paper{}
}
