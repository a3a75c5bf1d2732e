package ofd

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// objects reads what stands on a layer, in a block, unit or annotation.
func (r *reader) objects(n *node, s style) []Object {
	var list []Object
	for _, k := range n.kids {
		if r.err != nil {
			return nil
		}
		if o := r.object(k, s); o != nil {
			list = append(list, o)
		}
	}
	return list
}

func (r *reader) object(k *node, s style) Object {
	if r.left.objects--; r.left.objects < 0 {
		r.stop(fail(r.file, ErrLimit, "the document has more than %d objects", r.p.limits.Objects))
		return nil
	}
	switch k.name {
	case "TextObject":
		return r.textObject(k, s)
	case "PathObject":
		return r.pathObject(k, s)
	case "ImageObject":
		i := &Image{Picture: r.id(k, "ResourceID"), Substitution: r.id(k, "Substitution"), Mask: r.id(k, "ImageMask")}
		r.graphic(k, &i.Graphic, s)
		return i
	case "CompositeObject":
		c := &Composite{Unit: r.id(k, "ResourceID")}
		r.graphic(k, &c.Graphic, s)
		return c
	case "PageBlock":
		return &Block{Graphic: Graphic{ID: r.use(k)}, Objects: r.objects(k, s)}
	}
	return nil
}

// graphic reads what all objects have, and gives the style that holds for this one.
func (r *reader) graphic(n *node, g *Graphic, s style) style {
	g.ID, g.Name = r.use(n), r.text(n, "Name")
	g.Boundary, _ = r.box(n, "Boundary")
	if g.Boundary == (Box{}) {
		r.warn("boundary", "%s %d does not say where it is", n.name, g.ID)
	}
	g.CTM = r.matrix(n, "CTM")
	g.Hidden = !r.boolean(n, "Visible", true)
	g.Fade = 255 - uint8(min(max(r.number(n, "Alpha", 255), 0), 255))
	if id := r.id(n, "DrawParam"); id != 0 {
		s = r.drawParam(id, 0)
	}
	s = r.styled(n, s)
	g.Line = s.line
	if n.child("Actions") != nil {
		r.warn("actions", "actions are not carried out")
	}
	if c := n.child("Clips"); c != nil {
		g.Clips = r.clips(c)
	}
	return s
}

func (r *reader) clips(n *node) []Clip {
	var list []Clip
	for _, k := range n.all("Clip") {
		var c Clip
		for _, a := range k.all("Area") {
			part := ClipPart{CTM: r.matrix(a, "CTM")}
			s := r.drawParam(r.id(a, "DrawParam"), 0)
			if r.left.objects--; r.left.objects < 0 {
				r.stop(fail(r.file, ErrLimit, "the document has more than %d objects", r.p.limits.Objects))
			}
			if p := a.child("Path"); p != nil && r.err == nil {
				part.Path = r.pathObject(p, s)
			} else if t := a.child("Text"); t != nil && r.err == nil {
				part.Text = r.textObject(t, s)
			}
			c.Parts = append(c.Parts, part)
		}
		list = append(list, c)
	}
	return list
}

func (r *reader) pathObject(n *node, s style) *Path {
	p := &Path{}
	s = r.graphic(n, &p.Graphic, s)
	if r.boolean(n, "Stroke", true) {
		p.Stroke = s.stroke.or(&Black)
	}
	if r.boolean(n, "Fill", false) {
		p.Fill = s.fill.or(nil)
	}
	switch v := r.text(n, "Rule"); v {
	case "Even-Odd":
		p.EvenOdd = true
	case "", "NonZero":
	default:
		r.warn("path.rule", "%.20q is no rule of filling", v)
	}
	var err error
	p.Outline, err = parseOutline(n.value("AbbreviatedData"), min(maxStrokes, r.left.strokes))
	if errors.Is(err, ErrLimit) {
		r.stop(fail(r.file, ErrLimit, "path %d has too many strokes", p.ID))
	} else if err != nil {
		r.warn("path", "path %d cannot be drawn: %v", p.ID, err)
	}
	r.left.strokes -= len(p.Outline)
	return p
}

func (r *reader) textObject(n *node, s style) *Text {
	t := &Text{Font: r.id(n, "Font"), Size: r.number(n, "Size", 0)}
	s = r.graphic(n, &t.Graphic, s)
	if r.boolean(n, "Fill", true) {
		t.Fill = s.fill.or(&Black)
	}
	if r.boolean(n, "Stroke", false) {
		t.Stroke = s.stroke.or(nil)
	}
	if v := r.number(n, "HScale", 1); v != 1 {
		t.HScale = v
	}
	if v := r.number(n, "Weight", 400); v != 400 {
		t.Weight = int(v)
	}
	t.Italic = r.boolean(n, "Italic", false)
	t.ReadDirection, t.CharDirection = int(r.number(n, "ReadDirection", 0)), int(r.number(n, "CharDirection", 0))
	if t.Size <= 0 {
		r.warn("text.size", "text %d has no size", t.ID)
	}
	for _, k := range n.kids {
		switch k.name {
		case "TextCode":
			r.run(t, k)
		case "CGTransform":
			r.glyphs(t, k)
		}
	}
	return t
}

// run reads a piece of text. Places that are missing are those of the piece before (11.3).
func (r *reader) run(t *Text, k *node) {
	var before Run
	if len(t.Runs) > 0 {
		before = t.Runs[len(t.Runs)-1]
	} else if _, ok := r.attr(k, "X"); !ok {
		r.warn("text.place", "text %d does not say where it begins", t.ID)
	}
	run := Run{X: r.number(k, "X", before.X), Y: r.number(k, "Y", before.Y), Text: unescape(string(k.text))}
	characters := utf8.RuneCountInString(run.Text)
	if r.left.characters -= characters; r.left.characters < 0 {
		r.stop(fail(r.file, ErrLimit, "the document has too many characters"))
		return
	}
	run.DeltaX, run.DeltaY = r.deltas(k, "DeltaX", characters), r.deltas(k, "DeltaY", characters)
	t.Runs = append(t.Runs, run)
}

func (r *reader) glyphs(t *Text, k *node) {
	g := GlyphRun{At: int(r.number(k, "CodePosition", 0)), Codes: int(r.number(k, "CodeCount", 1))}
	words := strings.Fields(k.value("Glyphs"))
	if r.left.characters -= len(words); r.left.characters < 0 {
		r.stop(fail(r.file, ErrLimit, "the document has too many characters"))
		return
	}
	for _, w := range words {
		v, err := strconv.ParseUint(w, 10, 16)
		if err != nil {
			r.warn("text.glyphs", "%.20q is no number of a glyph", w)
		}
		g.Glyphs = append(g.Glyphs, uint16(v))
	}
	if count := r.number(k, "GlyphCount", 1); int(count) != len(g.Glyphs) {
		r.warn("text.glyphs", "%d glyphs are given where %d are announced", len(g.Glyphs), int(count))
	}
	t.Glyphs = append(t.Glyphs, g)
}
