package render

import (
	"yimen/ofd"
	"yimen/ofd/ses"
)

// StampsOf gives the pictures of the seals of a sealed file, by page from 0, as
// Options and pdf.Options want them. Whether the seals are genuine is for
// ses.Verify to say.
func StampsOf(p *ofd.Package) (map[int][]Stamp, error) {
	placed, err := ses.Stamps(p)
	if err != nil {
		return nil, err
	}
	pages := map[int][]Stamp{}
	for _, s := range placed {
		x := Stamp{Box: ofd.Box{X: s.Box.X, Y: s.Box.Y, W: s.Box.Width, H: s.Box.Height}, Format: s.Picture.Format, Data: s.Picture.Data}
		if s.Clip != nil {
			x.Clip = &ofd.Box{X: s.Clip.X, Y: s.Clip.Y, W: s.Clip.Width, H: s.Clip.Height}
		}
		pages[s.Page-1] = append(pages[s.Page-1], x)
	}
	return pages, nil
}
