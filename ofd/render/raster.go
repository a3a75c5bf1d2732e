package render

import (
	"image"
	"math"

	"yimen/ofd"
	"yimen/ofd/fonts"
)

// raster tells how much of each point an outline covers. Coverage is summed up exactly: every edge leaves in each point it
// crosses its share of the area to its right, and a running sum along the line gives the winding.
type raster struct {
	w, h int
	acc  []float32
	box  image.Rectangle // points that were touched
}

func newRaster(w, h int) *raster {
	return &raster{w: w, h: h, acc: make([]float32, w*h+w+2)}
}

// cover gives the coverage of an outline in points, 0 … 255, in the rectangle it returns; outlines are in points. The mask's
// stride is the rectangle's width. Nothing gives an empty rectangle.
func (r *raster) cover(o fonts.Outline, evenOdd bool, within image.Rectangle, mask []byte) (image.Rectangle, []byte) {
	box := bounds(o).Intersect(within)
	if box.Empty() {
		return image.Rectangle{}, mask
	}
	w, h := box.Dx(), box.Dy()
	r.box = box
	need := w*h + w + 2
	if len(r.acc) < need {
		r.acc = make([]float32, need)
	}
	acc := r.acc[:need]
	clear(acc)
	flatten(o, func(x0, y0, x1, y1 float64) {
		edge(acc, w, h, x0-float64(box.Min.X), y0-float64(box.Min.Y), x1-float64(box.Min.X), y1-float64(box.Min.Y))
	})
	if cap(mask) < w*h {
		mask = make([]byte, w*h)
	}
	mask = mask[:w*h]
	for y := range h {
		sum := float32(0)
		for x := range w {
			i := y*w + x
			sum += acc[i]
			v := sum
			if v < 0 {
				v = -v
			}
			if evenOdd {
				if v = float32(math.Mod(float64(v), 2)); v > 1 {
					v = 2 - v
				}
			} else if v > 1 {
				v = 1
			}
			mask[i] = byte(v*255 + 0.5)
		}
	}
	return box, mask
}

// edge adds one edge. What lies left of the box counts as its left side, what lies right of it as nothing.
func edge(acc []float32, w, h int, x0, y0, x1, y1 float64) {
	if y0 == y1 {
		return
	}
	sign := float32(1)
	if y0 > y1 {
		x0, y0, x1, y1, sign = x1, y1, x0, y0, -1
	}
	if y1 <= 0 || y0 >= float64(h) {
		return
	}
	slope := (x1 - x0) / (y1 - y0)
	if y0 < 0 {
		x0, y0 = x0-y0*slope, 0
	}
	y1 = min(y1, float64(h))
	x := x0
	for row := int(y0); row < h && float64(row) < y1; row++ {
		top, bottom := max(y0, float64(row)), min(y1, float64(row+1))
		next := x + slope*(bottom-top)
		span(acc[row*w:row*w+w], sign*float32(bottom-top), x, next)
		x = next
	}
}

// span adds the part of an edge that lies in one row: d of the row's height, from x to next.
func span(row []float32, d float32, x, next float64) {
	left, right := min(x, next), max(x, next)
	w := float64(len(row))
	if left >= w {
		return
	}
	if right <= 0 {
		row[0] += d
		return
	}
	if left < 0 || right > w { // cut at the sides, each part with its share of the height
		full := right - left
		if left < 0 {
			share := float32(-left/full) * d
			row[0] += share
			d -= share
			full, left = right, 0
		}
		if right > w {
			d -= float32((right-w)/full) * d
			right = w
		}
	}
	i := int(left)
	last := int(math.Ceil(right))
	if last <= i+1 { // within one point
		if i >= len(row) {
			return
		}
		mid := float32((left+right)/2 - float64(i))
		row[i] += d * (1 - mid)
		if i+1 < len(row) {
			row[i+1] += d * mid
		}
		return
	}
	perX := float64(d) / (right - left)
	// The area right of the edge in each point, and its difference to the point before.
	before := 0.0
	for ; i < last && i < len(row); i++ {
		from, to := max(left, float64(i)), min(right, float64(i+1))
		done := (to - left) * perX // height crossed up to the end of this point
		area := (from - left) * perX * 1
		area += (to - from) * perX * (1 - ((from+to)/2 - float64(i)))
		row[i] += float32(area - before)
		before = area
		if to == right {
			if i+1 < len(row) {
				row[i+1] += float32(done - before)
			}
			return
		}
	}
}

