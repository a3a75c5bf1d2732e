// Package facetest makes pictures of moving heads out of one portrait, for tests: no film of real people with a free licence
// was at hand. The portrait is laid over a rounded head with a nose and turned in space, so points move as those of a head do
// and not as those of a sheet of paper; a closed eye is the skin above it drawn down over it, with a line of lashes. It is a
// stand-in: what such pictures prove is that the checks tell a head from a sheet, not how well they do so on real people.
package facetest

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"sync"

	"yimen/face"
)

// Look is one moment of a film.
type Look struct {
	Yaw, Pitch float64 // degrees, signs as in face.Pose
	Closed     bool    // eyes
	X, Y       float64 // the whole picture shifted, in parts of its width
	Scale      float64 // of the whole picture; 0 means 1
	Flat       bool    // the portrait is a sheet of paper that turns
}

// Person is somebody who can be filmed, by several at once.
type Person struct {
	open, closed *image.RGBA
	centre       face.Point // between the eyes
	unit         float64    // eye distance in pixels
	nose         face.Point

	mu    sync.Mutex
	drawn map[moment]*image.RGBA // what was drawn before, without grain
	noise *rand.Rand             // the same for every new person: what a test films is the same each time
}

// moment is a look in a picture of some size.
type moment struct {
	Look
	w, h int
}

// New takes a portrait (JPEG) of one person who looks straight ahead.
func New(m *face.Model, portrait []byte) (*Person, error) {
	pic, err := face.Decode(portrait, 0)
	if err != nil {
		return nil, err
	}
	faces, err := m.Detect(context.Background(), pic, 0)
	if err != nil {
		return nil, err
	}
	l := faces[0].Landmarks
	p := &Person{open: pic.Image(), closed: pic.Image(), nose: l[30], unit: faces[0].EyeDistance(), noise: rand.New(rand.NewPCG(1, 1))}
	p.centre = between(l[39], l[42], 0.5)
	shut(p.closed, p.open, l[36:42])
	shut(p.closed, p.open, l[42:48])
	return p, nil
}

func between(a, b face.Point, t float64) face.Point {
	return face.Point{X: a.X + (b.X-a.X)*t, Y: a.Y + (b.Y-a.Y)*t}
}

// shut draws the lid over an eye: each column from above the eye to its lower edge is filled with the skin between brow
// and eye, stretched; where it ends there are lashes.
func shut(to, from *image.RGBA, eye []face.Point) {
	width := eye[3].X - eye[0].X
	left, right := eye[0].X-width*0.12, eye[3].X+width*0.12
	for x := int(left); x <= int(right); x++ {
		t := (float64(x) - left) / (right - left)
		bow := 4 * t * (1 - t)
		line := eye[0].Y + (eye[3].Y-eye[0].Y)*t
		bottom, top := line+bow*width*0.22, line-bow*width*0.30-2
		skin := top - width*0.10
		for y := int(top); y <= int(bottom); y++ {
			k := (float64(y) - top) / max(bottom-top, 1)
			to.SetRGBA(x, y, sample(from, float64(x), skin+k*width*0.08))
		}
		for y := int(bottom) - 1; y <= int(bottom)+1; y++ {
			to.SetRGBA(x, y, color.RGBA{60, 40, 38, 255})
		}
	}
}

// Frame draws a moment, w × h pixels, the portrait as high as the picture. Every frame has its own grain, as a camera's has.
func (p *Person) Frame(l Look, w, h int) *image.RGBA {
	out := p.clean(l, w, h)
	p.mu.Lock()
	defer p.mu.Unlock()
	grain(out, p.noise)
	return out
}

// FrameOf is Frame with the grain of a number: the same each time, whatever else is drawn.
func (p *Person) FrameOf(l Look, w, h int, number uint64) *image.RGBA {
	out := p.clean(l, w, h)
	grain(out, rand.New(rand.NewPCG(1, number)))
	return out
}

