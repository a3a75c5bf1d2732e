package render

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"

	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/math/f64"

	"yimen/ofd"
	"yimen/ofd/fonts"
	"yimen/ofd/internal/draw"
)

// What drawing needs and tells, the same for all kinds of pictures.
type (
	// Stamp is the picture of a seal laid on a page.
	Stamp = draw.Stamp
	// Report says what could not be shown as the file wanted it.
	Report = draw.Report
	// Substitution is one face that stands for another.
	Substitution = draw.Substitution
)

// Options say how a page is drawn. The zero value is the page at 150 points an inch, without seals.
type Options struct {
	draw.Options
	DPI float64 // of PNG and Image; 0 is 150
}

// ErrTooMuch says that a page is too large or takes too long, ErrNoPage that there is none of that number.
var (
	ErrTooMuch = draw.ErrTooMuch
	ErrNoPage  = draw.ErrNoPage
)

// maxPoints bounds a picture: A4 at 600 points an inch has 35 million, 140 MB.
const maxPoints = 40_000_000

// PNG draws page i (from 0) and packs it.
func PNG(d *ofd.Document, i int, o Options) ([]byte, Report, error) {
	img, report, err := Image(d, i, o)
	if err != nil {
		return nil, report, err
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img); err != nil {
		return nil, report, err
	}
	return b.Bytes(), report, nil
}

// Image draws page i (from 0) on white.
func Image(d *ofd.Document, i int, o Options) (*image.RGBA, Report, error) {
	box, err := draw.Box(d, i)
	if err != nil {
		return nil, Report{}, err
	}
	if o.DPI == 0 {
		o.DPI = 150
	}
	k := o.DPI / 25.4
	w, h := math.Ceil(box.W*k-1e-6), math.Ceil(box.H*k-1e-6)
	if !(w >= 1 && h >= 1 && w*h <= maxPoints) {
		return nil, Report{}, fmt.Errorf("%w: a picture of %.0f × %.0f points", ErrTooMuch, w, h)
	}
	img := image.NewRGBA(image.Rect(0, 0, int(w), int(h)))
	for j := range img.Pix {
		img.Pix[j] = 255
	}
	c := &canvas{
		img: img, raster: newRaster(64, 64), device: ofd.Matrix{k, 0, 0, k, -box.X * k, -box.Y * k},
		clips: []clip{{rect: img.Bounds()}}, pictures: map[*byte]image.Image{},
	}
	report, err := draw.Page(d, i, o.Options, c)
	return img, report, err
}

// canvas paints on points.
type canvas struct {
	img      *image.RGBA
	raster   *raster
	device   ofd.Matrix // millimetres to points
	clips    []clip
	mask     []byte
	pictures map[*byte]image.Image // decoded once a page
}

// clip is what is seen: a rectangle, and in it a mask unless all of it is.
type clip struct {
	rect image.Rectangle
	mask []byte
}

func (c *canvas) top() clip { return c.clips[len(c.clips)-1] }

// Push narrows what is seen. Upright rectangles are rounded to whole points, outwards.
func (c *canvas) Push(regions []draw.Region) {
	now := c.top()
	for _, r := range regions {
		if r.Box != nil {
			x0, y0 := c.device.Apply(r.Box.X, r.Box.Y)
			x1, y1 := c.device.Apply(r.Box.X+r.Box.W, r.Box.Y+r.Box.H)
			hull := bounds(fonts.Outline{{Op: 'M', P: [6]float64{x0, y0}}, {Op: 'L', P: [6]float64{x1, y1}}})
			now = now.narrow(hull)
			continue
		}
		box, mask := c.raster.cover(draw.Transform(r.Outline, c.device), r.EvenOdd, now.rect, nil)
		now = now.narrow(box)
		if now.mask == nil {
			now.mask = mask
			continue
		}
		for i := range mask {
			now.mask[i] = byte(int(now.mask[i]) * int(mask[i]) / 255)
		}
	}
	c.clips = append(c.clips, now)
}

// narrow cuts a clip to a rectangle; the mask is a copy.
func (c clip) narrow(to image.Rectangle) clip {
	to = to.Intersect(c.rect)
	if c.mask == nil {
		return clip{rect: to}
	}
	mask := make([]byte, to.Dx()*to.Dy())
	for y := to.Min.Y; y < to.Max.Y; y++ {
		copy(mask[(y-to.Min.Y)*to.Dx():][:to.Dx()], c.mask[(y-c.rect.Min.Y)*c.rect.Dx()+to.Min.X-c.rect.Min.X:])
	}
	return clip{to, mask}
}

// Pop ends the last Push.
func (c *canvas) Pop() { c.clips = c.clips[:len(c.clips)-1] }

// Path fills and strokes.
func (c *canvas) Path(m draw.Mark) error {
	to := m.M.Then(c.device)
	if m.Fill != nil {
		c.fill(draw.Transform(m.Outline, to), m.EvenOdd, m.Fill, to, m.Alpha)
	}
	if m.Stroke != nil {
		c.stroke(m.Outline, m.Line, m.Stroke, to, m.Alpha)
	}
	return nil
}

// stroke draws a line; one thinner than a point is drawn a point wide and paler, so that it does not break up.
func (c *canvas) stroke(o fonts.Outline, l ofd.Line, p *ofd.Paint, to ofd.Matrix, alpha float64) {
	k := scaleOf(to)
	if k == 0 || !(l.Width >= 0) {
		return
	}
	if least := 1 / k; l.Width < least {
		alpha *= max(l.Width/least, 0.4)
		l.Width = least
	}
	c.fill(draw.Transform(stroke(o, l, 0.1/k), to), false, p, to, alpha)
}

