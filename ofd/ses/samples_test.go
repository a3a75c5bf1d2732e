package ses_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/smx509"

	"yimen/ofd"
	"yimen/ofd/ses"
)

func sample(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func open(t testing.TB, data []byte) *ofd.Package {
	t.Helper()
	p, err := ofd.OpenBytes(data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// steps lists what did not come out well: "code" or "code /file".
func troubles(r *ses.Report, which ses.Result) []string {
	var out []string
	add := func(list []ses.Step) {
		for _, s := range list {
			if s.Result == which {
				out = append(out, strings.TrimSpace(s.Code+" "+s.File))
			}
		}
	}
	add(r.Steps)
	for _, s := range r.Signatures {
		add(s.Steps)
	}
	return out
}

// TestSamples: files made by others, whose roots are not known here.
func TestSamples(t *testing.T) {
	user := readSeal(t, "UserV4.esl").Certificates[0]
	signer, err := smx509.ParseCertificate(user)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		file            string
		candidates      []*smx509.Certificate
		verdict         ses.Verdict
		failed, unknown string
	}{
		{file: "v4signed.ofd", verdict: ses.Intact, unknown: "signer-chain maker-chain"},
		{file: "signedFile.ofd", verdict: ses.Intact, unknown: "signer-chain maker-chain"},
		// Nothing of it was changed, but seal and certificate had expired in 2022.
		{file: "SESV4SignDoc.ofd", verdict: ses.NotInForce, failed: "signer-validity seal-validity", unknown: "signer-chain maker-chain"},
		{file: "DigitalSign.ofd", verdict: ses.Undecided, unknown: "signer-signature"},
		{file: "DigitalSign.ofd", candidates: []*smx509.Certificate{signer}, verdict: ses.Intact, unknown: "signer-chain"},
		{file: "helloworld.ofd", verdict: ses.Unsigned},
	} {
		t.Run(x.file, func(t *testing.T) {
			r := ses.Verify(context.Background(), open(t, sample(t, x.file)), ses.Options{Candidates: x.candidates})
			failed, unknown := strings.Join(troubles(r, ses.Failed), " "), strings.Join(troubles(r, ses.Unknown), " ")
			if r.Verdict != x.verdict || failed != x.failed || unknown != x.unknown {
				t.Errorf("%s, failed: %s, unknown: %s\n%+v", r.Verdict, failed, unknown, r)
			}
		})
	}
}

func readSeal(t testing.TB, name string) *ses.Seal {
	t.Helper()
	s, err := ses.ParseSeal(sample(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSeals(t *testing.T) {
	for _, x := range []struct {
		file, name      string
		version, kind   int
		failed, unknown string
	}{
		{"UserV1.esl", "OFDRW测试用印章", ses.V1, 1, "seal-validity", "maker-chain"},
		{"UserV4.esl", "OFD R&W 测试用印章", ses.V4, 3, "seal-validity", "maker-chain"},
		{"UserV5.esl", "OFD R&W V5测试用印章", ses.V5, 3, "maker-validity", "maker-chain"},
		{"UserV5_ts.esl", "OFD R&W V5测试用印章", ses.V5, 3, "seal-timestamp maker-validity", "maker-chain"},
	} {
		t.Run(x.file, func(t *testing.T) {
			s := readSeal(t, x.file)
			if s.Version != x.version || s.Name != x.name || s.Type != x.kind || s.Picture.Format != "PNG" || s.Picture.Width != 40 ||
				len(s.Certificates) != 1 || s.End.Sub(s.Start).Hours() < 700*24 {
				t.Errorf("%+v", s)
			}
			r := ses.VerifySeal(context.Background(), s, ses.Options{})
			if x.failed == "seal-validity" && r.Verdict != ses.NotInForce {
				t.Errorf("%s", r.Verdict)
			}
			if failed := strings.Join(troubles(r, ses.Failed), " "); failed != x.failed || strings.Join(troubles(r, ses.Unknown), " ") != x.unknown {
				t.Errorf("failed: %s\n%+v", failed, r.Steps)
			}
		})
	}
}
