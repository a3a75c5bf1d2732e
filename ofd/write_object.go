package ofd

import (
	"image/color"
	"strconv"
)

func (w *writer) objects(s *sheet, list []Object) {
	for _, o := range list {
		switch o := o.(type) {
		case *Text:
			w.text(s, "TextObject", o)
		case *Path:
			w.path(s, "PathObject", o)
		case *Image:
			s.start("ImageObject")
			w.graphic(s, &o.Graphic)
			s.id("ResourceID", o.Picture)
			if o.Substitution != 0 {
				s.id("Substitution", o.Substitution)
			}
			if o.Mask != 0 {
				s.id("ImageMask", o.Mask)
			}
			w.clips(s, o.Clips)
			s.end()
		case *Composite:
			s.start("CompositeObject")
			w.graphic(s, &o.Graphic)
			s.id("ResourceID", o.Unit)
			w.clips(s, o.Clips)
			s.end()
		case *Block:
			s.start("PageBlock")
			s.id("ID", w.id(o.ID))
			w.objects(s, o.Objects)
			s.end()
		}
	}
}

// graphic writes the attributes that all objects have (8.5).
func (w *writer) graphic(s *sheet, g *Graphic) {
	s.id("ID", w.id(g.ID))
	s.numbers("Boundary", 4, g.Boundary.X, g.Boundary.Y, g.Boundary.W, g.Boundary.H)
	s.say("Name", g.Name)
	s.flag("Visible", !g.Hidden, true)
	if g.CTM != nil {
		s.numbers("CTM", 6, g.CTM[:]...)
	}
	if g.Line != nil {
		w.line(s, *g.Line)
	}
	if g.Fade != 0 {
		s.attr("Alpha", strconv.Itoa(255-int(g.Fade)))
	}
}

func (w *writer) line(s *sheet, l Line) {
	s.number("LineWidth", l.Width)
	switch l.Cap {
	case RoundCap:
		s.attr("Cap", "Round")
	case SquareCap:
		s.attr("Cap", "Square")
	}
	switch l.Join {
	case RoundJoin:
		s.attr("Join", "Round")
	case Bevel:
		s.attr("Join", "Bevel")
	}
	if l.MiterLimit != DefaultLine.MiterLimit {
		s.number("MiterLimit", l.MiterLimit)
	}
	if l.DashOffset != 0 {
		s.number("DashOffset", l.DashOffset)
	}
	if len(l.Dash) > 0 {
		s.numbers("DashPattern", 4, l.Dash...)
	}
}

func (w *writer) clips(s *sheet, list []Clip) {
	if len(list) == 0 {
		return
	}
	s.start("Clips")
	for _, c := range list {
		s.start("Clip")
		for _, p := range c.Parts {
			s.start("Area")
			if p.CTM != nil {
				s.numbers("CTM", 6, p.CTM[:]...)
			}
			if p.Path != nil {
				w.path(s, "Path", p.Path)
			} else if p.Text != nil {
				w.text(s, "Text", p.Text)
			}
			s.end()
		}
		s.end()
	}
	s.end()
}

// path writes a path (9). Stroking is what is done when nothing is said, in black; filling is not.
func (w *writer) path(s *sheet, name string, p *Path) {
	s.start(name)
	w.graphic(s, &p.Graphic)
	s.flag("Stroke", p.Stroke != nil, true)
	s.flag("Fill", p.Fill != nil, false)
	if p.EvenOdd {
		s.attr("Rule", "Even-Odd")
	}
	w.clips(s, p.Clips)
	if p.Stroke != nil && *p.Stroke != Black {
		paint(s, "StrokeColor", p.Stroke)
	}
	if p.Fill != nil {
		paint(s, "FillColor", p.Fill)
	}
	s.leaf("AbbreviatedData", p.Outline.String())
	s.end()
}

