package face

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/draw"
	_ "image/jpeg" // pictures come as JPEG …
	_ "image/png"  // … or PNG
)

// MaxSide is the longest side of a picture in pixels: four such pictures fit 64 MB. A face needs far less.
const MaxSide = 2048

// What is wrong with a picture.
var (
	// ErrPicture: it is no JPEG or PNG, or a damaged one.
	ErrPicture = errors.New("face: not a picture that can be read")
	// ErrTooLarge: one side is longer than allowed. Found before anything is unpacked.
	ErrTooLarge = errors.New("face: the picture is too large")
)

// Picture is an unpacked picture: three bytes a pixel, red, green, blue.
type Picture struct {
	W, H int
	pix  []byte
}

// Decode reads a JPEG or PNG whose sides are at most side pixels (MaxSide when 0). The size is read from the header, so
// a small file that unpacks into gigabytes costs nothing.
func Decode(data []byte, side int) (*Picture, error) {
	if side <= 0 || side > MaxSide {
		side = MaxSide
	}
	head, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrPicture, err)
	}
	if head.Width > side || head.Height > side {
		return nil, fmt.Errorf("%w: %d × %d", ErrTooLarge, head.Width, head.Height)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrPicture, err)
	}
	return NewPicture(img)
}

// NewPicture copies an image. What is transparent becomes black.
func NewPicture(img image.Image) (*Picture, error) {
	b := img.Bounds()
	if b.Dx() < 1 || b.Dy() < 1 {
		return nil, fmt.Errorf("%w: it is empty", ErrPicture)
	}
	if b.Dx() > MaxSide || b.Dy() > MaxSide {
		return nil, fmt.Errorf("%w: %d × %d", ErrTooLarge, b.Dx(), b.Dy())
	}
	rgba := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(rgba, rgba.Rect, img, b.Min, draw.Src)
	p := &Picture{W: b.Dx(), H: b.Dy(), pix: make([]byte, 3*b.Dx()*b.Dy())}
	for i, o := 0, 0; o < len(p.pix); i, o = i+4, o+3 {
		copy(p.pix[o:o+3], rgba.Pix[i:i+3])
	}
	return p, nil
}

// Image gives a copy as an image.
func (p *Picture) Image() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, p.W, p.H))
	for i, o := 0, 0; o < len(p.pix); i, o = i+4, o+3 {
		copy(img.Pix[i:i+3], p.pix[o:o+3])
		img.Pix[i+3] = 255
	}
	return img
}

// Hash tells whether two pictures are the same to the last pixel, however they were packed.
func (p *Picture) Hash() string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %d ", p.W, p.H)
	h.Write(p.pix)
	return hex.EncodeToString(h.Sum(nil))
}

// gray is the brightness of a pixel, 0 … 255.
func (p *Picture) gray(x, y int) float64 {
	c := p.pix[(y*p.W+x)*3:]
	return 0.299*float64(c[0]) + 0.587*float64(c[1]) + 0.114*float64(c[2])
}

// region is a part of a picture, in whole pixels and inside it.
type region struct{ x, y, w, h int }

// clip rounds a box down to whole pixels inside the picture; ok is false when nothing is left.
func (p *Picture) clip(b Box) (r region, ok bool) {
	x, y := max(b.X, 0), max(b.Y, 0)
	w, h := min(b.X+b.W-x, float64(p.W)-x), min(b.Y+b.H-y, float64(p.H)-y)
	r = region{int(x), int(y), int(w), int(h)}
	return r, r.w > 0 && r.h > 0
}

// input turns a region into the square input of a net: padded with black to a square (in the middle, or at the right and
// the bottom), drawn to size × size by two-way interpolation, less the mean colour, over 255.
func (p *Picture) input(s *scratch, r region, size int, centred bool, mean [3]float32) tensor {
	t := s.tensor(size, size, 3)
	side := max(r.w, r.h)
	var left, top int
	if centred {
		left, top = (side-r.w)/2, (side-r.h)/2 // the odd pixel comes after
	}
	step := float32(side) / float32(size)
	at := func(x, y, c int) float32 {
		x, y = x-left, y-top
		if x < 0 || y < 0 || x >= r.w || y >= r.h {
			return 0
		}
		return float32(p.pix[((r.y+y)*p.W+r.x+x)*3+c])
	}
	for row := range size {
		fy := float32(row) * step
		y0 := int(fy)
		y1, dy := min(y0+1, side-1), fy-float32(y0)
		for col := range size {
			fx := float32(col) * step
			x0 := int(fx)
			x1, dx := min(x0+1, side-1), fx-float32(x0)
			for c := range 3 {
				upper := at(x0, y0, c)*(1-dx) + at(x1, y0, c)*dx
				lower := at(x0, y1, c)*(1-dx) + at(x1, y1, c)*dx
				t.data[(row*size+col)*3+c] = (upper*(1-dy) + lower*dy - mean[c]) / 255
			}
		}
	}
	return t
}
