package ses_test

import (
	"context"
	"encoding/pem"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yimen/ofd/ses"
)

var update = flag.Bool("update", false, "make testdata/ours*.ofd and ours.pem anew")

// TestOurs verifies a document that an earlier state of this library sealed,
// and the same with one digit changed. tests/journeys verifies them with the
// program.
func TestOurs(t *testing.T) {
	if *update {
		makeOurs(t)
	}
	var trust ses.TrustReader
	if err := trust.Read(sample(t, "ours.pem")); err != nil {
		t.Fatal(err)
	}
	wantVerdict(t, ses.Verify(context.Background(), open(t, sample(t, "ours.ofd")), trust.Options()), ses.Valid)
	wantVerdict(t, ses.Verify(context.Background(), open(t, sample(t, "ours-changed.ofd")), trust.Options()), ses.Invalid,
		"file /Doc_0/Pages/Page_0/Content.xml")
	wantVerdict(t, ses.Verify(context.Background(), open(t, sample(t, "ours.ofd")), ses.Options{}), ses.Intact)
	for _, junk := range []string{"", "x", "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"} {
		if err := trust.Read([]byte(junk)); err == nil {
			t.Errorf("%q was read as certificates", junk)
		}
	}
}

func makeOurs(t *testing.T) {
	h := city(t)
	p := h.sealed(t, ses.Signing{Timestamper: h.stamper})
	save := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join("testdata", name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	save("ours.ofd", write(t, p))
	const first = "Doc_0/Pages/Page_0/Content.xml"
	put(t, p, first, strings.Replace(string(contents(t, p, first)), `ID="100"`, `ID="101"`, 1))
	save("ours-changed.ofd", write(t, p))
	var chain []byte
	for _, a := range []*ses.Authority{h.root, h.issuing} {
		chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Certificate.Raw})...)
	}
	save("ours.pem", chain)
}
