package draw

import (
	"errors"
	"fmt"
	"math"
	"time"

	"yimen/ofd"
)

// Options say what is drawn besides the page itself.
type Options struct {
	// Stamps are drawn above everything else: the pictures of seals, which stand in no page.
	Stamps []Stamp
	// Printed leaves out annotations that are not to be printed.
	Printed bool
	// Within bounds the time; 0 is 20 seconds. A page made to harm ends with ErrTooMuch.
	Within time.Duration
}

// Stamp is a picture laid on the page (18.2, StampAnnot).
type Stamp struct {
	Box    ofd.Box
	Clip   *ofd.Box // the part of Box that is seen, from its top left: one page's part of a seal over several
	Format string   // PNG, JPEG, BMP, GIF, TIFF, or OFD, whose first page is drawn
	Data   []byte
}

// The errors of drawing.
var (
	ErrTooMuch = errors.New("the page takes more to draw than is allowed")
	ErrNoPage  = errors.New("the document has no such page")
)

// Drawer draws the pages of one document; fonts are read once for all of them. It is for one goroutine.
type Drawer struct {
	doc    *ofd.Document
	faces  map[ofd.ID]typeface
	decode *budget
}

// budget is what pictures may still come to, in points. A small file can hold many that are large.
type budget struct {
	points int
	seen   map[*byte]bool
}

// maxDecoded is for all pictures of a document together.
const maxDecoded = 120_000_000

// take counts a picture the first time; one with a mask is made anew each time.
func (b *budget) take(p Picture) bool {
	if len(p.Data) == 0 || b.seen[&p.Data[0]] && len(p.Mask) == 0 {
		return true
	}
	b.seen[&p.Data[0]] = true
	_, w, h := Kind(p.Data)
	_, mw, mh := Kind(p.Mask)
	b.points -= w*h + mw*mh
	return b.points >= 0
}

// New makes a drawer.
func New(d *ofd.Document) *Drawer {
	return &Drawer{d, map[ofd.ID]typeface{}, &budget{maxDecoded, map[*byte]bool{}}}
}

// Page walks page i (from 0) of a document.
func Page(d *ofd.Document, i int, o Options, s Sink) (Report, error) { return New(d).Page(i, o, s) }

// Page walks page i (from 0). Of fonts that are substituted it tells with the first page that wants them.
func (d *Drawer) Page(i int, o Options, s Sink) (Report, error) {
	if i < 0 || i >= len(d.doc.Pages) {
		return Report{}, ErrNoPage
	}
	if o.Within == 0 {
		o.Within = 20 * time.Second
	}
	w := &walker{doc: d.doc, sink: s, report: &Report{}, faces: d.faces, decode: d.decode, until: time.Now().Add(o.Within)}
	err := w.page(&d.doc.Pages[i], ofd.Matrix{1, 0, 0, 1, 0, 0}, o)
	return *w.report, err
}

// Box gives the sheet of a page: what a picture of it shows. A size no sheet has is an error.
func Box(d *ofd.Document, i int) (ofd.Box, error) {
	if i < 0 || i >= len(d.Pages) {
		return ofd.Box{}, ErrNoPage
	}
	b := d.Size(&d.Pages[i]).Physical
	if !(b.W > 0 && b.H > 0 && b.W <= 10_000 && b.H <= 10_000) || math.Abs(b.X) > 1e5 || math.Abs(b.Y) > 1e5 {
		return b, fmt.Errorf("%w: a sheet of %g × %g mm", ErrTooMuch, b.W, b.H)
	}
	return b, nil
}

type walker struct {
	doc    *ofd.Document
	sink   Sink
	report *Report
	faces  map[ofd.ID]typeface
	decode *budget
	until  time.Time
	depth  int
	count  int
}

// maxNested bounds units in units; maxMarks bounds what they can multiply to.
const (
	maxNested = 16
	maxMarks  = 2_000_000
)

