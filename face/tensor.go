package face

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// tensor is a picture of h × w cells with c numbers each, row by row, channels last: the layout of the weights.
type tensor struct {
	h, w, c int
	data    []float32
}

// scratch hands out the buffers of one pass through a net and takes them all back at once. Nets run again and again over
// the same sizes, so after the first pass nothing is allocated.
type scratch struct {
	blocks [][]float32
	next   int
}

// take gives a buffer of n numbers whose content is undefined.
func (s *scratch) take(n int) []float32 {
	if s.next == len(s.blocks) {
		s.blocks = append(s.blocks, nil)
	}
	if cap(s.blocks[s.next]) < n {
		s.blocks[s.next] = make([]float32, n)
	}
	b := s.blocks[s.next][:n]
	s.next++
	return b
}

func (s *scratch) tensor(h, w, c int) tensor {
	return tensor{h: h, w: w, c: c, data: s.take(h * w * c)}
}

// reset makes all buffers free for the next pass.
func (s *scratch) reset() { s.next = 0 }

// activation is what follows a layer.
type activation uint8

const (
	linear activation = iota
	rectified
	leaky // 0.1 × below zero
)

func (a activation) apply(x []float32) {
	switch a {
	case rectified:
		for i, v := range x {
			x[i] = max(v, 0)
		}
	case leaky:
		for i, v := range x {
			if v < 0 {
				x[i] = v * 0.1
			}
		}
	}
}

// edge is what lies around a picture: how many cells of zeros before and after, on both axes.
type edge struct{ before, after int }

// same is the edge at which a step of stride gives ⌈n/stride⌉ cells, put as TensorFlow puts it: the odd cell after.
func same(n, size, stride int) edge {
	total := max(((n+stride-1)/stride-1)*stride+size-n, 0)
	return edge{before: total / 2, after: total - total/2}
}

// out says how many cells a window of size gives along n.
func (e edge) out(n, size, stride int) int { return (n+e.before+e.after-size)/stride + 1 }

// conv is a full convolution: filters[size][size][in][out], bias[out].
type conv struct {
	size, in, out int
	filters, bias []float32
}

// rowsAtOnce bounds the unrolled windows to about a megabyte, which stays in the cache.
const rowsAtOnce = 1 << 18

// run unrolls the windows (im2col), some rows at a time, and multiplies them by the filters.
func (l *conv) run(s *scratch, x tensor, stride int, e edge, a activation) tensor {
	h, w := e.out(x.h, l.size, stride), e.out(x.w, l.size, stride)
	y := s.tensor(h, w, l.out)
	if l.size == 1 && stride == 1 {
		l.multiply(x.data, y.data, h*w)
	} else {
		depth := l.size * l.size * l.in
		chunk := min(max(rowsAtOnce/(w*depth), 1), h)
		windows := s.take(chunk * w * depth)
		for from := 0; from < h; from += chunk {
			rows := min(chunk, h-from)
			unroll(windows, x, l.size, stride, e.before, from, rows, w)
			l.multiply(windows[:rows*w*depth], y.data[from*w*l.out:], rows*w)
		}
	}
	addBias(y.data, l.bias)
	a.apply(y.data)
	return y
}

// multiply sets the first rows of y to x times the filters.
func (l *conv) multiply(x, y []float32, rows int) {
	depth := l.size * l.size * l.in
	blas32.Gemm(blas.NoTrans, blas.NoTrans, 1,
		blas32.General{Rows: rows, Cols: depth, Stride: depth, Data: x},
		blas32.General{Rows: depth, Cols: l.out, Stride: l.out, Data: l.filters}, 0,
		blas32.General{Rows: rows, Cols: l.out, Stride: l.out, Data: y})
}

