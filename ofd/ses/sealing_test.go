package ses_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"yimen/ofd"
	"yimen/ofd/ses"
)

func TestSealedDocumentIsValid(t *testing.T) {
	h := city(t)
	p := h.sealed(t, ses.Signing{})
	r := h.verify(p)
	wantVerdict(t, r, ses.Valid)
	s := r.Signatures[0]
	if s.Signer != "乐昌市样例局" || s.Seal.Name != "乐昌市样例局审批专用章" || s.Seal.Version != ses.V4 || s.Seal.Maker != "样例制章者" ||
		!s.Time.Equal(noon) || len(s.Stamps) != 1 || s.Stamps[0].X != 120 || s.Stamps[0].Page != 1 {
		t.Errorf("%+v", s)
	}
	if unknown := ses.Verify(context.Background(), p, ses.Options{Now: clock}); unknown.Verdict != ses.Intact {
		t.Errorf("without roots: %s", unknown.Verdict)
	}
}

func TestNothingElseIsTouched(t *testing.T) {
	h := city(t)
	before := pages(t, 3)
	put(t, before, "Doc_0/Res/font.ttf", strings.Repeat("glyf", 9999))
	after := open(t, write(t, before))
	if err := ses.Affix(context.Background(), after, h.seal, h.signer, corner, ses.Signing{Now: clock}); err != nil {
		t.Fatal(err)
	}
	for _, f := range before.Files() {
		a, _ := before.Bytes(f)
		b, err := after.Bytes(f)
		if err != nil || (f != "OFD.xml" && !bytes.Equal(a, b)) {
			t.Errorf("%s: %v", f, err)
		}
		if f == "OFD.xml" && string(b) != strings.Replace(string(a), "</ofd:DocBody>", "<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures></ofd:DocBody>", 1) {
			t.Errorf("OFD.xml is %s", b)
		}
	}
}

// TestSeveralSeals: 联合行文, then a signature that closes the document.
func TestSeveralSeals(t *testing.T) {
	h := city(t)
	ctx := context.Background()
	p := h.sealed(t, ses.Signing{})
	for range 2 {
		if err := ses.Affix(ctx, p, h.seal, h.signer, corner, ses.Signing{Now: clock, Timestamper: h.stamper}); err != nil {
			t.Fatal(err)
		}
	}
	if err := ses.Sign(ctx, p, h.other, ses.Signing{Now: clock, Final: true}); err != nil {
		t.Fatal(err)
	}
	p = open(t, write(t, p))
	r := h.verify(p)
	wantVerdict(t, r, ses.Valid)
	if len(r.Signatures) != 4 || r.Signatures[3].Type != "Sign" || r.Signatures[3].Signer != "别人" {
		t.Errorf("%+v", r.Signatures)
	}
	list, _ := p.Bytes("Doc_0/Signs/Signatures.xml")
	if !bytes.Contains(list, []byte("<ofd:MaxSignId>7</ofd:MaxSignId>")) || bytes.Count(list, []byte("<ofd:Signature ")) != 4 {
		t.Errorf("%s", list)
	}
	if err := ses.Sign(ctx, p, h.signer, ses.Signing{Now: clock}); !errors.Is(err, ses.ErrClosed) {
		t.Errorf("a closed document: %v", err)
	}
	// The closing signature protects the list and the files of the others.
	put(t, p, "Doc_0/Signs/Signatures.xml", strings.Replace(string(list), `ID="1"`, `ID="9"`, 1))
	wantVerdict(t, h.verify(p), ses.Invalid, "file /Doc_0/Signs/Signatures.xml")
}