func (w *walker) page(p *ofd.Page, m ofd.Matrix, o Options) error {
	for _, layer := range w.doc.Drawing(p) {
		if err := w.objects(layer.Objects, m, 1); err != nil {
			return err
		}
	}
	for _, a := range p.Annotations {
		if a.Hidden || o.Printed && a.NoPrint {
			continue
		}
		at := ofd.Matrix{1, 0, 0, 1, a.Boundary.X, a.Boundary.Y}.Then(m)
		if err := w.objects(a.Objects, at, 1); err != nil {
			return err
		}
	}
	for _, s := range o.Stamps {
		if err := w.stamp(s, m); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) objects(list []ofd.Object, m ofd.Matrix, alpha float64) error {
	for _, o := range list {
		if w.count++; w.count > maxMarks || w.count%64 == 0 && time.Now().After(w.until) {
			return ErrTooMuch
		}
		if b, ok := o.(*ofd.Block); ok {
			if err := w.nested(b.Objects, m, alpha); err != nil {
				return err
			}
			continue
		}
		g := o.Base()
		if g.Hidden || g.Fade == 255 {
			continue
		}
		if err := w.object(o, g, m, alpha*float64(255-g.Fade)/255); err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) nested(list []ofd.Object, m ofd.Matrix, alpha float64) error {
	if w.depth++; w.depth > maxNested {
		return ErrTooMuch
	}
	defer func() { w.depth-- }()
	return w.objects(list, m, alpha)
}

// object draws one object. Paths and pictures are cut at their boundary, as the standard says. Texts are not: writers round
// the box to the em, and no reader cuts the tails of letters for it.
func (w *walker) object(o ofd.Object, g *ofd.Graphic, m ofd.Matrix, alpha float64) error {
	space := ofd.Matrix{1, 0, 0, 1, g.Boundary.X, g.Boundary.Y}.Then(m)
	inner := space
	if g.CTM != nil {
		inner = g.CTM.Then(space)
	}
	for _, v := range inner {
		if math.IsNaN(v) || math.Abs(v) > 1e7 {
			return nil
		}
	}
	regions := w.clips(g, space, inner)
	_, text := o.(*ofd.Text)
	if !text && g.Boundary.W > 0 && g.Boundary.H > 0 {
		regions = append(regions, Rectangle(ofd.Box{W: g.Boundary.W, H: g.Boundary.H}, space))
	}
	if len(regions) > 0 {
		w.sink.Push(regions)
		defer w.sink.Pop()
	}
	switch o := o.(type) {
	case *ofd.Text:
		return w.sink.Text(w.glyphs(o, inner, alpha))
	case *ofd.Path:
		return w.sink.Path(Mark{Outline(o.Outline), inner, o.Fill, o.Stroke, o.EvenOdd, g.Stroke(), alpha})
	case *ofd.Image:
		return w.image(o, inner, alpha)
	case *ofd.Composite:
		if u, ok := w.doc.Unit(o.Unit); ok {
			return w.nested(u.Objects, inner, alpha)
		}
	}
	return nil
}

// clips gives the regions an object says it is seen in. Their space is the object's.
func (w *walker) clips(g *ofd.Graphic, space, inner ofd.Matrix) []Region {
	var out []Region
	for _, c := range g.Clips {
		var r Region
		for _, p := range c.Parts {
			m := inner
			if p.CTM != nil {
				m = p.CTM.Then(inner)
			}
			switch {
			case p.Path != nil:
				at := within(&p.Path.Graphic, m)
				r.Outline = append(r.Outline, Transform(Outline(p.Path.Outline), at)...)
				r.EvenOdd = p.Path.EvenOdd
			case p.Text != nil:
				t := w.glyphs(p.Text, within(&p.Text.Graphic, m), 1)
				for i, glyph := range t.Glyphs {
					r.Outline = append(r.Outline, Transform(glyph.Face.Outline(glyph.ID), t.Place(i).Then(t.M))...)
				}
			}
		}
		out = append(out, r)
	}
	return out
}

func within(g *ofd.Graphic, m ofd.Matrix) ofd.Matrix {
	m = ofd.Matrix{1, 0, 0, 1, g.Boundary.X, g.Boundary.Y}.Then(m)
	if g.CTM != nil {
		m = g.CTM.Then(m)
	}
	return m
}

func (w *walker) image(o *ofd.Image, m ofd.Matrix, alpha float64) error {
	if o.Graphic.CTM == nil { // without a place in its box it fills it
		m = ofd.Matrix{o.Boundary.W, 0, 0, o.Boundary.H, 0, 0}.Then(m)
	}
	pic, ok := w.doc.Picture(o.Picture)
	if !ok {
		if pic, ok = w.doc.Picture(o.Substitution); !ok {
			w.skip(fmt.Sprintf("picture %d is not in the file", o.Picture))
			return nil
		}
	}
	p := Picture{Format: pic.Format, Data: pic.Data, M: m, Alpha: alpha}
	if mask, ok := w.doc.Picture(o.Mask); ok && o.Mask != 0 {
		p.Mask = mask.Data
	}
	return w.picture(p)
}

// picture paints, and notes what cannot be decoded instead of failing: the rest of the page is worth seeing.
func (w *walker) picture(p Picture) error {
	if !w.decode.take(p) {
		return fmt.Errorf("%w: pictures of more than %d million points", ErrTooMuch, maxDecoded/1_000_000)
	}
	if time.Now().After(w.until) {
		return ErrTooMuch
	}
	err := w.sink.Picture(p)
	var bad *PictureError
	if errors.As(err, &bad) {
		w.skip(bad.Error())
		return nil
	}
	return err
}

func (w *walker) skip(why string) {
	if len(w.report.Skipped) < 1000 {
		w.report.Skipped = append(w.report.Skipped, why)
	}
}

// stamp lays a picture on the page. One of OFD is a document: its first page is fitted into the box.
func (w *walker) stamp(s Stamp, m ofd.Matrix) error {
	if !(s.Box.W > 0 && s.Box.H > 0) {
		return nil
	}
	if s.Clip != nil {
		seen := ofd.Box{X: s.Box.X + s.Clip.X, Y: s.Box.Y + s.Clip.Y, W: s.Clip.W, H: s.Clip.H}
		w.sink.Push([]Region{Rectangle(seen, m)})
		defer w.sink.Pop()
	}
	if s.Format != "OFD" && s.Format != "ofd" {
		at := ofd.Matrix{s.Box.W, 0, 0, s.Box.H, s.Box.X, s.Box.Y}.Then(m)
		return w.picture(Picture{Format: s.Format, Data: s.Data, M: at, Alpha: 1})
	}
	doc, err := readOFD(s.Data)
	if err != nil || len(doc.Pages) == 0 {
		w.skip(fmt.Sprintf("the seal's picture is an OFD file that cannot be read: %v", err))
		return nil
	}
	box, err := Box(doc, 0)
	if err != nil {
		w.skip(err.Error())
		return nil
	}
	at := ofd.Matrix{s.Box.W / box.W, 0, 0, s.Box.H / box.H, 0, 0}
	at = ofd.Matrix{1, 0, 0, 1, -box.X, -box.Y}.Then(at).Then(ofd.Matrix{1, 0, 0, 1, s.Box.X, s.Box.Y}).Then(m)
	inner := &walker{doc: doc, sink: w.sink, report: w.report, faces: map[ofd.ID]typeface{}, decode: w.decode, until: w.until, count: w.count}
	return inner.page(&doc.Pages[0], at, Options{})
}

func readOFD(data []byte) (*ofd.Document, error) {
	p, err := ofd.OpenBytes(data)
	if err != nil {
		return nil, err
	}
	return ofd.Read(p)
}
