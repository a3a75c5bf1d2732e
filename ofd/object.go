package ofd

import "image/color"

// Object is something on a layer: [*Text], [*Path], [*Image], [*Composite] or [*Block].
type Object interface {
	// Base gives what all objects have.
	Base() *Graphic
}

// Graphic is what all objects have (8.5, CT_GraphicUnit). An object has a space of its own: its origin is the top left of
// Boundary, x goes right, y goes down; CTM is applied inside it, and what lies outside Boundary is not seen.
type Graphic struct {
	ID       ID
	Name     string
	Boundary Box
	CTM      *Matrix // nil: none
	Line     *Line   // nil: DefaultLine
	Fade     uint8   // 0 is opaque, 255 unseen; the file's Alpha is 255 − Fade
	Hidden   bool
	Clips    []Clip // only what lies in all of them is seen
}

// Base gives the object's common part.
func (g *Graphic) Base() *Graphic { return g }

// Stroke gives the line the object is drawn with.
func (g *Graphic) Stroke() Line {
	if g.Line == nil {
		return DefaultLine
	}
	return *g.Line
}

// Matrix is "a b c d e f": x' = a·x + c·y + e, y' = b·x + d·y + f.
type Matrix [6]float64

// Apply gives the place of a point.
func (m Matrix) Apply(x, y float64) (float64, float64) {
	return m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]
}

// Then gives the matrix that does m first and n after it.
func (m Matrix) Then(n Matrix) Matrix {
	return Matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// Box is a place and a size; both sides are greater than 0.
type Box struct{ X, Y, W, H float64 }

// Line is how strokes are drawn (8.2).
type Line struct {
	Width      float64
	Cap        Cap
	Join       Join
	MiterLimit float64
	DashOffset float64
	Dash       []float64 // lengths drawn and left out, in turn; none: a whole line
}

// DefaultLine is the line of objects that say nothing about it.
var DefaultLine = Line{Width: 0.353, MiterLimit: 3.528}

// Cap is how a line ends.
type Cap uint8

// The three ends.
const (
	Butt Cap = iota
	RoundCap
	SquareCap
)

// Join is how two lines meet.
type Join uint8

// The three joins.
const (
	Miter Join = iota
	RoundJoin
	Bevel
)

// Paint is a colour, or a run of colours (8.3). Colours of grey and CMYK spaces are told as RGB.
type Paint struct {
	Color color.NRGBA // with Shade: the colour for who cannot draw it
	Shade *Shade
}

// Black is what text is drawn with when nothing is said.
var Black = Paint{Color: color.NRGBA{A: 255}}

// RGB makes an opaque paint.
func RGB(r, g, b uint8) *Paint { return &Paint{Color: color.NRGBA{r, g, b, 255}} }

// Shade is a run of colours along a line or between two circles (8.3.4), in the object's space.
type Shade struct {
	Radial      bool
	X1, Y1, R1  float64 // R1 and R2 are of radial shades
	X2, Y2, R2  float64
	Map         string  // "" (Direct), Repeat or Reflect
	Unit        float64 // length of a repeat
	ExtendStart bool    // goes on before the start
	ExtendEnd   bool
	Stops       []Stop
}

// Stop is a colour at a place between 0 and 1.
type Stop struct {
	At    float64
	Color color.NRGBA
}

// Text is written (11.2). Fill and Stroke are nil where nothing is painted: use [NewText], or give Fill, for black.
type Text struct {
	Graphic
	Font          ID
	Size          float64 // millimetres
	Fill, Stroke  *Paint
	HScale        float64 // 0 is 1
	ReadDirection int     // 0, 90, 180, 270
	CharDirection int     // the same
	Weight        int     // 100 … 900, 0 is 400
	Italic        bool
	Runs          []Run
	Glyphs        []GlyphRun // in order; positions not named are found by the font's character map
}

// Run is a piece of text (11.3, TextCode). X and Y place the origin of the first glyph on its base line, in the object's
// space before CTM. DeltaX and DeltaY are the steps from each glyph to the next: one fewer than characters, or none, and then
// all glyphs lie on one another. Reading fills up steps that are missing.
type Run struct {
	X, Y           float64
	Text           string
	DeltaX, DeltaY []float64
}

// GlyphRun replaces characters by glyphs of the embedded font (11.4, CGTransform). At counts characters (runes) over all
// runs of the object.
type GlyphRun struct {
	At, Codes int
	Glyphs    []uint16
}

// NewText makes a black text of one run, its base line at height y of the page and its first glyph at x. Boundary is
// drawn around it: an em above and half below.
func NewText(font ID, size, x, y float64, text string, deltaX []float64) *Text {
	width := size
	for _, d := range deltaX {
		width += d
	}
	black := Black
	return &Text{
		Graphic: Graphic{Boundary: Box{x, y - size, width, 1.5 * size}},
		Font:    font, Size: size, Fill: &black,
		Runs: []Run{{Y: size, Text: text, DeltaX: deltaX}},
	}
}

// Path is drawn (9). Fill and Stroke are nil where nothing is painted.
type Path struct {
	Graphic
	Fill, Stroke *Paint
	EvenOdd      bool // rule of filling; else non-zero
	Outline      Outline
}

// Image shows a [Picture] (10): the unit square, put in place by CTM, which is therefore required. [NewImage] makes it.
type Image struct {
	Graphic
	Picture, Substitution, Mask ID
}

// NewImage shows a picture in a box of the page.
func NewImage(picture ID, at Box) *Image {
	return &Image{Graphic: Graphic{Boundary: at, CTM: &Matrix{at.W, 0, 0, at.H, 0, 0}}, Picture: picture}
}

// Composite shows a [Unit] (13).
type Composite struct {
	Graphic
	Unit ID
}

// Block holds objects together (7.7, PageBlock). Only its number means anything: places are those of the layer.
type Block struct {
	Graphic
	Objects []Object
}

// Clip is an area that is seen: all its parts together (8.4).
type Clip struct{ Parts []ClipPart }

// ClipPart is a path or a text.
type ClipPart struct {
	CTM  *Matrix
	Path *Path
	Text *Text
}
