package draw

import (
	"math"

	"yimen/ofd"
	"yimen/ofd/fonts"
)

// Outline turns the pen strokes of a path into moves, lines and curves; arcs become cubic curves.
func Outline(o ofd.Outline) fonts.Outline {
	var out fonts.Outline
	var x, y, startX, startY float64
	for _, s := range o {
		a := s.Args
		switch s.Op {
		case 'S', 'M':
			x, y = a[0], a[1]
			startX, startY = x, y
			out = append(out, fonts.Segment{Op: 'M', P: [6]float64{x, y}})
			continue
		case 'C':
			out = append(out, fonts.Segment{Op: 'Z'})
			x, y = startX, startY
			continue
		}
		if len(out) == 0 { // a line from nowhere begins at the origin
			out = append(out, fonts.Segment{Op: 'M'})
		}
		switch s.Op {
		case 'L':
			x, y = a[0], a[1]
			out = append(out, fonts.Segment{Op: 'L', P: [6]float64{x, y}})
		case 'Q':
			x, y = a[2], a[3]
			out = append(out, fonts.Segment{Op: 'Q', P: [6]float64{a[0], a[1], x, y}})
		case 'B':
			x, y = a[4], a[5]
			out = append(out, fonts.Segment{Op: 'C', P: [6]float64{a[0], a[1], a[2], a[3], x, y}})
		case 'A':
			out = arc(out, x, y, a)
			x, y = a[5], a[6]
		}
	}
	return out
}

// arc adds an elliptic arc given by its ends (GB/T 33190, 9.3.5): the centre is found, then it is cut into quarters at most.
func arc(out fonts.Outline, x, y float64, a [7]float64) fonts.Outline {
	rx, ry, turn := math.Abs(a[0]), math.Abs(a[1]), a[2]*math.Pi/180
	large, clockwise, ex, ey := a[3] != 0, a[4] != 0, a[5], a[6]
	if rx == 0 || ry == 0 || x == ex && y == ey {
		return append(out, fonts.Segment{Op: 'L', P: [6]float64{ex, ey}})
	}
	sin, cos := math.Sincos(turn)
	dx, dy := (x-ex)/2, (y-ey)/2
	px, py := cos*dx+sin*dy, -sin*dx+cos*dy
	if l := px*px/(rx*rx) + py*py/(ry*ry); l > 1 { // too small to reach: made larger
		rx, ry = rx*math.Sqrt(l), ry*math.Sqrt(l)
	}
	k := math.Sqrt(max(0, (rx*rx*ry*ry-rx*rx*py*py-ry*ry*px*px)/(rx*rx*py*py+ry*ry*px*px)))
	if large == clockwise {
		k = -k
	}
	cx, cy := k*rx*py/ry, -k*ry*px/rx
	from := math.Atan2((py-cy)/ry, (px-cx)/rx)
	sweep := math.Atan2((-py-cy)/ry, (-px-cx)/rx) - from
	if clockwise && sweep < 0 {
		sweep += 2 * math.Pi
	} else if !clockwise && sweep > 0 {
		sweep -= 2 * math.Pi
	}
	centre := ofd.Matrix{cos * rx, sin * rx, -sin * ry, cos * ry, cos*cx - sin*cy + (x+ex)/2, sin*cx + cos*cy + (y+ey)/2}
	n := int(math.Ceil(math.Abs(sweep)/(math.Pi/2) - 1e-9))
	step := sweep / float64(n)
	h := 4.0 / 3 * math.Tan(step/4)
	for i := range n {
		s0, c0 := math.Sincos(from + float64(i)*step)
		s1, c1 := math.Sincos(from + float64(i+1)*step)
		var p [6]float64
		p[0], p[1] = centre.Apply(c0-h*s0, s0+h*c0)
		p[2], p[3] = centre.Apply(c1+h*s1, s1-h*c1)
		p[4], p[5] = centre.Apply(c1, s1)
		if i == n-1 {
			p[4], p[5] = ex, ey
		}
		out = append(out, fonts.Segment{Op: 'C', P: p})
	}
	return out
}
