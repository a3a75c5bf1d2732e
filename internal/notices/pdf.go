package notices

import (
	"context"
	"encoding/hex"

	"github.com/emmansun/gmsm/sm3"

	"yimen/ofd"
	"yimen/ofd/pdf"
	"yimen/ofd/render"
)

// PDF gives a sealed file as PDF, with its seals drawn on it and the signature
// of the city's PDF files, made now: no two are equal. Where there is no
// certificate to sign with, its digest is noted, by which alone it is known.
func (m *Module) PDF(ctx context.Context, number, id string) (Document, []byte, error) {
	p, raw, err := m.Open(ctx, number, id)
	if err != nil {
		return p, nil, err
	}
	sign, err := m.Seals.SignPDF(ctx)
	if err != nil {
		return p, nil, err
	}
	if sign != nil {
		sign.Reason, sign.Shows = p.Title+" "+p.DocNo, p.Hash
		if a, err := m.Org.Agency(ctx, p.Agency); err == nil { // what is written of it decides nothing
			sign.Name = a.Name
		}
		if d, err := m.Org.Division(ctx, p.Division); err == nil {
			sign.Place = d.Name
		}
	}
	file, err := asPDF(raw, sign)
	if err != nil || sign != nil {
		return p, file, err
	}
	sum := sm3.Sum(file)
	_, err = m.DB.Conn(ctx).Exec(ctx, `INSERT INTO notices_copy (hash, notice, given_at) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING`,
		hex.EncodeToString(sum[:]), p.Notice, m.now(ctx))
	return p, file, wrap("note copy", err)
}

// asPDF writes the pages of a sealed file. Unsigned, the same file gives the same
// bytes.
func asPDF(raw []byte, sign *pdf.Signature) ([]byte, error) {
	pkg, err := ofd.OpenBytes(raw)
	if err != nil {
		return nil, wrap("open sealed file", err)
	}
	d, err := ofd.Read(pkg)
	if err != nil {
		return nil, wrap("read sealed file", err)
	}
	stamps, err := render.StampsOf(pkg)
	if err != nil {
		return nil, wrap("find seals", err)
	}
	file, _, err := pdf.Write(d, pdf.Options{Stamps: stamps, Sign: sign})
	return file, wrap("write PDF", err)
}
