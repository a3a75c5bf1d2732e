package face

import "math"

// Point is a place in a picture, in pixels from the left and the top.
type Point struct{ X, Y float64 }

func (p Point) to(q Point) float64 { return math.Hypot(q.X-p.X, q.Y-p.Y) }

// Box is a rectangle in a picture, in pixels; it may reach beyond the picture's edge.
type Box struct{ X, Y, W, H float64 }

// shared is the part of two boxes together that both cover, 0 … 1.
func (b Box) shared(o Box) float64 {
	w := max(0, min(b.X+b.W, o.X+o.W)-max(b.X, o.X))
	h := max(0, min(b.Y+b.H, o.Y+o.H)-max(b.Y, o.Y))
	return w * h / (b.W*b.H + o.W*o.H - w*h)
}

// Face is one face of a picture.
type Face struct {
	Box       Box
	Score     float64   // how certain the detector is, 0.5 … 1
	Landmarks [68]Point // the usual 68: 0–16 jaw, 17–26 brows, 27–35 nose, 36–47 eyes, 48–67 mouth; left is the picture's left
	Pose      Pose
	Eyes      Eyes
	Quality   Quality
}

// Quality says whether a picture of a face is good enough to be judged.
type Quality struct {
	Brightness float64 // mean, 0 (black) … 255
	Contrast   float64 // standard deviation of the brightness
	Sharpness  float64 // variance of the Laplacian of the face drawn 96 pixels wide; below about 30 it is blurred
	Width      float64 // of the face between the temples, in pixels
}

func newFace(p *Picture, b scored, marks [68]Point) Face {
	f := Face{Box: b.Box, Score: b.score, Landmarks: marks}
	f.Pose = poseOf(marks)
	f.Eyes = eyesOf(p, marks)
	f.Quality = qualityOf(p, f)
	return f
}

// EyeDistance is that of the middles of both eyes: the measure of a face.
func (f Face) EyeDistance() float64 {
	return middle(f.Landmarks[36:42]).to(middle(f.Landmarks[42:48]))
}

func middle(points []Point) (m Point) {
	for _, p := range points {
		m.X += p.X / float64(len(points))
		m.Y += p.Y / float64(len(points))
	}
	return m
}

// around is the smallest box around points.
func around(points []Point) Box {
	low, high := points[0], points[0]
	for _, p := range points {
		low.X, low.Y = min(low.X, p.X), min(low.Y, p.Y)
		high.X, high.Y = max(high.X, p.X), max(high.Y, p.Y)
	}
	return Box{low.X, low.Y, high.X - low.X, high.Y - low.Y}
}

// aligned is the part of the picture that the embedder was trained on: the points' box and a tenth around it.
func (f Face) aligned() Box {
	b := around(f.Landmarks[:])
	return Box{b.X - b.W*0.1, b.Y - b.H*0.1, b.W * 1.2, b.H * 1.2}
}

// qualityOf draws the face small, in gray, so that the measures do not hang on the camera's resolution.
func qualityOf(p *Picture, f Face) Quality {
	const side = 96
	q := Quality{Width: f.Landmarks[0].to(f.Landmarks[16])}
	r, ok := p.clip(around(f.Landmarks[:]))
	if !ok {
		return q
	}
	var g [side][side]float64
	var sum, squares float64
	for y := range side {
		for x := range side {
			v := p.mean(r.x+x*r.w/side, r.y+y*r.h/side, max(r.w/side, 1), max(r.h/side, 1))
			g[y][x] = v
			sum, squares = sum+v, squares+v*v
		}
	}
	q.Brightness = sum / (side * side)
	q.Contrast = math.Sqrt(max(0, squares/(side*side)-q.Brightness*q.Brightness))
	sum, squares = 0, 0
	for y := 1; y < side-1; y++ {
		for x := 1; x < side-1; x++ {
			v := g[y-1][x] + g[y+1][x] + g[y][x-1] + g[y][x+1] - 4*g[y][x]
			sum, squares = sum+v, squares+v*v
		}
	}
	n := float64((side - 2) * (side - 2))
	q.Sharpness = squares/n - sum/n*sum/n
	return q
}

// mean is the brightness of w × h pixels.
func (p *Picture) mean(x, y, w, h int) float64 {
	var sum float64
	n := 0
	for j := y; j < min(y+h, p.H); j++ {
		for i := x; i < min(x+w, p.W); i++ {
			sum += p.gray(i, j)
			n++
		}
	}
	return sum / float64(max(n, 1))
}
