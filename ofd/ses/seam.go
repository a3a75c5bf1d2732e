package ses

import (
	"fmt"

	"yimen/ofd"
)

// SeamPages is how many leaves share one seal at most: more would leave slivers
// in which nothing can be told apart.
const SeamPages = 30

// Seam gives the stamps of a perforation seal (骑缝章): one seal of the given
// size (millimetres) cut into upright strips, one at the right edge of each of
// the pages from first to last (counted from 1), its top y millimetres from
// the top. Laid like a fan, the leaves show the whole seal.
//
// All strips belong to one signature. A strip is the whole stamp, set so that
// its part lies at the edge, and Clip leaves that part to be seen.
func Seam(p *ofd.Package, first, last int, y, width, height float64) ([]Stamp, error) {
	var s steps
	docs := readDocuments(p, &s)
	if len(docs) == 0 {
		return nil, ErrDocument
	}
	d := docs[0]
	n := last - first + 1
	switch {
	case first < 1 || last > len(d.order) || n < 2:
		return nil, fmt.Errorf("%w: pages %d to %d of %d; a seam needs two", ErrPlace, first, last, len(d.order))
	case n > SeamPages:
		return nil, fmt.Errorf("%w: a seam of %d pages; at most %d share a seal", ErrPlace, n, SeamPages)
	case width <= 0 || height <= 0:
		return nil, fmt.Errorf("%w: a stamp of %g × %g mm", ErrPlace, width, height)
	}
	strip := width / float64(n)
	var out []Stamp
	for i := range n {
		pg := d.pages[d.order[first-1+i]]
		w, h := pageSize(p, pg)
		if w <= 0 || y < 0 || y+height > h {
			return nil, fmt.Errorf("%w: page %d is %g × %g mm", ErrPlace, first+i, w, h)
		}
		left := strip * float64(i)
		out = append(out, Stamp{Page: first + i, Box: Box{round(w - strip - left), y, width, height},
			Clip: &Box{round(left), 0, round(strip), height}})
	}
	return out, nil
}

// pageSize is the page's own area, else the document's.
func pageSize(p *ofd.Package, pg page) (w, h float64) {
	if data, err := p.Bytes(pg.content); err == nil {
		if root, err := parseXML(data); err == nil {
			if w, h = boxSize(root.child("Area").child("PhysicalBox").value()); w > 0 {
				return w, h
			}
		}
	}
	return pg.width, pg.height
}

// round keeps a thousandth of a millimetre.
func round(mm float64) float64 { return float64(int64(mm*1000+0.5)) / 1000 }
