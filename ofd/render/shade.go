package render

import (
	"image/color"
	"math"

	"yimen/ofd"
)

// shader gives the colour of each point of a shade. to leads from the shade's space to points.
func shader(s *ofd.Shade, to ofd.Matrix) func(x, y int) color.NRGBA {
	det := to[0]*to[3] - to[1]*to[2]
	if det == 0 || len(s.Stops) == 0 {
		return func(int, int) color.NRGBA { return color.NRGBA{} }
	}
	back := ofd.Matrix{to[3] / det, -to[1] / det, -to[2] / det, to[0] / det, 0, 0}
	back[4] = -(back[0]*to[4] + back[2]*to[5])
	back[5] = -(back[1]*to[4] + back[3]*to[5])
	return func(x, y int) color.NRGBA {
		px, py := back.Apply(float64(x)+0.5, float64(y)+0.5)
		t, ok := along(s, px, py)
		if !ok {
			return color.NRGBA{}
		}
		return stopAt(s.Stops, t)
	}
}

// along gives how far a point lies on the way from the first colour to the last, and false where nothing is painted.
func along(s *ofd.Shade, x, y float64) (float64, bool) {
	dx, dy := s.X2-s.X1, s.Y2-s.Y1
	var t, whole float64
	if !s.Radial {
		whole = math.Hypot(dx, dy)
		if whole == 0 {
			return 0, true
		}
		t = ((x-s.X1)*dx + (y-s.Y1)*dy) / (whole * whole)
	} else {
		var ok bool
		if t, ok = circle(s, x, y); !ok {
			return 0, false
		}
		whole = math.Hypot(dx, dy) + math.Abs(s.R2-s.R1)
	}
	if s.Map == "Repeat" || s.Map == "Reflect" {
		if s.Unit > 0 {
			t *= whole / s.Unit
		}
		floor := math.Floor(t)
		if t -= floor; s.Map == "Reflect" && math.Mod(floor, 2) != 0 {
			t = 1 - t
		}
		return t, true
	}
	if t < 0 && !s.ExtendStart || t > 1 && !s.ExtendEnd {
		return 0, false
	}
	return min(max(t, 0), 1), true
}

// circle finds the last of the circles between the two that passes through a point.
func circle(s *ofd.Shade, x, y float64) (float64, bool) {
	dx, dy, dr := s.X2-s.X1, s.Y2-s.Y1, s.R2-s.R1
	px, py := x-s.X1, y-s.Y1
	a := dx*dx + dy*dy - dr*dr
	b := px*dx + py*dy + s.R1*dr
	c := px*px + py*py - s.R1*s.R1
	fits := func(t float64) bool {
		return s.R1+t*dr >= 0 && (t >= 0 || s.ExtendStart || s.Map != "") && (t <= 1 || s.ExtendEnd || s.Map != "")
	}
	if math.Abs(a) < 1e-12 {
		if b == 0 {
			return 0, false
		}
		t := c / (2 * b)
		return t, fits(t)
	}
	root := b*b - a*c
	if root < 0 {
		return 0, false
	}
	root = math.Sqrt(root)
	t1, t2 := (b+root)/a, (b-root)/a
	if t1 < t2 {
		t1, t2 = t2, t1
	}
	if fits(t1) {
		return t1, true
	}
	return t2, fits(t2)
}

// stopAt mixes the two colours beside t.
func stopAt(stops []ofd.Stop, t float64) color.NRGBA {
	if t <= stops[0].At {
		return stops[0].Color
	}
	for i := 1; i < len(stops); i++ {
		a, b := stops[i-1], stops[i]
		if t <= b.At {
			k := 0.0
			if b.At > a.At {
				k = (t - a.At) / (b.At - a.At)
			}
			mix := func(x, y uint8) uint8 { return uint8(float64(x)*(1-k) + float64(y)*k + 0.5) }
			return color.NRGBA{mix(a.Color.R, b.Color.R), mix(a.Color.G, b.Color.G), mix(a.Color.B, b.Color.B), mix(a.Color.A, b.Color.A)}
		}
	}
	return stops[len(stops)-1].Color
}
