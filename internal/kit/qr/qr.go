// Package qr draws QR codes on the pages of documents.
package qr

import (
	"fmt"

	qrcode "github.com/skip2/go-qrcode"

	"yimen/ofd"
)

// Path draws a code that says something, without the quiet zone around it, as one
// black path of bars that fills a box (millimetres). Two to three millimetres of
// white around the box are the caller's to leave. Its numbers are whole modules,
// which a matrix makes millimetres: deflated they are a third as long.
func Path(says string, box ofd.Box) (*ofd.Path, error) {
	code, err := qrcode.New(says, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("draw a code of %d bytes: %w", len(says), err)
	}
	code.DisableBorder = true
	bits := code.Bitmap()
	scale := ofd.Matrix{box.W / float64(len(bits)), 0, 0, box.H / float64(len(bits)), 0, 0}
	var bars ofd.Outline
	for y, row := range bits {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x > from {
				bars = append(bars, ofd.Rect(float64(from), float64(y), float64(x-from), 1)...)
			}
		}
	}
	black := ofd.Black
	return &ofd.Path{Graphic: ofd.Graphic{Boundary: box, CTM: &scale}, Fill: &black, Outline: bars}, nil
}
