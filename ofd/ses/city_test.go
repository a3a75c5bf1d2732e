package ses_test

import (
	"bytes"
	"context"
	"crypto/x509/pkix"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"yimen/ofd"
	"yimen/ofd/ses"
)

var noon = time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

// house is a root, an issuing authority, and who has certificates of it.
type house struct {
	root, issuing *ses.Authority
	maker, signer ses.Signer
	other         ses.Signer
	stamper       *ses.TimestampAuthority
	seal          *ses.Seal
	trust         *ses.Trust
}

var theHouse = sync.OnceValues(func() (*house, error) {
	h := &house{}
	var err error
	issued := func(a *ses.Authority, name string, use ses.Use) (s ses.Signer) {
		if err == nil {
			s, err = a.IssueKey(pkix.Name{CommonName: name, Country: []string{"CN"}}, use, 5)
		}
		return s
	}
	if h.root, err = ses.NewRoot(pkix.Name{CommonName: "韶关样例根", Country: []string{"CN"}}, 20, clock); err != nil {
		return nil, err
	}
	h.issuing = ses.NewAuthority(issued(h.root, "韶关样例签发机构", ses.ForIssuing), clock)
	h.maker = issued(h.issuing, "样例制章者", ses.ForSigning)
	h.signer = issued(h.issuing, "乐昌市样例局", ses.ForSigning)
	h.other = issued(h.issuing, "别人", ses.ForSigning)
	h.stamper = &ses.TimestampAuthority{Signer: issued(h.issuing, "样例时间戳", ses.ForStamping), Now: clock}
	if err != nil {
		return nil, err
	}
	h.trust = ses.NewTrust([]*smx509.Certificate{h.root.Certificate}, []*smx509.Certificate{h.issuing.Certificate}, nil)
	h.seal, err = ses.MakeSeal(h.design(), h.maker)
	return h, err
})

func city(t testing.TB) *house {
	t.Helper()
	h, err := theHouse()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

var svg = []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><circle cx="20" cy="20" r="19" fill="none" stroke="red"/></svg>`)

func (h *house) design() ses.SealDesign {
	return ses.SealDesign{Vendor: "Yimen", ID: "44028100000001", Name: "乐昌市样例局审批专用章", Signers: []*smx509.Certificate{h.signer.Certificate},
		Created: noon, Start: noon, End: noon.AddDate(3, 0, 0), Picture: ses.Picture{Format: "SVG", Data: svg, Width: 40, Height: 40}}
}

func (h *house) options() ses.Options { return ses.Options{Trust: h.trust, Now: clock} }

// pages is a document of n pages of A4 that another program could have made.
func pages(t testing.TB, n int) *ofd.Package {
	t.Helper()
	p := ofd.NewPackage()
	const ns = `xmlns:ofd="http://www.ofdspec.org/2016"`
	put(t, p, "OFD.xml", `<?xml version="1.0" encoding="UTF-8"?><ofd:OFD `+ns+` Version="1.1" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>5f8726d4482e4377b6fce9a61c569338</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`)
	var list strings.Builder
	for i := range n {
		fmt.Fprintf(&list, `<ofd:Page ID="%d" BaseLoc="Pages/Page_%d/Content.xml"/>`, i+10, i)
		put(t, p, fmt.Sprintf("Doc_0/Pages/Page_%d/Content.xml", i), fmt.Sprintf(`<ofd:Page %s><ofd:Content><ofd:Layer ID="%d"/></ofd:Content></ofd:Page>`, ns, i+100))
	}
	put(t, p, "Doc_0/Document.xml", `<ofd:Document `+ns+`><ofd:CommonData><ofd:MaxUnitID>200</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>`+list.String()+`</ofd:Pages></ofd:Document>`)
	return p
}

func put(t testing.TB, p *ofd.Package, name, data string) {
	t.Helper()
	if err := p.Put(name, []byte(data)); err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, p *ofd.Package) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var corner = []ses.Stamp{{Page: 1, Box: ses.Box{X: 120, Y: 200, Width: 40, Height: 40}}}

// sealed is a document of one page with the city's seal.
func (h *house) sealed(t testing.TB, o ses.Signing) *ofd.Package {
	t.Helper()
	p := pages(t, 1)
	if o.Now == nil {
		o.Now = clock
	}
	if err := ses.Affix(context.Background(), p, h.seal, h.signer, corner, o); err != nil {
		t.Fatal(err)
	}
	return open(t, write(t, p))
}

func (h *house) verify(p *ofd.Package) *ses.Report {
	return ses.Verify(context.Background(), p, h.options())
}

func wantVerdict(t *testing.T, r *ses.Report, v ses.Verdict, failed ...string) {
	t.Helper()
	got := troubles(r, ses.Failed)
	if r.Verdict != v || strings.Join(got, "\n") != strings.Join(failed, "\n") {
		t.Errorf("%s, want %s\nfailed %q, want %q\nunknown %q", r.Verdict, v, got, failed, troubles(r, ses.Unknown))
	}
}
