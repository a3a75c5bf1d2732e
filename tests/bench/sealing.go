package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"

	"yimen/ofd"
	"yimen/ofd/ses"
)

// sealing measures one-page documents sealed and written, and read and
// verified with their chains, on two workers, beside SM2 alone.
func sealing(ctx context.Context, keep time.Duration, r *report) error {
	seal, signer, trust, err := sealer()
	if err != nil {
		return err
	}
	blank, err := onePage()
	if err != nil {
		return err
	}
	stamps := []ses.Stamp{{Page: 1, Box: ses.Box{X: 120, Y: 200, Width: 40, Height: 40}}}
	affix := func(w io.Writer) error {
		p, err := ofd.OpenBytes(blank)
		if err != nil {
			return err
		}
		if err := ses.Affix(ctx, p, seal, signer, stamps, ses.Signing{}); err != nil {
			return err
		}
		return p.Write(w)
	}
	var done bytes.Buffer
	if err := affix(&done); err != nil {
		return err
	}
	o := ses.Options{Trust: trust}
	verify := func() error {
		p, err := ofd.OpenBytes(done.Bytes())
		if err != nil {
			return err
		}
		if v := ses.Verify(ctx, p, o).Verdict; v != ses.Valid {
			return fmt.Errorf("bench: the sealed page is %s", v)
		}
		return nil
	}
	sealed, err := pair(ctx, keep, func() error { return affix(io.Discard) })
	if err != nil {
		return err
	}
	verified, err := pair(ctx, keep, verify)
	if err != nil {
		return err
	}
	licences, size, err := licencesMade(ctx, keep, seal, signer, stamps)
	if err != nil {
		return err
	}
	signing, checking, err := rawSM2(ctx, keep, signer)
	if err != nil {
		return err
	}
	r.add(figure{What: "one-page documents sealed", Budget: "≥ 300/s", Measured: fmt.Sprintf("%.0f/s", sealed), Value: sealed, Unit: "/s", RawText: fmt.Sprintf("SM2 signing %.0f/s", signing)})
	r.add(figure{What: "one-page licences set, sealed and written", Budget: "≥ 300/s, ≤ 60 KB", Measured: fmt.Sprintf("%.0f/s (%.0f KB)", licences, size), Value: licences, Unit: "/s", RawText: fmt.Sprintf("SM2 signing %.0f/s", signing)})
	r.add(figure{What: "sealed documents verified", Budget: "≥ 1,500/s", Measured: fmt.Sprintf("%.0f/s", verified), Value: verified, Unit: "/s", RawText: fmt.Sprintf("SM2 verifying %.0f/s", checking)})
	return nil
}

// licencesMade is how many whole licences of about 180 characters are made in a
// second on two workers, from the texts to the sealed file, and its size in KB.
func licencesMade(ctx context.Context, keep time.Duration, seal *ses.Seal, signer ses.Signer, stamps []ses.Stamp) (perSecond, size float64, err error) {
	one := func(w io.Writer) error {
		d, err := licencePage()
		if err != nil {
			return err
		}
		p, err := ofd.Pack(d)
		if err != nil {
			return err
		}
		if err := ses.Affix(ctx, p, seal, signer, stamps, ses.Signing{}); err != nil {
			return err
		}
		return p.Write(w)
	}
	var file bytes.Buffer
	if err := one(&file); err != nil {
		return 0, 0, err
	}
	perSecond, err = pair(ctx, keep, func() error { return one(io.Discard) })
	return perSecond, float64(file.Len()) / 1024, err
}

// sealer is a seal, who may use it, and the root behind both.
func sealer() (*ses.Seal, ses.Signer, *ses.Trust, error) {
	root, err := ses.NewRoot(pkix.Name{CommonName: "root"}, 10, nil)
	if err != nil {
		return nil, ses.Signer{}, nil, err
	}
	middle, err := root.IssueKey(pkix.Name{CommonName: "issuing"}, ses.ForIssuing, 5)
	if err != nil {
		return nil, ses.Signer{}, nil, err
	}
	issuing := ses.NewAuthority(middle, nil)
	signer, err := issuing.IssueKey(pkix.Name{CommonName: "signer"}, ses.ForSigning, 3)
	if err != nil {
		return nil, ses.Signer{}, nil, err
	}
	picture := []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><circle cx="20" cy="20" r="19"/></svg>`)
	now := time.Now().Add(-time.Minute)
	seal, err := ses.MakeSeal(ses.SealDesign{Vendor: "Yimen", ID: "1", Name: "章", Signers: []*smx509.Certificate{signer.Certificate},
		Created: now, Start: now, End: now.AddDate(1, 0, 0), Picture: ses.Picture{Format: "SVG", Data: picture, Width: 40, Height: 40}}, signer)
	return seal, signer, ses.NewTrust([]*smx509.Certificate{root.Certificate}, []*smx509.Certificate{middle.Certificate}, nil), err
}

// onePage is a document of one page with a file as large as a font subset.
func onePage() ([]byte, error) {
	font := make([]byte, 30_000)
	rand.Read(font)
	p := ofd.NewPackage()
	const ns = `xmlns:ofd="http://www.ofdspec.org/2016"`
	err := errors.Join(
		p.Put("OFD.xml", []byte(`<ofd:OFD `+ns+` Version="1.1" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`)),
		p.Put("Doc_0/Document.xml", []byte(`<ofd:Document `+ns+`><ofd:CommonData><ofd:MaxUnitID>2</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>`)),
		p.Put("Doc_0/Pages/Page_0/Content.xml", []byte(`<ofd:Page `+ns+`/>`)),
		p.Put("Doc_0/Res/font.ttf", font))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = p.Write(&b)
	return b.Bytes(), err
}

// pair is how often fn runs in a second on two workers; an error ends it.
func pair(ctx context.Context, keep time.Duration, fn func() error) (float64, error) {
	l := together(ctx, 2, keep, func(context.Context, int, int) error { return fn() })
	return float64(len(l.took)) / l.wall.Seconds(), l.first
}

// rawSM2 signs and verifies a digest and nothing else.
func rawSM2(ctx context.Context, keep time.Duration, s ses.Signer) (signing, verifying float64, err error) {
	e := make([]byte, 32)
	rand.Read(e)
	value, err := s.Key.Sign(rand.Reader, e, crypto.Hash(0))
	if err != nil {
		return 0, 0, err
	}
	key, ok := s.Key.(*sm2.PrivateKey)
	if !ok {
		return 0, 0, errors.New("bench: not a software key")
	}
	signing, err = pair(ctx, keep, func() error {
		_, err := s.Key.Sign(rand.Reader, e, crypto.Hash(0))
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	verifying, err = pair(ctx, keep, func() error {
		if !sm2.VerifyASN1(&key.PublicKey, e, value) {
			return errors.New("bench: a good signature is not")
		}
		return nil
	})
	return signing, verifying, err
}