// clean is a moment without grain, drawn once.
func (p *Person) clean(l Look, w, h int) *image.RGBA {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := moment{l, w, h}
	if p.drawn[at] == nil {
		if p.drawn == nil {
			p.drawn = map[moment]*image.RGBA{}
		}
		p.drawn[at] = p.draw(l, w, h)
	}
	out := *p.drawn[at]
	out.Pix = bytes.Clone(out.Pix)
	return &out
}

func (p *Person) draw(l Look, w, h int) *image.RGBA {
	from := p.open
	if l.Closed {
		from = p.closed
	}
	if l.Scale == 0 {
		l.Scale = 1
	}
	side := from.Rect.Dx()
	scale := float64(h) / float64(side) * l.Scale
	ox, oy := float64(w)/2-float64(side)/2*scale+l.X*float64(w), float64(h)/2-float64(side)/2*scale+l.Y*float64(w)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range out.Pix {
		out.Pix[i] = 255
		if i%4 != 3 {
			out.Pix[i] = 150
		}
	}
	place := func(v vertex) vertex {
		return vertex{v.x*scale + ox, v.y*scale + oy, v.z * scale, v.u, v.v}
	}
	const cell = 5
	deep := newDepth(w, h)
	for y := 0; y < side; y += cell {
		for x := 0; x < side; x += cell {
			a, b := place(p.turn(x, y, l)), place(p.turn(x+cell, y, l))
			c, d := place(p.turn(x, y+cell, l)), place(p.turn(x+cell, y+cell, l))
			deep.triangle(out, from, a, b, c)
			deep.triangle(out, from, b, d, c)
		}
	}
	return out
}

// vertex is a place in the picture with its depth (larger is nearer) and where its colour comes from.
type vertex struct{ x, y, z, u, v float64 }

// turn moves one point of the portrait as a turning head, or sheet, moves it.
func (p *Person) turn(px, py int, l Look) vertex {
	x, y := (float64(px)-p.centre.X)/p.unit, (float64(py)-p.centre.Y)/p.unit
	z, share := p.depth(x, y)
	axis := -0.9 // of the neck, behind the face
	if l.Flat {
		z, share, axis = 0, 1, 0
	}
	yaw, pitch := l.Yaw*share*math.Pi/180, l.Pitch*share*math.Pi/180
	const neck = 1.2 // the height at which it nods
	z -= axis
	y -= neck
	x, z = x*math.Cos(yaw)+z*math.Sin(yaw), z*math.Cos(yaw)-x*math.Sin(yaw)
	y, z = y*math.Cos(pitch)-z*math.Sin(pitch), z*math.Cos(pitch)+y*math.Sin(pitch)
	z += axis
	y += neck
	const far = 11.0 // of the camera, in eye distances
	near := far / (far - z)
	return vertex{p.centre.X + x*near*p.unit, p.centre.Y + y*near*p.unit, z, float64(px), float64(py)}
}

// depth is how far a point of the face stands out, in eye distances, and how much of the turn it takes part in: all of it
// on the head, none at the edge of the portrait, where the room is.
func (p *Person) depth(x, y float64) (z, share float64) {
	dy := (y - 0.55) / 1.75
	r := math.Hypot(x/1.25, dy)
	z = -1.25 + 1.25*math.Sqrt(max(0, 1-min(r, 1)*min(r, 1)))
	nx, ny := (p.nose.X-p.centre.X)/p.unit, (p.nose.Y-p.centre.Y)/p.unit
	z += 0.40*math.Exp(-(x-nx)*(x-nx)/0.03-(y-ny)*(y-ny)/0.05) + 0.16*math.Exp(-(x-nx/2)*(x-nx/2)/0.02-(y-ny/2)*(y-ny/2)/0.09)
	share = 1 - max(0, min(1, (r-1.1)/0.75))
	return z, share * share * (3 - 2*share)
}

// grain is the noise of a camera.
func grain(img *image.RGBA, noise *rand.Rand) {
	for i := 0; i < len(img.Pix); i += 4 {
		n := noise.IntN(7) - 3
		for c := range 3 {
			img.Pix[i+c] = uint8(max(0, min(255, int(img.Pix[i+c])+n)))
		}
	}
}

// JPEG packs a frame as a browser does.
func JPEG(img image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 80}); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}
