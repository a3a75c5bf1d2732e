package draw

import (
	"slices"
	"strings"

	"yimen/ofd"
	"yimen/ofd/fonts"
)

// Report says what could not be shown as the file wanted it.
type Report struct {
	Substituted []Substitution // fonts the file does not bring along, or that cannot be read
	Missing     []rune         // characters no face has: their places are left empty
	Skipped     []string       // pictures that cannot be decoded, and why
}

// Substitution is one face that stands for another.
type Substitution struct{ Font, By string }

// typeface is a font of the document with those that help it out.
type typeface struct {
	own   *fonts.Face // the embedded one, nil when there is none
	faces []*fonts.Face
}

// facesOf finds the face that stands for a name.
func facesOf(f *ofd.Font, bold bool) []*fonts.Face {
	name := strings.ToLower(f.Name + " " + f.Family)
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(name, p) })
	}
	bold = bold || f.Bold || has("bold", "heavy", "black", "小标宋", "粗", "dabiaosong", "xiaobiaosong")
	serif, sans := fonts.Serif, fonts.Sans
	if bold {
		serif, sans = fonts.SerifBold, fonts.SansBold
	}
	switch {
	case has("仿宋", "fangsong", "fandolfang", "fang_"):
		if fonts.FangSong.Ready() == nil {
			return []*fonts.Face{fonts.FangSong, serif, sans}
		}
		return []*fonts.Face{serif, sans}
	case has("黑", "hei", "sans", "arial", "helvetica", "等线", "dengxian", "tahoma", "verdana", "calibri", "圆", "deng", "ocr"):
		return []*fonts.Face{sans, serif}
	}
	return []*fonts.Face{serif, sans}
}

func (w *walker) typeface(id ofd.ID, bold bool) typeface {
	if t, ok := w.faces[id]; ok {
		return t
	}
	f, ok := w.doc.Font(id)
	if !ok {
		f = &ofd.Font{Name: "?"}
	}
	t := typeface{faces: facesOf(f, bold)}
	if f.Data != nil {
		if own, err := fonts.Parse(f.Name, f.Data); err == nil {
			t.own = own
		}
	}
	if t.own == nil && f.Name != t.faces[0].Name {
		w.report.Substituted = append(w.report.Substituted, Substitution{f.Name, t.faces[0].Name})
	}
	w.faces[id] = t
	return t
}

// glyph finds the face and glyph of a character.
func (w *walker) glyph(t typeface, r rune) (*fonts.Face, uint16, bool) {
	if t.own != nil {
		if g, ok := t.own.Glyph(r); ok {
			return t.own, g, true
		}
	}
	for _, f := range t.faces {
		if g, ok := f.Glyph(r); ok {
			return f, g, true
		}
	}
	if r > ' ' && !slices.Contains(w.report.Missing, r) && len(w.report.Missing) < 1000 {
		w.report.Missing = append(w.report.Missing, r)
	}
	return nil, 0, false
}

// slot is the place of one character.
type slot struct {
	r    rune
	x, y float64
}

func slots(t *ofd.Text) []slot {
	var out []slot
	for _, run := range t.Runs {
		x, y, i := run.X, run.Y, 0
		for _, r := range run.Text {
			out = append(out, slot{r, x, y})
			if i < len(run.DeltaX) {
				x += run.DeltaX[i]
			}
			if i < len(run.DeltaY) {
				y += run.DeltaY[i]
			}
			i++
		}
	}
	return out
}

// glyphs sets a text: the place of each character, and the glyph that the file or the font's map names for it.
func (w *walker) glyphs(t *ofd.Text, m ofd.Matrix, alpha float64) Glyphs {
	face := w.typeface(t.Font, t.Weight >= 600)
	out := Glyphs{
		Size: t.Size, HScale: t.HScale, Turn: t.CharDirection, M: m, Slant: t.Italic,
		Fill: t.Fill, Stroke: t.Stroke, Line: t.Graphic.Stroke(), Alpha: alpha,
	}
	if out.HScale == 0 {
		out.HScale = 1
	}
	named := map[int]ofd.GlyphRun{}
	if face.own != nil {
		for _, g := range t.Glyphs {
			if g.Codes > 0 && len(g.Glyphs) > 0 {
				named[g.At] = g
			}
		}
	}
	all := slots(t)
	for at := 0; at < len(all); {
		g, ok := named[at]
		if !ok {
			if f, id, ok := w.glyph(face, all[at].r); ok {
				glyph := Glyph{f, id, all[at].x, all[at].y, string(all[at].r), 1}
				if f != face.own && at+1 < len(all) {
					glyph.Narrow = narrow(f.GlyphAdvance(id)*out.Size*out.HScale, all[at], all[at+1])
				}
				out.Glyphs = append(out.Glyphs, glyph)
			}
			at++
			continue
		}
		n := min(g.Codes, len(all)-at)
		out.Glyphs = append(out.Glyphs, replaced(face.own, g, all[at:at+n], out.Size*out.HScale)...)
		at += n
	}
	return out
}

// narrow tells how much a glyph must give to end where the next begins, no more than half.
func narrow(width float64, this, next slot) float64 {
	step := next.x - this.x
	if this.y != next.y || step <= 0 || step >= width {
		return 1
	}
	return max(step/width, 0.5)
}

// replaced sets characters whose glyphs the file names: one for each, or several for several, one after the other.
func replaced(f *fonts.Face, g ofd.GlyphRun, of []slot, size float64) []Glyph {
	var out []Glyph
	text := make([]rune, len(of))
	for i, s := range of {
		text[i] = s.r
	}
	x := of[0].x
	for i, id := range g.Glyphs {
		glyph := Glyph{f, id, x, of[0].y, "", 1}
		switch {
		case len(g.Glyphs) == g.Codes:
			if i >= len(of) {
				return out
			}
			glyph.X, glyph.Y, glyph.Text = of[i].x, of[i].y, string(of[i].r)
		case i == 0:
			glyph.Text = string(text)
		}
		out = append(out, glyph)
		x += f.GlyphAdvance(id) * size
	}
	return out
}
