package face

import "math"

// Embedding places a face in a space where pictures of one person lie near one another.
type Embedding [128]float32

// Distance is that of two faces: about 0.3–0.5 for one person, about 0.6–1 for two. Where to draw the line is the caller's
// decision and risk; the net's makers draw it at 0.6 for a choice among few, and 1:1 checks must draw it lower.
func Distance(a, b Embedding) float64 {
	var sum float64
	for i := range a {
		d := float64(a[i] - b[i])
		sum += d * d
	}
	return math.Sqrt(sum)
}

// embedder is a residual net of 27 layers (face_recognition: dlib's, as converted by face-api).
type embedder struct {
	first conv
	steps []residual
	fc    []float32 // [256][128]
}

type residual struct {
	one, two conv
	down     bool
}

const embedderSide = 150

func newEmbedder(a *arrays) *embedder {
	e := &embedder{first: a.scaled("conv32_down", 7, 3, 32), fc: a.get("fc", 256, 128)}
	in := 32
	for _, l := range []struct {
		name string
		out  int
		down bool
	}{
		{"conv32_1", 32, false}, {"conv32_2", 32, false}, {"conv32_3", 32, false},
		{"conv64_down", 64, true}, {"conv64_1", 64, false}, {"conv64_2", 64, false}, {"conv64_3", 64, false},
		{"conv128_down", 128, true}, {"conv128_1", 128, false}, {"conv128_2", 128, false},
		{"conv256_down", 256, true}, {"conv256_1", 256, false}, {"conv256_2", 256, false}, {"conv256_down_out", 256, true},
	} {
		e.steps = append(e.steps, residual{a.scaled(l.name+"/conv1", 3, in, l.out), a.scaled(l.name+"/conv2", 3, l.out, l.out), l.down})
		in = l.out
	}
	return e
}

// scaled reads a convolution that is followed by a scale and an offset for each channel, and folds these into it.
func (a *arrays) scaled(name string, size, in, out int) conv {
	c := a.conv(name+"/conv", size, in, out)
	scale, offset := a.get(name+"/scale/weights", out), a.get(name+"/scale/biases", out)
	for i := range c.filters {
		c.filters[i] *= scale[i%out]
	}
	for i := range c.bias {
		c.bias[i] = c.bias[i]*scale[i] + offset[i]
	}
	return c
}

func (e *embedder) run(s *scratch, p *Picture, r region) (out Embedding) {
	x := p.input(s, r, embedderSide, true, trainedMean)
	x = e.first.run(s, x, 2, edge{}, rectified)
	x = largest(s, x, 3, 2, edge{})
	for i := range e.steps {
		x = e.steps[i].run(s, x)
	}
	cells := float32(x.h * x.w)
	var mean [256]float32
	for i, v := range x.data {
		mean[i%256] += v / cells
	}
	for k, m := range mean {
		for i := range out {
			out[i] += m * e.fc[k*128+i]
		}
	}
	return out
}

// run adds what two layers find to what came in. Where the layer halves the picture, what came in is averaged, and the
// smaller of the two in cells or channels counts as zero beyond its edge.
func (l *residual) run(s *scratch, x tensor) tensor {
	if !l.down {
		e := edge{1, 1}
		y := l.two.run(s, l.one.run(s, x, 1, e, rectified), 1, e, linear)
		for i, v := range x.data {
			y.data[i] += v
		}
		rectified.apply(y.data)
		return y
	}
	y := l.two.run(s, l.one.run(s, x, 2, edge{}, rectified), 1, edge{1, 1}, linear)
	pooled := average(s, x, 2, 2)
	sum := s.tensor(pooled.h, pooled.w, y.c)
	clear(sum.data)
	addCells(sum, y)
	addCells(sum, pooled)
	rectified.apply(sum.data)
	return sum
}

// addCells adds a tensor to one that is at least as large, from its first cell and channel.
func addCells(sum, x tensor) {
	for row := range x.h {
		for col := range x.w {
			to := sum.data[(row*sum.w+col)*sum.c:]
			for i, v := range x.data[(row*x.w+col)*x.c:][:x.c] {
				to[i] += v
			}
		}
	}
}
