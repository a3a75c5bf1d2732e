package ses

import (
	"fmt"

	"yimen/ofd"
)

// A Placed is the picture of a seal, and where on a page it is shown.
type Placed struct {
	Page    int // from 1
	Box     Box
	Clip    *Box // the part of the picture that is seen, from its top left; nil: all of it
	Picture Picture
}

// Stamps lists the pictures of seals of the first document of a file, in the
// order of its signatures, for whoever draws its pages: they stand in no page.
// Whether the seals are genuine is for [Verify] to say; one that cannot be read
// is left out, and so is a place that is on no page.
func Stamps(p *ofd.Package) ([]Placed, error) {
	var s steps
	docs := readDocuments(p, &s)
	if len(docs) == 0 {
		return nil, fmt.Errorf("%w: it has no document", ErrDocument)
	}
	var list []Placed
	for _, e := range docs[0].entries {
		d, ok := readDescription(p, e.path, &s)
		if !ok || len(d.stamps) == 0 {
			continue
		}
		seal := sealShown(p, d)
		if seal == nil {
			continue
		}
		for _, a := range d.stamps {
			if on, ok := docs[0].pages[a.page]; ok && a.box != nil {
				list = append(list, Placed{Page: on.number, Box: *a.box, Clip: a.clip, Picture: seal.Picture})
			}
		}
	}
	return list, nil
}

// sealShown is the seal beside a signature, or the one inside; nil when neither
// can be read.
func sealShown(p *ofd.Package, d *description) *Seal {
	if raw, err := p.Bytes(d.seal); d.seal != "" && err == nil {
		if seal, err := ParseSeal(raw); err == nil {
			return seal
		}
	}
	raw, err := p.Bytes(d.value)
	if err != nil {
		return nil
	}
	sig, err := ParseSignature(raw)
	if err != nil {
		return nil
	}
	return sig.Seal
}
