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

// sheetFile is a sealed document, of a licence or a copy, as it is given out.
type sheetFile struct {
	table, column, id string // its row
	name              string // without the ending
	ofd, pdf          string // ids in the file store; pdf "" as long as nobody has asked for it
}

func (s Shown) sheetFile() sheetFile {
	return sheetFile{"licences_paper", "licence", s.ID, s.TypeName + " " + s.HolderName, s.Paper.OFD, s.Paper.PDF}
}

func (c Copy) sheetFile(of Shown) sheetFile {
	return sheetFile{"licences_copy", "id", c.ID, of.TypeName + "加注件", c.OFD, c.PDF}
}

// readPDF gives the PDF of a licence or copy. Most are never asked for: it is
// written from the sealed file when it first is, signed, and kept, so that
// whoever asks again gets the same. One that was kept without a signature is
// written anew and signed each time, its own digest stays known.
func (m *Module) readPDF(ctx context.Context, l Licence, f sheetFile) ([]byte, error) {
	if f.pdf == "" {
		return m.firstPDF(ctx, l, f)
	}
	data, err := m.read(ctx, f.pdf)
	if err != nil || m.Seals == nil || bytes.Contains(data, []byte("/ByteRange")) {
		return data, err
	}
	written, signed, err := m.writePDF(ctx, l, f.ofd)
	if err != nil || signed {
		return written, err
	}
	return data, nil
}

// errLate undoes the keeping of a PDF that somebody else has kept.
var errLate = errors.New("licences: the PDF is there already")

// firstPDF writes a PDF and keeps it, unless somebody was quicker: then theirs
// is given.
func (m *Module) firstPDF(ctx context.Context, l Licence, f sheetFile) ([]byte, error) {
	data, _, err := m.writePDF(ctx, l, f.ofd)
	if err != nil {
		return nil, err
	}
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		kept, err := m.keep(ctx, f.name+".pdf", data)
		if err != nil {
			return err
		}
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE `+f.table+` SET pdf = $2, pdf_hash = $3 WHERE `+f.column+` = $1 AND pdf = ''`, f.id, kept.ID, kept.SM3)
		if err == nil && n == 0 {
			return errLate
		}
		return wrap("keep PDF", err)
	})
	if !errors.Is(err, errLate) {
		return data, err
	}
	if err := m.DB.Conn(ctx).Get(ctx, &f.pdf, `SELECT pdf FROM `+f.table+` WHERE `+f.column+` = $1`, f.id); err != nil {
		return nil, wrap("read PDF", err)
	}
	return m.read(ctx, f.pdf)
}

// writePDF writes a sealed file as PDF, signed if the city signs them.
func (m *Module) writePDF(ctx context.Context, l Licence, sealed string) (data []byte, signed bool, err error) {
	if m.Seals == nil {
		return nil, false, ErrNotSealed
	}
	raw, err := m.read(ctx, sealed)
	if err != nil {
		return nil, false, err
	}
	pkg, err := ofd.OpenBytes(raw)
	if err != nil {
		return nil, false, wrap("open document", err)
	}
	doc, err := ofd.Read(pkg)
	if err != nil {
		return nil, false, wrap("read document", err)
	}
	stamps, err := render.StampsOf(pkg)
	if err != nil {
		return nil, false, err
	}
	seal, _ := doc.Info.Field("ZZQZMC")
	sign, err := m.signature(ctx, l, seal, raw)
	if err != nil {
		return nil, false, err
	}
	data, err = asPDF(doc, pdf.Options{Stamps: stamps, Sign: sign})
	return data, sign != nil, err
}
