package fonts

const (
	maxPoints = 20000 // of one glyph, all parts together
	maxNested = 6
)

// affine is a b c d e f: x' = a·x + c·y + e, y' = b·x + d·y + f.
type affine [6]float64

func (m affine) apply(x, y float64) (float64, float64) {
	return m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]
}

// record gives the bytes of a TrueType glyph; none for an empty one.
func (f *file) record(glyph uint16) []byte {
	loca, glyf := f.tables["loca"], f.tables["glyf"]
	var from, to int
	if f.long {
		if 4*int(glyph)+8 > len(loca) {
			return nil
		}
		from, to = int(u32(loca, 4*int(glyph))), int(u32(loca, 4*int(glyph)+4))
	} else {
		if 2*int(glyph)+4 > len(loca) {
			return nil
		}
		from, to = 2*int(u16(loca, 2*int(glyph))), 2*int(u16(loca, 2*int(glyph)+2))
	}
	if from < 0 || to > len(glyf) || to-from < 10 {
		return nil
	}
	return glyf[from:to]
}

func (f *file) trace(p *pen, glyph uint16, m affine, depth int, budget *int) {
	b := f.record(glyph)
	if b == nil || depth > maxNested {
		return
	}
	if n := int(i16(b, 0)); n >= 0 {
		traceSimple(p, b, n, m, budget)
		return
	}
	components(b, func(part uint16, at affine, _ int) bool {
		*budget -= 10
		nested := affine{
			at[0]*m[0] + at[1]*m[2], at[0]*m[1] + at[1]*m[3],
			at[2]*m[0] + at[3]*m[2], at[2]*m[1] + at[3]*m[3], 0, 0,
		}
		nested[4], nested[5] = m.apply(at[4], at[5])
		f.trace(p, part, nested, depth+1, budget)
		return *budget > 0
	})
}

// components calls with each part of a composite glyph, its place, and where in b its number stands.
func components(b []byte, each func(part uint16, at affine, where int) bool) {
	at := 10
	for {
		if at+6 > len(b) {
			return
		}
		flags, part, where := u16(b, at), u16(b, at+2), at+2
		m := affine{1, 0, 0, 1, 0, 0}
		if at += 4; flags&1 != 0 {
			if at+4 > len(b) {
				return
			}
			m[4], m[5] = float64(i16(b, at)), float64(i16(b, at+2))
			at += 4
		} else {
			m[4], m[5] = float64(int8(b[at])), float64(int8(b[at+1]))
			at += 2
		}
		if flags&2 == 0 { // placed by points, which no face of ours does
			m[4], m[5] = 0, 0
		}
		var places []int
		switch {
		case flags&0x08 != 0:
			places = []int{0}
		case flags&0x40 != 0:
			places = []int{0, 3}
		case flags&0x80 != 0:
			places = []int{0, 1, 2, 3}
		}
		if at+2*len(places) > len(b) {
			return
		}
		for i, place := range places {
			m[place] = float64(i16(b, at+2*i)) / 16384
		}
		if len(places) == 1 {
			m[3] = m[0]
		}
		at += 2 * len(places)
		if !each(part, m, where) || flags&0x20 == 0 {
			return
		}
	}
}

// point is one of a glyph's figure.
type point struct {
	x, y float64
	on   bool
}

func traceSimple(p *pen, b []byte, contours int, m affine, budget *int) {
	if contours == 0 || 12+2*contours > len(b) {
		return
	}
	n := int(u16(b, 8+2*contours)) + 1
	if *budget -= n; *budget < 0 {
		return
	}
	pts := readPoints(b[10+2*contours:], n)
	if pts == nil {
		return
	}
	for i := range pts {
		pts[i].x, pts[i].y = m.apply(pts[i].x, pts[i].y)
	}
	start := 0
	for i := range contours {
		end := int(u16(b, 10+2*i)) + 1
		if end <= start || end > n {
			return
		}
		figure(p, pts[start:end])
		start = end
	}
}

// readPoints reads instructions (which are left out), flags and places.
func readPoints(b []byte, n int) []point {
	if len(b) < 2 || 2+int(u16(b, 0)) > len(b) {
		return nil
	}
	b = b[2+int(u16(b, 0)):]
	flags := make([]byte, 0, n)
	for len(flags) < n {
		if len(b) == 0 {
			return nil
		}
		flag, times := b[0], 1
		b = b[1:]
		if flag&8 != 0 {
			if len(b) == 0 {
				return nil
			}
			times += int(b[0])
			b = b[1:]
		}
		for ; times > 0 && len(flags) < n; times-- {
			flags = append(flags, flag)
		}
	}
	pts := make([]point, n)
	xs, b := readPlaces(b, flags, 0x02, 0x10)
	ys, _ := readPlaces(b, flags, 0x04, 0x20)
	if xs == nil || ys == nil {
		return nil
	}
	for i := range pts {
		pts[i] = point{float64(xs[i]), float64(ys[i]), flags[i]&1 != 0}
	}
	return pts
}

func readPlaces(b, flags []byte, short, same byte) ([]int16, []byte) {
	out := make([]int16, len(flags))
	v := int16(0)
	for i, flag := range flags {
		switch {
		case flag&short != 0:
			if len(b) < 1 {
				return nil, nil
			}
			if flag&same != 0 {
				v += int16(b[0])
			} else {
				v -= int16(b[0])
			}
			b = b[1:]
		case flag&same == 0:
			if len(b) < 2 {
				return nil, nil
			}
			v += i16(b, 0)
			b = b[2:]
		}
		out[i] = v
	}
	return out, b
}

// figure draws one closed line: two control points in a row have a point of the line in their middle.
func figure(p *pen, pts []point) {
	if len(pts) < 2 {
		return
	}
	middle := func(a, b point) point { return point{(a.x + b.x) / 2, (a.y + b.y) / 2, true} }
	start, rest := pts[0], pts[1:]
	if !start.on {
		if last := pts[len(pts)-1]; last.on {
			start, rest = last, pts[:len(pts)-1]
		} else {
			start, rest = middle(start, last), pts
		}
	}
	p.move(start.x, start.y)
	var control *point
	for i := range rest {
		q := rest[i]
		switch {
		case control == nil && q.on:
			p.line(q.x, q.y)
		case control == nil:
			control = &rest[i]
		case q.on:
			p.quad(control.x, control.y, q.x, q.y)
			control = nil
		default:
			m := middle(*control, q)
			p.quad(control.x, control.y, m.x, m.y)
			control = &rest[i]
		}
	}
	if control != nil {
		p.quad(control.x, control.y, start.x, start.y)
	}
	p.close()
}
