package draw

import (
	"yimen/ofd"
	"yimen/ofd/fonts"
)

// Sink paints. What is painted later lies above.
type Sink interface {
	Path(Mark) error
	Text(Glyphs) error
	Picture(Picture) error
	// Push says that until the Pop that belongs to it only what lies in all regions is seen.
	Push([]Region)
	Pop()
}

// Mark is a path in the space of its object; M leads to the page. Fill and Stroke are nil where nothing is painted.
type Mark struct {
	Outline      fonts.Outline
	M            ofd.Matrix
	Fill, Stroke *ofd.Paint
	EvenOdd      bool
	Line         ofd.Line
	Alpha        float64 // 0 … 1, of the whole object
}

// Glyph is one glyph of a text, its origin in the space of the object. Text is the characters it stands for, "" for the
// second and further glyphs of one character. Narrow is how much narrower than it is the glyph is set, 1 for not at all: a
// face that stands in for a narrower one must not run letters into one another.
type Glyph struct {
	Face   *fonts.Face
	ID     uint16
	X, Y   float64
	Text   string
	Narrow float64
}

// Glyphs is a text object.
type Glyphs struct {
	Glyphs       []Glyph
	Size, HScale float64
	Turn         int // of each glyph about its origin: 0, 90, 180, 270 clockwise
	Slant        bool
	M            ofd.Matrix
	Fill, Stroke *ofd.Paint
	Line         ofd.Line
	Alpha        float64
}

// Shape gives the matrix from em, y upwards, to the object's space without its place: size, width, slant, turn.
func (g Glyphs) Shape() ofd.Matrix {
	m := ofd.Matrix{g.Size * g.HScale, 0, 0, -g.Size, 0, 0}
	if g.Slant {
		m[2] = 0.2 * g.Size
	}
	switch g.Turn {
	case 90:
		m = m.Then(ofd.Matrix{0, 1, -1, 0, 0, 0})
	case 180:
		m = m.Then(ofd.Matrix{-1, 0, 0, -1, 0, 0})
	case 270:
		m = m.Then(ofd.Matrix{0, -1, 1, 0, 0, 0})
	}
	return m
}

// Place gives the matrix from em to the object's space of one glyph.
func (g Glyphs) Place(i int) ofd.Matrix {
	m := ofd.Matrix{g.Glyphs[i].Narrow, 0, 0, 1, 0, 0}.Then(g.Shape())
	m[4], m[5] = g.Glyphs[i].X, g.Glyphs[i].Y
	return m
}

// Picture is an image: the unit square, M leads to the page.
type Picture struct {
	Format     string
	Data, Mask []byte // Mask is an image whose dark parts hide, nil for none
	M          ofd.Matrix
	Alpha      float64
}

// Region is an area of the page.
type Region struct {
	Outline fonts.Outline // in millimetres of the page
	EvenOdd bool
	Box     *ofd.Box // set when the region is this rectangle
}

// Transform gives an outline in another space.
func Transform(o fonts.Outline, m ofd.Matrix) fonts.Outline {
	out := make(fonts.Outline, len(o))
	for i, s := range o {
		out[i].Op = s.Op
		for j := 0; j < 6; j += 2 {
			out[i].P[j], out[i].P[j+1] = m.Apply(s.P[j], s.P[j+1])
		}
	}
	return out
}

// Rectangle gives a box as a region, turned by the matrix where it turns.
func Rectangle(b ofd.Box, m ofd.Matrix) Region {
	o := fonts.Outline{
		{Op: 'M', P: [6]float64{b.X, b.Y}}, {Op: 'L', P: [6]float64{b.X + b.W, b.Y}},
		{Op: 'L', P: [6]float64{b.X + b.W, b.Y + b.H}}, {Op: 'L', P: [6]float64{b.X, b.Y + b.H}}, {Op: 'Z'},
	}
	r := Region{Outline: Transform(o, m)}
	if m[1] == 0 && m[2] == 0 && m[0] > 0 && m[3] > 0 {
		x, y := m.Apply(b.X, b.Y)
		r.Box = &ofd.Box{X: x, Y: y, W: b.W * m[0], H: b.H * m[3]}
	}
	return r
}