// bounds gives the points an outline can touch.
func bounds(o fonts.Outline) image.Rectangle {
	if len(o) == 0 {
		return image.Rectangle{}
	}
	l, t, r, b := o.Box()
	const far = 1 << 24
	clampTo := func(v float64) int { return int(min(max(v, -far), far)) }
	return image.Rect(clampTo(math.Floor(l)), clampTo(math.Floor(t)), clampTo(math.Ceil(r)), clampTo(math.Ceil(b)))
}

// flatten gives the edges of an outline, each figure closed.
func flatten(o fonts.Outline, line func(x0, y0, x1, y1 float64)) {
	polylines(o, 0.1, func(pts [][2]float64, _ bool) {
		for i := range pts {
			a, b := pts[i], pts[(i+1)%len(pts)]
			line(a[0], a[1], b[0], b[1])
		}
	})
}

// polylines turns an outline into straight lines no farther than tolerance from it.
func polylines(o fonts.Outline, tolerance float64, each func(pts [][2]float64, closed bool)) {
	var pts [][2]float64
	flush := func(closed bool) {
		if len(pts) > 1 || closed && len(pts) == 1 {
			each(pts, closed)
		}
		pts = nil
	}
	for _, s := range o {
		p := s.P
		if len(pts) == 0 && s.Op != 'M' && s.Op != 'Z' {
			pts = append(pts, [2]float64{})
		}
		switch s.Op {
		case 'M':
			flush(false)
			pts = append(pts, [2]float64{p[0], p[1]})
		case 'L':
			pts = append(pts, [2]float64{p[0], p[1]})
		case 'Q':
			a := pts[len(pts)-1]
			n := pieces(math.Hypot(a[0]-2*p[0]+p[2], a[1]-2*p[1]+p[3])/4, tolerance)
			for i := 1; i <= n; i++ {
				t := float64(i) / float64(n)
				u := 1 - t
				pts = append(pts, [2]float64{u*u*a[0] + 2*u*t*p[0] + t*t*p[2], u*u*a[1] + 2*u*t*p[1] + t*t*p[3]})
			}
		case 'C':
			a := pts[len(pts)-1]
			bend := max(math.Hypot(a[0]-2*p[0]+p[2], a[1]-2*p[1]+p[3]), math.Hypot(p[0]-2*p[2]+p[4], p[1]-2*p[3]+p[5]))
			n := pieces(bend*0.75, tolerance)
			for i := 1; i <= n; i++ {
				t := float64(i) / float64(n)
				u := 1 - t
				b0, b1, b2, b3 := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
				pts = append(pts, [2]float64{b0*a[0] + b1*p[0] + b2*p[2] + b3*p[4], b0*a[1] + b1*p[1] + b2*p[3] + b3*p[5]})
			}
		case 'Z':
			if len(pts) > 0 {
				start := pts[0]
				flush(true)
				pts = append(pts, start)
			}
		}
	}
	flush(false)
}

func pieces(bend, tolerance float64) int {
	return int(min(max(math.Ceil(math.Sqrt(bend/tolerance)), 1), 200))
}

// scaleOf tells how much a matrix enlarges, on the average of all directions.
func scaleOf(m ofd.Matrix) float64 { return math.Sqrt(math.Abs(m[0]*m[3] - m[1]*m[2])) }
