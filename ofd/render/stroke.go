package render

import (
	"math"

	"yimen/ofd"
	"yimen/ofd/fonts"
)

// stroke gives the outline of a line drawn along another, in the same space; tolerance is how far it may be off. It is to be
// filled by the non-zero rule: pieces, joins and caps overlap.
func stroke(o fonts.Outline, l ofd.Line, tolerance float64) fonts.Outline {
	s := &stroker{half: l.Width / 2, line: l, tolerance: tolerance}
	polylines(o, tolerance, func(pts [][2]float64, closed bool) {
		for _, part := range dashes(distinct(pts, closed), closed, l) {
			s.along(part.pts, part.closed)
		}
	})
	return s.out
}

type polyline struct {
	pts    [][2]float64
	closed bool
}

type stroker struct {
	out       fonts.Outline
	half      float64
	line      ofd.Line
	tolerance float64
}

// distinct drops points that lie on the one before.
func distinct(pts [][2]float64, closed bool) [][2]float64 {
	out := pts[:1:1]
	for _, p := range pts[1:] {
		if p != out[len(out)-1] {
			out = append(out, p)
		}
	}
	if closed && len(out) > 1 && out[0] == out[len(out)-1] {
		out = out[:len(out)-1]
	}
	return out
}

// maxDashes bounds what a hostile pattern makes of one line.
const maxDashes = 20_000

// dashes cuts a line into the parts that are drawn.
func dashes(pts [][2]float64, closed bool, l ofd.Line) []polyline {
	total := 0.0
	for _, d := range l.Dash {
		if !(d >= 0) {
			return []polyline{{pts, closed}}
		}
		total += d
	}
	if total <= 0 || len(pts) < 2 {
		return []polyline{{pts, closed}}
	}
	if closed {
		pts = append(pts[:len(pts):len(pts)], pts[0])
	}
	i, left := 0, math.Mod(math.Max(l.DashOffset, 0), total*2)
	for left >= l.Dash[i%len(l.Dash)] {
		left -= l.Dash[i%len(l.Dash)]
		i++
		if i > 10_000 {
			return nil
		}
	}
	left = l.Dash[i%len(l.Dash)] - left
	var out []polyline
	current := [][2]float64{pts[0]}
	for k := 1; k < len(pts); k++ {
		a, b := pts[k-1], pts[k]
		length := math.Hypot(b[0]-a[0], b[1]-a[1])
		for at := 0.0; ; {
			if at+left > length {
				left -= length - at
				current = append(current, b)
				break
			}
			at += left
			p := [2]float64{a[0] + (b[0]-a[0])*at/length, a[1] + (b[1]-a[1])*at/length}
			if i%2 == 0 {
				out = append(out, polyline{pts: append(current, p)})
			}
			if i++; i > maxDashes {
				return out
			}
			current, left = [][2]float64{p}, l.Dash[i%len(l.Dash)]
		}
	}
	if i%2 == 0 && len(current) > 1 {
		out = append(out, polyline{pts: current})
	}
	return out
}

func (s *stroker) polygon(pts ...[2]float64) {
	area := 0.0
	for i, a := range pts {
		b := pts[(i+1)%len(pts)]
		area += a[0]*b[1] - a[1]*b[0]
	}
	for i := range pts { // all the same way round, so that overlaps add up
		p := pts[i]
		if area < 0 {
			p = pts[len(pts)-1-i]
		}
		op := byte('L')
		if i == 0 {
			op = 'M'
		}
		s.out = append(s.out, fonts.Segment{Op: op, P: [6]float64{p[0], p[1]}})
	}
	s.out = append(s.out, fonts.Segment{Op: 'Z'})
}

func (s *stroker) disc(c [2]float64) {
	n := max(8, min(64, int(math.Pi/math.Acos(max(0, 1-s.tolerance/max(s.half, 1e-9))))))
	pts := make([][2]float64, n)
	for i := range pts {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		pts[i] = [2]float64{c[0] + s.half*cos, c[1] + s.half*sin}
	}
	s.polygon(pts...)
}

func (s *stroker) along(pts [][2]float64, closed bool) {
	if len(pts) == 1 {
		switch s.line.Cap {
		case ofd.RoundCap:
			s.disc(pts[0])
		case ofd.SquareCap:
			x, y, h := pts[0][0], pts[0][1], s.half
			s.polygon([2]float64{x - h, y - h}, [2]float64{x + h, y - h}, [2]float64{x + h, y + h}, [2]float64{x - h, y + h})
		}
		return
	}
	n := len(pts)
	last := n - 1
	if closed {
		last = n
	}
	for i := range last {
		a, b := pts[i], pts[(i+1)%n]
		ux, uy := unit(a, b)
		if !closed && s.line.Cap == ofd.SquareCap {
			if i == 0 {
				a = [2]float64{a[0] - ux*s.half, a[1] - uy*s.half}
			}
			if i == last-1 {
				b = [2]float64{b[0] + ux*s.half, b[1] + uy*s.half}
			}
		}
		dx, dy := -uy*s.half, ux*s.half
		s.polygon([2]float64{a[0] + dx, a[1] + dy}, [2]float64{b[0] + dx, b[1] + dy}, [2]float64{b[0] - dx, b[1] - dy}, [2]float64{a[0] - dx, a[1] - dy})
		if closed || i < last-1 {
			s.join(pts[i], pts[(i+1)%n], pts[(i+2)%n])
		}
	}
	if !closed && s.line.Cap == ofd.RoundCap {
		s.disc(pts[0])
		s.disc(pts[n-1])
	}
}

func unit(a, b [2]float64) (float64, float64) {
	l := math.Hypot(b[0]-a[0], b[1]-a[1])
	if l == 0 {
		return 1, 0
	}
	return (b[0] - a[0]) / l, (b[1] - a[1]) / l
}

// join fills the gap at b on the outer side.
func (s *stroker) join(a, b, c [2]float64) {
	ux, uy := unit(a, b)
	vx, vy := unit(b, c)
	cross, dot := ux*vy-uy*vx, ux*vx+uy*vy
	if math.Abs(cross) < 1e-6 && dot > 0 {
		return
	}
	if s.line.Join == ofd.RoundJoin {
		s.disc(b)
		return
	}
	side := s.half
	if cross > 0 {
		side = -side
	}
	p := [2]float64{b[0] - uy*side, b[1] + ux*side}
	q := [2]float64{b[0] - vy*side, b[1] + vx*side}
	if s.line.Join == ofd.Miter && 1+dot > 1e-9 {
		// The tip lies half/cos(θ/2) from b, θ being the turn; the limit is that of the tip's length to the width.
		if ratio := math.Sqrt(2 / (1 + dot)); ratio <= s.line.MiterLimit {
			mx, my := p[0]+q[0]-2*b[0], p[1]+q[1]-2*b[1]
			k := s.half * ratio / math.Hypot(mx, my)
			s.polygon(b, p, [2]float64{b[0] + mx*k, b[1] + my*k}, q)
			return
		}
	}
	s.polygon(b, p, q)
}