// text writes a text (11). Filling is what is done when nothing is said, in black; stroking is not.
func (w *writer) text(s *sheet, name string, t *Text) {
	s.start(name)
	w.graphic(s, &t.Graphic)
	s.id("Font", t.Font)
	s.number("Size", t.Size)
	s.flag("Stroke", t.Stroke != nil, false)
	s.flag("Fill", t.Fill != nil, true)
	if t.HScale != 0 && t.HScale != 1 {
		s.number("HScale", t.HScale)
	}
	if t.ReadDirection != 0 {
		s.attr("ReadDirection", strconv.Itoa(t.ReadDirection))
	}
	if t.CharDirection != 0 {
		s.attr("CharDirection", strconv.Itoa(t.CharDirection))
	}
	if t.Weight != 0 && t.Weight != 400 {
		s.attr("Weight", strconv.Itoa(t.Weight))
	}
	s.flag("Italic", t.Italic, false)
	w.clips(s, t.Clips)
	if t.Fill != nil && *t.Fill != Black {
		paint(s, "FillColor", t.Fill)
	}
	if t.Stroke != nil {
		paint(s, "StrokeColor", t.Stroke)
	}
	for _, g := range t.Glyphs {
		s.start("CGTransform")
		s.attr("CodePosition", strconv.Itoa(g.At))
		s.attr("CodeCount", strconv.Itoa(g.Codes))
		s.attr("GlyphCount", strconv.Itoa(len(g.Glyphs)))
		s.leaf("Glyphs", glyphList(g.Glyphs))
		s.end()
	}
	for _, r := range t.Runs {
		s.start("TextCode")
		s.number("X", r.X)
		s.number("Y", r.Y)
		steps(s, "DeltaX", r.DeltaX)
		steps(s, "DeltaY", r.DeltaY)
		s.text(r.Text)
		s.end()
	}
	s.end()
}

func glyphList(list []uint16) string {
	b := make([]byte, 0, 6*len(list))
	for i, g := range list {
		if i > 0 {
			b = append(b, ' ')
		}
		b = strconv.AppendUint(b, uint64(g), 10)
	}
	return string(b)
}

// steps writes the steps between characters, equal ones in the short form "g n v" (11.3).
func steps(s *sheet, name string, list []float64) {
	if len(list) == 0 {
		return
	}
	s.b = append(append(append(s.b, ' '), name...), '=', '"')
	for i := 0; i < len(list); {
		v := string(appendNumber(nil, list[i], 4))
		n := i + 1
		for n < len(list) && (list[n] == list[i] || string(appendNumber(nil, list[n], 4)) == v) {
			n++
		}
		if i > 0 {
			s.b = append(s.b, ' ')
		}
		if n-i > 2 {
			s.b = append(strconv.AppendInt(append(s.b, "g "...), int64(n-i), 10), ' ')
		} else {
			n = i + 1
		}
		s.b = append(s.b, v...)
		i = n
	}
	s.b = append(s.b, '"')
}

// paint writes a colour, in the RGB that holds where no colour space is named (8.3).
func paint(s *sheet, name string, p *Paint) {
	s.start(name)
	if p.Shade == nil {
		colour(s, p.Color)
		s.end()
		return
	}
	if p.Color.A != 255 {
		s.attr("Alpha", strconv.Itoa(int(p.Color.A)))
	}
	d := p.Shade
	if d.Radial {
		s.start("RadialShd")
	} else {
		s.start("AxialShd")
	}
	s.say("MapType", d.Map)
	if d.Unit != 0 {
		s.number("MapUnit", d.Unit)
	}
	if d.ExtendStart || d.ExtendEnd {
		extend := 0
		if d.ExtendStart {
			extend = 1
		}
		if d.ExtendEnd {
			extend += 2
		}
		s.attr("Extend", strconv.Itoa(extend))
	}
	s.numbers("StartPoint", 4, d.X1, d.Y1)
	s.numbers("EndPoint", 4, d.X2, d.Y2)
	if d.Radial {
		s.number("StartRadius", d.R1)
		s.number("EndRadius", d.R2)
	}
	for _, stop := range d.Stops {
		s.start("Segment")
		s.number("Position", stop.At)
		s.start("Color")
		colour(s, stop.Color)
		s.end()
		s.end()
	}
	s.end()
	s.end()
}

func colour(s *sheet, c color.NRGBA) {
	s.attr("Value", strconv.Itoa(int(c.R))+" "+strconv.Itoa(int(c.G))+" "+strconv.Itoa(int(c.B)))
	if c.A != 255 {
		s.attr("Alpha", strconv.Itoa(int(c.A)))
	}
}
