package face

import (
	"math"
	"sort"
)

// detector finds faces: six layers of a small YOLO (tiny_face_detector).
type detector struct {
	first conv
	deep  [5]separable
	last  conv
}

// What the detector was trained with.
var (
	anchors      = [5][2]float64{{1.603231, 2.094468}, {6.041143, 7.080126}, {2.882459, 3.518061}, {4.266906, 5.178857}, {9.041765, 10.66308}}
	detectorMean = [3]float32{117.001, 114.697, 97.404}
)

const (
	overlap  = 0.4 // two boxes that share more than this are one face
	minScore = 0.5
)

func newDetector(a *arrays) *detector {
	d := &detector{first: a.conv("conv0", 3, 3, 16), last: a.conv("conv8", 1, 512, 25)}
	in := 16
	for i, name := range []string{"conv1", "conv2", "conv3", "conv4", "conv5"} {
		d.deep[i] = a.separable(name, in, 2*in)
		in *= 2
	}
	return d
}

// run gives the faces of a picture, the most certain first; size is the side of the net's input, a multiple of 32.
func (d *detector) run(s *scratch, p *Picture, size int) []scored {
	x := p.input(s, region{0, 0, p.W, p.H}, size, false, detectorMean)
	x = d.first.run(s, x, 1, edge{}, leaky)
	for i := range d.deep {
		x = largest(s, x, 2, 2, same(x.h, 2, 2))
		x = d.deep[i].run(s, x, 1, edge{1, 1}, leaky)
	}
	x = largest(s, x, 2, 1, same(x.h, 2, 1))
	x = d.last.run(s, x, 1, edge{}, linear)
	return suppress(boxes(x, float64(max(p.W, p.H))))
}

type scored struct {
	Box
	score float64
}

// boxes reads the cells of the net's answer: five boxes a cell, five numbers a box. side is the picture's longer one.
func boxes(x tensor, side float64) []scored {
	var out []scored
	cell := side / float64(x.w)
	for row := range x.h {
		for col := range x.w {
			for i, anchor := range anchors {
				v := x.data[(row*x.w+col)*x.c+i*5:][:5]
				score := sigmoid(v[4])
				if score <= minScore {
					continue
				}
				w, h := math.Exp(float64(v[2]))*anchor[0]*cell, math.Exp(float64(v[3]))*anchor[1]*cell
				cx, cy := (float64(col)+sigmoid(v[0]))*cell, (float64(row)+sigmoid(v[1]))*cell
				out = append(out, scored{Box{cx - w/2, cy - h/2, w, h}, score})
			}
		}
	}
	return out
}

func sigmoid(x float32) float64 { return 1 / (1 + math.Exp(-float64(x))) }

// suppress keeps of boxes that overlap the most certain one.
func suppress(all []scored) []scored {
	sort.SliceStable(all, func(i, j int) bool { return all[i].score > all[j].score })
	var kept []scored
next:
	for _, b := range all {
		for _, k := range kept {
			if b.shared(k.Box) > overlap {
				continue next
			}
		}
		kept = append(kept, b)
	}
	return kept
}
