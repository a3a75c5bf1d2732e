package notices

import (
	"yimen/ofd"
	"yimen/ofd/pdf"
	"yimen/ofd/render"
	"yimen/ofd/ses"
)

// asPDF writes the pages of a sealed file, with its seals drawn on them. The same
// file gives the same bytes. It is a picture of the document and bears no
// signature of its own.
func asPDF(raw []byte) ([]byte, error) {
	pkg, err := ofd.OpenBytes(raw)
	if err != nil {
		return nil, wrap("open sealed file", err)
	}
	d, err := ofd.Read(pkg)
	if err != nil {
		return nil, wrap("read sealed file", err)
	}
	stamps := map[int][]render.Stamp{}
	for _, s := range ses.Seals(pkg) {
		x := render.Stamp{Box: ofd.Box{X: s.X, Y: s.Y, W: s.Width, H: s.Height}, Format: s.Picture.Format, Data: s.Picture.Data}
		if s.Clip != nil {
			x.Clip = &ofd.Box{X: s.Clip.X, Y: s.Clip.Y, W: s.Clip.Width, H: s.Clip.Height}
		}
		stamps[s.Page-1] = append(stamps[s.Page-1], x)
	}
	file, _, err := pdf.Write(d, pdf.Options{Stamps: stamps})
	return file, wrap("write PDF", err)
}
