package facetest

import (
	"image"
	"image/color"
	"math"
)

// depths remembers how near what was drawn at each pixel is.
type depths struct {
	w, h int
	z    []float64
}

func newDepth(w, h int) *depths {
	d := &depths{w, h, make([]float64, w*h)}
	for i := range d.z {
		d.z[i] = math.Inf(-1)
	}
	return d
}

// triangle draws a triangle of the portrait where nothing nearer stands.
func (d *depths) triangle(out, from *image.RGBA, a, b, c vertex) {
	area := (b.x-a.x)*(c.y-a.y) - (c.x-a.x)*(b.y-a.y)
	if area == 0 {
		return
	}
	x0, x1 := int(min(a.x, b.x, c.x)), int(max(a.x, b.x, c.x))+1
	y0, y1 := int(min(a.y, b.y, c.y)), int(max(a.y, b.y, c.y))+1
	for y := max(y0, 0); y <= min(y1, d.h-1); y++ {
		for x := max(x0, 0); x <= min(x1, d.w-1); x++ {
			px, py := float64(x), float64(y)
			wb := ((px-a.x)*(c.y-a.y) - (c.x-a.x)*(py-a.y)) / area
			wc := ((b.x-a.x)*(py-a.y) - (px-a.x)*(b.y-a.y)) / area
			wa := 1 - wb - wc
			const rim = -1e-6
			if wa < rim || wb < rim || wc < rim {
				continue
			}
			if z := wa*a.z + wb*b.z + wc*c.z; z > d.z[y*d.w+x] {
				d.z[y*d.w+x] = z
				out.SetRGBA(x, y, sample(from, wa*a.u+wb*b.u+wc*c.u, wa*a.v+wb*b.v+wc*c.v))
			}
		}
	}
}

// sample is the colour between pixels.
func sample(img *image.RGBA, x, y float64) color.RGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	x, y = max(0, min(x, float64(w-1))), max(0, min(y, float64(h-1)))
	x0, y0 := int(x), int(y)
	x1, y1 := min(x0+1, w-1), min(y0+1, h-1)
	dx, dy := x-float64(x0), y-float64(y0)
	var out [3]uint8
	for c := range 3 {
		at := func(x, y int) float64 { return float64(img.Pix[y*img.Stride+x*4+c]) }
		upper, lower := at(x0, y0)*(1-dx)+at(x1, y0)*dx, at(x0, y1)*(1-dx)+at(x1, y1)*dx
		out[c] = uint8(upper*(1-dy) + lower*dy + 0.5)
	}
	return color.RGBA{out[0], out[1], out[2], 255}
}