// Text fills the outlines of the glyphs.
func (c *canvas) Text(t draw.Glyphs) error {
	to := t.M.Then(c.device)
	for i, g := range t.Glyphs {
		o := g.Face.Outline(g.ID)
		if len(o) == 0 {
			continue
		}
		at := t.Place(i)
		if t.Fill != nil {
			c.fill(draw.Transform(o, at.Then(to)), false, t.Fill, to, t.Alpha)
		}
		if t.Stroke != nil {
			c.stroke(draw.Transform(o, at), t.Line, t.Stroke, to, t.Alpha)
		}
	}
	return nil
}

// fill paints what an outline (in points) covers. Shades are measured in the space that to leads from.
func (c *canvas) fill(o fonts.Outline, evenOdd bool, p *ofd.Paint, to ofd.Matrix, alpha float64) {
	now := c.top()
	box, mask := c.raster.cover(o, evenOdd, now.rect, c.mask)
	if box.Empty() {
		return
	}
	c.mask = mask
	if now.mask != nil {
		for y := box.Min.Y; y < box.Max.Y; y++ {
			line := now.mask[(y-now.rect.Min.Y)*now.rect.Dx()+box.Min.X-now.rect.Min.X:]
			own := mask[(y-box.Min.Y)*box.Dx():][:box.Dx()]
			for x := range own {
				own[x] = byte(int(own[x]) * int(line[x]) / 255)
			}
		}
	}
	var shade func(x, y int) color.NRGBA
	if p.Shade != nil {
		shade = shader(p.Shade, to)
	}
	for y := box.Min.Y; y < box.Max.Y; y++ {
		own := mask[(y-box.Min.Y)*box.Dx():][:box.Dx()]
		pix := c.img.Pix[c.img.PixOffset(box.Min.X, y):]
		for x, m := range own {
			if m == 0 {
				continue
			}
			col := p.Color
			if shade != nil {
				col = shade(box.Min.X+x, y)
			}
			a := uint32(float64(m) * float64(col.A) * alpha * 257 / 255) // of 65535
			over(pix[4*x:4*x+4], col, a)
		}
	}
}

// over lays a colour on an opaque point; a is of 65535.
func over(pix []byte, c color.NRGBA, a uint32) {
	a = min(a, 65535)
	pix[0] = byte((uint32(pix[0])*(65535-a) + uint32(c.R)*a + 32767) / 65535)
	pix[1] = byte((uint32(pix[1])*(65535-a) + uint32(c.G)*a + 32767) / 65535)
	pix[2] = byte((uint32(pix[2])*(65535-a) + uint32(c.B)*a + 32767) / 65535)
}

// Picture lays an image on the page, averaged where it is made smaller.
func (c *canvas) Picture(p draw.Picture) error {
	if len(p.Data) == 0 {
		return &draw.PictureError{Reason: "a picture is empty"}
	}
	src := c.pictures[&p.Data[0]]
	if src == nil {
		img, err := draw.Decode(p.Data, p.Format)
		if err != nil {
			return err
		}
		src = img
		c.pictures[&p.Data[0]] = img
	}
	if len(p.Mask) > 0 {
		mask, err := draw.Decode(p.Mask, "mask")
		if err != nil {
			return err
		}
		src = masked(src, mask)
	}
	now := c.top()
	b := src.Bounds()
	m := ofd.Matrix{1 / float64(b.Dx()), 0, 0, 1 / float64(b.Dy()), 0, 0}.Then(p.M).Then(c.device)
	if math.Abs(m[0]*m[3]-m[1]*m[2]) < 1e-12 || now.rect.Empty() {
		return nil
	}
	for _, v := range m {
		if math.IsNaN(v) || math.Abs(v) > 1e6 {
			return nil
		}
	}
	aff := f64.Aff3{m[0], m[2], m[4] - m[0]*float64(b.Min.X) - m[2]*float64(b.Min.Y), m[1], m[3], m[5] - m[1]*float64(b.Min.X) - m[3]*float64(b.Min.Y)}
	options := &xdraw.Options{DstMask: &shown{now, uint8(p.Alpha*255 + 0.5)}}
	target := c.img.SubImage(now.rect).(*image.RGBA)
	var scaler xdraw.Transformer = xdraw.ApproxBiLinear
	if scaleOf(m) < 0.7 {
		scaler = xdraw.BiLinear // a kernel as wide as what is drawn together
	}
	scaler.Transform(target, aff, src, b, xdraw.Over, options)
	return nil
}

// shown is a clip as a mask of an image.
type shown struct {
	clip
	alpha uint8
}

func (s *shown) ColorModel() color.Model { return color.AlphaModel }
func (s *shown) Bounds() image.Rectangle { return s.rect }
func (s *shown) At(x, y int) color.Color {
	if !(image.Point{x, y}).In(s.rect) {
		return color.Alpha{}
	}
	if s.mask == nil {
		return color.Alpha{s.alpha}
	}
	return color.Alpha{uint8(int(s.mask[(y-s.rect.Min.Y)*s.rect.Dx()+x-s.rect.Min.X]) * int(s.alpha) / 255)}
}

// masked hides of an image what a mask of the same place has black (10, ImageMask).
func masked(src, mask image.Image) image.Image {
	b, mb := src.Bounds(), mask.Bounds()
	out := image.NewNRGBA(b)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			col := color.NRGBAModel.Convert(src.At(x, y)).(color.NRGBA)
			gray := color.GrayModel.Convert(mask.At(mb.Min.X+(x-b.Min.X)*mb.Dx()/b.Dx(), mb.Min.Y+(y-b.Min.Y)*mb.Dy()/b.Dy())).(color.Gray)
			col.A = uint8(int(col.A) * int(gray.Y) / 255)
			out.SetNRGBA(x, y, col)
		}
	}
	return out
}
