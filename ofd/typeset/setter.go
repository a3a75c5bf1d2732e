// Package typeset sets text into OFD documents: each glyph at its right place, each character from the first face that has
// it, and at the end the glyphs that were used embedded as subsets.
//
//	s := typeset.New()
//	style := typeset.Style{Faces: []*fonts.Face{fonts.Serif}, Size: ofd.Points(16)}
//	text, err := s.Line(style, 20, 30, "韶关市人民政府")
//	page.Layers[0].Objects = append(page.Layers[0].Objects, text...)
//	doc.Pages = append(doc.Pages, page)
//	err = s.Embed(doc)
//
// A character that no face has is an error that names it (fonts.MissingError), and nothing is set: a licence with an empty
// box in a name is not a licence.
package typeset

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"yimen/ofd"
	"yimen/ofd/fonts"
)

// Style is how a text looks.
type Style struct {
	Faces []*fonts.Face // the first that has a character shows it
	Size  float64       // millimetres
	Fill  *ofd.Paint    // nil: black
	// Pitch is the step from each wide character to the next in millimetres, for grids like that of official documents
	// (28 characters to 156 mm: 5.571); 0 takes the advances of the face. Narrow characters keep their advances.
	Pitch float64
	// Leading is the distance of base lines in millimetres; 0 is one and a half times the size.
	Leading float64
}

func (s Style) leading() float64 {
	if s.Leading > 0 {
		return s.Leading
	}
	return 1.5 * s.Size
}

// Align places lines in a box.
type Align int

// The three ways to align.
const (
	Left Align = iota
	Centre
	Right
)

// Setter remembers which characters of which face a document uses. It is for one document and one goroutine.
type Setter struct {
	faces []*used
}

// used is a face and what is set in it.
type used struct {
	face  *fonts.Face
	runes map[rune]bool
	texts []*ofd.Text
}

// New makes a setter.
func New() *Setter { return &Setter{} }

func (s *Setter) of(f *fonts.Face) *used {
	for _, u := range s.faces {
		if u.face == f {
			return u
		}
	}
	u := &used{face: f, runes: map[rune]bool{}}
	s.faces = append(s.faces, u)
	return u
}

// Width gives the width of a line in millimetres.
func (s *Setter) Width(style Style, text string) float64 {
	runs, _ := fonts.Split(text, style.Faces...)
	width := 0.0
	for _, r := range runs {
		_, w := style.steps(r)
		width += w
	}
	return width
}

// steps gives the steps within a run, and its whole width.
func (s Style) steps(r fonts.Run) ([]float64, float64) {
	steps, width := r.Face.Advances(r.Text, s.Size)
	if s.Pitch == 0 {
		return steps, width
	}
	width = 0
	own := make([]float64, 0, len(steps))
	for _, c := range r.Text {
		step, _ := r.Face.Advance(c)
		if step *= s.Size; step > 0.9*s.Size {
			step = s.Pitch
		}
		own = append(own, step)
		width += step
	}
	return own[:max(0, len(own)-1)], width
}

// Line sets a line, its base line at height y and its first glyph at x. Where faces change, it becomes several objects.
func (s *Setter) Line(style Style, x, y float64, text string) ([]ofd.Object, error) {
	if len(style.Faces) == 0 || style.Size <= 0 {
		return nil, errors.New("typeset: a style needs a face and a size")
	}
	runs, missing := fonts.Split(text, style.Faces...)
	if len(missing) > 0 {
		return nil, &fonts.MissingError{Face: style.Faces[0].Name, Runes: missing}
	}
	var list []ofd.Object
	for _, r := range runs {
		t, width := s.run(style, x, y, r)
		if strings.TrimSpace(r.Text) != "" {
			list = append(list, t)
		}
		x += width
	}
	return list, nil
}

