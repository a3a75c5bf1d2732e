package ses

import "yimen/ofd"

// A Shown is the picture of a seal at one place of a page.
type Shown struct {
	Place
	Clip    *Box // the part that is seen, from its top left; nil all of it
	Picture Picture
}

// Seals gives the seals that a document's first part says stand on it, for
// whoever draws its pages. It does not say that they are genuine: that is what
// Verify is for. What cannot be read is left out.
func Seals(p *ofd.Package) []Shown {
	var ignored steps
	docs := readDocuments(p, &ignored)
	if len(docs) == 0 {
		return nil
	}
	var list []Shown
	for _, e := range docs[0].entries {
		d, ok := readDescription(p, e.path, &ignored)
		if !ok {
			continue
		}
		value, err := p.Bytes(d.value)
		if err != nil {
			continue
		}
		sig, err := ParseSignature(value)
		if err != nil || sig.Seal == nil {
			continue
		}
		for _, a := range d.stamps {
			on, known := docs[0].pages[a.page]
			if !known || a.box == nil {
				continue
			}
			list = append(list, Shown{Place{on.number, a.box.X, a.box.Y, a.box.Width, a.box.Height}, a.clip, sig.Seal.Picture})
		}
	}
	return list
}