// unroll writes the window of each of the cells in rows from…from+rows of the result, one after another.
func unroll(into []float32, x tensor, size, stride, before, from, rows, w int) {
	line := size * x.c
	at := 0
	for row := from; row < from+rows; row++ {
		for col := range w {
			top, left := row*stride-before, col*stride-before
			for ky := range size {
				cells := into[at : at+line]
				at += line
				y := top + ky
				switch {
				case y < 0 || y >= x.h:
					clear(cells)
				case left >= 0 && left+size <= x.w:
					copy(cells, x.data[(y*x.w+left)*x.c:])
				default:
					copyClipped(cells, x, y, left, size)
				}
			}
		}
	}
}

func copyClipped(into []float32, x tensor, y, left, size int) {
	for kx := range size {
		cell := into[kx*x.c : (kx+1)*x.c]
		if c := left + kx; c >= 0 && c < x.w {
			copy(cell, x.data[(y*x.w+c)*x.c:])
		} else {
			clear(cell)
		}
	}
}

func addBias(x, bias []float32) {
	for at := 0; at < len(x); at += len(bias) {
		cell := x[at : at+len(bias)]
		for i, b := range bias {
			cell[i] += b
		}
	}
}

// separable is a convolution in two: each channel by a 3 × 3 window of its own, then the channels mixed cell by cell.
type separable struct {
	depthwise []float32 // [3][3][in]
	mix       conv
}

func (l *separable) run(s *scratch, x tensor, stride int, e edge, a activation) tensor {
	y := s.tensor(e.out(x.h, 3, stride), e.out(x.w, 3, stride), x.c)
	for row := range y.h {
		for col := range y.w {
			cell := y.data[(row*y.w+col)*x.c:][:x.c]
			clear(cell)
			l.window(cell, x, row*stride-e.before, col*stride-e.before)
		}
	}
	return l.mix.run(s, y, 1, edge{}, a)
}

// window adds the 3 × 3 window at top, left of x, weighted, to the cell.
func (l *separable) window(cell []float32, x tensor, top, left int) {
	c := len(cell)
	for ky := range 3 {
		y := top + ky
		if y < 0 || y >= x.h {
			continue
		}
		for kx := range 3 {
			at := left + kx
			if at < 0 || at >= x.w {
				continue
			}
			from, by := x.data[(y*x.w+at)*c:][:c], l.depthwise[(ky*3+kx)*c:][:c]
			for i, v := range from {
				cell[i] += v * by[i]
			}
		}
	}
}

// largest keeps the greatest number of each window.
func largest(s *scratch, x tensor, size, stride int, e edge) tensor {
	y := s.tensor(e.out(x.h, size, stride), e.out(x.w, size, stride), x.c)
	for row := range y.h {
		for col := range y.w {
			cell := y.data[(row*y.w+col)*x.c:][:x.c]
			first := true
			for ky := max(row*stride-e.before, 0); ky < min(row*stride-e.before+size, x.h); ky++ {
				for kx := max(col*stride-e.before, 0); kx < min(col*stride-e.before+size, x.w); kx++ {
					from := x.data[(ky*x.w+kx)*x.c:][:x.c]
					if first {
						copy(cell, from)
						first = false
						continue
					}
					for i, v := range from {
						cell[i] = max(cell[i], v)
					}
				}
			}
		}
	}
	return y
}

// average is the mean of each window; nothing lies around the picture.
func average(s *scratch, x tensor, size, stride int) tensor {
	y := s.tensor(edge{}.out(x.h, size, stride), edge{}.out(x.w, size, stride), x.c)
	share := 1 / float32(size*size)
	for row := range y.h {
		for col := range y.w {
			cell := y.data[(row*y.w+col)*x.c:][:x.c]
			clear(cell)
			for ky := range size {
				for kx := range size {
					for i, v := range x.data[((row*stride+ky)*x.w+col*stride+kx)*x.c:][:x.c] {
						cell[i] += v
					}
				}
			}
			for i := range cell {
				cell[i] *= share
			}
		}
	}
	return y
}
