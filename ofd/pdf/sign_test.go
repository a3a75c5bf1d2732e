package pdf

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"yimen/ofd"
	"yimen/ofd/render"
	"yimen/ofd/ses"
)

var signedAt = time.Date(2026, 11, 18, 2, 0, 0, 0, time.UTC)

// signers are a root and a signer it vouches for, of P-256.
func signers(t testing.TB) (root *ses.Authority, signer ses.Signer) {
	t.Helper()
	key := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	day := func() time.Time { return signedAt.Add(-24 * time.Hour) }
	root, err := ses.RootOf(key(), pkix.Name{CommonName: "样例根"}, 20, day)
	if err != nil {
		t.Fatal(err)
	}
	signer.Key = key()
	if signer.Certificate, err = root.Issue(pkix.Name{CommonName: "样例城市电子文件"}, signer.Key.Public(), ses.ForSigning, 5); err != nil {
		t.Fatal(err)
	}
	return root, signer
}

func trusting(root *ses.Authority) ses.Options {
	return ses.Options{Trust: ses.NewTrust([]*smx509.Certificate{root.Certificate}, nil, nil), Now: func() time.Time { return signedAt.Add(time.Hour) }}
}

// dot is the picture of a seal.
func dot(t testing.TB) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 2, 2))
	img.SetNRGBA(0, 0, color.NRGBA{R: 200, A: 255})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const itsOFD = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"

