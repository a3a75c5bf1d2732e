package licences

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"yimen/ofd"
	"yimen/ofd/pdf"
	"yimen/ofd/render"
)

// signature is that of the PDF of a licence whose OFD file bears a seal; nil where
// the city has no certificate for PDF files.
func (m *Module) signature(ctx context.Context, l Licence, seal string, asOFD []byte) (*pdf.Signature, error) {
	s, err := m.Seals.SignPDF(ctx)
	if err != nil || s == nil {
		return nil, err
	}
	s.Name, s.Reason, s.Shows = l.IssuerName, "签发"+l.TypeName+"，与盖有“"+seal+"”的OFD文件版面相同", hexSM3(asOFD)
	if d, err := m.Org.Division(ctx, l.Division); err == nil { // what is written of the place decides nothing
		s.Place = d.Name
	}
	return s, nil
}

// asPDF refuses a page that would lack a character.
func asPDF(doc *ofd.Document, o pdf.Options) ([]byte, error) {
	data, report, err := pdf.Write(doc, o)
	if err != nil {
		return nil, wrap("write as PDF", err)
	}
	if len(report.Missing) > 0 {
		return nil, ErrGlyph.Say("“%s”还没有字形，印不出来，没有制证，请联系系统管理员补字。", string(report.Missing))
	}
	if len(report.Skipped) > 0 {
		return nil, wrap("write as PDF", errors.New(strings.Join(report.Skipped, "; ")))
	}
	return data, nil
}

// readPDF gives the PDF of a licence or copy as it is stored. One from before PDF
// files were signed is written anew from the sealed file, and signed now.
func (m *Module) readPDF(ctx context.Context, l Licence, stored, sealed string) ([]byte, error) {
	data, err := m.read(ctx, stored)
	if err != nil || m.Seals == nil || bytes.Contains(data, []byte("/ByteRange")) {
		return data, err
	}
	raw, err := m.read(ctx, sealed)
	if err != nil {
		return nil, err
	}
	pkg, err := ofd.OpenBytes(raw)
	if err != nil {
		return nil, wrap("open document", err)
	}
	doc, err := ofd.Read(pkg)
	if err != nil {
		return nil, wrap("read document", err)
	}
	seal, _ := doc.Info.Field("ZZQZMC")
	sign, err := m.signature(ctx, l, seal, raw)
	if err != nil || sign == nil {
		return data, err
	}
	stamps, err := render.StampsOf(pkg)
	if err != nil {
		return nil, err
	}
	return asPDF(doc, pdf.Options{Stamps: stamps, Sign: sign})
}
