package face

// Eyes says how far both eyes are open, in two ways. What is usual for a face differs from one to another, so either is
// to be compared with other pictures of the same face.
type Eyes struct {
	Openness    float64 // height over width by the points, the mean of both. The net was trained on open eyes: it falls by a tenth when they close
	Left, Right float64 // how high the dark of the iris is seen in the middle of each eye, in eye widths: about 0.2–0.5 open, half of that closed
}

// Seen is the mean of both irises.
func (e Eyes) Seen() float64 { return (e.Left + e.Right) / 2 }

func eyesOf(p *Picture, marks [68]Point) Eyes {
	left, right := marks[36:42], marks[42:48]
	return Eyes{Openness: (openness(left) + openness(right)) / 2, Left: p.iris(left), Right: p.iris(right)}
}

// openness is the height of an eye over its width, of its six points.
func openness(eye []Point) float64 {
	width := eye[0].to(eye[3])
	if width == 0 {
		return 0
	}
	return (eye[1].to(eye[5]) + eye[2].to(eye[4])) / (2 * width)
}

// iris is how much of a line down through the middle of an eye is dark, in eye widths. Dark is what lies nearer to the
// darkest of the line than to the skin below the eye: a closed eye has its lashes, an open one the iris too.
func (p *Picture) iris(eye []Point) float64 {
	const step = 0.03
	along := Point{eye[3].X - eye[0].X, eye[3].Y - eye[0].Y}
	centre := Point{(eye[0].X + eye[3].X) / 2, (eye[0].Y + eye[3].Y) / 2}
	mean := func(half, from, to float64) float64 { // of a part of the eye's own axes
		var sum float64
		n := 0
		for u := -half; u <= half; u += step {
			for v := from; v <= to; v += step {
				x, y := centre.X+u*along.X-v*along.Y, centre.Y+u*along.Y+v*along.X
				sum += p.grayAt(x, y)
				n++
			}
		}
		return sum / float64(n)
	}
	skin, darkest := mean(0.3, 0.4, 0.65), 255.0
	var line []float64
	for v := -0.4; v <= 0.4; v += step {
		g := mean(0.12, v, v)
		line, darkest = append(line, g), min(darkest, g)
	}
	dark := 0.0
	for _, g := range line {
		if g < darkest+0.4*(skin-darkest) {
			dark += step
		}
	}
	return dark
}

// grayAt is the brightness of the nearest pixel, black beyond the edge.
func (p *Picture) grayAt(x, y float64) float64 {
	i, j := int(x+0.5), int(y+0.5)
	if x < 0 || y < 0 || i >= p.W || j >= p.H {
		return 0
	}
	return p.gray(i, j)
}
