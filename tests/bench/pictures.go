package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509/pkix"
	"fmt"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"yimen/ofd"
	"yimen/ofd/fonts"
	"yimen/ofd/pdf"
	"yimen/ofd/render"
	"yimen/ofd/ses"
	"yimen/ofd/typeset"
)

// pictures measures pictures of a one-page licence of 180 characters in two faces with a frame, on one core, fonts unpacked.
func pictures(keep time.Duration, r *report) error {
	d, err := licencePage()
	if err != nil {
		return err
	}
	by, trust, err := pdfSigner()
	if err != nil {
		return err
	}
	signed := func() ([]byte, error) {
		b, _, err := pdf.Write(d, pdf.Options{Sign: &pdf.Signature{By: by, At: time.Now(), Name: "韶关市", Reason: "劳务派遣经营许可证"}})
		return b, err
	}
	file, err := signed()
	if err != nil {
		return err
	}
	verified := func() ([]byte, error) {
		if r := ses.VerifyPDF(file, ses.Options{Trust: trust}); r.Verdict != ses.Valid {
			return nil, fmt.Errorf("bench: a PDF file we signed is %s", r.Verdict)
		}
		return file, nil
	}
	kinds := []struct {
		name string
		draw func() ([]byte, error)
	}{
		{"SVG", func() ([]byte, error) { b, _, err := render.SVG(d, 0, render.Options{}); return b, err }},
		{"PNG at 150 dpi", func() ([]byte, error) { b, _, err := render.PNG(d, 0, render.Options{DPI: 150}); return b, err }},
		{"PDF", func() ([]byte, error) { b, _, err := pdf.Write(d, pdf.Options{}); return b, err }},
		{"PDF, signed", signed},
		{"PDF, signature verified", verified},
	}
	for _, k := range kinds {
		b, err := k.draw()
		if err != nil {
			return err
		}
		start, n := time.Now(), 0
		for time.Since(start) < keep || n == 0 {
			if _, err := k.draw(); err != nil {
				return err
			}
			n++
		}
		value := float64(n) / time.Since(start).Seconds()
		r.add(figure{What: "page of a licence to " + k.name + ", one core", Measured: fmt.Sprintf("%.0f/s (%.0f KB)", value, float64(len(b))/1000), Value: value, Unit: "/s"})
	}
	return nil
}

// pdfSigner is a signer of P-256, and who trusts the root that vouches for it.
func pdfSigner() (by ses.Signer, trust *ses.Trust, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return by, nil, err
	}
	yesterday := func() time.Time { return time.Now().Add(-24 * time.Hour) }
	root, err := ses.RootOf(key, pkix.Name{CommonName: "root"}, 20, yesterday)
	if err != nil {
		return by, nil, err
	}
	by.Key = key
	by.Certificate, err = root.Issue(pkix.Name{CommonName: "signer"}, key.Public(), ses.ForSigning, 5)
	return by, ses.NewTrust([]*smx509.Certificate{root.Certificate}, nil, nil), err
}

func licencePage() (*ofd.Document, error) {
	set := typeset.New()
	d := &ofd.Document{Info: ofd.Info{DocID: "0123456789abcdef0123456789abcdef"}, Area: ofd.Area{Physical: ofd.Box{W: 210, H: 297}}}
	frame := &ofd.Path{Graphic: ofd.Graphic{Boundary: ofd.Box{W: 210, H: 297}}, Stroke: ofd.RGB(200, 0, 0), Outline: ofd.Rect(15, 20, 180, 250)}
	objects := []ofd.Object{frame}
	title := typeset.Style{Faces: []*fonts.Face{fonts.SerifBold}, Size: 9}
	body := typeset.Style{Faces: []*fonts.Face{fonts.Serif}, Size: 5}
	for i, text := range []string{
		"劳务派遣经营许可证", "单位名称：韶关市丹霞人力资源有限公司", "统一社会信用代码：91440200MA4UQ0001X", "法定代表人：陈志明",
		"住所：广东省韶关市浈江区风度北路一百一十八号三楼", "注册资本：贰佰万元整", "许可经营事项：劳务派遣",
		"有效期限：2026年11月23日至2029年11月22日", "发证机关：韶关市人力资源和社会保障局", "编号：440200202600017",
	} {
		style := body
		if i == 0 {
			style = title
		}
		list, err := set.Line(style, 30, 50+18*float64(i), text)
		if err != nil {
			return nil, err
		}
		objects = append(objects, list...)
	}
	d.Pages = []ofd.Page{{Layers: []ofd.Layer{{Objects: objects}}}}
	return d, set.Embed(d)
}
