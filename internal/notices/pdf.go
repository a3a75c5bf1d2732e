package notices

import (
	"yimen/ofd"
	"yimen/ofd/pdf"
	"yimen/ofd/render"
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
	stamps, err := render.StampsOf(pkg)
	if err != nil {
		return nil, wrap("find seals", err)
	}
	file, _, err := pdf.Write(d, pdf.Options{Stamps: stamps})
	return file, wrap("write PDF", err)
}