// signed is the page of the tests with a seal that bears the signature.
func signed(t testing.TB, by ses.Signer) []byte {
	t.Helper()
	d := licence(t)
	stamps := map[int][]render.Stamp{0: {{Box: ofd.Box{X: 120, Y: 200, W: 42, H: 42}, Format: "png", Data: dot(t)}}}
	data, _, err := Write(d, Options{Stamps: stamps, Sign: &Signature{By: by, Name: "乳源人社局", Reason: "劳务派遣经营许可证（样张）", Place: "韶关市", At: signedAt, Shows: itsOFD}})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestASignedFileIsValidToUsAndToOthers(t *testing.T) {
	root, by := signers(t)
	data := signed(t, by)
	if len(data) > 60_000 {
		t.Errorf("%d bytes", len(data))
	}
	r := ses.VerifyPDF(data, trusting(root))
	if r.Verdict != ses.Valid || len(r.Signatures) != 1 {
		t.Fatalf("%+v", r)
	}
	s := r.Signatures[0]
	if s.Shows != itsOFD || s.Reason != "劳务派遣经营许可证（样张）" || s.Place != "韶关市" || s.Signer != "样例城市电子文件" || !s.Time.Equal(signedAt) || !s.Certificate.Equal(by.Certificate) {
		t.Errorf("%+v", s)
	}
	if r := ses.VerifyPDF(data, ses.Options{Now: trusting(root).Now}); r.Verdict != ses.Intact {
		t.Errorf("without a root: %+v", r)
	}
	late := trusting(root)
	late.Now = func() time.Time { return signedAt.AddDate(8, 0, 0) }
	if r := ses.VerifyPDF(data, late); r.Verdict != ses.Valid {
		t.Errorf("years later: %+v", r)
	}
	name := save(t, data)
	if out := run(t, "qpdf", "--check", name); strings.Contains(out, "WARNING") {
		t.Errorf("qpdf: %s", out)
	}
	for _, want := range []string{"Signature is Valid.", "Total document signed", "ETSI.CAdES.detached", "Certificate issuer is unknown", "样例城市电子文件"} {
		if out := pdfsig(t, name, ""); !strings.Contains(out, want) {
			t.Errorf("pdfsig does not say %q:\n%s", want, out)
		}
	}
	if out := pdfsig(t, name, nss(t, root.Certificate)); !strings.Contains(out, "Certificate is Trusted") {
		t.Errorf("pdfsig with the root:\n%s", out)
	}
	if out := run(t, "pdftotext", name, "-"); !strings.Contains(out, "劳务派遣经营许可证") {
		t.Error(out)
	}
}

// TestEveryByteIsCovered changes each byte of a signed file, one after another.
func TestEveryByteIsCovered(t *testing.T) {
	root, by := signers(t)
	data := signed(t, by)
	o := trusting(root)
	value := bytes.Index(data, []byte("/Contents <"))
	end := value + bytes.IndexByte(data[value:], '>') + 2
	step := 7 // of the page; of what a signature cannot cover every byte in every bit
	for i := 0; i < len(data); i++ {
		flips := []byte{1}
		if i > value && i < end {
			flips = []byte{1, 2, 4, 8, 16, 32, 64, 128}
		} else if i%step != 0 {
			continue
		}
		for _, f := range flips {
			data[i] ^= f
			if r := ses.VerifyPDF(data, o); r.Verdict == ses.Valid {
				t.Errorf("byte %d changed by %d (%q): valid", i, f, data[max(0, i-20):i+1])
			}
			data[i] ^= f
		}
	}
	for what, other := range map[string][]byte{"a byte more": append(bytes.Clone(data), '\n'), "cut off": data[:len(data)-1], "a byte before": append([]byte("\n"), data...),
		"another revision": append(bytes.Clone(data), "\n9 0 obj\n<< >>\nendobj\n%%EOF\n"...)} {
		if r := ses.VerifyPDF(other, o); r.Verdict != ses.Invalid {
			t.Errorf("%s: %s", what, r.Verdict)
		}
	}
	data[len(data)/2] ^= 1
	if out := pdfsig(t, save(t, data), ""); strings.Contains(out, "Signature is Valid") {
		t.Errorf("pdfsig: %s", out)
	}
}

var update = flag.Bool("update", false, "make testdata/signed*.pdf and root.pem anew")

// TestOurs verifies a file that an earlier state of this library signed, and what became of it. tests/journeys verifies them with the
// program.
func TestOurs(t *testing.T) {
	at := func(name string) string { return filepath.Join("testdata", name) }
	if *update {
		root, by := signers(t)
		data := signed(t, by)
		for name, b := range map[string][]byte{"signed.pdf": data, "signed-changed.pdf": bytes.Replace(data, []byte("/Lang (zh-CN)"), []byte("/Lang (zh-TW)"), 1),
			"signed-appended.pdf": append(bytes.Clone(data), "9 0 obj\n<< >>\nendobj\n%%EOF\n"...), "root.pem": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate.Raw})} {
			if err := os.WriteFile(at(name), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	read := func(name string) []byte {
		b, err := os.ReadFile(at(name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	var trust ses.TrustReader
	if err := trust.Read(read("root.pem")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]ses.Verdict{"signed.pdf": ses.Valid, "signed-changed.pdf": ses.Invalid, "signed-appended.pdf": ses.Invalid} {
		if r := ses.VerifyPDF(read(name), trust.Options()); r.Verdict != want {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// TestSignedByOthers: poppler signs with an RSA key of NSS, and we verify it; OpenSSL verifies what we sign.
func TestSignedByOthers(t *testing.T) {
	plain, _, err := Write(licence(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	run(t, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=stranger", "-days", "30", "-keyout", at("key.pem"), "-out", at("cert.pem"),
		"-addext", "keyUsage=digitalSignature,nonRepudiation,keyCertSign")
	run(t, "openssl", "pkcs12", "-export", "-name", "stranger", "-passout", "pass:x", "-inkey", at("key.pem"), "-in", at("cert.pem"), "-out", at("key.p12"))
	run(t, "certutil", "-N", "-d", "sql:"+dir, "--empty-password")
	run(t, "pk12util", "-i", at("key.p12"), "-d", "sql:"+dir, "-W", "x")
	run(t, "certutil", "-M", "-d", "sql:"+dir, "-n", "stranger", "-t", "CT,C,C")
	run(t, "pdfsig", "-nssdir", "sql:"+dir, "-add-signature", "-nick", "stranger", "-digest", "SHA256", save(t, plain), at("theirs.pdf"))
	theirs, err := os.ReadFile(at("theirs.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	var trust ses.TrustReader
	cert, err := os.ReadFile(at("cert.pem"))
	if err == nil {
		err = trust.Read(cert)
	}
	if err != nil {
		t.Fatal(err)
	}
	r := ses.VerifyPDF(theirs, trust.Options())
	if r.Verdict != ses.Valid || len(r.Signatures) != 1 || r.Signatures[0].Signer != "stranger" {
		t.Errorf("%+v", r)
	}
	theirs[len(plain)/2] ^= 1
	if r := ses.VerifyPDF(theirs, trust.Options()); r.Verdict != ses.Invalid {
		t.Errorf("changed: %+v", r)
	}

	root, by := signers(t)
	ours := signed(t, by)
	from := bytes.Index(ours, []byte("/Contents <")) + len("/Contents <")
	upto := from + bytes.IndexByte(ours[from:], '>')
	value := make([]byte, (upto-from)/2)
	if _, err := hex.Decode(value, ours[from:upto]); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"value.der": value, "content": append(bytes.Clone(ours[:from-1]), ours[upto+1:]...),
		"root.pem": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate.Raw})} {
		if err := os.WriteFile(at(name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run(t, "openssl", "cms", "-verify", "-cades", "-inform", "DER", "-in", at("value.der"), "-content", at("content"), "-binary", "-CAfile", at("root.pem"),
		"-purpose", "any", "-no_check_time", "-out", os.DevNull)
}

func TestWithoutASealTheSignatureIsNotSeen(t *testing.T) {
	root, by := signers(t)
	data, _, err := Write(licence(t), Options{Sign: &Signature{By: by, At: signedAt}})
	if err != nil {
		t.Fatal(err)
	}
	if r := ses.VerifyPDF(data, trusting(root)); r.Verdict != ses.Valid || !bytes.Contains(data, []byte("/Rect [0 0 0 0]")) {
		t.Errorf("%+v", r)
	}
	run(t, "qpdf", "--check", save(t, data))
}

// pdfsig asks poppler; with a database of NSS whether it trusts the signer.
func pdfsig(t *testing.T, name, database string) string {
	t.Helper()
	args := []string{name}
	if database != "" {
		args = []string{"-nssdir", database, name}
	}
	out, err := exec.Command("pdfsig", args...).CombinedOutput()
	if err != nil && len(out) == 0 {
		t.Fatal(err)
	}
	return string(out)
}

// nss is a database that trusts a root.
func nss(t *testing.T, root *smx509.Certificate) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "root.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "certutil", "-N", "-d", "sql:"+dir, "--empty-password")
	run(t, "certutil", "-A", "-d", "sql:"+dir, "-n", "root", "-t", "CT,C,C", "-i", file)
	return "sql:" + dir
}

// TestHostileFiles: none costs more than some times its own size.
func TestHostileFiles(t *testing.T) {
	root, by := signers(t)
	data := signed(t, by)
	value := data[bytes.Index(data, []byte("/Contents <"))+len("/Contents <"):]
	value = value[:bytes.IndexByte(value, '>')]
	long := func(s string) string { return strings.Repeat(s, (1<<20)/len(s)-100) }
	many := func(s string) string { return strings.Repeat(s, 8) }
	for what, file := range map[string]string{
		"ranges without end":    strings.Repeat("/ByteRange[0 1 2 3]", 1<<20),
		"objects without end":   strings.Repeat("1 0 obj<</ByteRange ", 1<<20),
		"arrays in arrays":      many("1 0 obj<</A" + long("[") + "/ByteRange"),
		"dictionaries in them":  many("1 0 obj<</A" + long("<</A") + "/ByteRange"),
		"a long array":          many("1 0 obj<</A[" + long("0 ") + "]/ByteRange[0 1 2 3]>>"),
		"a large dictionary":    many("1 0 obj<</A 0" + long("/B 1") + "/ByteRange[0 1 2 3]>>"),
		"a long text":           many("1 0 obj<</Reason(" + long("\\(") + ")/ByteRange[0 1 2 3]>>"),
		"a long value":          many("1 0 obj<</Contents<" + long("30") + ">/ByteRange[0 1 2 3]>>"),
		"lengths left open":     many("1 0 obj<</Contents<" + long("3080") + ">/ByteRange[0 1 2 3]>>"),
		"our value, many times": many("1 0 obj<</SubFilter/ETSI.CAdES.detached/Contents<" + string(value) + ">/ByteRange[0 1 2 3]>>" + long(" ")),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := ses.VerifyPDF([]byte(file), trusting(root))
		runtime.ReadMemStats(&after)
		if r.Verdict != ses.Invalid {
			t.Errorf("%s: %s", what, r.Verdict)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > uint64(8*len(file)) {
			t.Errorf("%s: %d bytes allocated for %d", what, used, len(file))
		}
		for _, s := range r.Signatures {
			for _, x := range s.Steps {
				if len(x.Reason) > 1000 {
					t.Errorf("%s: %q…", what, x.Reason[:100])
				}
			}
		}
	}
}

// FuzzSigned: whatever is made of a signed file, only the file itself is valid.
func FuzzSigned(f *testing.F) {
	root, by := signers(f)
	data := signed(f, by)
	o := trusting(root)
	f.Add(data)
	f.Add(data[:len(data)-9])
	at := bytes.Index(data, []byte("/ByteRange"))
	f.Add(data[at-200 : at+60])
	f.Add([]byte("%PDF-1.7\n1 0 obj<</ByteRange[0 1 2 9223372036854775807]/Contents<30>>>"))
	f.Add([]byte("1 0 obj<</ByteRange[0 -1 99999999999 -9]/Contents(\\0\\(")) // no end
	f.Add(bytes.Repeat([]byte("1 0 obj[[[[/ByteRange"), 100))
	f.Add([]byte("1 0 obj<</ByteRange[0 40 43 0]/Contents<3080>/ByteRange[]>>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if r := ses.VerifyPDF(b, o); r.Verdict == ses.Valid && !bytes.Equal(b, data) {
			t.Errorf("%q is valid", b)
		}
	})
}
