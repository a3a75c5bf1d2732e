package pdf

import (
	"fmt"

	"yimen/ofd"
	"yimen/ofd/fonts"
	"yimen/ofd/internal/draw"
)

// writer writes what is drawn as the content of pages. Lengths are millimetres, y downwards, by a matrix that begins each page.
type writer struct {
	file      *file
	out       []byte
	page      ofd.Matrix // millimetres to PDF's units
	total     int        // bytes of the pages before
	fonts     []*font
	images    []int
	pictures  map[*byte]int // index of images
	states    map[string]int
	stateList []string
	shades    []int
}

func (w *writer) begin(b ofd.Box) {
	w.page = ofd.Matrix{point, 0, 0, -point, -b.X * point, (b.Y + b.H) * point}
	w.total += len(w.out)
	w.out = nil
	w.put("%s cm\n", nums(w.page[:]...))
}

func (w *writer) put(format string, args ...any) { w.out = fmt.Appendf(w.out, format, args...) }

// room tells whether the file stays within its bounds.
func (w *writer) room() error {
	if w.total+len(w.out) > maxBytes {
		return draw.ErrTooMuch
	}
	return nil
}

// Push saves the state and clips.
func (w *writer) Push(regions []draw.Region) {
	w.put("q\n")
	for _, r := range regions {
		w.path(r.Outline)
		if len(r.Outline) == 0 {
			w.put("0 0 0 0 re ")
		}
		if r.EvenOdd {
			w.put("W* n\n")
		} else {
			w.put("W n\n")
		}
	}
}

// Pop restores it.
func (w *writer) Pop() { w.put("Q\n") }

func (w *writer) path(o fonts.Outline) {
	var x, y float64
	for _, s := range o {
		p := s.P
		switch s.Op {
		case 'M':
			w.put("%s m ", nums(p[:2]...))
			x, y = p[0], p[1]
		case 'L':
			w.put("%s l ", nums(p[:2]...))
			x, y = p[0], p[1]
		case 'Q': // PDF has cubic curves only
			w.put("%s c ", nums(x+2*(p[0]-x)/3, y+2*(p[1]-y)/3, p[2]+2*(p[0]-p[2])/3, p[3]+2*(p[1]-p[3])/3, p[2], p[3]))
			x, y = p[2], p[3]
		case 'C':
			w.put("%s c ", nums(p[:]...))
			x, y = p[4], p[5]
		case 'Z':
			w.put("h ")
		}
	}
}

// Path fills and strokes.
func (w *writer) Path(m draw.Mark) error {
	if err := w.room(); err != nil {
		return err
	}
	if len(m.Outline) == 0 || m.Fill == nil && m.Stroke == nil {
		return nil
	}
	w.put("q %s cm\n", nums(m.M[:]...))
	w.paint(m.Fill, m.Stroke, m.Line, m.M, m.Alpha)
	w.path(m.Outline)
	star := ""
	if m.EvenOdd {
		star = "*"
	}
	switch {
	case m.Stroke == nil:
		w.put("f%s Q\n", star)
	case m.Fill == nil:
		w.put("S Q\n")
	default:
		w.put("B%s Q\n", star)
	}
	return nil
}

// paint sets colours, transparency and the line.
func (w *writer) paint(fill, stroke *ofd.Paint, l ofd.Line, m ofd.Matrix, alpha float64) {
	fillAlpha, strokeAlpha := alpha, alpha
	if fill != nil {
		fillAlpha *= w.colour(fill, "scn", "rg", m)
	}
	if stroke != nil {
		strokeAlpha *= w.colour(stroke, "SCN", "RG", m)
		w.put("%s w %d J %d j %s M ", num(max(l.Width, 0)), l.Cap, l.Join, num(max(l.MiterLimit, 1)))
		total := 0.0
		for _, d := range l.Dash {
			if total += d; !(d >= 0) {
				total = 0
				break
			}
		}
		if total > 0 {
			w.put("[%s] %s d ", nums(l.Dash...), num(max(l.DashOffset, 0)))
		}
	}
	if fillAlpha < 1 || strokeAlpha < 1 {
		w.put("/G%d gs ", w.state(fmt.Sprintf("/ca %s /CA %s", num(fillAlpha), num(strokeAlpha))))
	}
}

// colour sets one colour and gives its own opacity.
func (w *writer) colour(p *ofd.Paint, pattern, plain string, m ofd.Matrix) float64 {
	if p.Shade != nil && len(p.Shade.Stops) > 0 {
		space := map[string]string{"scn": "cs", "SCN": "CS"}[pattern]
		w.shades = append(w.shades, w.shade(p.Shade, m))
		w.put("/Pattern %s /P%d %s ", space, len(w.shades)-1, pattern)
		return 1
	}
	c := p.Color
	w.put("%s %s ", nums(float64(c.R)/255, float64(c.G)/255, float64(c.B)/255), plain)
	return float64(c.A) / 255
}