// run makes the object of a run. Its boundary holds everything the face can draw: what lies outside is not seen.
func (s *Setter) run(style Style, x, y float64, r fonts.Run) (*ofd.Text, float64) {
	u := s.of(r.Face)
	for _, c := range r.Text {
		u.runes[c] = true
	}
	steps, width := style.steps(r)
	m := r.Face.Metrics()
	above, below := max(m.Ascent, m.Top)*style.Size, max(-m.Descent, -m.Bottom)*style.Size
	left := max(0, -m.Left) * style.Size
	right := max(0, m.Right-1) * style.Size
	fill := ofd.Black
	if style.Fill != nil {
		fill = *style.Fill
	}
	t := &ofd.Text{
		Graphic: ofd.Graphic{Boundary: ofd.Box{X: x - left, Y: y - above, W: left + width + right, H: above + below}},
		Size:    style.Size, Fill: &fill,
		Runs: []ofd.Run{{X: left, Y: above, Text: r.Text, DeltaX: rounded(steps)}},
	}
	u.texts = append(u.texts, t)
	return t, width
}

// rounded keeps the sum of steps right while each is written to a tenth of a micrometre: a thousand characters may not drift.
func rounded(steps []float64) []float64 {
	out := make([]float64, len(steps))
	want, have := 0.0, 0.0
	for i, v := range steps {
		want += v
		out[i] = math.Round((want-have)*1e4) / 1e4
		have += out[i]
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// Paragraph sets a text into a box, broken by the rules of Chinese typography, and gives the height of the base line after
// the last. A text that needs more lines than the box holds is refused, and so is one with a character no face has.
func (s *Setter) Paragraph(style Style, box ofd.Box, align Align, text string) ([]ofd.Object, float64, error) {
	if len(style.Faces) == 0 || style.Size <= 0 {
		return nil, 0, errors.New("typeset: a style needs a face and a size")
	}
	measured := style.Size
	if style.Pitch > 0 {
		measured = style.Pitch // a grid is broken by its cells
	}
	lines := fonts.Wrap(text, style.Faces[0], measured, box.W, style.Faces[1:]...)
	y := box.Y + style.Faces[0].Metrics().Ascent*style.Size
	var list []ofd.Object
	for i, l := range lines {
		if y > box.Y+box.H {
			return nil, 0, &OverflowError{Line: i, Text: l.Text, Box: box}
		}
		shown := strings.TrimRight(l.Text, " \n")
		x := box.X
		if rest := box.W - s.Width(style, shown); align == Centre {
			x += rest / 2
		} else if align == Right {
			x += rest
		}
		set, err := s.Line(style, x, y, shown)
		if err != nil {
			return nil, 0, err
		}
		list = append(list, set...)
		y += style.leading()
	}
	return list, y, nil
}

// OverflowError says that a text does not fit into its box.
type OverflowError struct {
	Line int // the first line that does not fit, from 0
	Text string
	Box  ofd.Box
}

func (e *OverflowError) Error() string {
	return fmt.Sprintf("typeset: line %d does not fit into a box of %.1f × %.1f mm", e.Line+1, e.Box.W, e.Box.H)
}

// Embed gives the document the fonts that were used, each with the glyphs that were, and every text the numbers of its
// glyphs. It comes last: after it nothing can be set.
func (s *Setter) Embed(d *ofd.Document) error {
	for _, u := range s.faces {
		var all strings.Builder
		for c := range u.runes {
			all.WriteRune(c)
		}
		sub, err := u.face.Subset(all.String())
		if err != nil {
			return err
		}
		m, id := u.face.Metrics(), d.NextID()
		d.Fonts = append(d.Fonts, ofd.Font{
			ID: id, Name: u.face.Name, Family: u.face.Name, Bold: m.Bold || u.face.Weight >= fonts.Bold,
			Serif: m.Serif, FixedWidth: m.Monospace, Data: sub.Data,
		})
		for _, t := range u.texts {
			t.Font, t.Glyphs = id, glyphs(t, sub)
		}
	}
	s.faces = nil
	return nil
}

// glyphs names the glyph of every character of a text (11.4): programs that do not read the font's character map need it.
func glyphs(t *ofd.Text, sub fonts.Subset) []ofd.GlyphRun {
	var list []ofd.GlyphRun
	at := 0
	for _, r := range t.Runs {
		n := utf8.RuneCountInString(r.Text)
		g := ofd.GlyphRun{At: at, Codes: n, Glyphs: make([]uint16, 0, n)}
		for _, c := range r.Text {
			g.Glyphs = append(g.Glyphs, sub.Glyphs[c])
		}
		list = append(list, g)
		at += n
	}
	return list
}
