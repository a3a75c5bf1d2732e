package typeset

import (
	"math"

	"yimen/ofd"
)

// Watermark makes an annotation that shows a text again and again across a sheet, rising at 30 degrees: what a copy is for,
// and for whom. Its paint should let the page be read: a grey with an alpha of about 60.
func (s *Setter) Watermark(style Style, sheet ofd.Box, text string) (ofd.Annotation, error) {
	const angle = -math.Pi / 6
	cos, sin := math.Cos(angle), math.Sin(angle)
	width := s.Width(style, text)
	across, down := width+4*style.Size, width*math.Abs(sin)+5*style.Size
	note := ofd.Annotation{Type: ofd.Watermark, Subtype: "purpose", Remark: text, NoZoom: true, NoRotate: true, Boundary: sheet}
	for row, y := 0, down/2; y < sheet.H+down/2; row, y = row+1, y+down {
		for x := -across / 2 * float64(row%2); x < sheet.W; x += across {
			line, err := s.Line(style, 0, 0, text)
			if err != nil {
				return ofd.Annotation{}, err
			}
			for _, o := range line {
				t := o.(*ofd.Text)
				// The object's space becomes the whole sheet, and the text is turned in it around the line's beginning.
				t.Runs[0].X, t.Runs[0].Y = t.Boundary.X+t.Runs[0].X, 0
				t.Boundary = ofd.Box{W: sheet.W, H: sheet.H}
				t.CTM = &ofd.Matrix{cos, sin, -sin, cos, x, y}
				note.Objects = append(note.Objects, t)
			}
		}
	}
	return note, nil
}