func (w *writer) state(s string) int {
	n, ok := w.states[s]
	if !ok {
		n = len(w.stateList)
		w.states[s] = n
		w.stateList = append(w.stateList, s)
	}
	return n
}

// shade adds a run of colours. Its space is that of the object, told from the page's own units (8.7.3.1).
func (w *writer) shade(s *ofd.Shade, m ofd.Matrix) int {
	part := func(a, b ofd.Stop) string {
		c := func(s ofd.Stop) string {
			return nums(float64(s.Color.R)/255, float64(s.Color.G)/255, float64(s.Color.B)/255)
		}
		return fmt.Sprintf("<< /FunctionType 2 /Domain [0 1] /C0 [%s] /C1 [%s] /N 1 >>", c(a), c(b))
	}
	stops := append([]ofd.Stop{{At: 0, Color: s.Stops[0].Color}}, s.Stops...)
	stops = append(stops, ofd.Stop{At: 1, Color: s.Stops[len(s.Stops)-1].Color})
	functions, limits, encode := "", "", ""
	at := 0.0
	for i := 1; i < len(stops); i++ {
		if stops[i].At <= at && at > 0 || stops[i].At > 1 || stops[i].At < 0 {
			continue
		}
		if stops[i].At == at {
			stops[0] = stops[i]
			continue
		}
		functions += part(stops[i-1], stops[i]) + " "
		encode += "0 1 "
		if at = stops[i].At; at < 1 {
			limits += num(at) + " "
		}
	}
	function := fmt.Sprintf("<< /FunctionType 3 /Domain [0 1] /Functions [%s] /Bounds [%s] /Encode [%s] >>", functions, limits, encode)
	kind, coords := 2, nums(s.X1, s.Y1, s.X2, s.Y2)
	if s.Radial {
		kind, coords = 3, nums(s.X1, s.Y1, max(s.R1, 0), s.X2, s.Y2, max(s.R2, 0))
	}
	m = m.Then(w.page)
	return w.file.add("<< /Type /Pattern /PatternType 2 /Matrix [%s] /Shading << /ShadingType %d /ColorSpace /DeviceRGB /Coords [%s] /Extend [%t %t] /Function %s >> >>",
		nums(m[:]...), kind, coords, s.ExtendStart, s.ExtendEnd, function)
}

// Text writes glyphs by number. Those on one line share one matrix, and the steps between them are told.
func (w *writer) Text(t draw.Glyphs) error {
	if err := w.room(); err != nil {
		return err
	}
	if len(t.Glyphs) == 0 || t.Size == 0 || t.HScale == 0 {
		return nil
	}
	w.put("q %s cm\n", nums(t.M[:]...))
	w.paint(flat(t.Fill), flat(t.Stroke), t.Line, t.M, t.Alpha)
	mode := map[[2]bool]int{{true, false}: 0, {false, true}: 1, {true, true}: 2, {false, false}: 3}[[2]bool{t.Fill != nil, t.Stroke != nil}]
	w.put("BT %d Tr ", mode)
	for i := 0; i < len(t.Glyphs); {
		i = w.line(t, i)
	}
	w.put("ET Q\n")
	return nil
}

// flat leaves out the run of colours: letters are painted in one.
func flat(p *ofd.Paint) *ofd.Paint {
	if p == nil || p.Shade == nil {
		return p
	}
	return &ofd.Paint{Color: p.Color}
}

// line writes glyphs from i on that follow one another on one line, and gives where the next begins.
func (w *writer) line(t draw.Glyphs, i int) int {
	start := t.Glyphs[i]
	index, f := w.font(start.Face)
	m := t.Place(i)
	w.put("/F%d 1 Tf %s Tm [", index, nums(m[:]...))
	unit := t.Size * t.HScale * start.Narrow // millimetres of an em along the line
	x := start.X
	for {
		g := t.Glyphs[i]
		w.put("<%04X>", f.cid(g.ID, g.Text))
		x += f.face.GlyphAdvance(g.ID) * unit
		if i++; i == len(t.Glyphs) {
			break
		}
		next := t.Glyphs[i]
		if next.Face != start.Face || next.Y != start.Y || next.Narrow != start.Narrow || t.Turn != 0 {
			break
		}
		if back := (x - next.X) / unit * 1000; back > 0.05 || back < -0.05 {
			w.put("%s", num(float64(int64(back*100))/100))
			x = next.X
		}
	}
	w.put("] TJ\n")
	return i
}