func TestSeam(t *testing.T) {
	h := city(t)
	p := pages(t, 4)
	stamps, err := ses.Seam(p, 1, 4, 100, 40, 40)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range stamps {
		// The part that is seen ends at the right edge of its page.
		if s.Page != i+1 || math.Abs(s.Box.X+s.Clip.X+s.Clip.Width-210) > 0.01 || s.Clip.Width != 10 || s.Clip.X != float64(10*i) {
			t.Errorf("%+v clip %+v", s.Box, s.Clip)
		}
	}
	if err := ses.Affix(context.Background(), p, h.seal, h.signer, append(stamps, corner...), ses.Signing{Now: clock}); err != nil {
		t.Fatal(err)
	}
	r := h.verify(p)
	wantVerdict(t, r, ses.Valid)
	if len(r.Signatures) != 1 || len(r.Signatures[0].Stamps) != 5 {
		t.Errorf("%+v", r.Signatures)
	}
	for name, call := range map[string]func() ([]ses.Stamp, error){
		"one page":    func() ([]ses.Stamp, error) { return ses.Seam(p, 2, 2, 100, 40, 40) },
		"no page":     func() ([]ses.Stamp, error) { return ses.Seam(p, 3, 5, 100, 40, 40) },
		"too low":     func() ([]ses.Stamp, error) { return ses.Seam(p, 1, 4, 280, 40, 40) },
		"no size":     func() ([]ses.Stamp, error) { return ses.Seam(p, 1, 4, 100, 0, 40) },
		"many leaves": func() ([]ses.Stamp, error) { return ses.Seam(pages(t, 40), 1, 40, 100, 40, 40) },
	} {
		if _, err := call(); !errors.Is(err, ses.ErrPlace) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestVersion5AndDigests(t *testing.T) {
	h := city(t)
	d := h.design()
	d.Version, d.DigestsOnly = ses.V5, true
	d.Extensions = []ses.Extension{{ID: "1.2.156.10197.6.7.2.2.1", Critical: true, Value: []byte("2.1")}}
	seal, err := ses.MakeSeal(d, h.maker)
	if err != nil {
		t.Fatal(err)
	}
	if seal.Version != ses.V5 || len(seal.Digests) != 1 || len(seal.Extensions) != 1 || !seal.Extensions[0].Critical {
		t.Errorf("%+v", seal)
	}
	p := pages(t, 1)
	if err := ses.Affix(context.Background(), p, seal, h.signer, corner, ses.Signing{Now: clock}); err != nil {
		t.Fatal(err)
	}
	wantVerdict(t, h.verify(p), ses.Valid)
	if err := ses.Affix(context.Background(), p, seal, h.other, corner, ses.Signing{Now: clock}); !errors.Is(err, ses.ErrNotListed) {
		t.Errorf("by another: %v", err)
	}
}

func TestWhatIsNotSealed(t *testing.T) {
	h := city(t)
	ctx := context.Background()
	after := func() ses.Signing { return ses.Signing{Now: func() time.Time { return noon.AddDate(4, 0, 0) }} }
	twisted := ses.Signer{Certificate: h.signer.Certificate, Key: h.other.Key}
	for name, x := range map[string]struct {
		by     ses.Signer
		stamps []ses.Stamp
		o      ses.Signing
		want   error
	}{
		"no page":        {h.signer, []ses.Stamp{{Page: 2, Box: corner[0].Box}}, ses.Signing{Now: clock}, ses.ErrPlace},
		"no box":         {h.signer, []ses.Stamp{{Page: 1}}, ses.Signing{Now: clock}, ses.ErrPlace},
		"no stamp":       {h.signer, nil, ses.Signing{Now: clock}, ses.ErrPlace},
		"seal past":      {h.signer, corner, after(), ses.ErrNotInForce},
		"key of another": {twisted, corner, ses.Signing{Now: clock}, ses.ErrKeyOfAnother},
		"not listed":     {h.other, corner, ses.Signing{Now: clock}, ses.ErrNotListed},
	} {
		if err := ses.Affix(ctx, pages(t, 1), h.seal, x.by, x.stamps, x.o); !errors.Is(err, x.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	broken := ofd.NewPackage()
	put(t, broken, "OFD.xml", "<ofd:OFD/>")
	if err := ses.Sign(ctx, broken, h.signer, ses.Signing{Now: clock}); !errors.Is(err, ses.ErrDocument) {
		t.Errorf("no document: %v", err)
	}
	for name, change := range map[string]func(*ses.SealDesign){
		"version":   func(d *ses.SealDesign) { d.Version = 1 },
		"id":        func(d *ses.SealDesign) { d.ID = "印章" },
		"name":      func(d *ses.SealDesign) { d.Name = "" },
		"signers":   func(d *ses.SealDesign) { d.Signers = []*smx509.Certificate{} },
		"span":      func(d *ses.SealDesign) { d.End = d.Start },
		"picture":   func(d *ses.SealDesign) { d.Picture.Width = 0 },
		"format":    func(d *ses.SealDesign) { d.Picture.Format = "TIFF" },
		"extension": func(d *ses.SealDesign) { d.Extensions = []ses.Extension{{ID: "x"}} },
	} {
		d := h.design()
		change(&d)
		if _, err := ses.MakeSeal(d, h.maker); err == nil {
			t.Errorf("a seal with wrong %s was made", name)
		}
	}
}
