package face

// marker places 68 points on a face (face_landmark_68): four dense blocks, then one matrix.
type marker struct {
	first  conv
	blocks [4][4]separable // blocks[0][0] is not used: first stands there
	fc     []float32       // [256][136]
	bias   []float32
}

// trainedMean is the mean colour of the pictures that the marker and the embedder were trained with.
var trainedMean = [3]float32{122.782, 117.001, 104.298}

const markerSide = 112

func newMarker(a *arrays) *marker {
	m := &marker{first: a.conv("dense0/conv0", 3, 3, 32), fc: a.get("fc/weights", 256, 136), bias: a.get("fc/bias", 136)}
	in, out := 3, 32
	for b, block := range []string{"dense0", "dense1", "dense2", "dense3"} {
		for l, layer := range []string{"conv0", "conv1", "conv2", "conv3"} {
			if b+l > 0 {
				m.blocks[b][l] = a.separable(block+"/"+layer, in, out)
			}
			in = out
		}
		out *= 2
	}
	return m
}

// run gives the 68 points of the face in a region, in pixels of the picture.
func (m *marker) run(s *scratch, p *Picture, r region) (points [68]Point) {
	x := p.input(s, r, markerSide, true, trainedMean)
	for b := range m.blocks {
		x = m.block(s, x, b)
	}
	x = average(s, x, 7, 2)
	side := max(r.w, r.h)
	left, top := float64(side-r.w)/2, float64(side-r.h)/2
	for i := range points {
		u, v := m.bias[2*i], m.bias[2*i+1]
		for k, f := range x.data {
			u += f * m.fc[k*136+2*i]
			v += f * m.fc[k*136+2*i+1]
		}
		points[i] = Point{
			X: float64(r.x) - left + float64(u)*float64(side),
			Y: float64(r.y) - top + float64(v)*float64(side),
		}
	}
	return points
}

// block halves the picture, then adds up what three layers find, each seeing the sum of those before it.
func (m *marker) block(s *scratch, x tensor, b int) tensor {
	e := same(x.h, 3, 2)
	var sum tensor
	if b == 0 {
		sum = m.first.run(s, x, 2, e, rectified)
	} else {
		sum = m.blocks[b][0].run(s, x, 2, e, rectified)
	}
	// sum holds the raw sum; what the next layer sees is its positive part. The first layer's own output is positive
	// already, so the two differ only from the second layer on.
	seen := sum
	for l := 1; l < 4; l++ {
		y := m.blocks[b][l].run(s, seen, 1, edge{1, 1}, linear)
		next := s.tensor(sum.h, sum.w, sum.c)
		seen = s.tensor(sum.h, sum.w, sum.c)
		for i, v := range y.data {
			next.data[i] = sum.data[i] + v
			seen.data[i] = max(next.data[i], 0)
		}
		sum = next
	}
	return seen
}
