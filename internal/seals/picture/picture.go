// Package picture draws the impression of a seal: a red ring with a star, the
// agency's name on the arc and a line below; or the square seal of a name. The
// shapes of the characters are those of ofd/fonts.
//
// A picture is a PNG of 300 dots an inch in four degrees of one red, the
// lightest of them clear: below ten kilobytes, and it can be laid over text.
package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"

	"golang.org/x/image/vector"

	"yimen/ofd/fonts"
)

// Design is what is to be seen.
type Design struct {
	Size   int    // millimetres across
	Name   string // on the arc; of a square seal the name in it
	Line   string // below the star; "" none
	Star   bool
	Square bool
}

// MissingError names characters the font has no shape for.
type MissingError struct{ Runes []rune }

func (e *MissingError) Error() string { return "picture: no shape for " + string(e.Runes) }

const (
	dotsPerMM = 300 / 25.4
	degrees   = 4 // of red: two bits a dot
)

// red is the colour of seal ink.
var red = color.NRGBA{R: 0xD9, G: 0x1A, B: 0x1A, A: 0xFF}

// Draw makes the picture.
func Draw(d Design) ([]byte, error) {
	if missing := Missing(d.Name + d.Line); len(missing) > 0 {
		return nil, &MissingError{missing}
	}
	side := int(math.Round(float64(d.Size) * dotsPerMM))
	c := &canvas{r: vector.NewRasterizer(side, side), side: float64(side)}
	if d.Square {
		c.square(d)
	} else {
		c.round(d)
	}
	alpha := image.NewAlpha(image.Rect(0, 0, side, side))
	c.r.Draw(alpha, alpha.Bounds(), image.Opaque, image.Point{})
	return encode(alpha)
}

// encode keeps four degrees of cover.
func encode(alpha *image.Alpha) ([]byte, error) {
	palette := make(color.Palette, degrees)
	for i := range palette {
		c := red
		c.A = uint8(i * 255 / (degrees - 1))
		palette[i] = c
	}
	out := image.NewPaletted(alpha.Bounds(), palette)
	for i, a := range alpha.Pix {
		out.Pix[i] = uint8((int(a)*(degrees-1) + 127) / 255)
	}
	var b bytes.Buffer
	err := png.Encode(&b, out) // at its best it is 3 % smaller and takes eight times as long
	return b.Bytes(), err
}

// canvas fills figures in dots, y downwards.
type canvas struct {
	r    *vector.Rasterizer
	side float64
}

// round draws ring, star, arc of characters and the line below.
func (c *canvas) round(d Design) {
	mid, mm := c.side/2, c.side/float64(d.Size)
	outer := mid - 0.15*mm
	c.ring(mid, outer, outer-1.2*mm)
	if d.Star {
		c.star(mid, mid, 0.333*mid)
	}
	name := []rune(d.Name)
	em, step, squeeze := arc(len(name), mid-1.2*mm, mm, d.Line != "")
	radius := mid - 2.0*mm - em
	start := -step * float64(len(name)-1) / 2
	for i, r := range name {
		c.onArc(r, mid, radius, start+step*float64(i), em, squeeze)
	}
	if line := []rune(d.Line); len(line) > 0 {
		c.line(line, mid, mid+0.56*mid, mm)
	}
}

// arc chooses how large characters are and how far apart, in radians: the more
// there are, the narrower they get, so that at most three quarters of the ring
// are taken, and less where a line stands below.
func arc(n int, radius, mm float64, lined bool) (em, step, squeeze float64) {
	most := 1.52 * math.Pi
	if lined {
		most = 1.24 * math.Pi
	}
	em, squeeze = 5.2*mm, 0.86
	if n > 12 {
		em = 4.6 * mm
	}
	if n > 20 {
		em = 3.8 * mm
	}
	step = 0.42
	if n > 1 {
		step = min(step, most/float64(n-1))
	}
	// Characters must not touch at the foot.
	if room := step * (radius - em - 0.8*mm); room < em*squeeze*1.06 {
		squeeze = room / (em * 1.06)
	}
	return em, step, squeeze
}

// onArc sets a character upright on the circle; angle 0 is the top, clockwise.
func (c *canvas) onArc(r rune, mid, radius, angle, em, squeeze float64) {
	sin, cos := math.Sincos(angle)
	c.glyph(r, func(x, y float64) (float64, float64) {
		along, up := (x-0.5)*em*squeeze, (y+0.12)*em+radius
		return mid + along*cos + up*sin, mid + along*sin - up*cos
	})
}

// line sets a few characters beside one another, centred.
func (c *canvas) line(text []rune, mid, y, mm float64) {
	em := 4.2 * mm
	width := 1.1 * mid
	step := min(em*1.08, width/float64(len(text)))
	squeeze := min(0.95, step/em*0.95)
	left := mid - step*float64(len(text))/2
	for i, r := range text {
		at := left + step*(float64(i)+0.5)
		c.glyph(r, func(x, yy float64) (float64, float64) { return at + (x-0.5)*em*squeeze, y - (yy-0.38)*em })
	}
}

// square draws a frame and the characters of a name in columns from the right.
func (c *canvas) square(d Design) {
	mm := c.side / float64(d.Size)
	c.rectangle(0.2*mm, c.side-0.2*mm, false)
	c.rectangle(1.4*mm, c.side-1.4*mm, true)
	name := []rune(d.Name)
	for len(name) < 4 { // 印 fills the place that is left; a name of two has 之印
		if len(name) == 2 {
			name = append(name, '之')
			continue
		}
		name = append(name, '印')
	}
	in, em := 2.2*mm, (c.side-4.4*mm)/2
	for i, r := range name[:4] {
		left, top := in+em*float64(1-i/2), in+em*float64(i%2)
		c.glyph(r, func(x, y float64) (float64, float64) { return left + x*em, top + (0.88-y)*em })
	}
}

// glyph fills the shape of a character, placed by at (em units, y upwards).
func (c *canvas) glyph(r rune, at func(x, y float64) (float64, float64)) {
	id, ok := fonts.SerifBold.Glyph(r)
	if !ok {
		return // Draw has refused it
	}
	p := func(s fonts.Segment, i int) (float32, float32) {
		x, y := at(s.P[2*i], s.P[2*i+1])
		return float32(x), float32(y)
	}
	for _, s := range fonts.SerifBold.Outline(id) {
		switch s.Op {
		case 'M':
			c.r.MoveTo(p(s, 0))
		case 'L':
			c.r.LineTo(p(s, 0))
		case 'Q':
			x, y := p(s, 0)
			x1, y1 := p(s, 1)
			c.r.QuadTo(x, y, x1, y1)
		case 'C':
			x, y := p(s, 0)
			x1, y1 := p(s, 1)
			x2, y2 := p(s, 2)
			c.r.CubeTo(x, y, x1, y1, x2, y2)
		case 'Z':
			c.r.ClosePath()
		}
	}
}

// ring fills what lies between two circles: the inner one runs the other way.
func (c *canvas) ring(mid, outer, inner float64) {
	c.circle(mid, outer, 1)
	c.circle(mid, inner, -1)
}

func (c *canvas) circle(mid, radius float64, turn float64) {
	const parts = 240
	for i := range parts {
		sin, cos := math.Sincos(turn * 2 * math.Pi * float64(i) / parts)
		x, y := float32(mid+radius*cos), float32(mid+radius*sin)
		if i == 0 {
			c.r.MoveTo(x, y)
		} else {
			c.r.LineTo(x, y)
		}
	}
	c.r.ClosePath()
}

// star draws a five-pointed one, upright.
func (c *canvas) star(x, y, radius float64) {
	inner := radius * math.Sin(math.Pi/10) / math.Sin(7*math.Pi/10)
	for i := range 10 {
		r := radius
		if i%2 == 1 {
			r = inner
		}
		sin, cos := math.Sincos(math.Pi * float64(i) / 5)
		px, py := float32(x+r*sin), float32(y-r*cos)
		if i == 0 {
			c.r.MoveTo(px, py)
		} else {
			c.r.LineTo(px, py)
		}
	}
	c.r.ClosePath()
}

// rectangle adds a square from a to b; hole cuts it out of another.
func (c *canvas) rectangle(a, b float64, hole bool) {
	x0, x1 := float32(a), float32(b)
	c.r.MoveTo(x0, x0)
	if hole {
		c.r.LineTo(x0, x1)
		c.r.LineTo(x1, x1)
		c.r.LineTo(x1, x0)
	} else {
		c.r.LineTo(x1, x0)
		c.r.LineTo(x1, x1)
		c.r.LineTo(x0, x1)
	}
	c.r.ClosePath()
}

// Missing are the characters of a text that cannot be drawn.
func Missing(text string) []rune { return fonts.SerifBold.Missing(text) }
